// Which types can be part of a ring of references: what the collector of rings looks at, and what never pays for it.
//
// The graph of types has an edge from each type to what it holds by value or by reference, and from what a variable is
// declared as to what it may refer to: derived classes, implementers, boxes, closures. A ring of objects runs around a ring
// of that graph. One of arrays, closures and values alone does not close: they are made of what was there before them. Nor does
// one of classes whose fields only get values before anybody knows the object (late_stores). So a box has to be in it, or a
// class with a field that gets its value later.
#pragma once

#include "compiler/analysis/late_stores.h"
#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>

namespace llvm {
class raw_ostream;
}

namespace dream::analysis {

class TypeCycles {
public:
  explicit TypeCycles(const dil::Module &module);

  /// A reference of the type (or an optional one) may lead to an object that can be part of a ring.
  bool mayLeadToRing(TypeId type) const;
  /// Objects of exactly this class, or arrays of this type, can be part of a ring; they, or what derives from them.
  bool isCyclic(TypeId type) const { return type.index >= staticTypes || nodes[type.index].isCyclic; }
  /// So can the box of a value of the type.
  bool isCyclicBox(TypeId content) const;

  /// For each class of the program that can be part of a ring, one such ring.
  void print(llvm::raw_ostream &os) const;

private:
  struct Edge {
    uint32_t to;
    bool isSubtype; ///< Not held: it is one.
    Name field;     ///< Of a class or struct; invalid for elements, content and parts without a name.
    unsigned index = 0; ///< Of the field of a class.
  };
  struct Node {
    llvm::SmallVector<Edge, 2> edges;
    TypeId type;
    bool isBox = false, isEnvironment = false;
    bool isCyclic = false, leadsToRing = false;
  };
  void hold(uint32_t from, TypeId to, Name field = {}, unsigned index = 0);
  void addParts(TypeId type);
  void addSubtype(TypeId super, uint32_t node);
  uint32_t boxOf(TypeId content);
  void addClosuresAndBoxes();
  void addClasses();
  void findRings();
  bool mayClose(llvm::ArrayRef<uint32_t> members);
  void printRing(llvm::raw_ostream &os, uint32_t start) const;
  std::string spell(uint32_t node) const;

  const dil::Module &module;
  const TypeTable &types;
  uint32_t staticTypes; ///< A type's node has its number; those of boxes follow.
  std::vector<Node> nodes;
  llvm::DenseMap<TypeId, uint32_t> boxes;
  std::unique_ptr<LateStores> lateStores; ///< Made when it matters.
};

} // namespace dream::analysis
