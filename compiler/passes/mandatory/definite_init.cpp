// Definite assignment: reports variables that are read where they may hold nothing, because nothing was assigned on some
// path or because `x = null` has ended their life, and `out` parameters that a return leaves unassigned. Changes nothing
// but the edges of calls that other edges share (see SlotEvents).
#include "compiler/analysis/slot_states.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <tuple>

namespace dream::passes {

using namespace dil;
using analysis::SlotEvent;
using analysis::SlotEventKind;
using analysis::SlotState;

namespace {

/// The ok edge of a call may fill `out` arguments, so it gets a block of its own.
size_t splitSharedOkEdges(Function &function) {
  Cfg graph(function);
  size_t split = 0;
  for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i) {
    if (function.blocks[i].insts.empty())
      continue;
    auto *call = llvm::dyn_cast<CallBase>(function.blocks[i].insts.back());
    if (!call || !call->canThrow() || graph.predecessors(call->ok).size() < 2)
      continue;
    splitEdge(function, BlockId(i), call->ok);
    ++split;
  }
  return split;
}

struct Finding {
  SourceLoc loc;
  uint32_t slot;
  bool isReturn;
  SlotState state;
};

class Reporter {
public:
  Reporter(PassContext &context, const Function &function, const analysis::SlotEvents &events)
      : context(context), function(function), events(events) {}

  void see(const SlotEvent &event, SlotState state) {
    bool needsFull = event.kind == SlotEventKind::Use || event.kind == SlotEventKind::Take ||
                     event.kind == SlotEventKind::Return;
    if (!needsFull || state.isFull())
      return;
    if (!events.isOutParam(event.slot) && events.slots[event.slot]->name.empty())
      llvm::report_fatal_error(llvm::Twine("a temporary of ") + function.symbol + " is read before it is set");
    findings.push_back({event.inst->loc, event.slot, event.kind == SlotEventKind::Return, state});
  }

  /// In the order of the source, each variable once for each place.
  void report() {
    auto key = [](const Finding &finding) {
      return std::tuple(finding.loc.offset, finding.slot, finding.state.maybeFull, finding.state.maybeEnded);
    };
    llvm::sort(findings, [&](const Finding &a, const Finding &b) { return key(a) < key(b); });
    const Finding *last = nullptr;
    for (const Finding &finding : findings) {
      if (!last || last->loc != finding.loc || last->slot != finding.slot)
        report(finding);
      last = &finding;
    }
  }

private:
  std::string nameOf(uint32_t slot) const {
    if (!events.isOutParam(slot))
      return events.slots[slot]->name.str();
    for (size_t i = 0; i < function.params.size(); ++i)
      if (function.blocks.front().args[i] == events.address(slot))
        return function.params[i].name.text().str();
    return "";
  }
  void report(const Finding &finding) {
    std::string name = nameOf(finding.slot);
    bool isOut = events.isOutParam(finding.slot);
    if (finding.isReturn) {
      context.diags.report(DiagId::OutNotAssigned, finding.loc) << name;
      return;
    }
    DiagId id = finding.state.maybeEnded
                    ? (finding.state.isEmpty() ? DiagId::UsedAfterEnd : DiagId::UsedAfterMaybeEnd)
                    : (finding.state.isEmpty() ? DiagId::NeverAssigned : DiagId::MaybeUnassigned);
    auto diag = context.diags.report(id, finding.loc);
    diag << name;
    if (finding.state.maybeEnded)
      for (const Block &block : function.blocks)
        for (const Inst *inst : block.insts)
          if (auto *drop = llvm::dyn_cast<DropSlotInst>(inst);
              drop && drop->endsLife && events.slots.of(drop->place) == finding.slot)
            diag.note({drop->loc, drop->loc}, "its life ended here");
    if (isOut)
      diag.note({function.loc, function.loc}, llvm::Twine("'") + name + "' is an 'out' parameter");
    else
      diag.note({events.slots[finding.slot]->loc, events.slots[finding.slot]->loc},
                llvm::Twine("'") + name + "' is declared here");
  }

  PassContext &context;
  const Function &function;
  const analysis::SlotEvents &events;
  std::vector<Finding> findings;
};

} // namespace

void definiteInit(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    context.count("edges split", splitSharedOkEdges(function));
    analysis::SlotTable slots(function);
    analysis::SlotEvents events(function, slots, context.targets);
    if (events.slotCount() == 0)
      return;
    Cfg graph(function);
    Reporter reporter(context, function, events);
    visitSlotStates(graph, events, [&](const SlotEvent &event, SlotState state) { reporter.see(event, state); });
    reporter.report();
  });
}

} // namespace dream::passes
