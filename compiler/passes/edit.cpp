#include "compiler/passes/edit.h"
#include "compiler/dil/cfg.h"

namespace dream::passes {

using namespace dil;

/// The block takes the arguments of `to`, and hands them to it.
static void handOn(Function &function, BlockId block, BrInst *br, BlockId to) {
  for (ValueId arg : function[to].args) {
    ValueInfo info = function[arg];
    ValueId passed = function.addValue(info.type, info.ownership, nullptr, block);
    function[block].args.push_back(passed);
    br->args.push_back(passed);
  }
}
static void redirect(Function &function, BlockId from, BlockId old, BlockId now) {
  forEachTarget(*function[from].insts.back(), [&](BlockId &target) {
    if (target == old)
      target = now;
  });
}

BlockId joinEdges(Function &function, llvm::ArrayRef<BlockId> from, BlockId to, SourceLoc loc) {
  BlockId made = function.addBlock();
  auto *br = function.create<BrInst>(loc);
  br->target = to;
  handOn(function, made, br, to);
  for (BlockId one : from)
    redirect(function, one, to, made);
  function[made].insts.push_back(br);
  return made;
}

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
    handOn(function, middle, br, to);
  }
  function[middle].insts.push_back(br);
  redirect(function, from, to, middle);
  return middle;
}

void Users::collect(const Function &function) {
  fit(function);
  for (uint32_t i = 0; i < function.blocks.size(); ++i)
    for (Inst *inst : function.blocks[i].insts)
      add(inst, BlockId(i));
}
void Users::add(Inst *inst, BlockId block) {
  forEachOperand(*inst, [&](ValueId operand, Use) {
    if (users.size() <= operand.index)
      users.resize(operand.index + 1);
    users[operand.index].push_back({inst, block});
  });
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
