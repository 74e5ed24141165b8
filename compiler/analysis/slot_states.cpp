#include "compiler/analysis/slot_states.h"

namespace dream::analysis {

using namespace dil;

namespace {

struct Masks {
  uint64_t empty = 0, full = 0, ended = 0;
  bool join(const Masks &other) {
    Masks before = *this;
    empty |= other.empty;
    full |= other.full;
    ended |= other.ended;
    return empty != before.empty || full != before.full || ended != before.ended;
  }
};

bool endsLife(const SlotEvent &event) {
  if (event.kind == SlotEventKind::Take)
    return true;
  auto *drop = llvm::dyn_cast_or_null<DropSlotInst>(event.inst);
  return drop && drop->endsLife;
}

void apply(Masks &masks, const SlotEvent &event) {
  uint64_t bit = uint64_t(1) << event.bit;
  switch (event.kind) {
  case SlotEventKind::Use:
  case SlotEventKind::Touch:
  case SlotEventKind::Return:
    return;
  case SlotEventKind::Fill:
    masks.full |= bit;
    masks.empty &= ~bit;
    masks.ended &= ~bit;
    return;
  case SlotEventKind::Define:
  case SlotEventKind::Take:
  case SlotEventKind::Drop:
    masks.full &= ~bit;
    masks.empty |= bit;
    if (event.kind == SlotEventKind::Define)
      masks.ended &= ~bit;
    else if (endsLife(event))
      masks.ended |= bit;
    return;
  }
}

/// Which blocks lead to one with events of the group: states of others are nobody's concern.
std::vector<bool> findRelevant(const dil::Cfg &graph, const SlotGroup &group) {
  std::vector<bool> relevant(graph.blockCount());
  std::vector<BlockId> work;
  auto add = [&](BlockId block) {
    if (relevant[block.index] || !graph.isReachable(block))
      return;
    relevant[block.index] = true;
    work.push_back(block);
  };
  for (const SlotGroup::Span &span : group.spans)
    add(span.block);
  while (!work.empty()) {
    BlockId block = work.back();
    work.pop_back();
    for (BlockId pred : graph.predecessors(block))
      add(pred);
  }
  return relevant;
}

} // namespace

void visitSlotStates(const dil::Cfg &graph, const SlotEvents &events,
                     llvm::function_ref<void(const SlotEvent &, SlotState)> visit) {
  std::vector<Masks> entry(graph.blockCount());
  std::vector<const SlotGroup::Span *> spanOf(graph.blockCount());
  std::vector<bool> pending(graph.blockCount());
  for (const SlotGroup &group : events.groups()) {
    std::fill(entry.begin(), entry.end(), Masks());
    std::fill(spanOf.begin(), spanOf.end(), nullptr);
    for (const SlotGroup::Span &span : group.spans)
      spanOf[span.block.index] = &span;
    std::vector<bool> relevant = findRelevant(graph, group);

    // Sweeps in reverse postorder; loops make few sweeps needed, and blocks without news cost one test.
    for (const SlotGroup::Span &span : group.spans)
      pending[span.block.index] = true;
    for (bool again = true; again;) {
      again = false;
      for (BlockId block : graph.reversePostorder()) {
        if (!pending[block.index])
          continue;
        pending[block.index] = false;
        Masks masks = entry[block.index];
        if (const SlotGroup::Span *span = spanOf[block.index])
          for (uint32_t i = span->begin; i < span->end; ++i)
            apply(masks, group.events[i]);
        for (BlockId next : graph.successors(block))
          if (relevant[next.index] && entry[next.index].join(masks)) {
            pending[next.index] = true;
            again |= graph.number(next) <= graph.number(block);
          }
      }
    }

    for (const SlotGroup::Span &span : group.spans) {
      if (!graph.isReachable(span.block)) {
        pending[span.block.index] = false;
        continue;
      }
      Masks masks = entry[span.block.index];
      for (uint32_t i = span.begin; i < span.end; ++i) {
        const SlotEvent &event = group.events[i];
        uint64_t bit = uint64_t(1) << event.bit;
        visit(event, {(masks.empty & bit) != 0, (masks.full & bit) != 0, (masks.ended & bit) != 0});
        apply(masks, event);
      }
    }
  }
}

} // namespace dream::analysis
