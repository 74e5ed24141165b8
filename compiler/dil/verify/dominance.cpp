// 2xx: a value is defined before it is used, on every path.
#include "compiler/dil/verify/families.h"

namespace dream::dil::verifier {

void verifyDominance(Report &report, const Cfg &cfg) {
  const Function &function = *report.function;
  Dominators dominators(cfg);
  std::vector<bool> isDefinedHere(function.values.size());
  for (BlockId id : cfg.reversePostorder()) {
    const Block &block = function[id];
    for (ValueId arg : block.args)
      isDefinedHere[arg.index] = true;
    for (const Inst *inst : block.insts) {
      forEachOperand(*inst, [&](ValueId operand, Use) {
        BlockId home = function[operand].block;
        bool dominates = home == id ? isDefinedHere[operand.index] : cfg.isReachable(home) && dominators.dominates(home, id);
        if (!dominates)
          report.add(201, *inst, report.value(operand) + " is not defined on every path to its use in " + report.block(id));
      });
      if (inst->result.isValid())
        isDefinedHere[inst->result.index] = true;
    }
  }
}

} // namespace dream::dil::verifier
