#include "compiler/analysis/reuse.h"
#include "compiler/analysis/components.h"

namespace dream::analysis {

using namespace dil;

/// Instructions that one function's walks may look at.
constexpr uint64_t kBudget = 4'000'000;

StorageReuse::StorageReuse(const Function &function)
    : function(function), graph(function), slots(function), inCycle(function.blocks.size()),
      visited(function.blocks.size()), budget(kBudget) {
  for (uint32_t i = 0; i < function.blocks.size(); ++i)
    for (unsigned at = 0; at < function.blocks[i].insts.size(); ++at) {
      const Inst *inst = function.blocks[i].insts[at];
      if (llvm::isa<AllocInst, AllocArrayInst, ClosureInst, BoxInst, CallBase, ArenaCloseInst>(inst))
        positions[inst] = {BlockId(i), at};
    }
  forEachComponent(
      function.blocks.size(),
      [&](uint32_t node, uint32_t edge) {
        if (!graph.isReachable(BlockId(node)))
          return kNoEdge;
        auto next = graph.successors(BlockId(node));
        return edge < next.size() ? next[edge].index : kNoEdge;
      },
      [&](llvm::ArrayRef<uint32_t> members) {
        bool isCycle = members.size() > 1 || (graph.isReachable(BlockId(members[0])) &&
                                              llvm::is_contained(graph.successors(BlockId(members[0])), BlockId(members[0])));
        for (uint32_t member : members)
          if (isCycle)
            inCycle.set(member);
      });
}

StorageReuse::Event StorageReuse::eventOf(const Inst &inst, ValueId holder, uint32_t slot) const {
  if (auto *init = llvm::dyn_cast<InitInst>(&inst); init && slot != SlotTable::kNone && slots.of(init->place) == slot &&
                                                    isWholeRoot(function, init->place))
    return Event::End;
  if (inst.result == holder && slot != SlotTable::kNone)
    return Event::End; // The slot begins a new life.
  bool looks = false;
  if (!isHarmless || !isHarmless(inst))
    forEachOperand(inst, [&](ValueId operand, Use) {
      looks |= slot == SlotTable::kNone ? operand == holder : slots.of(operand) == slot;
    });
  if (looks)
    return Event::Look;
  return inst.result == holder ? Event::End : Event::None;
}

bool StorageReuse::looks(const Inst &inst, const llvm::BitVector &holders) const {
  bool found = false;
  forEachOperand(inst, [&](ValueId operand, Use) {
    uint32_t slot = slots.of(operand);
    found |= holders.test(operand.index) || (slot != SlotTable::kNone && holders.test(slots[slot]->result.index));
  });
  return found;
}

bool StorageReuse::isDead(Position position, ValueId holder) {
  const Inst *definition = function[holder].definition;
  uint32_t slot = definition && llvm::isa<SlotInst>(definition) ? slots.of(holder) : SlotTable::kNone;
  ++walk;
  auto [first, start] = position;
  llvm::SmallVector<BlockId, 16> work;
  auto walkOn = [&](BlockId block) {
    if (visited[block.index] == walk)
      return;
    visited[block.index] = walk;
    if (!llvm::is_contained(function[block].args, holder)) // A new value for it.
      work.push_back(block);
  };
  for (bool isFirst = true; isFirst || !work.empty(); isFirst = false) {
    BlockId block = isFirst ? first : work.pop_back_val();
    unsigned at = isFirst ? start : 0;
    bool ended = false;
    const auto &insts = function[block].insts;
    for (; !ended && at < insts.size(); ++at) {
      if (budget-- == 0) {
        budget = 1;
        return false;
      }
      Event event = eventOf(*insts[at], holder, slot);
      if (event == Event::Look)
        return false;
      ended = event == Event::End;
    }
    if (!ended)
      forEachTarget(*insts.back(), walkOn);
  }
  return true;
}

bool StorageReuse::areDeadBehind(BlockId block, unsigned at, const llvm::BitVector &holders,
                                 llvm::function_ref<bool(const Inst &)> harmless) {
  isHarmless = harmless;
  bool result = areDead(Position{block, at + 1}, holders);
  isHarmless = nullptr;
  return result;
}
bool StorageReuse::areDeadBehind(const ArenaCloseInst &closing, const llvm::BitVector &holders) {
  auto [block, at] = positions.lookup(&closing);
  return areDeadBehind(block, at, holders);
}

bool StorageReuse::areDead(Position start, const llvm::BitVector &holders) {
  for (unsigned holder : holders.set_bits())
    if (!isDead(start, ValueId(holder)))
      return false;
  return true;
}

} // namespace dream::analysis
