// The end of what is dead together: all destructors run before anything goes, in the order in which the objects were condemned.
// Meanwhile each is held once more, and marked as dying: so releases by destructors and by the others free nothing, and weak
// references find nothing. Nothing else is dying then, so dying objects know each other by the mark.
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/rings.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

using abi::Walker;

namespace {

constexpr uintptr_t kListed = 1; ///< Its block is left to the list of candidates.
constinit List<uintptr_t> condemned = {};
constinit size_t first = 0; ///< Of those that end now; others wait for their destructors, one of which has led here.
constinit List<int32_t> countsBefore = {};

void *objectAt(size_t i) { return reinterpret_cast<void *>(condemned[i] & ~kListed); }

template <typename F> [[gnu::always_inline]] inline void walkAll(uint32_t flags, F visit) {
  Walker walker{visit, flags};
  for (size_t i = first; i < condemned.count; ++i)
    walkAllReferences(objectAt(i), walker, visit);
}

void runDestructors() {
  Walker walker{[](Walker *, void *) {}, abi::kWalkDestroys};
  for (size_t i = first; i < condemned.count; ++i)
    if (typeOf(objectAt(i)).flags & abi::kTypeHasDestructor)
      walkReferences(objectAt(i), typeOf(objectAt(i)), walker);
}

/// Takes the counts away from the condemned, or gives them back, that their references among each other stand for.
template <int32_t difference> void countAmong() {
  walkAll(abi::kWalkAll, [](Walker *, void *object) {
    int32_t &count = headerOf(object).count;
    if (abi::isDying(count) && count > 0)
      count += difference;
  });
}

/// Nobody but the condemned may know one of them now; or, of what lies in arenas, as many as before, of whom nobody looks at it any more.
void refuseEscapes(const int32_t *before) {
  countAmong<-abi::kCountOne>();
  for (size_t i = first; i < condemned.count; ++i) {
    const int32_t count = headerOf(objectAt(i)).count;
    if (before ? count <= before[i - first] : count == (abi::kCountOne | abi::kFlagDying))
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

/// Destructors have run.
static void freeCondemned(bool isCounted) {
  releaseOthers(isCounted);
  for (size_t i = first; i < condemned.count; ++i) {
    void *object = objectAt(i);
    if (condemned[i] & kListed)
      candidates.leave(object);
    else if (headerOf(object).count & abi::kFlagRegion)
      headerOf(object).count = 0; // its arena gives its place back
    else
      freePayload(object, typeOf(object));
  }
}

void destroyCondemned(bool hasDestructors, bool isCounted) {
  if (hasDestructors) {
    runDestructors();
    refuseEscapes(nullptr);
  }
  freedNow += condemned.count - first;
  freeCondemned(isCounted);
  condemned.count = first;
}

Together::Together() : outerFirst(first) { first = condemned.count; }

Together::~Together() {
  condemned.count = first;
  first = outerFirst;
}

void Together::add(void *object) {
  hasDestructors |= (typeOf(object).flags & abi::kTypeHasDestructor) != 0;
  if (headerOf(object).count & abi::kFlagDying)
    becomeUnknown(object);
  condemn(object);
}

void Together::destroy() {
  Pause pause;
  if (hasDestructors) {
    const size_t outer = countsBefore.count;
    countAmong<-abi::kCountOne>();
    for (size_t i = first; i < condemned.count; ++i)
      countsBefore.add(headerOf(objectAt(i)).count);
    countAmong<abi::kCountOne>();
    runDestructors();
    refuseEscapes(countsBefore.items + outer);
    countsBefore.count = outer;
  }
  freeCondemned(/*isCounted=*/false);
}

bool trimCondemned() { return condemned.trim(); }

} // namespace dream::rt::rings
