// Which types the objects may have that a value refers to: a variable of class Contact leads to no Body, whatever else the
// analysis mixes up. Exact types of objects, by the types that the program declares and the classes of which it makes objects.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <memory>

namespace dream::analysis {

/// Exact types of objects: classes, arrays, and all closures together; or any.
class TypeSet {
public:
  static TypeSet anything() {
    TypeSet set;
    set.isAny = true;
    return set;
  }
  static TypeSet one(TypeId type) {
    TypeSet set;
    set.types.push_back(type);
    return set;
  }
  static TypeSet closure() {
    TypeSet set;
    set.closures = true;
    return set;
  }

  bool isAnything() const { return isAny; }
  bool isEmpty() const { return !isAny && !closures && types.empty(); }
  /// Some object may be of both.
  bool meets(const TypeSet &other) const;
  /// False if all was there already.
  bool join(const TypeSet &other);
  /// One set for each type, of the same objects.
  llvm::SmallVector<TypeSet, 2> split() const;

  /// The classes and arrays; and whether there are others, or any.
  llvm::ArrayRef<TypeId> list() const { return types; }
  bool hasOthers() const { return isAny || closures; }

private:
  bool isAny = false, closures = false;
  llvm::SmallVector<TypeId, 2> types; ///< Sorted.
};

class ObjectTypes {
public:
  explicit ObjectTypes(const dil::Module &module);

  /// Of the objects that a value of this type refers to itself.
  const TypeSet &referredBy(TypeId type);
  /// Of all that can be reached from there, those themselves left out.
  const TypeSet &reachedFrom(TypeId type);
  /// Of all that can be reached from objects of these types, by any of their fields.
  TypeSet reachedFrom(const TypeSet &holders);
  /// Of what objects of these types hold.
  TypeSet heldBy(const TypeSet &holders);

private:
  void addReferred(TypeId type, TypeSet &set, unsigned depth = 0) const;
  const TypeSet &heldByOne(TypeId exact);

  const TypeTable &types;
  std::vector<TypeId> classes; ///< Of which the program makes objects.
  llvm::DenseSet<TypeId> environments; ///< What closures are to their own code.
  llvm::DenseMap<TypeId, std::unique_ptr<TypeSet>> referred, reached, reachedFromExact, held;
};

} // namespace dream::analysis
