// The control-flow graph of one function: predecessors, successors and the reverse postorder of its reachable blocks.
// A snapshot: it must be built again after edges have changed.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/ArrayRef.h"

namespace dream::analysis {

class FlowGraph {
public:
  explicit FlowGraph(const dil::Function &function);

  /// Without repeats: a terminator that names a block twice makes one edge.
  llvm::ArrayRef<dil::BlockId> predecessors(dil::BlockId block) const { return range(preds, predStart, block); }
  llvm::ArrayRef<dil::BlockId> successors(dil::BlockId block) const { return range(succs, succStart, block); }
  /// Reachable blocks; each before its successors, back edges excepted.
  llvm::ArrayRef<dil::BlockId> reversePostorder() const { return order; }
  /// Position in reversePostorder(); kUnreachable for blocks that the entry does not lead to.
  uint32_t position(dil::BlockId block) const { return positions[block.index]; }
  bool isReachable(dil::BlockId block) const { return positions[block.index] != kUnreachable; }
  size_t blockCount() const { return positions.size(); }

  static constexpr uint32_t kUnreachable = ~0u;

private:
  static llvm::ArrayRef<dil::BlockId> range(const std::vector<dil::BlockId> &list, const std::vector<uint32_t> &starts,
                                            dil::BlockId block) {
    return {list.data() + starts[block.index], list.data() + starts[block.index + 1]};
  }

  std::vector<dil::BlockId> preds, succs, order;
  std::vector<uint32_t> predStart, succStart, positions;
};

} // namespace dream::analysis
