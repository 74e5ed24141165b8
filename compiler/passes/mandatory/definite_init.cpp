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
  const Inst *inst;
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
    findings.push_back({event.inst->loc, event.slot, event.kind == SlotEventKind::Return, state, event.inst});
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
    llvm::SmallVector<const Inst *, 4> moves = finding.state.maybeEnded ? movesBefore(finding) : llvm::SmallVector<const Inst *, 4>();
    bool isEmpty = finding.state.isEmpty();
    DiagId id = !moves.empty()               ? (isEmpty ? DiagId::UsedAfterMove : DiagId::UsedAfterMaybeMove)
                : finding.state.maybeEnded   ? (isEmpty ? DiagId::UsedAfterEnd : DiagId::UsedAfterMaybeEnd)
                : isEmpty                    ? DiagId::NeverAssigned
                                             : DiagId::MaybeUnassigned;
    auto diag = context.diags.report(id, finding.loc);
    diag << name;
    for (const Inst *move : moves) {
      bool isLater = move->loc.offset >= finding.loc.offset && leadsTo(*finding.inst, *move);
      diag.note({move->loc, move->loc}, isLater ? "it is moved here, in an earlier turn of the loop" : "it is moved here");
    }
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

  BlockId blockOf(const Inst &inst) const {
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (llvm::is_contained(function.blocks[i].insts, &inst))
        return BlockId(i);
    return {};
  }
  /// Control may come from one instruction to the other by an edge.
  bool leadsTo(const Inst &from, const Inst &to) const {
    Cfg graph(function);
    BlockId target = blockOf(to);
    std::vector<bool> seen(function.blocks.size());
    llvm::SmallVector<BlockId, 8> work{blockOf(from)};
    while (!work.empty())
      for (BlockId next : graph.successors(work.pop_back_val())) {
        if (next == target)
          return true;
        if (!seen[next.index]) {
          seen[next.index] = true;
          work.push_back(next);
        }
      }
    return false;
  }
  /// The moves of the variable that control may come from, with nothing filling it on the way, in the order of the text.
  llvm::SmallVector<const Inst *, 4> movesBefore(const Finding &finding) const {
    Cfg graph(function);
    llvm::SmallVector<const Inst *, 4> moves;
    std::vector<bool> seen(function.blocks.size());
    llvm::SmallVector<BlockId, 8> work;
    /// Walks back from an instruction (or the end) of a block; true if nothing stopped it.
    auto walk = [&](BlockId id, const Inst *before) {
      bool isBehind = before != nullptr;
      for (const Inst *inst : llvm::reverse(function[id].insts)) {
        if (isBehind) {
          isBehind = inst != before;
          continue;
        }
        auto concerns = [&](ValueId place) { return events.slots.of(place) == finding.slot && analysis::isWholeRoot(function, place); };
        if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst); take && concerns(take->place)) {
          if (!llvm::is_contained(moves, inst))
            moves.push_back(inst);
          return false;
        }
        if (analysis::Stored stored = analysis::storedBy(*inst); stored && concerns(stored.place))
          return false;
        if (auto *slot = llvm::dyn_cast<SlotInst>(inst); slot && events.slots.of(slot->result) == finding.slot)
          return false;
      }
      return true;
    };
    auto spread = [&](BlockId id) {
      for (BlockId pred : graph.predecessors(id))
        if (!seen[pred.index]) {
          seen[pred.index] = true;
          work.push_back(pred);
        }
    };
    if (BlockId block = blockOf(*finding.inst); walk(block, finding.inst))
      spread(block);
    while (!work.empty()) {
      BlockId id = work.pop_back_val();
      if (walk(id, nullptr))
        spread(id);
    }
    llvm::sort(moves, [](const Inst *a, const Inst *b) { return a->loc.offset < b->loc.offset; });
    return moves;
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
