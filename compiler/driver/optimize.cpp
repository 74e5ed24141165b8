// The only file that includes PassBuilder.h, which is as heavy as the rest of the driver together.
#include "compiler/driver/optimize.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace dream::driver {

llvm::Error linkRuntime(llvm::Module &module, llvm::StringRef bitcodeFile, bool isExecutable) {
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> runtime = llvm::getLazyIRFileModule(bitcodeFile, problem, module.getContext());
  if (!runtime)
    return llvm::createStringError(problem.getMessage());
  // Equal texts, or the linker warns; the target of both is the same.
  runtime->setTargetTriple(module.getTargetTriple());
  runtime->setDataLayout(module.getDataLayout());

  // The runtime may hold main, which then calls the program's entry: ask for it before linking what is needed.
  if (isExecutable && !module.getFunction("main") && runtime->getFunction("main")) {
    llvm::Function *main = runtime->getFunction("main");
    module.getOrInsertFunction("main", main->getFunctionType());
  }
  llvm::StringSet<> kept;
  kept.insert("main");
  for (const llvm::GlobalValue &value : module.global_values())
    if (!value.isDeclaration() && !value.hasLocalLinkage())
      kept.insert(value.getName());

  if (llvm::Linker::linkModules(module, std::move(runtime), llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("the runtime does not fit the program");
  llvm::internalizeModule(module, [&](const llvm::GlobalValue &value) { return kept.contains(value.getName()); });
  return llvm::Error::success();
}

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
