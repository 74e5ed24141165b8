// Gives every drop_slot and every assignment to a slot its exact meaning, from what definite initialisation knows:
//   drop_slot of an empty slot goes; of a full one it takes the value and drops it; of one that may be either it is a
//   drop_if on a flag, which is set and cleared where the slot is filled and emptied.
//   assign to a slot that is empty becomes init; where it may be either, drop_if comes before.
// `out` parameters that hold something are dropped where the function throws. The module is owned afterwards.
#include "compiler/analysis/slot_states.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/ErrorHandling.h"

namespace dream::passes {

using namespace dil;
using analysis::SlotEvent;
using analysis::SlotEventKind;
using analysis::SlotState;

namespace {

enum class Action : uint8_t {
  DropFull,  ///< Before the instruction: take and drop.
  DropMaybe, ///< Before the instruction: drop_if.
  SetFlag,   ///< After it.
  ClearFlag, ///< After it.
};

class Resolver {
public:
  Resolver(PassContext &context, Function &function, const analysis::SlotEvents &events)
      : context(context), function(function), events(events), editor(context.module, function),
        flagged(events.slotCount()), flags(events.slotCount()) {}

  void run() {
    Cfg graph(function);
    visitSlotStates(graph, events, [&](const SlotEvent &event, SlotState state) { decide(event, state); });
    if (flagged.any())
      visitSlotStates(graph, events, [&](const SlotEvent &event, SlotState) { track(event); });
    // In an order in which a slot, and the flag beside it, comes before its uses.
    for (BlockId block : graph.reversePostorder())
      rebuild(block);
    for (uint32_t i = 0; i < graph.blockCount(); ++i)
      if (!graph.isReachable(BlockId(i)))
        rebuild(BlockId(i));
  }

private:
  bool isPlain(uint32_t slot) const { return context.module.types.isPlain(function[events.address(slot)].type); }

  void decide(const SlotEvent &event, SlotState state) {
    if (event.kind == SlotEventKind::Define && event.inst && state.maybeFull && !isPlain(event.slot))
      llvm::report_fatal_error(llvm::Twine("slot '") + events.slots[event.slot]->name + "' of " + function.symbol +
                               " begins a new life while it may hold a value");
    bool drops = event.kind == SlotEventKind::Drop;
    if (event.kind == SlotEventKind::Fill && llvm::isa<AssignInst>(event.inst) && !state.isFull()) {
      becomesInit.insert(llvm::cast<AssignInst>(event.inst));
      drops = true;
    }
    if (!drops || state.isEmpty() || isPlain(event.slot))
      return;
    if (!state.maybeEmpty) {
      actions[event.inst].push_back({event.slot, Action::DropFull});
      return;
    }
    actions[event.inst].push_back({event.slot, Action::DropMaybe});
    flagged.set(event.slot);
  }

  /// The flags of slots that need one follow every filling and emptying.
  void track(const SlotEvent &event) {
    if (!flagged[event.slot])
      return;
    switch (event.kind) {
    case SlotEventKind::Fill:
      if (auto *call = llvm::dyn_cast<CallBase>(event.inst); call && call->canThrow())
        atStart[call->ok].push_back(event.slot);
      else
        actions[event.inst].push_back({event.slot, Action::SetFlag});
      return;
    case SlotEventKind::Take:
      actions[event.inst].push_back({event.slot, Action::ClearFlag});
      return;
    case SlotEventKind::Drop:
      if (auto found = actions.find(event.inst); found != actions.end())
        for (auto [slot, action] : found->second)
          if (slot == event.slot && action == Action::DropFull) {
            found->second.push_back({slot, Action::ClearFlag});
            return;
          }
      return;
    case SlotEventKind::Define:
    case SlotEventKind::Use:
    case SlotEventKind::Touch:
    case SlotEventKind::Return:
      return;
    }
  }

  void makeFlag(uint32_t slot) {
    flags[slot] = editor.build.slot(types::Bool, "");
    editor.build.init(flags[slot], editor.build.constBool(false));
    context.count("drop flags");
  }
  void setFlag(uint32_t slot, bool value) { editor.build.assign(flags[slot], editor.build.constBool(value)); }

  void rebuild(BlockId block) {
    editor.rebuild(block, [&](Inst *inst) { rewrite(inst); }, [&] {
      if (block == function.entry())
        for (uint32_t slot : flagged.set_bits())
          if (events.isOutParam(slot))
            makeFlag(slot);
      if (auto found = atStart.find(block); found != atStart.end())
        for (uint32_t slot : found->second)
          setFlag(slot, true);
    });
  }

  /// The address by which an instruction uses a slot: inside an access the slot is reached through that alone.
  ValueId addressIn(const Inst &inst, uint32_t slot) const {
    ValueId address = events.address(slot);
    forEachOperand(inst, [&](ValueId operand, Use use) {
      if (use == Use::Address && analysis::rootOf(function, operand) == events.address(slot) &&
          analysis::isWholeRoot(function, operand))
        address = operand;
    });
    return address;
  }

  void rewrite(Inst *inst) {
    llvm::ArrayRef<std::pair<uint32_t, Action>> todo;
    if (auto found = actions.find(inst); found != actions.end())
      todo = found->second;
    for (auto [slot, action] : todo) {
      if (action == Action::DropFull) {
        editor.build.drop(editor.build.loadTake(addressIn(*inst, slot)));
        context.count("slots dropped");
      } else if (action == Action::DropMaybe) {
        editor.build.dropIf(flags[slot], addressIn(*inst, slot));
        context.count("slots dropped on a flag");
      }
    }
    if (auto *assign = llvm::dyn_cast<AssignInst>(inst); assign && becomesInit.contains(assign))
      editor.build.init(assign->place, assign->value);
    else if (!llvm::isa<DropSlotInst>(inst))
      editor.keep(inst);
    for (auto [slot, action] : todo)
      if (action == Action::SetFlag || action == Action::ClearFlag)
        setFlag(slot, action == Action::SetFlag);
    if (auto *slot = llvm::dyn_cast<SlotInst>(inst))
      if (uint32_t number = events.slots.of(slot->result); flagged[number])
        makeFlag(number);
  }

  PassContext &context;
  Function &function;
  const analysis::SlotEvents &events;
  BlockEditor editor;
  llvm::BitVector flagged;
  std::vector<ValueId> flags; ///< Address of each slot's flag.
  llvm::DenseMap<const Inst *, llvm::SmallVector<std::pair<uint32_t, Action>, 2>> actions;
  llvm::DenseMap<BlockId, llvm::SmallVector<uint32_t, 2>> atStart; ///< Slots that are full from here on.
  llvm::DenseSet<const AssignInst *> becomesInit;
};

} // namespace

void resolveSlots(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    analysis::SlotTable slots(function);
    analysis::SlotEvents events(function, slots, context.targets);
    if (events.slotCount() != 0)
      Resolver(context, function, events).run();
  });
  context.module.stage = Stage::Owned;
}

} // namespace dream::passes
