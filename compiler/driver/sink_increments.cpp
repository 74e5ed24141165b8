#include "compiler/driver/sink_increments.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PatternMatch.h"

namespace dream::driver {
namespace {

using namespace llvm::PatternMatch;

/// The addition that steps the counter; null if it is stepped in another way, or needed before the turn ends.
llvm::Instruction *stepOf(llvm::PHINode &counter, llvm::BasicBlock *latch) {
  auto *step = llvm::dyn_cast<llvm::BinaryOperator>(counter.getIncomingValueForBlock(latch));
  if (!step || !match(step, m_c_Add(m_Specific(&counter), m_ConstantInt())))
    return nullptr;
  if (step->getParent() == latch)
    return step;
  bool isForLatch = llvm::all_of(step->users(), [&](llvm::User *user) {
    return user == &counter || (llvm::cast<llvm::Instruction>(user)->getParent() == latch && !llvm::isa<llvm::PHINode>(user));
  });
  return isForLatch ? step : nullptr;
}

bool sink(llvm::Instruction &step, llvm::BasicBlock *latch) {
  auto from = step.getParent() == latch ? std::next(step.getIterator()) : latch->getFirstNonPHIIt();
  llvm::Instruction *to = latch->getTerminator();
  for (llvm::Instruction &inst : llvm::make_range(from, latch->end()))
    if (llvm::is_contained(inst.operands(), &step)) {
      to = &inst;
      break;
    }
  if (step.getNextNode() == to)
    return false;
  step.moveBefore(to);
  return true;
}

} // namespace

llvm::PreservedAnalyses SinkIncrementsPass::run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses) {
  bool changed = false;
  for (llvm::Loop *loop : analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder())
    if (llvm::BasicBlock *latch = loop->getLoopLatch())
      for (llvm::PHINode &counter : loop->getHeader()->phis())
        if (llvm::Instruction *step = stepOf(counter, latch))
          changed |= sink(*step, latch);
  if (!changed)
    return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

} // namespace dream::driver
