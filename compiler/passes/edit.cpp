#include "compiler/passes/edit.h"
#include "compiler/dil/cfg.h"

namespace dream::passes {

using namespace dil;

BlockId splitEdge(Function &function, BlockId from, BlockId to) {
  BlockId middle = function.addBlock();
  Inst *terminator = function[from].insts.back();
  function[middle].isCold = function[to].isCold;
  auto *br = function.create<BrInst>(terminator->loc);
  br->target = to;
  if (auto *old = llvm::dyn_cast<BrInst>(terminator)) {
    br->args = std::move(old->args);
    old->args.clear();
  } else {
    // Only the edges of calls hand something over otherwise, and their targets have it as their only argument.
    for (ValueId arg : function[to].args) {
      ValueInfo info = function[arg];
      ValueId passed = function.addValue(info.type, info.ownership, nullptr, middle);
      function[middle].args.push_back(passed);
      br->args.push_back(passed);
    }
  }
  function[middle].insts.push_back(br);
  forEachTarget(*terminator, [&](BlockId &target) {
    if (target == to)
      target = middle;
  });
  return middle;
}

void fixCasts(Function &function) {
  Cfg graph(function);
  for (BlockId block : graph.reversePostorder())
    for (const Inst *inst : function[block].insts)
      if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && function[cast->value].ownership == Ownership::None)
        function[cast->result].ownership = Ownership::None;
}

void ValueMap::apply(Function &function) const {
  if (isEmpty)
    return;
  for (Block &block : function.blocks)
    for (Inst *inst : block.insts)
      forEachOperand(*inst, [&](ValueId &operand, Use) { operand = (*this)[operand]; });
}

} // namespace dream::passes
