#include "compiler/passes/makers.h"

namespace dream::passes {

using namespace dil;

Maker makerOf(const Function &function) {
  if (function.isDeclaration() || function.blocks.front().insts.size() != 3)
    return {};
  const auto &insts = function.blocks.front().insts;
  auto *alloc = llvm::dyn_cast<AllocInst>(insts[0]);
  auto *constructor = llvm::dyn_cast<CallInst>(insts[1]);
  auto *ret = llvm::dyn_cast<ReturnInst>(insts[2]);
  bool fits = alloc && constructor && ret && !alloc->storage.isValid() && !alloc->reused.isValid() && !alloc->from.isValid() && ret->value == alloc->result &&
              !constructor->result.isValid() && constructor->args.size() == function.params.size() + 1 &&
              constructor->args[0] == alloc->result;
  for (size_t i = 0; fits && i < function.params.size(); ++i)
    fits = constructor->args[i + 1] == function.blocks.front().args[i];
  return fits ? Maker{alloc, constructor} : Maker{};
}

TypeId madeClass(const Module &module, const Function &function, const Inst &inst) {
  if (auto *alloc = llvm::dyn_cast<AllocInst>(&inst))
    return alloc->storage.isValid() || alloc->from.isValid() ? TypeId() : function[alloc->result].type;
  auto *call = llvm::dyn_cast<CallInst>(&inst);
  return call && makerOf(module[call->callee]).alloc ? module[call->callee].result : TypeId();
}

} // namespace dream::passes
