// The lists of candidates; see ring_state.h.
#include "runtime/rc/ring_state.h"

namespace dream::rt::rings {

constinit Candidates candidates = {};


void Candidates::addTo(List<void *> &list, void *object) {
  if (!isLeft(object)) {
    Place &place = places.add(object, "candidates for rings");
    place.list = &list;
    place.index = list.count;
  }
  list.add(object);
}

void Candidates::forgetPlace(void *object) {
  if (Place *place = places.find(object))
    places.remove(*place);
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

void Candidates::freeAt(List<void *> &list, size_t index) {
  freePayload(list[index], typeOf(list[index]));
  list[index] = nullptr;
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
      freeAt(waiting, waiting.count - 1);
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
  list[index] = object;
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
