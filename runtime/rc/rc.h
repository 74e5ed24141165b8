// Counted blocks: making them, counting them, and what happens when they die.
//
// The fast paths of counting are inlined into every caller, with the slow half behind them. "The header word" in
// docs/memory.md lists the states; a positive word is a local count, and one signed test tells it from all others.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/check/check.h"
#include "runtime/check/profile.h"

namespace dream::rt {

// Making: all come with count 1; memory of payloads is zeroed.


/// An array of a type whose descriptor says Array; `elementBytes` is the descriptor's size. Lengths that cannot be panic.
void *newArray(uint32_t type, uint32_t elementBytes, int64_t length);
/// The same with elements that the caller sets, all of them, before anything else happens.
void *newArrayToFill(uint32_t type, uint32_t elementBytes, int64_t length);
/// Elements of a T[,] with `rank` dimensions; sizes that cannot be panic.
uint32_t lengthOf(const int64_t *sizes, uint32_t rank);
/// Writes its header, and its dimensions before that.
void beginRect(void *payload, ArrayHeader header, const int64_t *sizes, uint32_t rank);

/// A string of `length` bytes that are not set yet, and its NUL, in a region or arena, or on the heap if that is null. Its capacity uses
/// the whole block.
char *newString(int64_t length, void *region = nullptr);
[[gnu::noinline]] char *newStringInRegion(size_t length, void *region);
/// Makes room for `room` bytes where the string lies, if that is on top of a region. It is unique.
[[gnu::noinline]] bool growInRegion(char *string, size_t room);

/// C memory of `bytes` zeroed bytes, of type kTypeIndexCArray or kTypeIndexCObject.
void *newCBlock(uint32_t type, uint64_t bytes);

/// Runs what a dying payload owns down, elements in rising order. Not for plain types.
void dropContents(void *payload, const TypeDescriptor &type);

/// Gives a block back whose contents are gone.
void freePayload(void *payload, const TypeDescriptor &type);

// The slow halves of entries that optimised programs take copies of: visible, so that the copies can call them.
[[noreturn, gnu::noinline, gnu::cold]] void badLength(int64_t length); ///< Panics.
[[gnu::noinline]] void *copyBeforeWrite(void *array);                   ///< Consumes the array.

// Counting.


/// Its fields end without a death, or its block moves: weak references to it read as null, the collector of rings forgets it, and
/// the flags that say so are gone.
[[gnu::noinline, gnu::cold]] void becomeUnknown(void *payload);
/// The release of what may be a part of a ring: the last one, or one that may leave a ring that nobody else holds. In code of the
/// program the collector may go on then: everything is in its place; not in code of the runtime.
[[gnu::noinline]] void releaseCyclicSlow(void *payload);
[[gnu::noinline]] void releaseCyclicInside(void *payload);
/// The same of an object whose exact type is known; `drop` is not null.
[[gnu::noinline]] void releaseExactCyclicSlow(void *payload, size_t bytes, void (*drop)(void *));
/// The program ends: rings that are dead go, if anybody could tell.
[[gnu::noinline, gnu::cold]] void collectRingsAtExit();
/// Arenas that the program kept and has left go, if nobody holds anything in them any more.
[[gnu::noinline, gnu::cold]] void endLeftArenas();
/// Lets what has died at great depth, and waits for the outermost death, die now.
[[gnu::noinline, gnu::cold]] void finishDeaths();
/// Every state that is not a live local count.
[[gnu::noinline, gnu::cold]] void retainSlow(void *payload);
/// The last release of a local object, and every other state.
[[gnu::noinline]] void releaseSlow(void *payload);
/// The same of an object that is in no ring, and whose exact type is known; `drop` is not null.
[[gnu::noinline]] void releaseExactSlow(void *payload, size_t bytes, void (*drop)(void *));
/// Is a word that is not a unique local count unique all the same?
[[gnu::noinline, gnu::cold]] bool uniqueSlow(const void *payload);

[[gnu::always_inline]] inline void retain(void *payload) {
  if (check::validating())
    check::validateUse(payload, "retain");
  check::note(&check::CountProfile::retains);
  int32_t &count = headerOf(payload).count;
  if (__builtin_expect(count > 0, 1))
    count = int32_t(uint32_t(count) + abi::kCountOne); // past the largest count lies the immortal state
  else
    retainSlow(payload);
}

/// Of what cannot be part of a ring.
[[gnu::always_inline]] inline void release(void *payload) {
  if (check::validating())
    check::validateUse(payload, "release");
  check::note(&check::CountProfile::releases);
  int32_t &count = headerOf(payload).count;
  if (count >= 2 * abi::kCountOne)
    count -= abi::kCountOne;
  else
    releaseSlow(payload);
}

/// Takes a count of what is noted already, or lies in a region, if others are left.
[[gnu::always_inline]] inline bool releaseNoted(void *payload) {
  if (check::validating())
    check::validateUse(payload, "release");
  check::note(&check::CountProfile::releases);
  int32_t &count = headerOf(payload).count;
  const int32_t before = count;
  if (before < 2 * abi::kCountOne || !(before & (abi::kFlagRegion | abi::kFlagNoted)))
    return false;
  count = before - abi::kCountOne;
  return true;
}

/// Of anything, by the runtime.
[[gnu::always_inline]] inline void releaseCyclic(void *payload) {
  if (!releaseNoted(payload))
    releaseCyclicInside(payload);
}

/// Counts what `length` elements of an array of the type hold once more.
void retainElements(void *elements, const TypeDescriptor &type, uint32_t length);

/// Does the caller hold the only count?
[[gnu::always_inline]] inline bool isUnique(const void *payload) {
  check::note(&check::CountProfile::uniqueTests);
  const uint32_t count = uint32_t(headerOf(payload).count);
  return __builtin_expect(count - abi::kCountOne < uint32_t(abi::kCountOne), 1) || uniqueSlow(payload);
}

} // namespace dream::rt
