// Interned identifiers: equal texts are one pointer, so comparing names is comparing pointers.
#pragma once

#include "llvm/ADT/DenseMapInfo.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"
#include <optional>

namespace dream {

/// A handle to an interned text. Copies are free; a default-made name is empty and equals only itself.
class Name {
public:
  using Entry = llvm::StringMapEntry<std::nullopt_t>;

  Name() = default;
  llvm::StringRef text() const { return entry ? entry->getKey() : llvm::StringRef(); }
  bool empty() const { return !entry; }
  explicit operator bool() const { return entry; }
  bool operator==(const Name &) const = default;
  /// Order by text, for output that must not depend on addresses.
  friend bool operator<(Name a, Name b) { return a.text() < b.text(); }

private:
  friend class NameTable;
  friend struct llvm::DenseMapInfo<Name>;
  explicit Name(const Entry *entry) : entry(entry) {}
  const Entry *entry = nullptr;
};

/// Owns the texts of all names of one compilation.
class NameTable {
public:
  Name intern(llvm::StringRef text) { return Name(&*set.try_emplace(text, std::nullopt).first); }

private:
  llvm::StringMap<std::nullopt_t, llvm::BumpPtrAllocator> set;
};

} // namespace dream

template <> struct llvm::DenseMapInfo<dream::Name> {
  using Pointers = llvm::DenseMapInfo<const dream::Name::Entry *>;
  static dream::Name getEmptyKey() { return dream::Name(Pointers::getEmptyKey()); }
  static dream::Name getTombstoneKey() { return dream::Name(Pointers::getTombstoneKey()); }
  static unsigned getHashValue(dream::Name name) { return Pointers::getHashValue(name.entry); }
  static bool isEqual(dream::Name a, dream::Name b) { return a == b; }
};
