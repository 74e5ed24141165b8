#include "compiler/analysis/slot_liveness.h"
#include "llvm/ADT/bit.h"

namespace dream::analysis {

using namespace dil;

static uint64_t before(uint64_t live, const SlotEvent &event) {
  uint64_t bit = uint64_t(1) << event.bit;
  switch (event.kind) {
  case SlotEventKind::Use:
  case SlotEventKind::Take:
  case SlotEventKind::Touch:
  case SlotEventKind::Return:
    return live | bit;
  case SlotEventKind::Define:
  case SlotEventKind::Fill:
    return live & ~bit;
  case SlotEventKind::Drop:
    return live;
  }
  __builtin_unreachable();
}

void visitSlotLiveness(const dil::Cfg &graph, const SlotEvents &events, const llvm::BitVector &chosen,
                       llvm::function_ref<void(BlockId, const SlotEvent &, bool)> atEvent,
                       llvm::function_ref<void(BlockId, BlockId, uint32_t)> onEdge) {
  std::vector<uint64_t> liveIn(graph.blockCount());
  std::vector<const SlotGroup::Span *> spanOf(graph.blockCount());
  std::vector<bool> pending(graph.blockCount());
  std::vector<BlockId> edgeFrom(graph.blockCount()); // The block whose edge to this one has been seen last.
  for (const SlotGroup &group : events.groups()) {
    uint64_t mask = 0;
    for (uint32_t bit = 0; bit < 64 && group.first + bit < chosen.size(); ++bit)
      if (chosen[group.first + bit])
        mask |= uint64_t(1) << bit;
    if (!mask)
      continue;
    std::fill(liveIn.begin(), liveIn.end(), 0);
    std::fill(spanOf.begin(), spanOf.end(), nullptr);
    for (const SlotGroup::Span &span : group.spans) {
      spanOf[span.block.index] = &span;
      pending[span.block.index] = true;
    }
    // What a call fills on the edge to a block is new there: on that edge nothing ends.
    auto filledOnEdge = [&](BlockId block) {
      uint64_t filled = 0;
      if (const SlotGroup::Span *span = spanOf[block.index])
        for (uint32_t event = span->begin; event < span->end; ++event) {
          const SlotEvent &current = group.events[event];
          auto *call = llvm::dyn_cast_or_null<CallBase>(current.inst);
          if (current.kind != SlotEventKind::Fill || !call || !call->canThrow() || call->ok != block)
            break;
          filled |= uint64_t(1) << current.bit;
        }
      return filled;
    };
    auto liveOut = [&](BlockId block) {
      uint64_t live = 0;
      for (BlockId next : graph.successors(block))
        live |= liveIn[next.index];
      return live;
    };

    auto order = graph.reversePostorder();
    for (bool again = true; again;) {
      again = false;
      for (size_t i = order.size(); i-- > 0;) {
        BlockId block = order[i];
        if (!pending[block.index])
          continue;
        pending[block.index] = false;
        uint64_t live = liveOut(block);
        if (const SlotGroup::Span *span = spanOf[block.index])
          for (uint32_t event = span->end; event-- > span->begin;)
            live = before(live, group.events[event]);
        live &= mask;
        if (live == liveIn[block.index])
          continue;
        liveIn[block.index] = live;
        for (BlockId pred : graph.predecessors(block))
          if (graph.isReachable(pred)) {
            pending[pred.index] = true;
            again |= graph.number(pred) >= i;
          }
      }
    }

    std::fill(edgeFrom.begin(), edgeFrom.end(), BlockId());
    for (BlockId block : order) {
      uint64_t out = liveOut(block);
      if (const SlotGroup::Span *span = spanOf[block.index]) {
        uint64_t live = out;
        for (uint32_t event = span->end; event-- > span->begin;) {
          const SlotEvent &current = group.events[event];
          if (mask >> current.bit & 1)
            atEvent(block, current, live >> current.bit & 1);
          live = before(live, current);
        }
      }
      for (BlockId next : graph.successors(block)) {
        if (edgeFrom[next.index] == block)
          continue;
        edgeFrom[next.index] = block;
        for (uint64_t dead = out & ~liveIn[next.index] & ~filledOnEdge(next); dead; dead &= dead - 1)
          onEdge(block, next, group.first + llvm::countr_zero(dead));
      }
    }
    for (const SlotGroup::Span &span : group.spans)
      pending[span.block.index] = false;
  }
}

} // namespace dream::analysis
