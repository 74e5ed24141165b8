// The lists of candidates, and what happens to them more rarely.
#include "runtime/rc/ring_candidates.h"
#include "runtime/alloc/alloc.h"
#include "runtime/check/check.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

constinit Candidates candidates = {.waiting = {}, .parked = {}, .dead = 0, .sweepAt = 0, .limit = kLeastCandidates, .mostLeft = 0,
                                   .mostSimple = 0, .seenFlags = 0, .places = {}};

void Candidates::setSimple() { mostSimple = isUnderWay() || anyWeakCells() ? 0 : mostLeft; }

void Candidates::allowMemory(bool isPatient) {
  const int64_t pools = int64_t(poolTotals().bytes);
  allowance.left = (pools > kLeastAllowed ? pools : kLeastAllowed) * (isPatient ? 4 : 1);
  allowance.spent = &limit;
}

void Candidates::addPlace(List<void *> &list, void *object) {
  if (!allowance.spent)
    allowMemory(/*isPatient=*/false);
  if (!mostLeft && kPooled && !check::tracking() && !programAllocates()) {
    mostLeft = kMostLeft;
    setSimple();
  }
  if (isLeft(object))
    return;
  Place &place = places.add(object, "candidates for rings");
  place.list = &list;
  place.index = list.count;
}

bool Candidates::leaves(void *object) {
  if (isLeft(object))
    return true;
  if (const Place *place = places.find(object)) {
    (*place->list)[place->index] = nullptr;
    ++dead;
    forgetPlace(object);
  }
  return false;
}

void Candidates::takeOut(void *object) {
  if (!leaves(object))
    return;
  ++dead;
  List<void *> *const lists[] = {&waiting, &parked};
  for (List<void *> *list : lists)
    for (size_t i = list->count; i-- > 0;)
      if ((*list)[i] == object) {
        (*list)[i] = nullptr;
        return;
      }
}

void *Candidates::takeLast() {
  while (waiting.count) {
    void *object = waiting[waiting.count - 1];
    if (object && headerOf(object).count) {
      forgetPlace(object);
      --waiting.count;
      return object;
    }
    if (object)
      freePayload(object, typeOf(object));
    --waiting.count;
    --dead;
  }
  return nullptr;
}

void Candidates::movePlace(void *object, List<void *> &list, size_t index) {
  if (Place *place = places.find(object)) {
    place->list = &list;
    place->index = index;
  }
}

void Candidates::unpark() {
  for (size_t i = 0; i < parked.count; ++i) {
    if (!parked[i]) {
      --dead;
      continue;
    }
    waiting.add(parked[i]);
    movePlace(parked[i], waiting, waiting.count - 1);
  }
  parked.count = 0;
}

void Candidates::sweep() {
  sweep([](void *) { return false; });
}

} // namespace dream::rt::rings
