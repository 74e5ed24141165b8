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
  if (!mostLeft && !check::tracking() && !programAllocates()) {
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

void Candidates::freeLeft(void *object) {
  const TypeDescriptor &type = typeOf(object);
  if (type.kind == TypeKind::Object && !(type.flags & abi::kTypeWide))
    freeBlock(&headerOf(object), sizeof(ObjectHeader) + type.size);
  else
    freeBlock(static_cast<char *>(object) - frontBytes(type), blockBytes(object, type));
}

void Candidates::takeOut(void *object) {
  if (!leaves(object))
    return;
  ++dead;
  for (size_t i = waiting.count; i-- > 0;)
    if (waiting[i] == object) {
      waiting[i] = nullptr;
      return;
    }
  for (size_t i = parked.count; i-- > 0;)
    if (parked[i] == object) {
      parked[i] = nullptr;
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
      freeLeft(object);
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

void Candidates::shrink() {
  waiting.shrink();
  parked.shrink();
}

} // namespace dream::rt::rings
