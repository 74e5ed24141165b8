// [NoAlloc] is a promise: neither the function nor anything that it calls may ask for memory. What breaks it is reported, with
// the way to it. The program's own allocator makes the same promise without a word; it may call C.
#include "compiler/analysis/allocations.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

void noAlloc(PassContext &context) {
  for (uint32_t i = 0; i < context.module.functions.size(); ++i) {
    const Function &function = context.module.functions[i];
    // The second version of a function, if it has one, allocates less than the first.
    if (!function.noAlloc || llvm::StringRef(function.symbol).ends_with("$placed"))
      continue;
    analysis::Path path = analysis::wayToAllocation(context.module, context.targets, FuncId(i), /*mayCallC=*/function.isExported);
    if (path.empty()) {
      context.count("promises kept");
      continue;
    }
    bool isAllocator = function.isExported;
    if (isAllocator && path.size() > 1)
      path.erase(path.begin()); // the call of what was written
    auto diag = context.diags.report(isAllocator ? DiagId::AllocatorAllocates : DiagId::MayAllocate,
                                     path.front().loc.isValid() ? path.front().loc : function.loc);
    if (!isAllocator)
      diag << displayName(function);
    diag << path.front().what;
    for (const analysis::Step &step : llvm::ArrayRef(path).drop_front())
      diag.note(SourceRange{step.loc, step.loc}, "which " + step.what);
  }
}

} // namespace dream::passes
