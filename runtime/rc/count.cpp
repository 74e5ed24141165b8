// The slow half of counting: death, and the states of the header word other than a live local count.
//
// A dying object runs its drop function, which releases what it holds; those releases may kill in turn. Nesting is
// natural (a field dies before the next one is released) down to a fixed depth; what dies deeper waits in a list that
// the outermost death works off, in the order in which nesting would have met it. So stack use is bounded, and the order
// of destructors depends on the object graph alone.
#include "runtime/rc/rc.h"
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rings.h"
#include "runtime/rc/weak.h"
#include "runtime/region/arena.h"

namespace dream::rt {

namespace {

constexpr uint32_t kDropDepth = 1000;
constexpr uint32_t kSharedCountMask = 0x3FFFFFF8;
constexpr uint32_t kSharedSaturated = 0x3F000000; ///< Far enough below the end for any number of racing threads.

struct Drops {
  uint32_t depth;
  uint32_t count, capacity; ///< Of `pending`.
  void **pending;
};
constinit thread_local Drops drops = {};

enum class State { Dead, Local, Immortal, Traced, Shared };

State stateOf(int32_t count) {
  const uint32_t word = uint32_t(count);
  if (count >= 0)
    return word < uint32_t(abi::kCountOne) ? State::Dead : State::Local;
  if (word >= uint32_t(abi::kShared))
    return State::Shared;
  return word >= uint32_t(abi::kTraced) ? State::Traced : State::Immortal;
}

[[noreturn, gnu::cold]] void brokenCount(const char *what, const void *payload) {
  Message message;
  message << what << " (count word ";
  message.hex(uint32_t(headerOf(payload).count)) << ")";
  panic(message);
}

void postpone(void *payload) {
  if (drops.count == drops.capacity) {
    const uint32_t capacity = drops.capacity ? drops.capacity * 2 : 256;
    void *grown = os::heapResize(drops.pending, size_t(capacity) * sizeof(void *));
    if (!grown)
      panic("out of memory while objects die");
    drops.pending = static_cast<void **>(grown);
    drops.capacity = capacity;
  }
  drops.pending[drops.count++] = payload;
}

/// After the drop of an object in state `dying`: its count must be back where it was.
void finishDeath(void *payload, const TypeDescriptor &type, int32_t dying) {
  ObjectHeader &header = headerOf(payload);
  if (__builtin_expect(header.count != dying, 0)) {
    Message message;
    message << "a destructor of " << type.name << " let `this` escape: the object is still referenced";
    panic(message);
  }
  if (dying & abi::kDyingListed) {
    rings::candidates.leave(payload);
  } else if (dying & abi::kFlagRegion) {
    header.count = 0; // in a frame the storage goes with it
    if (check::validating())
      check::dieInFrame(payload);
    else
      region::giveBack(static_cast<char *>(payload) - frontBytes(type), blockBytes(payload, type));
  } else {
    freePayload(payload, type);
  }
}

void dropAndFinish(void *payload, const TypeDescriptor &type) {
  const int32_t dying = headerOf(payload).count;
  ++drops.depth;
  dropContents(payload, type);
  --drops.depth;
  finishDeath(payload, type, dying);
}

void reversePending(uint32_t from) {
  for (uint32_t low = from, high = drops.count; low + 1 < high; ++low) {
    void *held = drops.pending[low];
    drops.pending[low] = drops.pending[--high];
    drops.pending[high] = held;
  }
}

/// Works the list off; what comes in while one object dies goes before the rest.
[[gnu::noinline, gnu::cold]] void drainPending() {
  reversePending(0);
  while (drops.count > 0) {
    void *payload = drops.pending[--drops.count];
    const uint32_t mark = drops.count;
    dropAndFinish(payload, typeOf(payload));
    reversePending(mark);
  }
}

/// What lies in a frame must die before that ends, so it cannot wait.
[[gnu::noinline, gnu::cold]] bool mayWait(const void *payload, int32_t count) {
  return !(count & abi::kFlagRegion) || region::expectDeath(payload);
}

/// The same of one with flags: from now on they say that it dies, and no more.
[[gnu::noinline]] void beginKnownDeath(void *payload) {
  const bool isListed = rings::forget(payload);
  emptyWeakCell(payload);
  int32_t &count = headerOf(payload).count;
  count = (count & ~abi::kFlagDying) | (isListed ? abi::kDyingListed : 0);
}

/// The end of an object with a count of one.
void die(void *payload) {
  ObjectHeader &header = headerOf(payload);
  const TypeDescriptor &type = typeOf(payload);
  if (header.count == (abi::kCountOne | abi::kFlagNoted) && rings::candidates.diesSimply(rings::Candidates::payloadBytes(payload, type)))
    header.count |= abi::kDyingListed;
  else if (__builtin_expect(header.count & abi::kFlagDying, 0))
    beginKnownDeath(payload);
  header.count |= abi::kFlagDying;
  if (type.flags & abi::kTypePlain)
    return finishDeath(payload, type, header.count);
  if (__builtin_expect(drops.depth >= kDropDepth, 0) && mayWait(payload, header.count))
    return postpone(payload);
  dropAndFinish(payload, type);
  if (__builtin_expect(drops.count > 0, 0) && drops.depth == 0)
    drainPending();
}

} // namespace

void becomeUnknown(void *payload) {
  rings::forgetWholly(payload);
  emptyWeakCell(payload);
  headerOf(payload).count &= ~abi::kFlagDying;
}

/// The death of an object with a drop function and no other flag than this one, in one frame: what most deaths are. A noted one
/// dies simply.
template <int32_t flag> [[gnu::always_inline]] static inline void dieExactly(void *payload, size_t bytes, void (*drop)(void *)) {
  ObjectHeader &header = headerOf(payload);
  constexpr int32_t kDying = abi::kCountOne | abi::kFlagDying | (flag == abi::kFlagNoted ? abi::kDyingListed : flag);
  header.count = kDying;
  if (__builtin_expect(drops.depth >= kDropDepth, 0) && (flag != abi::kFlagRegion || mayWait(payload, kDying)))
    return postpone(payload);
  ++drops.depth;
  drop(payload);
  --drops.depth;
  if (__builtin_expect(header.count != kDying, 0))
    return finishDeath(payload, typeOf(payload), kDying);
  if (flag == abi::kFlagRegion) {
    header.count = 0;
    region::giveBack(&header, sizeof(ObjectHeader) + bytes);
  } else if (flag == abi::kFlagNoted) {
    rings::candidates.leave(payload);
  } else {
    freeBlock(&header, sizeof(ObjectHeader) + bytes);
  }
  if (__builtin_expect(drops.count > 0, 0) && drops.depth == 0)
    drainPending();
}

/// Takes a count if others are left; the object may be noted then. False if it is the last one, or of another state.
[[gnu::always_inline]] static inline bool releaseToOthers(void *payload, bool &isDue) {
  int32_t &count = headerOf(payload).count;
  const int32_t before = count;
  if (before < 2 * abi::kCountOne)
    return false;
  count = before - abi::kCountOne;
  isDue = !(before & (abi::kFlagRegion | abi::kFlagNoted)) && rings::note(payload);
  return true;
}

void releaseCyclicInside(void *payload) {
  bool isDue;
  if (!releaseToOthers(payload, isDue))
    releaseSlow(payload);
}

void releaseCyclicSlow(void *payload) {
  bool isDue;
  if (!releaseToOthers(payload, isDue))
    releaseSlow(payload);
  else if (isDue)
    rings::advanceBySlice();
}

void releaseExactCyclicSlow(void *payload, size_t bytes, void (*drop)(void *)) {
  const int32_t count = headerOf(payload).count;
  if (count == abi::kCountOne)
    releaseExactSlow(payload, bytes, drop);
  else if (count == (abi::kCountOne | abi::kFlagNoted) && rings::candidates.diesSimply(bytes))
    dieExactly<abi::kFlagNoted>(payload, bytes, drop);
  else
    releaseCyclicSlow(payload);
}

bool deathsRun() { return drops.depth > 0; }

void finishDeaths() {
  if (drops.count > 0)
    drainPending();
}

void retainSlow(void *payload) {
  int32_t &count = headerOf(payload).count;
  switch (stateOf(count)) {
  case State::Immortal:
  case State::Traced:
    return;
  case State::Shared: {
    const uint32_t before = uint32_t(__atomic_fetch_add(&count, abi::kCountOne, __ATOMIC_RELAXED));
    if ((before & kSharedCountMask) >= kSharedSaturated)
      __atomic_store_n(&count, abi::kImmortal, __ATOMIC_RELAXED);
    return;
  }
  case State::Dead:
  case State::Local: // not reached: a live local count has the fast path
    brokenCount("retain of a dead object", payload);
  }
}

void releaseExactSlow(void *payload, size_t bytes, void (*drop)(void *)) {
  if (__builtin_expect(headerOf(payload).count != abi::kCountOne || check::tracking(), 0))
    return releaseSlow(payload);
  dieExactly<0>(payload, bytes, drop);
}

void releaseSlow(void *payload) {
  int32_t &count = headerOf(payload).count;
  // Most of what dies in programs that work with text.
  if (headerOf(payload).type == abi::kTypeIndexString && !check::tracking()) {
    ArrayHeader &header = arrayHeaderOf(payload);
    const size_t bytes = sizeof(ArrayHeader) + header.capacity + 1;
    if (count == abi::kCountOne)
      return freeBlock(&header, bytes);
    if (count == (abi::kCountOne | abi::kFlagRegion)) {
      count = 0;
      if (!region::giveBackLast(&header, bytes))
        region::giveBack(&header, bytes);
      return;
    }
  }
  const TypeDescriptor &type = typeOf(payload);
  if (type.kind == TypeKind::Object && type.drop && !(type.flags & abi::kTypeWide) && !check::tracking()) {
    if (count == abi::kCountOne)
      return dieExactly<0>(payload, type.size, type.drop);
    if (count == (abi::kCountOne | abi::kFlagNoted) && rings::candidates.diesSimply(type.size))
      return dieExactly<abi::kFlagNoted>(payload, type.size, type.drop);
    if (count == (abi::kCountOne | abi::kFlagRegion))
      return dieExactly<abi::kFlagRegion>(payload, type.size, type.drop);
  }
  switch (stateOf(count)) {
  case State::Local:
    if (__builtin_expect(abi::isDying(count), 0))
      brokenCount("release of an object whose destructor runs", payload);
    return die(payload);
  case State::Immortal:
  case State::Traced:
    return;
  case State::Shared: {
    const uint32_t before = uint32_t(__atomic_fetch_sub(&count, abi::kCountOne, __ATOMIC_RELEASE));
    const uint32_t holders = before & kSharedCountMask;
    if (holders == 0)
      brokenCount("release of a dead object", payload);
    if (holders == uint32_t(abi::kCountOne)) {
      __atomic_thread_fence(__ATOMIC_ACQUIRE);
      count = abi::kCountOne | int32_t(before & abi::kFlagMask); // no other thread knows it any more
      die(payload);
    }
    return;
  }
  case State::Dead:
    brokenCount("release of a dead object", payload);
  }
}

bool uniqueSlow(const void *payload) {
  int32_t &count = headerOf(payload).count;
  switch (stateOf(count)) {
  case State::Shared:
    return (uint32_t(__atomic_load_n(&count, __ATOMIC_ACQUIRE)) & kSharedCountMask) == uint32_t(abi::kCountOne);
  case State::Dead:
    brokenCount("use of a dead array", payload);
  case State::Local:
  case State::Immortal:
  case State::Traced:
    return false;
  }
  __builtin_unreachable();
}

void dr_retain_any(Ptr payload) {
  if (payload)
    retain(payload);
}
void dr_release_any(Ptr payload) {
  if (payload)
    release(payload);
}
void dr_retain_ref(Obj payload) { retain(const_cast<void *>(payload)); }
void dr_release_ref(Ptr payload) { release(payload); }
void dr_release_plain(Ptr payload) {
  if (payload)
    release(payload);
}

void dr_release_cyclic(Ptr payload) {
  if (payload && !releaseNoted(payload))
    releaseCyclicSlow(payload);
}

void dr_release_exact_cyclic(Ptr payload, U32 bytes, Ptr drop) {
  if (payload && !releaseNoted(payload))
    releaseExactCyclicSlow(payload, bytes, reinterpret_cast<void (*)(void *)>(drop));
}

void dr_release_exact(Ptr payload, U32 bytes, Ptr drop) {
  if (!payload)
    return;
  if (check::validating())
    check::validateUse(payload, "release");
  check::note(&check::CountProfile::releases);
  int32_t &count = headerOf(payload).count;
  if (!drop && !check::tracking() && __builtin_expect(count == abi::kCountOne, 1)) // most of what holds nothing has one holder
    freeBlock(&headerOf(payload), sizeof(ObjectHeader) + bytes);
  else if (count >= 2 * abi::kCountOne)
    count -= abi::kCountOne;
  else if (drop)
    releaseExactSlow(payload, bytes, reinterpret_cast<void (*)(void *)>(drop));
  else if (count == (abi::kCountOne | abi::kFlagRegion) && !check::validating()) {
    count = 0; // holds nothing
    region::giveBack(&headerOf(payload), sizeof(ObjectHeader) + bytes);
  } else {
    releaseSlow(payload);
  }
}

Bool dr_is_unique(Obj payload) {
  check::note(&check::CountProfile::uniqueTests);
  return headerOf(payload).count == abi::kCountOne;
}

/// What is no object of that very type, or held by others, is released, and a new one made.
[[gnu::always_inline]] static inline void *reuse(Ptr dying, U32 type, U32 bytes, Ptr drop, bool isUnique) {
  if (isUnique && headerOf(dying).type == type && !check::tracking()) {
    check::note(&check::CountProfile::reuses);
    if (drop)
      reinterpret_cast<void (*)(void *)>(drop)(dying);
    __builtin_memset(dying, 0, bytes);
    return dying;
  }
  dr_release_cyclic(dying);
  return dr_alloc_object_of(type, bytes);
}

OwnObj dr_alloc_reusing(Ptr dying, U32 type, U32 bytes, Ptr drop) {
  return dying ? reuse(dying, type, bytes, drop, dr_is_unique(dying)) : dr_alloc_object_of(type, bytes);
}
OwnObj dr_alloc_reusing_if(Ptr dying, U32 type, U32 bytes, Ptr drop, Bool isUnique) { return reuse(dying, type, bytes, drop, isUnique); }

void dr_free_unbuilt(OwnObj payload) {
  ObjectHeader &header = headerOf(payload);
  const TypeDescriptor &type = typeOf(payload);
  dr_weak_end(payload);
  if ((header.count & ~abi::kFlagRegion) != abi::kCountOne) {
    Message message;
    message << "the constructor of " << type.name << " threw, but the object is still referenced";
    panic(message);
  }
  header.count |= abi::kFlagDying;
  finishDeath(payload, type, header.count);
}

void dr_frame_begin(Ptr payload, U32 bytes) { check::beginInFrame(payload, bytes); }
void dr_frame_end(Ptr payloads, U32 count, U32 first, U32 ending, Ptr place) {
  check::endInFrame({static_cast<void *const *>(payloads), count, first, ending}, static_cast<const char *>(place));
}

void dr_retain_ref_at(Ptr slot) { dr_retain_any(*static_cast<void **>(slot)); }
void dr_release_ref_at(Ptr slot) { dr_release_any(*static_cast<void **>(slot)); }
void dr_release_cyclic_at(Ptr slot) { dr_release_cyclic(*static_cast<void **>(slot)); }
void dr_walk_ref_at(Ptr slot, Ptr walker) {
  if (void *reference = *static_cast<void **>(slot))
    static_cast<abi::Walker *>(walker)->visit(static_cast<abi::Walker *>(walker), reference);
}

I64 dr_block_bytes(Obj payload) { return payload ? int64_t(blockBytes(payload, typeOf(payload))) : 0; }

I32 dr_ref_count(Obj payload) {
  if (!payload)
    return 0;
  const int32_t count = headerOf(payload).count;
  switch (stateOf(count)) {
  case State::Dead:
    return 0;
  case State::Local:
    return (abi::isDying(count) ? count & ~abi::kDyingListed : count) >> abi::kCountShift;
  case State::Shared:
    return int32_t((uint32_t(count) & kSharedCountMask) >> abi::kCountShift);
  case State::Immortal:
  case State::Traced:
    return -1;
  }
  __builtin_unreachable();
}

} // namespace dream::rt
