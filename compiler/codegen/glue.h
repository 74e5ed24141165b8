// Counting what a value holds: retain and release of every type, and the functions that type descriptors point at:
// dropping the fields of an object, an element of an array or the content of a box, and retaining the latter two.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/IRBuilder.h"

namespace dream::codegen {

class ModuleEmitter;

class Glue {
public:
  explicit Glue(ModuleEmitter &emitter) : emitter(emitter) {}

  /// Appends code that adds or takes one count of everything that the value holds. `value` is its leaves, or the address
  /// of one that lives in memory. Optionals, and what a late or taken place gave, may be null.
  void retain(llvm::IRBuilderBase &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull);
  void release(llvm::IRBuilderBase &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull);

  /// void(ptr): runs the destructors of an object of exactly this class and drops its fields; null if it holds nothing.
  llvm::Constant *dropObject(TypeId classType);
  /// void(ptr): drops, or retains, the value that lies at an address; null for plain types.
  llvm::Constant *dropAt(TypeId type);
  llvm::Constant *retainAt(TypeId type);
  /// A function of the default ABI (it may throw) that does what `id` does; `id` itself if it may throw.
  llvm::Constant *throwingThunk(dil::FuncId id);

private:
  using Builder = llvm::IRBuilderBase;
  void count(Builder &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull, bool isRetain);
  void countScalar(Builder &builder, TypeId type, llvm::Value *value, bool mayBeNull, bool isRetain);
  void countPart(Builder &builder, TypeId type, llvm::Value *address, bool isRetain);
  void countAt(Builder &builder, TypeId type, llvm::Value *address, bool isRetain);
  llvm::Constant *countFunction(TypeId type, bool isRetain);
  /// A new internal void(ptr) function with an entry block.
  llvm::Function *create(const llvm::Twine &name);
  bool hasDestructorInside(TypeId type);

  ModuleEmitter &emitter;
  llvm::DenseMap<TypeId, llvm::Constant *> objectDrops, drops, retains;
};

} // namespace dream::codegen
