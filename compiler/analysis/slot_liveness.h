// Liveness of slots: whether what a slot holds may be looked at again before it is replaced. Dropping is no look, so the
// facts hold for slots whose content has no destructor to run; they say where the content could die.
#pragma once

#include "compiler/dil/cfg.h"
#include "compiler/analysis/slot_events.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::analysis {

/// For the slots in `chosen` calls `atEvent(block, event, live after it)` for every event in a reachable block, and
/// `onEdge(from, to, slot)` for every edge on which a slot's content stops being live.
void visitSlotLiveness(const dil::Cfg &graph, const SlotEvents &events, const llvm::BitVector &chosen,
                       llvm::function_ref<void(dil::BlockId, const SlotEvent &, bool)> atEvent,
                       llvm::function_ref<void(dil::BlockId, dil::BlockId, uint32_t)> onEdge);

} // namespace dream::analysis
