// For how long a region of a function may be open: for the whole function, or for one turn of a loop, so that every turn gives
// its objects back. A region is opened at the start of its scope and closed on every edge that leaves it, or leads back to the
// start of its loop; loops lie in each other, and so do the regions.
#pragma once

#include "compiler/analysis/loops.h"
#include "compiler/analysis/reuse.h"
#include <optional>

namespace dream::analysis {

class RegionScopes {
public:
  RegionScopes(const dil::Function &function, StorageReuse &reuse);

  static constexpr unsigned kFunction = 0;
  size_t size() const { return loops.size() + 1; }
  /// Null for the function.
  const Loop *loopOf(unsigned scope) const { return scope == kFunction ? nullptr : &loops[scope - 1]; }
  /// The scopes around an instruction that allocates, the innermost first, the function last.
  llvm::SmallVector<unsigned, 4> around(const dil::Inst &site) const;
  /// The instruction runs whenever the function, or a turn of the loop, comes to its end.
  bool alwaysRuns(const dil::Inst &site, unsigned scope) const;
  /// None of the values is looked at once a scope around the instruction has ended, unless it was made anew.
  bool endsLife(unsigned scope, const llvm::BitVector &holders);
  /// No instruction for which `disturbs` holds runs between this one and the end of the scope.
  bool isQuietAfter(dil::BlockId block, const dil::Inst &inst, unsigned scope,
                    llvm::function_ref<bool(const dil::Inst &)> disturbs);

private:
  bool contains(unsigned scope, dil::BlockId block) const { return scope == kFunction || members[scope - 1].test(block.index); }

  const dil::Function &function;
  StorageReuse &reuse;
  dil::Dominators dominators;
  std::vector<Loop> loops;
  std::vector<llvm::BitVector> members; ///< Of each loop: its blocks.
  uint64_t budget;
};

} // namespace dream::analysis
