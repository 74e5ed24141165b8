// The end of what is dead together: all destructors run before anything goes, in the order in which the objects were condemned.
// Meanwhile each is held once more, and marked as dying: so releases by destructors and by the others free nothing, and weak
// references find nothing. Nothing else is dying then, so dying objects know each other by the mark.
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

using abi::Walker;

namespace {

constexpr uintptr_t kListed = 1; ///< Its block is left to the list of candidates.
constinit List<uintptr_t> condemned = {};

void *objectAt(size_t i) { return reinterpret_cast<void *>(condemned[i] & ~kListed); }

template <typename F> [[gnu::always_inline]] inline void walkAll(uint32_t flags, F visit) {
  Walker walker{visit, flags};
  for (size_t i = 0; i < condemned.count; ++i)
    walkAllReferences(objectAt(i), walker, visit);
}

void runDestructors() {
  Walker walker{[](Walker *, void *) {}, abi::kWalkDestroys};
  for (size_t i = 0; i < condemned.count; ++i)
    if (typeOf(objectAt(i)).flags & abi::kTypeHasDestructor)
      walkReferences(objectAt(i), typeOf(objectAt(i)), walker);
}

/// Nobody but the condemned may know one of them.
void refuseEscapes() {
  walkAll(0, [](Walker *, void *object) {
    int32_t &count = headerOf(object).count;
    if (abi::isDying(count) && count > 0)
      count -= abi::kCountOne;
  });
  for (size_t i = 0; i < condemned.count; ++i) {
    if (headerOf(objectAt(i)).count == (abi::kCountOne | abi::kFlagDying))
      continue;
    Message message;
    message << "a destructor let " << typeOf(objectAt(i)).name << " escape: an object of a ring that dies is still referenced";
    panic(message);
  }
}

/// What the condemned hold besides each other.
void releaseOthers(bool isCounted) {
  if (isCounted)
    walkAll(abi::kWalkAll, [](Walker *, void *object) {
      if (!abi::isDying(headerOf(object).count) && !isInteresting(object))
        releaseCyclic(object);
    });
  else
    walkAll(abi::kWalkAll, [](Walker *, void *object) {
      if (!abi::isDying(headerOf(object).count))
        releaseCyclic(object);
    });
}

} // namespace

void condemnCounted(void *object) {
  condemned.add(uintptr_t(object));
  if (anyWeakCells())
    emptyWeakCell(object);
  headerOf(object).count = abi::kCountOne | abi::kFlagDying;
}

void condemn(void *object) {
  int32_t &count = headerOf(object).count;
  const bool isListed = (count & abi::kFlagDying) == abi::kFlagNoted && candidates.leaves(object);
  condemned.add(uintptr_t(object) | (isListed ? kListed : 0));
  emptyWeakCell(object);
  count = (count + abi::kCountOne) | abi::kFlagDying;
}

void destroyCondemned(bool hasDestructors, bool isCounted) {
  if (hasDestructors) {
    runDestructors();
    refuseEscapes();
  }
  releaseOthers(isCounted);
  freedNow += condemned.count;
  for (size_t i = 0; i < condemned.count; ++i) {
    void *object = objectAt(i);
    if (condemned[i] & kListed)
      candidates.leave(object);
    else
      freePayload(object, typeOf(object));
  }
  condemned.count = 0;
}

bool trimCondemned() { return condemned.trim(); }

} // namespace dream::rt::rings
