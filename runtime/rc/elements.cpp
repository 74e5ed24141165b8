// Elements of the arrays inside of collections, moved as bytes: a place that they leave is unset, and a place that they come
// to has been unset before. Each entry takes the address of the reference to an array, which is made unshared.
#include "runtime/abi/entries.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/rings.h"

namespace dream::rt {

static char *writable(Ptr place) {
  void *&array = *static_cast<void **>(place);
  return static_cast<char *>(array = dr_unique_array(array));
}

void dr_elements_resize(Ptr place, I64 length) {
  void *&array = *static_cast<void **>(place);
  array = dr_array_resize(array, headerOf(array).type, typeOf(array).size, length);
}

void dr_elements_grow(Ptr place, I64 more) {
  void *&array = *static_cast<void **>(place);
  const TypeDescriptor &type = typeOf(array);
  const size_t size = type.size, length = arrayHeaderOf(array).length, wanted = length + size_t(more);
  const bool moves = isUnique(array);
  if (!moves || wanted > arrayHeaderOf(array).capacity) {
    size_t room = length + length / 2 + 8;
    room = room < wanted || room > abi::kMaxLength ? wanted : room; // What is too long panics.
    void *grown = newArrayToFill(headerOf(array).type, type.size, I64(room));
    __builtin_memcpy(grown, array, length * size);
    if (moves)
      arrayHeaderOf(array).length = 0;
    else
      retainElements(grown, type, uint32_t(length));
    releaseCyclic(array);
    array = grown;
  }
  arrayHeaderOf(array).length = uint32_t(wanted);
  __builtin_memset(static_cast<char *>(array) + length * size, 0, size_t(more) * size);
}

void dr_elements_move(Ptr place, I64 to, I64 from, I64 count) {
  if (count <= 0 || to == from)
    return;
  char *array = writable(place);
  const TypeDescriptor &type = typeOf(array);
  const size_t size = type.size;
  __builtin_memmove(array + size_t(to) * size, array + size_t(from) * size, size_t(count) * size);
  if (type.flags & abi::kTypePlain)
    return;
  // What was left: the part of the old range that the new one does not cover.
  const I64 distance = to < from ? from - to : to - from, left = distance < count ? distance : count;
  const I64 start = to < from ? from + count - left : from;
  __builtin_memset(array + size_t(start) * size, 0, size_t(left) * size);
}

void dr_elements_copy(Ptr place, I64 at, Obj source, I64 start, I64 count) {
  if (count <= 0)
    return;
  char *array = writable(place);
  const TypeDescriptor &type = typeOf(array);
  void *target = array + size_t(at) * type.size;
  __builtin_memcpy(target, static_cast<const char *>(source) + size_t(start) * type.size, size_t(count) * type.size);
  retainElements(target, type, uint32_t(count));
}

template <typename F> [[gnu::always_inline]] static inline void emptyEach(char *first, I64 count, F let) {
  void **places = reinterpret_cast<void **>(first);
  for (I64 i = 0; i < count; ++i)
    if (void *held = places[i]) {
      places[i] = nullptr;
      let(held);
    }
}

void dr_elements_clear(Ptr place, I64 start, I64 count) {
  if (count <= 0)
    return;
  char *array = writable(place);
  const TypeDescriptor &type = typeOf(array);
  char *first = array + size_t(start) * type.size;
  // Who looks at the array meanwhile finds no dead elements: places of references are empty before their object dies.
  if (type.drop == dr_release_ref_at)
    return emptyEach(first, count, [](void *held) { release(held); });
  if (type.drop == dr_release_cyclic_at)
    return emptyEach(first, count, [](void *held) { releaseCyclic(held); });
  if (!(type.flags & abi::kTypePlain)) {
    rings::Pause pause;
    for (I64 i = 0; i < count; ++i)
      type.drop(first + size_t(i) * type.size);
  }
  __builtin_memset(first, 0, size_t(count) * type.size);
}

} // namespace dream::rt
