#include "compiler/driver/inline_makers.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace dream::driver {

/// The only call of a maker, if that is its only use.
static llvm::CallBase *onlyCall(const llvm::Function &function) {
  if (function.isDeclaration() || !function.hasLocalLinkage() || !function.hasOneUse() ||
      function.hasFnAttribute(llvm::Attribute::NoInline) || !function.getName().split('$').first.ends_with(".new"))
    return nullptr;
  const llvm::Use &use = *function.use_begin();
  auto *call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
  if (!call || !call->isCallee(&use) || call->getFunction() == &function)
    return nullptr;
  // Lines of the maker belong to the line of the call, where there is one.
  bool hasLine = call->getDebugLoc() && call->getFunction()->getSubprogram();
  return hasLine || !function.getSubprogram() ? call : nullptr;
}

unsigned inlineMakers(llvm::Module &module) {
  unsigned gone = 0;
  for (llvm::Function &function : llvm::make_early_inc_range(module))
    if (llvm::CallBase *call = onlyCall(function)) {
      llvm::InlineFunctionInfo info;
      if (!llvm::InlineFunction(*call, info).isSuccess())
        continue;
      function.eraseFromParent();
      ++gone;
    }
  return gone;
}

} // namespace dream::driver
