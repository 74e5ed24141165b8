#include "compiler/analysis/slot_end.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

using namespace dil;

/// Instructions that one search may look at.
constexpr unsigned kBudget = 2000;

SlotEnds::SlotEnds(const Function &function, const Cfg &graph, const UseTable &uses)
    : slots(function), function(function), graph(graph), uses(uses), isShared(slots.size()) {
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts)
      if (!llvm::isa<LoadCopyInst, LoadTakeInst, LoadBorrowInst, InitInst, AssignInst, AccessReadInst, AccessModifyInst, EndAccessInst,
                     EndBorrowInst, DropIfInst, CastInst, FieldInst, ElemInst, LenInst, CmpInst, CheckInst, CopyInst, TypeIsInst, ProjectInst,
                     PayloadInst, TagInst, UniqueInst>(inst) &&
          !llvm::isa<CallBase>(inst))
        forEachOperand(*inst, [&](ValueId operand, dil::Use) {
          if (uint32_t slot = slots.of(operand); slot != SlotTable::kNone)
            isShared.set(slot);
        });
}

bool SlotEnds::find(uint32_t slot, BlockId block, uint32_t index, llvm::SmallVectorImpl<SlotEnd> &ends,
                    llvm::SmallVectorImpl<UseAt> &borrows) const {
  if (isShared.test(slot) || slots[slot]->isCursor)
    return false;
  ValueId address = slots[slot]->result;
  unsigned budget = kBudget;
  llvm::SmallVector<std::pair<BlockId, uint32_t>, 8> work{{block, index + 1}};
  llvm::DenseSet<BlockId> seen;
  while (!work.empty()) {
    auto [at, first] = work.pop_back_val();
    const auto &insts = function[at].insts;
    bool isOver = false;
    for (uint32_t i = first; i < insts.size() && !isOver; ++i) {
      if (budget-- == 0)
        return false;
      Inst *inst = insts[i];
      if (inst->result == address)
        return false;
      bool uses = false;
      forEachOperand(*inst, [&](ValueId operand, dil::Use) { uses |= slots.of(operand) == slot; });
      if (!uses)
        continue;
      if (llvm::isa<EndBorrowInst>(inst)) {
        borrows.push_back({inst, at, i});
        continue;
      }
      auto *take = llvm::dyn_cast<LoadTakeInst>(inst);
      auto *assign = llvm::dyn_cast<AssignInst>(inst);
      if (take && take->place == address) {
        llvm::ArrayRef<UseAt> after = this->uses.of(take->result);
        if (after.size() != 1 || !llvm::isa<DropInst>(after.front().inst))
          return false;
        ends.push_back({inst, after.front().inst, at, i});
        isOver = true;
      } else if (assign && assign->place == address) {
        ends.push_back({inst, nullptr, at, i});
        isOver = true;
      } else {
        return false;
      }
    }
    if (!isOver)
      for (BlockId next : graph.successors(at))
        if (seen.insert(next).second)
          work.push_back({next, 0});
  }
  return true;
}

} // namespace dream::analysis
