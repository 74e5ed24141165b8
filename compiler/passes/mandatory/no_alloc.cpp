// [NoAlloc] is a promise: neither the function nor anything that it calls may ask for memory. What breaks it is reported, with
// the way to it.
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
    analysis::Path path = analysis::wayToAllocation(context.module, context.targets, FuncId(i));
    if (path.empty()) {
      context.count("promises kept");
      continue;
    }
    auto diag = context.diags.report(DiagId::MayAllocate, path.front().loc.isValid() ? path.front().loc : function.loc);
    diag << displayName(function) << path.front().what;
    for (const analysis::Step &step : llvm::ArrayRef(path).drop_front())
      diag.note(SourceRange{step.loc, step.loc}, "which " + step.what);
  }
}

} // namespace dream::passes
