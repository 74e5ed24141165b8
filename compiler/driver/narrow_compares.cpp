#include "compiler/driver/narrow_compares.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/Local.h"

namespace dream::driver {
namespace {

using namespace llvm::PatternMatch;

/// `ashr (shl x, n), n` with a width that the machine knows: `sext (trunc x)`.
bool spellExtension(llvm::Instruction &inst, const llvm::DataLayout &layout) {
  llvm::Value *wide;
  const llvm::APInt *up, *down;
  if (!inst.getType()->isIntegerTy() || !match(&inst, m_AShr(m_Shl(m_Value(wide), m_APInt(up)), m_APInt(down))) || *up != *down)
    return false;
  unsigned width = inst.getType()->getIntegerBitWidth();
  unsigned kept = width - unsigned(up->getLimitedValue(width));
  if (kept == 0 || !layout.isLegalInteger(kept))
    return false;
  llvm::IRBuilder<> builder(&inst);
  inst.replaceAllUsesWith(builder.CreateSExt(builder.CreateTrunc(wide, builder.getIntNTy(kept)), inst.getType()));
  return true;
}

/// A comparison of an extended value with one that fits the narrow type as well: the comparison in that type.
/// Returns the extension that is not needed for it any more.
llvm::SExtInst *narrow(llvm::ICmpInst &compare, llvm::function_ref<llvm::ScalarEvolution &()> evolution) {
  if (!compare.getOperand(0)->getType()->isIntegerTy())
    return nullptr;
  for (unsigned side : {0u, 1u}) {
    auto *extended = llvm::dyn_cast<llvm::SExtInst>(compare.getOperand(side));
    llvm::Value *other = compare.getOperand(1 - side);
    if (!extended || llvm::isa<llvm::Constant>(other))
      continue;
    llvm::Type *type = extended->getSrcTy();
    llvm::ScalarEvolution &scev = evolution();
    if (scev.getSignedRange(scev.getSCEV(other)).getMinSignedBits() > type->getIntegerBitWidth())
      continue;
    llvm::IRBuilder<> builder(&compare);
    compare.setOperand(side, extended->getOperand(0));
    compare.setOperand(1 - side, builder.CreateTrunc(other, type));
    return extended;
  }
  return nullptr;
}

} // namespace

llvm::PreservedAnalyses NarrowComparesPass::run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses) {
  const llvm::DataLayout &layout = function.getParent()->getDataLayout();
  auto evolution = [&]() -> llvm::ScalarEvolution & {
    return analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  };
  llvm::SmallVector<llvm::WeakTrackingVH, 16> replaced;
  for (llvm::Instruction &inst : llvm::instructions(function))
    if (spellExtension(inst, layout))
      replaced.push_back(&inst);
  for (llvm::Instruction &inst : llvm::instructions(function))
    if (auto *compare = llvm::dyn_cast<llvm::ICmpInst>(&inst))
      if (llvm::SExtInst *extended = narrow(*compare, evolution))
        replaced.push_back(extended);
  bool changed = !replaced.empty();
  llvm::RecursivelyDeleteTriviallyDeadInstructionsPermissive(replaced);
  if (!changed)
    return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

} // namespace dream::driver
