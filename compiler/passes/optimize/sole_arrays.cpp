// Arrays that one place alone holds need no test whether they are shared before they are written: above all those inside of lists,
// dictionaries and builders of text, which nobody else ever gets.
#include "compiler/analysis/sole_arrays.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

void soleArrays(PassContext &context) {
  Module &module = context.module;
  auto isTest = [](const Inst *inst) {
    auto *unique = llvm::dyn_cast<UniqueInst>(inst);
    return unique && !unique->isKnown;
  };
  if (llvm::none_of(module.functions, [&](const Function &function) {
        return llvm::any_of(function.blocks, [&](const Block &block) { return llvm::any_of(block.insts, isTest); });
      }))
    return;
  analysis::SoleArrays sole(module, context.targets);
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    for (Block &block : module.functions[i].blocks)
      for (Inst *inst : block.insts)
        if (isTest(inst) && sole.isSole(FuncId(i), llvm::cast<UniqueInst>(inst)->place)) {
          llvm::cast<UniqueInst>(inst)->isKnown = true;
          context.count("tests of what one place alone holds");
        }
}

} // namespace dream::passes
