// Typed ids: a 32-bit index that cannot be mistaken for another kind of index.
#pragma once

#include "llvm/ADT/DenseMapInfo.h"
#include <cstdint>
#include <functional>

namespace dream {

/// An index into some table; `Tag` names the table. A default-made id is invalid.
template <typename Tag> struct Id {
  static constexpr uint32_t kInvalid = ~0u;
  uint32_t index = kInvalid;

  constexpr Id() = default;
  constexpr explicit Id(uint32_t index) : index(index) {}
  constexpr bool isValid() const { return index != kInvalid; }
  constexpr explicit operator bool() const { return isValid(); }
  constexpr auto operator<=>(const Id &) const = default;
};

} // namespace dream

template <typename Tag> struct llvm::DenseMapInfo<dream::Id<Tag>> {
  static dream::Id<Tag> getEmptyKey() { return dream::Id<Tag>(~0u); }
  static dream::Id<Tag> getTombstoneKey() { return dream::Id<Tag>(~0u - 1); }
  static unsigned getHashValue(dream::Id<Tag> id) { return id.index * 37u; }
  static bool isEqual(dream::Id<Tag> a, dream::Id<Tag> b) { return a == b; }
};
