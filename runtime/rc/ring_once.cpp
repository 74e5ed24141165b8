// A collection in one go. The program does not run meanwhile, so the counts themselves serve for trial deletion, and nothing has to be
// known of an object beside it but a place in one list.
//
// Looking at an object takes the counts away that its references stand for. Whoever has counts left then is held from outside, and
// gives back what it holds, as does all that can be reached from there. What ends with no count is dead.
//
// In the flags of the count word an object is *seen* (both), and then *held* (noted alone), and if nobody holds it, it is seen at the end, and dead.
// Those that it had stand in the list.
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

using abi::Walker;

namespace {

constexpr uint32_t kLocal = 0x80000000; ///< Clear in counts that are this thread's.
constexpr uint32_t kSeen = abi::kFlagDying, kHeld = abi::kFlagNoted;
constexpr uintptr_t kParks = 1; ///< Beside the flags in the list.
constexpr int32_t kParked = abi::kFlagRegion; ///< In the count word: it is in the list of the parked ones. Nothing of a region is seen.
constexpr size_t kAhead = 6; ///< Prefetched.

constinit List<uintptr_t> seen = {};  ///< With the flags that the objects had.
constinit List<void *> pending = {};  ///< Held, and to be walked through.
constinit uint32_t seenFlags = 0;     ///< Of the types of what was looked at.

void *objectAt(size_t i) { return reinterpret_cast<void *>(seen[i] & ~uintptr_t(abi::kFlagMask)); }
int32_t flagsAt(size_t i) { return int32_t(seen[i]) & abi::kFlagDying; }

bool isSeen(const void *object) { return abi::isDying(headerOf(object).count); }

void see(void *object, uint32_t word, uint32_t counts) {
  seen.add(uintptr_t(object) | (word & abi::kFlagDying));
  headerOf(object).count = int32_t((word | kSeen) - counts);
}

[[noreturn, gnu::cold, gnu::noinline]] void panicMiscounted(const void *object) {
  Message message;
  message << "an object of type " << typeOf(object).name << " has more references than its count tells of";
  panic(message);
}

void takeCount(Walker *, void *object) {
  int32_t &count = headerOf(object).count;
  const uint32_t word = uint32_t(count);
  if ((word & (kLocal | kSeen)) == kSeen) {
    if (__builtin_expect(word < uint32_t(abi::kCountOne), 0))
      panicMiscounted(object);
    count = int32_t(word - abi::kCountOne);
  } else if (isInteresting(object)) {
    see(object, word, abi::kCountOne);
  }
}

void giveCount(Walker *, void *object) {
  int32_t &count = headerOf(object).count;
  if ((count & (kLocal | kHeld)) == kHeld)
    count += abi::kCountOne;
}

/// The same, and the object is held.
void giveCountAndHold(Walker *, void *object) {
  int32_t &count = headerOf(object).count;
  const uint32_t word = uint32_t(count);
  if ((word & (kLocal | kHeld)) != kHeld)
    return;
  count = int32_t((word & ~uint32_t(abi::kFlagKnown)) + abi::kCountOne);
  if (word & abi::kFlagKnown)
    pending.add(object);
}

void prefetch(size_t i) {
  if (i < seen.count)
    __builtin_prefetch(objectAt(i));
}

/// Looks at everything that can be reached from the candidates, one after the other. False if that is too much.
bool lookAtAll(Amount amount, size_t &looked) {
  Walker walker{takeCount, 0};
  looked = 0;
  seenFlags = 0;
  candidates.forEach([&](void *object) {
    if (!isSeen(object))
      see(object, uint32_t(headerOf(object).count), 0);
    for (; looked < seen.count && seen.count <= amount.most; ++looked) {
      prefetch(looked + kAhead);
      seenFlags |= typeOf(objectAt(looked)).flags;
      walkAllReferences(objectAt(looked), walker, takeCount);
    }
    return seen.count < amount.enough;
  });
  return seen.count <= amount.most;
}

/// What was looked at is a candidate no more.
void takeOutCandidates() {
  candidates.sweep([](void *object) { return isSeen(object); });
  for (size_t i = 0; i < candidates.parked.count; ++i)
    if (void *object = candidates.parked[i]; object && isSeen(object))
      headerOf(object).count |= kParked;
}

/// Nothing has happened.
void undo(size_t looked) {
  Walker walker{giveCount, 0};
  for (size_t i = 0; i < looked; ++i)
    walkAllReferences(objectAt(i), walker, giveCount);
  for (size_t i = 0; i < seen.count; ++i) {
    int32_t &count = headerOf(objectAt(i)).count;
    count = (count & ~abi::kFlagDying) | flagsAt(i);
  }
  seen.count = 0;
}

void hold(void *object) {
  headerOf(object).count &= ~abi::kFlagKnown;
  pending.add(object);
  Walker walker{giveCountAndHold, 0};
  while (pending.count)
    walkAllReferences(pending.takeLast(), walker, giveCountAndHold);
}


/// What is held from outside, with all that it leads to, gets its counts back.
void holdWhatIsHeld() {
  for (size_t i = 0; i < seen.count; ++i) {
    prefetch(i + kAhead);
    if (isSeen(objectAt(i)) && headerOf(objectAt(i)).count >= abi::kCountOne)
      hold(objectAt(i));
  }
}

/// Is something dead whose end may run code of the program, or be seen by weak references?
bool hasDestructors() {
  for (size_t i = 0; i < seen.count && seenFlags & abi::kTypeHasDestructor; ++i)
    if (isSeen(objectAt(i)) && typeOf(objectAt(i)).flags & abi::kTypeHasDestructor)
      return true;
  return false;
}

/// Such objects wait for a collection that may: it will begin with them. Until then they hold what they hold.
void holdWhatHasDestructors() {
  for (size_t i = 0; i < seen.count; ++i) {
    void *object = objectAt(i);
    if (!isSeen(object) || !(typeOf(object).flags & abi::kTypeHasDestructor))
      continue;
    seen[i] |= kParks;
    hold(object);
  }
}

void giveBackAllOfTheDead() {
  Walker walker{giveCount, 0};
  for (size_t i = 0; i < seen.count; ++i)
    if (isSeen(objectAt(i)))
      walkAllReferences(objectAt(i), walker, giveCount);
}

void endLooking(bool isCounted) {
  for (size_t i = 0; i < seen.count; ++i) {
    void *object = objectAt(i);
    if (isSeen(object)) {
      isCounted ? condemnCounted(object) : condemn(object);
      continue;
    }
    int32_t &count = headerOf(object).count;
    int32_t flags = flagsAt(i);
    if (!(count & kParked)) {
      flags = flags == abi::kFlagNoted ? anyWeakCells() && hasWeakCell(object) ? abi::kFlagKnown : 0 : flags;
      if (seen[i] & kParks) {
        flags = abi::kFlagNoted;
        candidates.park(object);
      }
    }
    count = (count & ~abi::kFlagMask) | flags;
  }
}

} // namespace

bool collectAtOnce(Amount amount, bool runsDestructors) {
  if (runsDestructors)
    candidates.unpark();
  if (size_t looked; !lookAtAll(amount, looked)) {
    undo(looked);
    return false;
  }
  takeOutCandidates();
  holdWhatIsHeld();
  bool endsLoudly = hasDestructors();
  if (endsLoudly && !runsDestructors) {
    holdWhatHasDestructors();
    endsLoudly = false;
  }
  if (endsLoudly)
    giveBackAllOfTheDead();
  endLooking(/*isCounted=*/!endsLoudly);
  const size_t looked = seen.count;
  seen.count = 0;
  destroyCondemned(endsLoudly, /*isCounted=*/!endsLoudly);
  account(looked, freedNow);
  seen.shrink();
  pending.shrink();
  while (trimCondemned()) {
  }
  return true;
}

} // namespace dream::rt::rings
