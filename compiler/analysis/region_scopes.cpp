#include "compiler/analysis/region_scopes.h"

namespace dream::analysis {

using namespace dil;

/// Instructions that one function's walks may look at.
constexpr uint64_t kBudget = 1'000'000;

RegionScopes::RegionScopes(const Function &function, StorageReuse &reuse)
    : function(function), reuse(reuse), dominators(reuse.cfg()), loops(findLoops(reuse.cfg(), dominators)), budget(kBudget) {
  for (const Loop &loop : loops) {
    llvm::BitVector &blocks = members.emplace_back(function.blocks.size());
    for (BlockId block : loop.blocks)
      blocks.set(block.index);
  }
}

llvm::SmallVector<unsigned, 4> RegionScopes::around(const Inst &site) const {
  llvm::SmallVector<unsigned, 4> result;
  BlockId block = reuse.blockOf(site);
  for (unsigned scope = 1; scope < size(); ++scope) // Inner loops come before the loops around them.
    if (contains(scope, block))
      result.push_back(scope);
  result.push_back(kFunction);
  return result;
}

bool RegionScopes::alwaysRuns(const Inst &site, unsigned scope) const {
  const Loop *loop = loopOf(scope);
  BlockId block = reuse.blockOf(site);
  bool hasEnd = false;
  for (uint32_t i = 0; i < function.blocks.size(); ++i) {
    BlockId end(i);
    bool isEnd = reuse.cfg().isReachable(end) && contains(scope, end) &&
                 (loop ? llvm::is_contained(reuse.cfg().successors(end), loop->header) : llvm::isa<ReturnInst>(function[end].insts.back()));
    if (isEnd && !dominators.dominates(block, end))
      return false;
    hasEnd |= isEnd;
  }
  return hasEnd;
}

bool RegionScopes::endsLife(unsigned scope, const llvm::BitVector &holders) {
  if (scope == kFunction)
    return true;
  const Loop &loop = loops[scope - 1];
  if (!reuse.areDead(loop.header, holders))
    return false;
  for (BlockId block : loop.blocks)
    for (BlockId next : reuse.cfg().successors(block))
      if (!contains(scope, next) && !reuse.areDead(next, holders))
        return false;
  return true;
}

bool RegionScopes::isQuietAfter(BlockId block, const Inst &inst, unsigned scope, llvm::function_ref<bool(const Inst &)> disturbs) {
  llvm::BitVector seen(function.blocks.size());
  llvm::SmallVector<BlockId, 8> work;
  BlockId header = scope == kFunction ? BlockId() : loops[scope - 1].header;
  auto walkOn = [&](BlockId from) {
    for (BlockId next : reuse.cfg().successors(from))
      if (contains(scope, next) && next != header && !seen.test(next.index)) {
        seen.set(next.index);
        work.push_back(next);
      }
  };
  auto isQuiet = [&](BlockId id, bool isFirst) {
    const auto &insts = function[id].insts;
    auto at = isFirst ? std::next(llvm::find(insts, &inst)) : insts.begin();
    for (; at != insts.end(); ++at) {
      if (budget == 0 || disturbs(**at))
        return false;
      --budget;
    }
    return true;
  };
  if (!isQuiet(block, true))
    return false;
  for (walkOn(block); !work.empty();) {
    BlockId next = work.pop_back_val();
    if (!isQuiet(next, false))
      return false;
    walkOn(next);
  }
  return true;
}

} // namespace dream::analysis
