#include "compiler/passes/clone.h"

namespace dream::passes {

using namespace dil;

FuncId cloneFunction(Module &module, FuncId original, std::string symbol, llvm::DenseMap<const Inst *, Inst *> &copies) {
  FuncId id = module.addFunction();
  const Function &from = module[original];
  Function &to = module[id];
  to.kind = from.kind;
  to.symbol = std::move(symbol);
  to.params = from.params;
  to.result = from.result;
  to.canThrow = from.canThrow;
  to.neverReturns = from.neverReturns;
  to.inlineHint = from.inlineHint;
  to.noInline = from.noInline;
  to.noAlloc = from.noAlloc;
  to.loc = from.loc;
  to.blocks = from.blocks;
  to.values = from.values;
  // Texts are the module's: both share them.
  for (Block &block : to.blocks)
    for (Inst *&inst : block.insts)
      inst = dispatch(*inst, [&](auto &typed) -> Inst * {
        using Typed = std::remove_reference_t<decltype(typed)>;
        auto *copy = to.create<Typed>(typed.loc);
        *copy = typed;
        copies[&typed] = copy;
        return copy;
      });
  for (ValueInfo &value : to.values)
    if (value.definition)
      value.definition = copies.lookup(value.definition);
  return id;
}

} // namespace dream::passes
