#include "compiler/driver/runtime_bitcode.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Transforms/IPO/Internalize.h"

namespace dream::driver {
namespace {

llvm::Expected<std::unique_ptr<llvm::Module>> load(llvm::Module &module, llvm::StringRef file) {
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> runtime = llvm::getLazyIRFileModule(file, problem, module.getContext());
  if (!runtime)
    return llvm::createStringError(problem.getMessage());
  // Equal texts, or the linker warns; the target of both is the same.
  runtime->setTargetTriple(module.getTargetTriple());
  runtime->setDataLayout(module.getDataLayout());
  return runtime;
}

/// Decides what of the runtime is worth a copy, and prepares the runtime's module so that nothing else can be linked.
class Importer {
public:
  explicit Importer(llvm::Module &runtime) : runtime(runtime) {}

  llvm::Error run(const llvm::Module &module) {
    for (const llvm::Function &function : module)
      if (function.isDeclaration())
        if (llvm::Function *definition = runtime.getFunction(function.getName()))
          consider(*definition);
    if (problem)
      return std::move(problem);
    prepare();
    return llvm::Error::success();
  }

private:
  /// ThinLTO's limit for functions is 100.
  static constexpr unsigned kLargestCopy = 100;

  /// True if the function can be copied; its callees are considered with it.
  bool consider(llvm::Function &function) {
    auto [entry, isNew] = copied.try_emplace(&function, false); // while it is being looked at, and in recursion: no
    if (!isNew)
      return entry->second;
    if (function.isDeclaration() || function.hasFnAttribute(llvm::Attribute::NoInline) ||
        function.hasFnAttribute(llvm::Attribute::Cold) || function.hasFnAttribute(llvm::Attribute::OptimizeNone))
      return false;
    if (llvm::Error error = function.materialize()) {
      problem = llvm::joinErrors(std::move(problem), std::move(error));
      return false;
    }
    if (function.getInstructionCount() > kLargestCopy)
      return false;
    llvm::SmallPtrSet<const llvm::Constant *, 16> seen;
    for (llvm::Instruction &instruction : llvm::instructions(function))
      for (llvm::Value *operand : instruction.operands())
        if (auto *constant = llvm::dyn_cast<llvm::Constant>(operand); constant && !isVisible(constant, seen))
          return false;
    return copied[&function] = true;
  }

  /// A copy may refer to what the archive exports, and to what can be copied with it: never to state that the archive
  /// keeps to itself.
  bool isVisible(llvm::Constant *constant, llvm::SmallPtrSetImpl<const llvm::Constant *> &seen) {
    if (!seen.insert(constant).second)
      return true;
    if (auto *function = llvm::dyn_cast<llvm::Function>(constant))
      return consider(*function) || !function->hasLocalLinkage();
    if (auto *variable = llvm::dyn_cast<llvm::GlobalVariable>(constant)) {
      if (!variable->hasLocalLinkage())
        return true;
      return variable->isConstant() && variable->hasInitializer() && isVisible(variable->getInitializer(), seen);
    }
    for (llvm::Value *operand : constant->operands())
      if (auto *part = llvm::dyn_cast<llvm::Constant>(operand); part && !isVisible(part, seen))
        return false;
    return true;
  }

  void prepare() {
    for (llvm::Function &function : runtime) {
      if (function.isDeclaration())
        continue;
      function.setComdat(nullptr);
      if (!copied.lookup(&function)) {
        function.deleteBody();
        function.setLinkage(llvm::GlobalValue::ExternalLinkage);
      } else if (!function.hasLocalLinkage()) {
        function.setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
      }
    }
    // Lists of constructors and of kept symbols are the archive's business.
    llvm::SmallVector<llvm::GlobalVariable *, 4> lists;
    for (llvm::GlobalVariable &variable : runtime.globals()) {
      if (variable.hasAppendingLinkage())
        lists.push_back(&variable);
      else if (!variable.hasLocalLinkage() && variable.hasInitializer()) {
        variable.setComdat(nullptr);
        variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
        variable.setInitializer(nullptr);
      }
    }
    for (llvm::GlobalVariable *list : lists)
      list->eraseFromParent();
  }

  llvm::Module &runtime;
  llvm::DenseMap<const llvm::Function *, bool> copied; ///< Never iterated: the module's order decides.
  llvm::Error problem = llvm::Error::success();
};

llvm::Error link(llvm::Module &module, std::unique_ptr<llvm::Module> runtime) {
  if (llvm::Linker::linkModules(module, std::move(runtime), llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("the runtime does not fit the program");
  return llvm::Error::success();
}

/// Code for executables may take the short way to thread-local variables; this flag of it decides.
void dropPieLevel(llvm::Module &module) {
  llvm::NamedMDNode *node = module.getModuleFlagsMetadata();
  if (!node)
    return;
  llvm::SmallVector<llvm::Module::ModuleFlagEntry, 8> flags;
  module.getModuleFlagsMetadata(flags);
  node->clearOperands();
  for (const llvm::Module::ModuleFlagEntry &flag : flags)
    if (flag.Key->getString() != "PIE Level")
      module.addModuleFlag(flag.Behavior, flag.Key->getString(), flag.Val);
}

} // namespace

llvm::Error importRuntime(llvm::Module &module, llvm::StringRef bitcodeFile) {
  auto runtime = load(module, bitcodeFile);
  if (!runtime)
    return runtime.takeError();
  if (llvm::Error error = Importer(**runtime).run(module))
    return error;
  return link(module, std::move(*runtime));
}

llvm::Error mergeRuntime(llvm::Module &module, llvm::StringRef bitcodeFile, bool forSharedLibrary) {
  auto runtime = load(module, bitcodeFile);
  if (!runtime)
    return runtime.takeError();
  if (forSharedLibrary)
    dropPieLevel(**runtime);
  llvm::StringSet<> kept;
  for (const llvm::GlobalValue &value : module.global_values())
    if (!value.isDeclaration() && !value.hasLocalLinkage())
      kept.insert(value.getName());
  if (llvm::Error error = link(module, std::move(*runtime)))
    return error;
  llvm::internalizeModule(module, [&](const llvm::GlobalValue &value) { return kept.contains(value.getName()); });
  return llvm::Error::success();
}

} // namespace dream::driver
