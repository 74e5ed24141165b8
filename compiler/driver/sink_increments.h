// Steps the counters of loops as late as possible, when the optimiser is done.
#pragma once

#include "llvm/IR/PassManager.h"

namespace dream::driver {

/// `foreach` counts on before its body sees the element at the old count, so that the old and the new count are alive at the
/// same time and each turn costs a copy from one register to another. This pass moves the addition to the end of the turn:
/// behind the last use of the old count where nothing asks for the new one before.
class SinkIncrementsPass : public llvm::PassInfoMixin<SinkIncrementsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace dream::driver
