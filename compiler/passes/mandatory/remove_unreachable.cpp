// Removes the blocks that control cannot reach, after branches on constants have been decided, and reports functions
// whose end can be reached although they must return a value. Flow diagnostics of later passes then speak only of code
// that may run.
#include "compiler/dil/cfg.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

namespace {

const ConstInst *constantOf(const Function &function, ValueId value) {
  return llvm::dyn_cast_or_null<ConstInst>(function[value].definition);
}

/// The constant bool that a condition is, seen through `not`.
std::optional<bool> decide(const Function &function, ValueId condition) {
  bool isNegated = false;
  while (auto *unary = llvm::dyn_cast_or_null<UnaryInst>(function[condition].definition)) {
    if (unary->op != UnaryOp::Not)
      return std::nullopt;
    isNegated = !isNegated;
    condition = unary->value;
  }
  const ConstInst *constant = constantOf(function, condition);
  if (!constant || (constant->constKind != ConstKind::Bool && constant->constKind != ConstKind::Zero))
    return std::nullopt;
  return (constant->constKind == ConstKind::Bool && constant->bits != 0) != isNegated;
}

/// The only target that a terminator can take, if that is known; else invalid.
BlockId onlyTarget(const Function &function, const Inst *terminator) {
  if (auto *condBr = llvm::dyn_cast<CondBrInst>(terminator)) {
    if (condBr->whenTrue == condBr->whenFalse)
      return condBr->whenTrue;
    if (auto known = decide(function, condBr->condition))
      return *known ? condBr->whenTrue : condBr->whenFalse;
  } else if (auto *sw = llvm::dyn_cast<SwitchInst>(terminator)) {
    const ConstInst *constant = constantOf(function, sw->value);
    if (!constant || (constant->constKind != ConstKind::Int && constant->constKind != ConstKind::Char &&
                      constant->constKind != ConstKind::Bool))
      return {};
    for (const SwitchInst::Case &oneCase : sw->cases)
      if (oneCase.value == constant->bits)
        return oneCase.target;
    return sw->otherwise;
  }
  return {};
}

size_t foldBranches(Function &function) {
  size_t folded = 0;
  for (Block &block : function.blocks) {
    if (block.insts.empty())
      continue;
    BlockId target = onlyTarget(function, block.insts.back());
    if (!target.isValid())
      continue;
    auto *br = function.create<BrInst>(block.insts.back()->loc);
    br->target = target;
    block.insts.back() = br;
    ++folded;
  }
  return folded;
}

/// Moves the reachable blocks together, in the order that they had, and renames them everywhere.
size_t compact(Function &function) {
  Cfg graph(function);
  std::vector<BlockId> renamed(function.blocks.size());
  uint32_t kept = 0;
  for (uint32_t i = 0; i < function.blocks.size(); ++i)
    if (graph.isReachable(BlockId(i)))
      renamed[i] = BlockId(kept++);
  size_t removed = function.blocks.size() - kept;
  if (removed == 0)
    return 0;
  for (uint32_t i = 0; i < function.blocks.size(); ++i) {
    if (!renamed[i].isValid())
      continue;
    if (renamed[i].index != i)
      function.blocks[renamed[i].index] = std::move(function.blocks[i]);
    Block &block = function[renamed[i]];
    forEachTarget(*block.insts.back(), [&](BlockId &target) { target = renamed[target.index]; });
  }
  function.blocks.resize(kept);
  for (ValueInfo &value : function.values)
    if (value.block.isValid() && value.block.index < renamed.size())
      value.block = renamed[value.block.index];
  return removed;
}

} // namespace

void removeUnreachable(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    context.count("branches decided", foldBranches(function));
    context.count("blocks removed", compact(function));
    for (const Block &block : function.blocks) {
      auto *end = llvm::dyn_cast<UnreachableInst>(block.insts.back());
      if (!end || end->reason != UnreachableReason::MissingReturn)
        continue;
      auto report = context.diags.report(DiagId::MissingReturn, function.loc);
      report << displayName(function);
      if (end->loc.isValid())
        report.note({end->loc, end->loc}, "the end of the function can be reached");
    }
  });
}

} // namespace dream::passes
