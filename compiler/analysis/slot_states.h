// Definite initialisation: whether each slot is empty, full, or perhaps either, at every event of slot_events.h. A forward
// dataflow over three bits for each slot; the three say "may be empty", "may be full" and "may have been ended by the user".
#pragma once

#include "compiler/dil/cfg.h"
#include "compiler/analysis/slot_events.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::analysis {

/// No bit: the slot is not in scope here.
struct SlotState {
  bool maybeEmpty, maybeFull, maybeEnded;
  bool isFull() const { return maybeFull && !maybeEmpty; }
  bool isEmpty() const { return !maybeFull; }
};

/// Calls `visit(event, state before it)` for every event in a reachable block: group by group, each in the order of the
/// text.
void visitSlotStates(const dil::Cfg &graph, const SlotEvents &events,
                     llvm::function_ref<void(const SlotEvent &, SlotState)> visit);

} // namespace dream::analysis
