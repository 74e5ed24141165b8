// Undoes, when the optimiser is done, what its widening of loop counters leaves behind where integers wrap.
#pragma once

#include "llvm/IR/PassManager.h"

namespace dream::driver {

/// A counter that indexes an array becomes as wide as an address. C's counters must not overflow, so everything that uses
/// them is widened too; Dream's may, so a comparison `j <= n` remains a sign extension of the low half, in two shifts and
/// on the path of every turn, and the extension for a panic's message even becomes a counter of its own. This pass compares
/// the low halves, and writes such shifts as what they are.
class NarrowComparesPass : public llvm::PassInfoMixin<NarrowComparesPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace dream::driver
