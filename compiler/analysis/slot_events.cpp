#include "compiler/analysis/slot_events.h"

namespace dream::analysis {

using namespace dil;

namespace {

class Collector {
public:
  Collector(const Function &function, const SlotTable &slots, CallTargets &targets, std::vector<ValueId> &outParams,
            std::vector<SlotGroup> &groups)
      : function(function), slots(slots), targets(targets), outParams(outParams), groups(groups) {}

  void run() {
    for (ValueId param : outParams)
      add(SlotEventKind::Define, slotOf(param), nullptr);
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      block = BlockId(i);
      for (auto [slot, call] : okFills.lookup(block))
        add(SlotEventKind::Fill, slot, call);
      for (Inst *inst : function.blocks[i].insts)
        collect(inst);
    }
  }
  /// Calls fill `out` arguments in the block of their ok edge.
  void findOkFills() {
    for (const Block &current : function.blocks)
      if (!current.insts.empty())
        if (auto *call = llvm::dyn_cast<CallBase>(current.insts.back()); call && call->canThrow())
          forEachOut(*call, [&](uint32_t slot) { okFills[call->ok].push_back({slot, call}); });
  }

private:
  uint32_t slotOf(ValueId address) const {
    if (uint32_t slot = slots.of(address); slot != SlotTable::kNone)
      return slot;
    if (!outParams.empty()) {
      ValueId root = rootOf(function, address);
      for (uint32_t i = 0; i < outParams.size(); ++i)
        if (outParams[i] == root)
          return slots.size() + i;
    }
    return SlotTable::kNone;
  }
  template <typename F> void forEachOut(const CallBase &call, F &&visit) {
    for (size_t i = 0; i < call.args.size(); ++i)
      if (call.uses[i] == Use::Address)
        if (uint32_t slot = slotOf(call.args[i]);
            slot != SlotTable::kNone && isWholeRoot(function, call.args[i]) &&
            targets.modeOf(function, call, i) == PassMode::Out)
          visit(slot);
  }
  void add(SlotEventKind kind, uint32_t slot, Inst *inst) {
    if (slot == SlotTable::kNone)
      return;
    SlotGroup &group = groups[slot / 64];
    if (group.spans.empty() || group.spans.back().block != block)
      group.spans.push_back({block, uint32_t(group.events.size()), uint32_t(group.events.size())});
    group.events.push_back({kind, uint8_t(slot % 64), slot, inst});
    group.spans.back().end = group.events.size();
  }
  void store(ValueId place, Inst *inst) {
    add(isWholeRoot(function, place) ? SlotEventKind::Fill : SlotEventKind::Use, slotOf(place), inst);
  }
  void collectCall(CallBase *call) {
    for (size_t i = 0; i < call->args.size(); ++i) {
      if (call->uses[i] != Use::Address)
        continue;
      uint32_t slot = slotOf(call->args[i]);
      if (slot == SlotTable::kNone)
        continue;
      bool isOut = isWholeRoot(function, call->args[i]) && targets.modeOf(function, *call, i) == PassMode::Out;
      add(isOut ? SlotEventKind::Drop : SlotEventKind::Use, slot, call);
    }
    if (!call->canThrow())
      forEachOut(*call, [&](uint32_t slot) { add(SlotEventKind::Fill, slot, call); });
  }
  void collect(Inst *inst) {
    using Kind = SlotEventKind;
    if (auto *call = llvm::dyn_cast<CallBase>(inst))
      collectCall(call);
    else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst)) {
      for (size_t i = 0; i < closure->captures.size(); ++i)
        if (closure->modes[i] == CaptureMode::Ref)
          add(Kind::Use, slotOf(closure->captures[i]), inst);
    } else if (auto *slot = llvm::dyn_cast<SlotInst>(inst))
      add(Kind::Define, slots.of(slot->result), inst);
    else if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst))
      add(Kind::Use, slotOf(load->place), inst);
    else if (auto *load = llvm::dyn_cast<LoadBorrowInst>(inst))
      add(Kind::Use, slotOf(load->place), inst);
    else if (auto *load = llvm::dyn_cast<LoadTakeInst>(inst))
      add(isWholeRoot(function, load->place) ? Kind::Take : Kind::Use, slotOf(load->place), inst);
    else if (auto *init = llvm::dyn_cast<InitInst>(inst))
      store(init->place, inst);
    else if (auto *assign = llvm::dyn_cast<AssignInst>(inst))
      store(assign->place, inst);
    else if (auto *unique = llvm::dyn_cast<UniqueInst>(inst))
      add(Kind::Use, slotOf(unique->place), inst);
    else if (auto *drop = llvm::dyn_cast<DropSlotInst>(inst))
      add(isWholeRoot(function, drop->place) ? Kind::Drop : Kind::Use, slotOf(drop->place), inst);
    else if (auto *dropIf = llvm::dyn_cast<DropIfInst>(inst)) {
      add(Kind::Use, slotOf(dropIf->flag), inst);
      add(Kind::Drop, slotOf(dropIf->place), inst);
    } else if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      add(Kind::Touch, slotOf(read->place), inst);
    else if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
      add(Kind::Touch, slotOf(modify->place), inst);
    else if (auto *end = llvm::dyn_cast<EndAccessInst>(inst))
      add(Kind::Touch, slotOf(end->access), inst);
    else if (auto *end = llvm::dyn_cast<EndBorrowInst>(inst))
      add(Kind::Touch, slots.of(end->value), inst);
    else if (llvm::isa<ReturnInst, ThrowInst>(inst))
      for (uint32_t i = 0; i < outParams.size(); ++i)
        add(llvm::isa<ReturnInst>(inst) ? Kind::Return : Kind::Drop, slots.size() + i, inst);
  }

  const Function &function;
  const SlotTable &slots;
  CallTargets &targets;
  std::vector<ValueId> &outParams;
  std::vector<SlotGroup> &groups;
  BlockId block{0};
  llvm::DenseMap<BlockId, llvm::SmallVector<std::pair<uint32_t, CallBase *>, 2>> okFills;
};

} // namespace

SlotEvents::SlotEvents(const Function &function, const SlotTable &slots, CallTargets &targets) : slots(slots) {
  for (size_t i = 0; i < function.params.size(); ++i)
    if (function.params[i].convention == Convention::Address && function.params[i].mode == PassMode::Out)
      outParams.push_back(function.blocks.front().args[i]);
  list.resize((slotCount() + 63) / 64);
  for (uint32_t i = 0; i < list.size(); ++i)
    list[i].first = i * 64;
  if (list.empty())
    return;
  Collector collector(function, slots, targets, outParams, list);
  collector.findOkFills();
  collector.run();
}

} // namespace dream::analysis
