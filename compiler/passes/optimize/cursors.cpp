// Finds variables that walk through a data structure: slots whose content is always loaded from places that keep it alive
// and that nothing writes while the slot is full, as in `while (n != null) { …; n = n.next; }`. Such a slot is a *cursor*:
// what lies in it is not counted (after Nim's cursor inference). lower_counts then stores into it without a retain, and
// empties it without a release.
//
// What the slot holds lives because the place that it came from still holds it. That place lies in an object that lives
// for the same reason: it came out of the cursor itself a turn earlier, or the way to it begins at a parameter, a
// variable or an owned value that stays as it is for all that time.
#include "compiler/analysis/interference.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;
using analysis::SlotTable;
using analysis::Watched;

namespace {

/// Regions that are larger are left alone, so that the pass stays linear.
constexpr unsigned kMaxRegionInsts = 2000;

class Cursors {
public:
  Cursors(PassContext &context, const analysis::ModuleEffects &effects, Function &function,
          const SlotTable &slots)
      : context(context), types(context.module.types), function(function), slots(slots),
        interference(context.module, function, effects, context.targets), rows(slots.size()) {}

  void run() {
    collect();
    for (uint32_t i = 0; i < slots.size(); ++i)
      if (rows[i].isGood && !rows[i].fills.empty() && isCursor(i)) {
        slots[i]->isCursor = true;
        context.count("cursors");
      }
  }

private:
  using Point = std::pair<BlockId, size_t>; ///< A block and an index in it.
  struct Fill {
    BlockId block;
    size_t index; ///< Of the init or assign in its block.
    ValueId value;
  };
  struct Row {
    bool isGood = false;
    llvm::SmallVector<Fill, 2> fills;
  };

  // ---- Which slots could be

  void collect() {
    bool any = false;
    for (uint32_t i = 0; i < slots.size(); ++i)
      any |= rows[i].isGood = types.isCounted(function[slots[i]->result].type);
    if (!any)
      return;
    consumers.resize(function.values.size());
    for (uint32_t b = 0; b < function.blocks.size(); ++b) {
      const auto &insts = function.blocks[b].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        visit(*insts[i], BlockId(b), i);
        if (llvm::isa<LoadCopyInst, CopyInst>(insts[i]))
          copies[insts[i]] = {BlockId(b), i + 1};
        forEachOperand(*insts[i], [&](ValueId operand, Use use) {
          if (use == Use::Consume || use == Use::Forward)
            consumers[operand.index].push_back(insts[i]);
        });
      }
    }
  }
  void visit(const Inst &inst, BlockId block, size_t index) {
    auto fill = [&](ValueId place, ValueId value) {
      uint32_t slot = slots.of(place);
      if (slot == SlotTable::kNone)
        return;
      if (place == slots[slot]->result)
        rows[slot].fills.push_back({block, index, value});
      else
        rows[slot].isGood = false;
    };
    if (analysis::Stored stored = analysis::storedBy(inst))
      return fill(stored.place, stored.value);
    forEachOperand(inst, [&](ValueId operand, Use) {
      uint32_t slot = slots.of(operand);
      if (slot == SlotTable::kNone || function[operand].ownership != Ownership::Address)
        return;
      if (!llvm::isa<LoadCopyInst, LoadBorrowInst, LoadTakeInst, AccessReadInst, EndAccessInst>(inst))
        rows[slot].isGood = false;
    });
  }

  // ---- Where the content comes from

  struct Sources {
    llvm::SmallVector<Watched, 8> places;
    llvm::SmallVector<ValueId, 4> owners; ///< Owned values that must not be consumed.
  };

  bool follow(ValueId value, uint32_t slot, Sources &sources) {
    while (true) {
      Inst *inst = function[value].definition;
      if (auto *cast = llvm::dyn_cast_or_null<CastInst>(inst)) {
        value = cast->value;
      } else if (auto *project = llvm::dyn_cast_or_null<ProjectInst>(inst)) {
        value = project->value;
      } else if (auto *load = llvm::dyn_cast_or_null<LoadBorrowInst>(inst)) {
        return followAddress(load->place, slot, sources);
      } else if (function[value].ownership == Ownership::Owned) {
        sources.owners.push_back(value);
        return true;
      } else {
        return function[value].ownership == Ownership::Borrowed && !inst && function[value].block == function.entry();
      }
      // What a cast consumed lives on in its result.
      if (function[value].ownership == Ownership::Owned)
        return false;
    }
  }
  bool followAddress(ValueId address, uint32_t slot, Sources &sources) {
    if (slots.of(address) == slot)
      return true; // Out of the cursor itself.
    sources.places.push_back(interference.watch(address));
    while (true) {
      Inst *inst = function[address].definition;
      if (auto *read = llvm::dyn_cast_or_null<AccessReadInst>(inst)) {
        address = read->place;
        continue;
      }
      ValueId base;
      if (auto *field = llvm::dyn_cast_or_null<FieldInst>(inst))
        base = field->base;
      else if (auto *elem = llvm::dyn_cast_or_null<ElemInst>(inst))
        base = elem->base;
      else
        return !llvm::isa_and_nonnull<AccessModifyInst>(inst);
      if (function[base].ownership != Ownership::Address)
        return function[base].ownership != Ownership::None && follow(base, slot, sources);
      address = base;
    }
  }
  /// The stored value is a copy that is made for the slot alone. From `start` on it must live.
  bool followFill(const Fill &fill, uint32_t slot, Sources &sources, Point &start) {
    start = {fill.block, fill.index + 1};
    ValueId value = fill.value;
    while (true) {
      Inst *inst = function[value].definition;
      if (llvm::isa_and_nonnull<ConstInst>(inst))
        return true;
      if (!inst || consumers[value.index].size() != 1)
        return false;
      if (llvm::isa<LoadCopyInst, CopyInst>(inst))
        start = copies.lookup(inst);
      if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst))
        return followAddress(load->place, slot, sources);
      if (auto *copy = llvm::dyn_cast<CopyInst>(inst))
        return follow(copy->value, slot, sources);
      auto *cast = llvm::dyn_cast<CastInst>(inst);
      if (!cast)
        return false;
      value = cast->value;
    }
  }

  // ---- Whether it stays there

  bool isCursor(uint32_t slot) {
    Sources sources;
    llvm::SmallVector<Point, 8> work;
    for (const Fill &fill : rows[slot].fills)
      if (!followFill(fill, slot, sources, work.emplace_back()))
        return false;
    // Everything from the copies on, as long as the slot is full.
    unsigned budget = kMaxRegionInsts;
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      auto [block, first] = work.pop_back_val();
      if (first == 0 && !seen.insert(block).second)
        continue;
      const auto &insts = function[block].insts;
      bool isEmptied = false;
      for (size_t i = first; i < insts.size() && !isEmptied; ++i) {
        if (budget-- == 0)
          return false;
        const Inst &inst = *insts[i];
        auto *take = llvm::dyn_cast<LoadTakeInst>(&inst);
        if (take && slots.of(take->place) == slot) {
          // What is taken out is only dropped.
          if (consumers[take->result.index].size() != 1 ||
              !llvm::isa<DropInst>(consumers[take->result.index].front()))
            return false;
          isEmptied = true;
          continue;
        }
        if (!isQuiet(inst, slot, sources))
          return false;
      }
      if (!isEmptied)
        forEachTarget(*insts.back(), [&](BlockId next) { work.push_back({next, 0}); });
    }
    return true;
  }
  bool isQuiet(const Inst &inst, uint32_t slot, const Sources &sources) const {
    if (analysis::Stored stored = analysis::storedBy(inst); stored && slots.of(stored.place) == slot)
      return true; // A cursor drops nothing.
    for (const Watched &watched : sources.places)
      if (interference.mayWrite(inst, watched))
        return false;
    bool consumes = false;
    if (!sources.owners.empty())
      forEachOperand(inst, [&](ValueId operand, Use use) {
        if (use == Use::Consume || use == Use::Forward)
          consumes |= llvm::is_contained(sources.owners, operand);
      });
    return !consumes;
  }

  PassContext &context;
  const TypeTable &types;
  Function &function;
  const SlotTable &slots;
  analysis::Interference interference;
  std::vector<Row> rows;
  std::vector<llvm::SmallVector<Inst *, 1>> consumers; ///< By value.
  llvm::DenseMap<const Inst *, Point> copies;           ///< What follows each load.copy and copy.
};

} // namespace

void cursors(PassContext &context) {
  analysis::ModuleEffects effects(context.module, context.targets);
  forEachBody(context.module, [&](Function &function) {
    SlotTable slots(function);
    if (slots.size() != 0)
      Cursors(context, effects, function, slots).run();
  });
}

} // namespace dream::passes
