// The shape of a function: which blocks can be reached, from where, and which dominate which. Built once, read-only; a
// pass that changes edges builds a new one.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/ArrayRef.h"

namespace dream::dil {

class Cfg {
public:
  explicit Cfg(const Function &function);

  /// Of the function, unreachable blocks included.
  size_t blockCount() const { return numbers.size(); }
  /// Reachable blocks in reverse postorder: the entry first, and every block after its immediate dominator. What belongs
  /// together stands together, error paths too.
  llvm::ArrayRef<BlockId> reversePostorder() const { return order; }
  bool isReachable(BlockId id) const { return numbers[id.index] != kUnreachable; }
  /// Position of a reachable block in that order.
  uint32_t number(BlockId id) const { return numbers[id.index]; }
  /// One entry for each edge, so a block may stand here twice. Of reachable blocks only.
  llvm::ArrayRef<BlockId> successors(BlockId id) const { return slice(succs, succStarts, id); }
  llvm::ArrayRef<BlockId> predecessors(BlockId id) const { return slice(preds, predStarts, id); }

private:
  static constexpr uint32_t kUnreachable = ~0u;
  static llvm::ArrayRef<BlockId> slice(const std::vector<BlockId> &all, const std::vector<uint32_t> &starts, BlockId id) {
    return llvm::ArrayRef(all).slice(starts[id.index], starts[id.index + 1] - starts[id.index]);
  }

  std::vector<BlockId> order;
  std::vector<uint32_t> numbers;
  std::vector<BlockId> succs, preds;
  std::vector<uint32_t> succStarts, predStarts;
};

/// The dominator tree, after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".
class Dominators {
public:
  explicit Dominators(const Cfg &cfg);

  /// Invalid for the entry. Blocks must be reachable.
  BlockId immediate(BlockId id) const;
  /// Every path from the entry to `b` goes through `a`; true if they are the same block.
  bool dominates(BlockId a, BlockId b) const {
    uint32_t x = cfg.number(a), y = cfg.number(b);
    return enter[x] <= enter[y] && leave[y] <= leave[x];
  }

private:
  const Cfg &cfg;
  std::vector<uint32_t> idom;         ///< By position in reverse postorder.
  std::vector<uint32_t> enter, leave; ///< Times of a walk over the tree.
};

} // namespace dream::dil
