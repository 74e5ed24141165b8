// Which functions a call may reach: the callee itself, or every implementation that the program has for a slot.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace dream::analysis {

class CallTargets {
public:
  explicit CallTargets(const dil::Module &module) : module(module) {}

  /// All targets that are known; of a call through a closure none are (see isUnknown).
  llvm::ArrayRef<dil::FuncId> targets(const dil::CallBase &call);
  /// The code of every closure of the func type that the program makes: what a call of one may run, with the closure itself
  /// before the arguments.
  llvm::ArrayRef<dil::FuncId> closureTargets(TypeId func);
  static bool isUnknown(const dil::CallBase &call) { return llvm::isa<dil::CallFnInst>(call); }
  /// How an address argument is passed.
  PassMode modeOf(const dil::Function &caller, const dil::CallBase &call, size_t argument);

private:
  void collectClosures();

  const dil::Module &module;
  struct Closures {
    TypeId type;
    llvm::SmallVector<dil::FuncId, 2> code;
  };
  std::vector<Closures> closures; ///< By type, equal types once.
  bool hasClosures = false;       ///< They have been collected.
  bool areConverted = false;      ///< Some closure is used by another type: types tell nothing but the number of arguments.
  llvm::DenseMap<std::pair<TypeId, unsigned>, llvm::SmallVector<dil::FuncId, 2>> slots;
};

/// By function: it is called by more than the calls that name it: through tables, closures or pointers, by generated code, from C.
llvm::BitVector calledUnnamed(const dil::Module &module);

} // namespace dream::analysis
