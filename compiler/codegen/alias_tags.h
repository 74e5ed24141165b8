// Type-based alias tags: what lets LLVM keep a length or a field in a register while elements of another type are written.
//
//   byte ── every other node; accesses through raw pointers have it and may touch anything
//    ├─ int, double, reference …   a scalar whose holder is not known: `ref` parameters, slots
//    │    ├─ int[]                 an element of an array of it
//    │    └─ C.f                   that field of a class or struct
//    └─ length, dimension, type    the words of headers
//
// The tree has a root of its own: memory accesses of the runtime, compiled by Clang, stay related to all of them.
// Below -O1 all tags are null.
#pragma once

#include "compiler/types/types.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Metadata.h"

namespace dream::codegen {

class AliasTags {
public:
  AliasTags(const TypeTable &types, llvm::LLVMContext &context, bool enabled);

  llvm::MDNode *scalar(TypeId type);
  llvm::MDNode *element(TypeId elementType);
  /// A scalar field of a class or struct, by its index in NominalInfo::fields.
  llvm::MDNode *field(TypeId holder, unsigned index);
  llvm::MDNode *raw() const { return rawTag; }
  llvm::MDNode *length() const { return lengthTag; }
  llvm::MDNode *dimension() const { return dimensionTag; }
  llvm::MDNode *typeWord() const { return typeTag; }

private:
  llvm::MDNode *scalarNode(TypeId type);
  llvm::MDNode *tagOf(llvm::MDNode *node) { return builder.createTBAAStructTagNode(node, node, 0); }

  const TypeTable &types;
  llvm::MDBuilder builder;
  bool enabled;
  llvm::MDNode *byteNode = nullptr;
  llvm::MDNode *rawTag = nullptr, *lengthTag = nullptr, *dimensionTag = nullptr, *typeTag = nullptr;
  llvm::DenseMap<TypeId, llvm::MDNode *> nodes;
};

} // namespace dream::codegen
