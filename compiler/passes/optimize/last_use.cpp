// Lets what a slot holds die at its last use instead of at the end of its scope (core-calculus.md, rule 7; Perceus). Slots
// whose content has a destructor to run keep their lexical end. A load.copy that is the last use becomes load.take; after
// any other last use, on edges where the content stops being of use, and after stores that nothing reads, there is a
// drop_slot. resolve_slots then finds the slot empty at the end of its scope.
#include "compiler/analysis/slot_liveness.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace dream::passes {

using namespace dil;
using analysis::SlotEvent;
using analysis::SlotEventKind;

namespace {

class LastUse {
public:
  LastUse(PassContext &context, Function &function, const analysis::SlotEvents &events)
      : context(context), function(function), events(events), graph(function), editor(context.module, function) {}

  void run() {
    llvm::BitVector chosen(events.slotCount());
    for (uint32_t slot = 0; slot < events.slots.size(); ++slot) {
      TypeId type = function[events.address(slot)].type;
      if (!context.module.types.isPlain(type) && !context.module.types.isDropSignificant(type))
        chosen.set(slot);
    }
    if (chosen.none())
      return;
    visitSlotLiveness(
        graph, events, chosen,
        [&](BlockId block, const SlotEvent &event, bool isLive) {
          if (!isLive)
            atLastUse(block, event);
        },
        [&](BlockId from, BlockId to, uint32_t slot) { onEdges.add(from, to, slot); });
    onEdges.place(function, graph, [&](BlockId block) { touched.insert(block); });
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (touched.count(BlockId(i)))
        rebuild(BlockId(i));
  }

private:
  void dropAfter(const Inst *inst, BlockId block, uint32_t slot) {
    after[inst].push_back(slot);
    touched.insert(block);
  }

  /// Nothing looks at the slot's content after this event.
  void atLastUse(BlockId block, const SlotEvent &event) {
    Inst *inst = event.inst;
    switch (event.kind) {
    case SlotEventKind::Define:
    case SlotEventKind::Take:
    case SlotEventKind::Drop:
    case SlotEventKind::Return:
      return;
    case SlotEventKind::Use:
    case SlotEventKind::Touch:
      if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst); load && analysis::isWholeRoot(function, load->place)) {
        taken.insert(load);
        touched.insert(block);
        return;
      }
      // What has been opened and is never closed leads to the end of the program.
      if (llvm::isa<LoadBorrowInst, AccessReadInst, AccessModifyInst, UniqueInst>(inst))
        return;
      break;
    case SlotEventKind::Fill:
      break;
    }
    auto *call = llvm::dyn_cast<CallBase>(inst);
    if (!call || !call->canThrow())
      return dropAfter(inst, block, event.slot);
    onEdges.add(event.kind == SlotEventKind::Fill ? graph.predecessors(block).front() : block, call->ok, event.slot);
    if (event.kind == SlotEventKind::Use)
      onEdges.add(block, call->error, event.slot);
  }

  void drop(llvm::ArrayRef<uint32_t> slots) {
    for (uint32_t slot : slots)
      editor.build.dropSlot(events.address(slot));
    context.count("early ends", slots.size());
  }
  void rebuild(BlockId block) {
    auto rewrite = [&](Inst *inst) {
      if (isTerminator(*inst))
        drop(onEdges.atEnd.lookup(block));
      if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst); load && taken.contains(load)) {
        auto *take = function.create<LoadTakeInst>(load->loc);
        take->place = load->place;
        take->result = load->result;
        function[take->result].definition = take;
        editor.keep(take);
        context.count("copies became moves");
        return;
      }
      editor.keep(inst);
      if (auto found = after.find(inst); found != after.end())
        drop(found->second);
    };
    editor.rebuild(block, rewrite, [&] { drop(onEdges.atStart.lookup(block)); });
  }

  PassContext &context;
  Function &function;
  const analysis::SlotEvents &events;
  Cfg graph;
  BlockEditor editor;
  llvm::DenseSet<const LoadCopyInst *> taken;
  llvm::DenseMap<const Inst *, llvm::SmallVector<uint32_t, 2>> after;
  EdgeInserts<uint32_t> onEdges;
  llvm::DenseSet<BlockId> touched;
};

} // namespace

void lastUse(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    analysis::SlotTable slots(function);
    if (slots.size() == 0)
      return;
    analysis::SlotEvents events(function, slots, context.targets);
    LastUse(context, function, events).run();
  });
}

} // namespace dream::passes
