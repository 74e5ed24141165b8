// Natural loops: for each block that an edge leads back to from a block that it dominates, the blocks of the loop.
#pragma once

#include "compiler/dil/cfg.h"

namespace dream::analysis {

struct Loop {
  dil::BlockId header;
  llvm::SmallVector<dil::BlockId, 2> latches;
  std::vector<dil::BlockId> blocks;            ///< The header first.
  llvm::SmallVector<dil::BlockId, 2> entering; ///< Predecessors of the header outside the loop.
};

/// Inner loops before the loops around them.
std::vector<Loop> findLoops(const dil::Cfg &graph, const dil::Dominators &dominators);

} // namespace dream::analysis
