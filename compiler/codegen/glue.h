// Counting what a value holds: retain and release of every type, and the functions that type descriptors point at:
// dropping the fields of an object, an element of an array or the content of a box, retaining the latter two, and walking
// through all of them (runtime/abi/walk.h).
#pragma once

#include "compiler/codegen/runtime_entries.h"
#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
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
  /// void(ptr, ptr walker): shows a walker the references that an object of exactly this class, or the value at an address,
  /// holds; null where the drop is.
  llvm::Constant *walkObject(TypeId classType);
  llvm::Constant *walkAt(TypeId type);
  /// A function of the default ABI (it may throw) that does what `id` does; `id` itself if it may throw.
  llvm::Constant *throwingThunk(dil::FuncId id);

private:
  using Builder = llvm::IRBuilderBase;
  /// What is done with each reference that a value holds. Walks are done in functions of their own, which have a walker.
  enum class Act : uint8_t { Retain, Release, Walk };
  static constexpr unsigned kActs = 3;
  void count(Builder &builder, TypeId type, llvm::ArrayRef<llvm::Value *> value, bool mayBeNull, Act act);
  void countScalar(Builder &builder, TypeId type, llvm::Value *value, bool mayBeNull, Act act);
  void walkScalar(Builder &builder, TypeId type, llvm::Value *value);
  void countPart(Builder &builder, TypeId type, llvm::Value *address, Act act);
  void countAt(Builder &builder, TypeId type, llvm::Value *address, Act act);
  void runDestructor(Builder &builder, TypeId structType, llvm::Value *address);
  llvm::Constant *countFunction(TypeId type, Act act);
  llvm::Constant *valueFunction(TypeId type, Act act, Entry ofReference);
  llvm::Constant *objectFunction(TypeId classType, Act act);
  /// `then` happens if the walker has one of the flags.
  void ifWalker(Builder &builder, uint32_t flags, llvm::function_ref<void()> then);
  /// A new internal void(ptr) function with an entry block; of a walk, void(ptr, ptr).
  llvm::Function *create(TypeId type, Act act);
  bool hasDestructorInside(TypeId type);

  ModuleEmitter &emitter;
  llvm::DenseMap<TypeId, llvm::Constant *> ofObjects[kActs], ofValues[kActs];
};

} // namespace dream::codegen
