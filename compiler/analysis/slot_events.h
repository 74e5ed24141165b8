// What happens to the slots of one function, in the order of the text: the common ground of the analyses that follow
// slots forwards (slot_states.h) and backwards (slot_liveness.h). `out` parameters take part as slots that are empty at the
// start.
//
// Slots are handled in groups of 64, one bit each, so that memory stays proportional to the function's size, whatever
// its number of slots.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "compiler/analysis/places.h"

namespace dream::analysis {

enum class SlotEventKind : uint8_t {
  Define, ///< A new life begins: empty. `inst` is null for `out` parameters.
  Fill,   ///< init, assign, or an `out` argument once the call has succeeded: full afterwards.
  Use,    ///< Needs the whole value, and leaves it.
  Take,   ///< Needs the whole value; empty afterwards.
  Drop,   ///< drop_slot, drop_if; before an `out` argument is passed, and before a throw, by implication.
  Touch,  ///< An access or a borrow opens or ends: the storage is needed, its content may not be.
  Return, ///< An `out` parameter must be full.
};

struct SlotEvent {
  SlotEventKind kind;
  uint8_t bit;         ///< Slot number modulo 64.
  uint32_t slot;
  dil::Inst *inst;     ///< The instruction that does it: for a Fill on an edge, the call.
};

/// The events of 64 slots, by block.
struct SlotGroup {
  uint32_t first = 0;                       ///< Number of the slot of bit 0.
  std::vector<SlotEvent> events;
  struct Span { dil::BlockId block; uint32_t begin, end; };
  std::vector<Span> spans;                  ///< Blocks that have events, in the order of the text.
};

/// The ok blocks of calls that fill `out` arguments must have no other predecessors: the events of the edge are listed
/// as the block's first.
class SlotEvents {
public:
  SlotEvents(const dil::Function &function, const SlotTable &slots, CallTargets &targets);

  const std::vector<SlotGroup> &groups() const { return list; }
  /// Slots, then `out` parameters.
  size_t slotCount() const { return slots.size() + outParams.size(); }
  bool isOutParam(uint32_t slot) const { return slot >= slots.size(); }
  /// The slot's address.
  dil::ValueId address(uint32_t slot) const {
    return isOutParam(slot) ? outParams[slot - slots.size()] : slots[slot]->result;
  }
  const SlotTable &slots;

private:
  std::vector<SlotGroup> list;
  std::vector<dil::ValueId> outParams;
};

} // namespace dream::analysis
