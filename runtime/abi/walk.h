// The one way through the graph of what programs make: each type's descriptor has a function that shows a walker the
// references which an object, the content of a box or an element of an array holds. The collector of rings, the checks of
// frames and regions, and the report of leaks walk with it.
#pragma once

#include "runtime/abi/entries.h"
#include "runtime/abi/layout.h"

namespace dream::abi {

/// Also references to what cannot be part of a ring, strings and the cells of weak references among them.
inline constexpr uint32_t kWalkAll = 1;
/// Runs the destructors of the object, and of the structs in it, before the references behind them.
inline constexpr uint32_t kWalkDestroys = 2;

struct Walker {
  void (*visit)(Walker *walker, void *reference); ///< Never null.
  uint32_t flags;
};

} // namespace dream::abi

namespace dream::rt {

/// Walks through the references of an object or box, or of up to `most` elements of an array from `first` on. Says how many
/// elements are left.
inline uint32_t walkReferences(void *payload, const TypeDescriptor &type, abi::Walker &walker, uint32_t first = 0,
                               uint32_t most = ~0u) {
  if (!type.walk)
    return 0;
  switch (type.kind) {
  case TypeKind::Object:
  case TypeKind::Box:
  case TypeKind::Closure:
    type.walk(payload, &walker);
    return 0;
  case TypeKind::Array:
  case TypeKind::Rect: {
    const uint32_t length = arrayHeaderOf(payload).length;
    if (first >= length)
      return 0;
    const uint32_t count = length - first < most ? length - first : most;
    char *element = static_cast<char *>(payload) + size_t(first) * type.size;
    for (uint32_t i = 0; i < count; ++i, element += type.size)
      type.walk(element, &walker);
    return length - first - count;
  }
  case TypeKind::String:
  case TypeKind::CBlock:
    return 0;
  }
  __builtin_unreachable();
}

/// The references of an object or box, or of all elements of an array, shown to a function that the caller's loop can take in:
/// `visit` does what the walker does.
template <typename F> [[gnu::always_inline]] inline void walkAllReferences(void *payload, abi::Walker &walker, F visit) {
  const TypeDescriptor &type = typeOf(payload);
  if (type.kind == TypeKind::Array && type.walk == reinterpret_cast<void (*)(void *, void *)>(dr_walk_ref_at)) {
    void **elements = static_cast<void **>(payload);
    for (uint32_t i = 0, length = arrayHeaderOf(payload).length; i < length; ++i)
      if (elements[i])
        visit(&walker, elements[i]);
  } else if (type.kind == TypeKind::Object) {
    if (type.walk)
      type.walk(payload, &walker);
  } else {
    walkReferences(payload, type, walker);
  }
}

} // namespace dream::rt
