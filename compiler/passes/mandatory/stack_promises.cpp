#include "compiler/passes/mandatory/stack_promises.h"
#include "compiler/analysis/heap_sites.h"

namespace dream::passes {

using namespace dil;

void checkStackPromises(PassContext &context, const analysis::Placements &placements) {
  const TypeTable &types = context.module.types;
  if (!types.anyOnStack())
    return;
  for (const analysis::HeapSite &site : analysis::heapSites(context.module, context.targets, placements)) {
    if (!types.isOnStack(site.type))
      continue;
    bool isBox = llvm::isa<BoxInst>(site.inst);
    SourceLoc loc = site.inst->loc.isValid() ? site.inst->loc : context.module[site.function].loc;
    auto diag = context.diags.report(DiagId::StackPromise, loc);
    diag << types.spell(site.type) << (isBox ? "it is put in a box here" : "this one is on the heap");
    for (const analysis::Step &step : site.why)
      diag.note(SourceRange{step.loc, step.loc}, "it " + step.what);
  }
}

} // namespace dream::passes
