// The only file that includes PassBuilder.h, which is as heavy as the rest of the driver together.
#include "compiler/driver/optimize.h"
#include "compiler/driver/narrow_compares.h"
#include "compiler/driver/sink_increments.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/Scalar/SimpleLoopUnswitch.h"

namespace dream::driver {

void setProcessor(llvm::Module &module, const llvm::TargetMachine &target, bool optimizeForSize) {
  llvm::AttrBuilder attributes(module.getContext());
  attributes.addAttribute("target-cpu", target.getTargetCPU());
  if (llvm::StringRef features = target.getTargetFeatureString(); !features.empty())
    attributes.addAttribute("target-features", features);
  if (optimizeForSize)
    attributes.addAttribute(llvm::Attribute::OptimizeForSize);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.removeFnAttr("target-features");
    function.removeFnAttr("tune-cpu");
    function.addFnAttrs(attributes);
  }
}

void optimize(llvm::Module &module, llvm::TargetMachine &target, unsigned level, bool forSize) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = level > 1;
  tuning.SLPVectorization = level > 1;
  llvm::PassBuilder builder(&target, tuning);
  // A bounds check whose index does not change in a loop stays there if another check stands before it, and keeps the loop
  // from being vectorised. Unswitching takes it out; LLVM does that by itself from -O3 on only.
  if (level == 2 && !forSize)
    builder.registerVectorizerStartEPCallback([](llvm::FunctionPassManager &passes, llvm::OptimizationLevel) {
      passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::SimpleLoopUnswitchPass(/*NonTrivial=*/true),
                                                           /*UseMemorySSA=*/true));
    });
  if (level > 1)
    builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager &passes, llvm::OptimizationLevel) {
      llvm::FunctionPassManager last;
      last.addPass(NarrowComparesPass());
      last.addPass(SinkIncrementsPass());
      passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(last)));
    });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  llvm::OptimizationLevel optimization = forSize      ? llvm::OptimizationLevel::Os
                                         : level == 1 ? llvm::OptimizationLevel::O1
                                         : level == 2 ? llvm::OptimizationLevel::O2
                                                      : llvm::OptimizationLevel::O3;
  builder.buildPerModuleDefaultPipeline(optimization).run(module, modules);
}

} // namespace dream::driver
