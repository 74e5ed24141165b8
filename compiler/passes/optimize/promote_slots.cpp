// Variables that are set once become SSA values: a slot of a counted type with one init, which is afterwards only looked
// at, copied and taken. What looked at the slot looks at the value; what took it consumes the value. borrow_loads then sees
// through the variable. (Slots of plain types are left to LLVM, which does the same.)
#include "compiler/analysis/places.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

namespace {

class PromoteSlots {
public:
  PromoteSlots(PassContext &context, Function &function, const analysis::SlotTable &slots)
      : context(context), function(function), slots(slots), rows(slots.size()), replaced(function) {}

  void run() {
    if (!findCandidates())
      return;
    for (Block &block : function.blocks)
      rewrite(block);
    replaced.apply(function);
    fixCasts(function);
  }

private:
  struct Row {
    ValueId value; ///< What the one init stores.
    bool isGood = false;
  };

  bool findCandidates() {
    for (uint32_t i = 0; i < slots.size(); ++i)
      rows[i].isGood = !context.module.types.isPlain(function[slots[i]->result].type);
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        visit(*inst);
    uint64_t found = 0;
    for (Row &row : rows) {
      row.isGood &= row.value.isValid();
      found += row.isGood;
    }
    context.count("slots promoted", found);
    return found != 0;
  }
  void visit(const Inst &inst) {
    if (auto *init = llvm::dyn_cast<InitInst>(&inst)) {
      uint32_t slot = slots.of(init->place);
      if (slot == analysis::SlotTable::kNone)
        return;
      // One init, of the slot itself.
      bool isFirst = init->place == slots[slot]->result && !rows[slot].value.isValid();
      rows[slot].value = init->value;
      rows[slot].isGood &= isFirst;
      return;
    }
    forEachOperand(inst, [&](ValueId operand, Use) {
      uint32_t slot = slots.of(operand);
      if (slot != analysis::SlotTable::kNone && !isAllowed(inst, operand))
        rows[slot].isGood = false;
    });
  }
  /// The operand is the slot, a read access of it, or a borrow of its content.
  bool isAllowed(const Inst &inst, ValueId operand) const {
    if (function[operand].ownership == Ownership::Borrowed)
      return true; // A cast looks at the value, too.
    return llvm::isa<LoadCopyInst, LoadBorrowInst, LoadTakeInst, AccessReadInst, EndAccessInst>(inst);
  }

  const Row *rowOf(ValueId value) const {
    uint32_t slot = slots.of(value);
    return slot != analysis::SlotTable::kNone && rows[slot].isGood ? &rows[slot] : nullptr;
  }

  void rewrite(Block &block) {
    size_t kept = 0;
    for (Inst *inst : block.insts)
      if (Inst *now = rewrite(inst))
        block.insts[kept++] = now;
    block.insts.resize(kept);
  }
  /// What stands in the instruction's place; null for nothing.
  Inst *rewrite(Inst *inst) {
    if (auto *slot = llvm::dyn_cast<SlotInst>(inst))
      return rowOf(slot->result) ? nullptr : inst;
    if (auto *init = llvm::dyn_cast<InitInst>(inst))
      return rowOf(init->place) ? nullptr : inst;
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      return rowOf(read->place) ? nullptr : inst;
    if (auto *end = llvm::dyn_cast<EndAccessInst>(inst))
      return rowOf(end->access) ? nullptr : inst;
    if (auto *end = llvm::dyn_cast<EndBorrowInst>(inst))
      return rowOf(end->value) ? nullptr : inst;
    if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst)) {
      const Row *row = rowOf(borrow->place);
      if (row)
        replaced.replace(borrow->result, row->value);
      return row ? nullptr : inst;
    }
    if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst)) {
      const Row *row = rowOf(take->place);
      if (row)
        replaced.replace(take->result, row->value);
      return row ? nullptr : inst;
    }
    if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && llvm::isa_and_nonnull<LoadBorrowInst>(function[cast->value].definition))
      cast->looks |= rowOf(cast->value) != nullptr;
    auto *load = llvm::dyn_cast<LoadCopyInst>(inst);
    const Row *row = load ? rowOf(load->place) : nullptr;
    if (!row)
      return inst;
    auto *copy = function.create<CopyInst>(load->loc);
    copy->value = row->value;
    copy->result = load->result;
    function[copy->result].definition = copy;
    return copy;
  }

  PassContext &context;
  Function &function;
  const analysis::SlotTable &slots;
  std::vector<Row> rows;
  ValueMap replaced;
};

} // namespace

void promoteSlots(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    analysis::SlotTable slots(function);
    if (slots.size() != 0)
      PromoteSlots(context, function, slots).run();
  });
}

} // namespace dream::passes
