// Numbers the types that exist at run time and lays their descriptors out in the constant `dr_types`, as
// runtime/abi/type_descriptor.h says. Class indices are known from the start; those of arrays and boxes are given out
// when they are first asked for, behind the classes.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"

namespace dream::codegen {

class ModuleEmitter;

class Descriptors {
public:
  explicit Descriptors(ModuleEmitter &emitter);

  uint32_t stringIndex() const;
  /// Of a class, array or rectangular array.
  uint32_t index(TypeId type);
  /// Of the box that holds a value of a struct or primitive type.
  uint32_t boxIndex(TypeId type);
  /// Indices of a class and of all that derive from it: first <= index < end. Empty if none of them exists.
  struct Range { uint32_t first = 0, end = 0; bool isSingle = false; };
  Range classRange(TypeId type) const;
  /// The program has no class that derives from it.
  bool isLeaf(TypeId classType) const;
  /// Its objects lie at multiples of 16 (kTypeWide).
  bool isWide(TypeId classType) const;
  /// The class's table in the DIL module, or that of a boxed struct; null if there is none.
  const dil::ClassTable *table(TypeId type) const;

  /// Interfaces: an id for each, and the colour that says where in a descriptor its table is found.
  uint32_t interfaceId(TypeId interface);
  /// Bytes from a descriptor's start to the pointer to the interface's table; the table's first word is the id.
  uint64_t colourOffset(TypeId interface);
  /// Bytes from a descriptor's start to the code pointer of a virtual slot.
  uint64_t slotOffset(unsigned slot) const;

  /// The address of all descriptors.
  llvm::GlobalVariable *types() const { return address; }
  /// Fills `dr_types` in; no index can be asked for afterwards.
  void emit();

private:
  struct ClassNode {
    TypeId type;
    const dil::ClassTable *table = nullptr;
    llvm::SmallVector<unsigned, 2> children; ///< Indices into nodes.
    Range range;
  };
  struct Descriptor {
    TypeId type;
    const dil::ClassTable *table;
    uint32_t index;
    bool isBox;
  };
  unsigned nodeOf(TypeId classType, llvm::SmallVectorImpl<unsigned> &roots);
  void number(unsigned node);
  void colourInterfaces();
  uint64_t fixedBytes() const;
  uint32_t append(TypeId type, const dil::ClassTable *table, bool isBox);
  const dil::InterfaceTable *interfaceMethods(const dil::ClassTable &table, TypeId interface) const;
  llvm::SmallVector<TypeId, 4> interfacesOf(const dil::ClassTable &table) const;
  llvm::Constant *interfaceTable(const dil::ClassTable &table, TypeId interface);
  llvm::Constant *emitDescriptor(const Descriptor &descriptor);

  ModuleEmitter &emitter;
  llvm::GlobalVariable *address;
  std::vector<ClassNode> nodes;
  llvm::DenseMap<TypeId, unsigned> nodeByType;
  llvm::DenseMap<TypeId, const dil::ClassTable *> tables;
  std::vector<Descriptor> descriptors; ///< In the order of their indices.
  llvm::DenseMap<TypeId, uint32_t> indices, boxIndices;
  std::vector<TypeId> interfaces;      ///< Id - 1 to type.
  llvm::DenseMap<TypeId, uint32_t> interfaceIds, colours;
  unsigned colourCount = 0;
  uint32_t nextIndex;
};

} // namespace dream::codegen
