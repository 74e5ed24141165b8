// Takes structs apart. A slot of a struct whose fields are used one by one becomes one slot for each field; a struct that is
// only made, copied, looked into and put into such slots is no value any more, but its parts. promote_slots and stack_closures
// then see what a struct of a pipeline holds: an array, a closure, a number. Structs in structs take a round each.
#include "compiler/dil/cfg.h"
#include "compiler/analysis/places.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace dream::passes {

using namespace dil;

namespace {

constexpr unsigned kMostFields = 16, kMostRounds = 24;

class SplitSlots {
public:
  SplitSlots(PassContext &context, Function &function)
      : context(context), types(context.module.types), function(function), editor(context.module, function), build(editor.build),
        replaced(function) {}

  /// False if there was nothing to do.
  bool round() {
    Cfg graph(function);
    if (!findSlots(graph))
      return false;
    findUses(graph);
    while (prune())
      ;
    if (slots.empty())
      return false;
    context.count("slots split", slots.size());
    for (BlockId block : graph.reversePostorder())
      editor.rebuild(block, [&](Inst *inst) { rewrite(inst); });
    replaced.apply(function);
    return true;
  }

private:
  // ---- What can be taken apart

  bool isSplittable(TypeId type) const {
    if (types.kind(type) != TypeKind::Struct || types.isMoveOnly(type) || types.aliveField(type) >= 0 || types.isView(type))
      return false;
    uint64_t fields = partCount(types, type);
    return fields > 0 && fields <= kMostFields;
  }

  bool findSlots(const Cfg &graph) {
    for (BlockId block : graph.reversePostorder())
      for (const Inst *inst : function[block].insts)
        if (auto *slot = llvm::dyn_cast<SlotInst>(inst); slot && !slot->isCursor && isSplittable(function[slot->result].type)) {
          slots.insert(slot->result);
          slotOf[slot->result] = slot->result;
        }
    return !slots.empty();
  }
  /// The slot that an address stands for as a whole, invalid if none.
  ValueId slotBehind(ValueId address) const {
    ValueId slot = slotOf.lookup(address);
    return slot.isValid() && slots.contains(slot) ? slot : ValueId();
  }

  void findUses(const Cfg &graph) {
    for (BlockId block : graph.reversePostorder())
      for (const Inst *inst : function[block].insts) {
        auto *read = llvm::dyn_cast<AccessReadInst>(inst);
        auto *modify = llvm::dyn_cast<AccessModifyInst>(inst);
        if (ValueId slot = read ? slotOf.lookup(read->place) : modify ? slotOf.lookup(modify->place) : ValueId(); slot.isValid())
          slotOf[inst->result] = slot;
        if (auto *field = llvm::dyn_cast<FieldInst>(inst); field && slotOf.contains(field->base))
          fieldsOf.insert(inst->result);
        if (inst->result.isValid() && isAggregate(*inst))
          values.insert(inst->result);
      }
    for (BlockId block : graph.reversePostorder())
      for (const Inst *inst : function[block].insts)
        forEachOperand(*inst, [&](ValueId operand, Use use) {
          if (slotOf.contains(operand) || values.contains(operand) || fieldsOf.contains(operand))
            uses[operand].push_back({inst, use});
        });
  }
  /// What may be no more than its parts.
  bool isAggregate(const Inst &inst) const {
    return isSplittable(function[inst.result].type) && function[inst.result].ownership != Ownership::Address &&
           llvm::isa<MakeInst, LoadTakeInst, LoadCopyInst, LoadBorrowInst, CopyInst>(inst);
  }

  /// Removes what turns out not to be fit; true if there was something.
  bool prune() {
    llvm::SmallVector<ValueId, 8> badSlots, badValues;
    for (ValueId value : values)
      if (!valueFits(value))
        badValues.push_back(value);
    for (ValueId value : badValues)
      values.remove(value);
    for (auto &[address, slot] : slotOf)
      if (slots.contains(slot) && !addressFits(address))
        badSlots.push_back(slot);
    for (ValueId slot : badSlots)
      slots.remove(slot);
    return !badSlots.empty() || !badValues.empty();
  }
  bool isZero(ValueId value) const {
    auto *constant = llvm::dyn_cast_or_null<ConstInst>(function[value].definition);
    return constant && constant->constKind == ConstKind::Zero;
  }
  bool addressFits(ValueId address) const {
    for (auto [inst, use] : uses.lookup(address)) {
      if (llvm::isa<FieldInst>(inst)) {
        // A field that is taken out is empty for a while: what is stored there then is no new value.
        for (auto [inner, innerUse] : uses.lookup(inst->result))
          if (llvm::isa<LoadTakeInst>(inner))
            return false;
        continue;
      }
      if (llvm::isa<AccessReadInst, AccessModifyInst, EndAccessInst, LoadTakeInst, LoadCopyInst>(inst))
        continue;
      if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst); borrow && values.contains(borrow->result))
        continue;
      analysis::Stored stored = analysis::storedBy(*inst);
      if (!stored || stored.place != address || !(isZero(stored.value) || values.contains(stored.value)))
        return false;
    }
    return true;
  }
  bool valueFits(ValueId value) const {
    const Inst &definition = *function[value].definition;
    ValueId from = llvm::isa<LoadTakeInst>(definition)     ? llvm::cast<LoadTakeInst>(definition).place
                   : llvm::isa<LoadCopyInst>(definition)   ? llvm::cast<LoadCopyInst>(definition).place
                   : llvm::isa<LoadBorrowInst>(definition) ? llvm::cast<LoadBorrowInst>(definition).place
                                                           : ValueId();
    if (from.isValid() && !slotBehind(from).isValid())
      return false;
    if (auto *copy = llvm::dyn_cast<CopyInst>(&definition); copy && !values.contains(copy->value))
      return false;
    for (auto [inst, use] : uses.lookup(value)) {
      if (llvm::isa<DropInst, EndBorrowInst>(inst))
        continue;
      if (auto *copy = llvm::dyn_cast<CopyInst>(inst); copy && values.contains(copy->result))
        continue;
      if (auto *project = llvm::dyn_cast<ProjectInst>(inst); project && isLookedAt(project->result))
        continue;
      if (auto stored = analysis::storedBy(*inst); stored && stored.value == value && slotBehind(stored.place).isValid())
        continue;
      return false;
    }
    return true;
  }
  /// Nothing forwards it: the owned part would be consumed.
  bool isLookedAt(ValueId part) const {
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        bool fits = true;
        forEachOperand(*inst, [&](ValueId operand, Use use) { fits &= operand != part || use != Use::Forward; });
        if (!fits)
          return false;
      }
    return true;
  }

  // ---- Taking apart

  TypeId part(TypeId type, unsigned index) const { return partType(types, type, index); }
  unsigned count(TypeId type) const { return unsigned(partCount(types, type)); }
  ValueId now(ValueId value) const { return replaced[value]; }

  /// The slots of a slot's fields.
  llvm::ArrayRef<ValueId> partSlots(ValueId slot) { return parts[slot]; }
  /// What a value that is no value any more consists of.
  llvm::SmallVector<ValueId, 4> partsOf(ValueId value) {
    llvm::SmallVector<ValueId, 4> result;
    if (isZero(value)) {
      TypeId type = function[value].type;
      for (unsigned i = 0; i < count(type); ++i)
        result.push_back(build.constZero(part(type, i)));
      return result;
    }
    return parts[value];
  }
  ValueId copied(ValueId value) { return function[value].ownership == Ownership::None ? value : build.copy(value); }

  void split(const SlotInst &slot) {
    TypeId type = function[slot.result].type;
    auto &fields = types.info(type).fields;
    llvm::SmallVector<ValueId, 4> made;
    for (unsigned i = 0; i < count(type); ++i)
      made.push_back(build.slot(part(type, i), function.copyText(slot.name.empty() ? "" : (slot.name + "." + fields[i].name.text()).str())));
    parts[slot.result] = made;
  }

  void rewrite(Inst *inst) {
    if (auto *slot = llvm::dyn_cast<SlotInst>(inst); slot && slots.contains(slot->result))
      return split(*slot);
    if (auto *field = llvm::dyn_cast<FieldInst>(inst))
      if (ValueId slot = slotBehind(field->base); slot.isValid())
        return replaced.replace(field->result, partSlots(slot)[field->field]);
    // A field of what is zero is set for the first time: its slot holds that zero.
    if (auto *init = llvm::dyn_cast<InitInst>(inst); init && fieldsOf.contains(init->place))
      if (auto *field = llvm::cast<FieldInst>(function[init->place].definition); slotBehind(field->base).isValid())
        return build.assign(now(init->place), now(init->value));
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst); read && slotBehind(read->place).isValid())
      return;
    if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst); modify && slotBehind(modify->place).isValid())
      return;
    if (auto *end = llvm::dyn_cast<EndAccessInst>(inst); end && slotBehind(end->access).isValid())
      return;
    if (auto *init = llvm::dyn_cast<InitInst>(inst))
      if (ValueId slot = slotBehind(init->place); slot.isValid())
        return store(slot, init->value, false);
    if (auto *assign = llvm::dyn_cast<AssignInst>(inst))
      if (ValueId slot = slotBehind(assign->place); slot.isValid())
        return store(slot, assign->value, true);
    if (auto *drop = llvm::dyn_cast<DropInst>(inst); drop && values.contains(drop->value)) {
      for (ValueId one : partsOf(drop->value))
        if (function[one].ownership == Ownership::Owned)
          build.drop(one);
      return;
    }
    if (auto *end = llvm::dyn_cast<EndBorrowInst>(inst); end && values.contains(end->value)) {
      llvm::SmallVector<ValueId, 4> looked = partsOf(end->value);
      for (ValueId one : llvm::reverse(looked))
        if (llvm::isa_and_nonnull<LoadBorrowInst>(function[one].definition))
          build.endBorrow(one);
      return;
    }
    if (auto *project = llvm::dyn_cast<ProjectInst>(inst); project && values.contains(project->value))
      return replaced.replace(project->result, partsOf(project->value)[project->index]);
    if (inst->result.isValid() && values.contains(inst->result))
      return takeApart(*inst);
    if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst))
      if (ValueId slot = slotBehind(take->place); slot.isValid())
        return putTogether(inst->result, loaded(slot, Load::Take));
    if (auto *copy = llvm::dyn_cast<LoadCopyInst>(inst))
      if (ValueId slot = slotBehind(copy->place); slot.isValid())
        return putTogether(inst->result, loaded(slot, Load::Copy));
    editor.keep(inst);
  }
  void store(ValueId slot, ValueId value, bool assigns) {
    llvm::SmallVector<ValueId, 4> from = partsOf(value);
    for (size_t i = 0; i < from.size(); ++i)
      if (assigns)
        build.assign(partSlots(slot)[i], now(from[i]));
      else
        build.init(partSlots(slot)[i], now(from[i]));
  }
  enum class Load : uint8_t { Take, Copy, Borrow };
  llvm::SmallVector<ValueId, 4> loaded(ValueId slot, Load how) {
    llvm::SmallVector<ValueId, 4> result;
    for (ValueId one : llvm::SmallVector<ValueId, 4>(partSlots(slot)))
      result.push_back(types.isPlain(function[one].type) || how == Load::Copy ? build.loadCopy(one)
                       : how == Load::Take                                     ? build.loadTake(one)
                                                                               : build.loadBorrow(one));
    return result;
  }
  void putTogether(ValueId old, llvm::ArrayRef<ValueId> from) {
    replaced.replace(old, build.make(function[old].type, from));
  }
  void takeApart(const Inst &inst) {
    llvm::SmallVector<ValueId, 4> made;
    if (auto *make = llvm::dyn_cast<MakeInst>(&inst)) {
      for (ValueId one : make->parts)
        made.push_back(now(one));
    } else if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst)) {
      made = loaded(slotBehind(take->place), Load::Take);
    } else if (auto *copy = llvm::dyn_cast<LoadCopyInst>(&inst)) {
      made = loaded(slotBehind(copy->place), Load::Copy);
    } else if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(&inst)) {
      made = loaded(slotBehind(borrow->place), Load::Borrow);
    } else {
      for (ValueId one : partsOf(llvm::cast<CopyInst>(inst).value))
        made.push_back(copied(now(one)));
    }
    parts[inst.result] = made;
  }

  struct UseOf {
    const Inst *inst;
    Use use;
  };
  PassContext &context;
  TypeTable &types;
  Function &function;
  BlockEditor editor;
  Builder &build;
  ValueMap replaced;
  llvm::SetVector<ValueId> slots;                   ///< To be split.
  llvm::MapVector<ValueId, ValueId> slotOf;         ///< Slots, and accesses of them.
  llvm::DenseSet<ValueId> fieldsOf;                 ///< Places of fields of slots.
  llvm::SetVector<ValueId> values;                  ///< To be taken apart.
  llvm::DenseMap<ValueId, llvm::SmallVector<UseOf, 4>> uses;
  llvm::DenseMap<ValueId, llvm::SmallVector<ValueId, 4>> parts; ///< Slots of a slot's fields, parts of a value.
};

/// Within a block: what is zero until it is set begins when it is set, and a copy whose original is dropped is the original.
class Tidy {
public:
  Tidy(PassContext &context, Function &function) : context(context), function(function), replaced(function) {}

  void run() {
    findLooks();
    for (Block &block : function.blocks) {
      beginLater(block);
      moveCopies(block);
    }
    replaced.apply(function);
  }

private:
  void findLooks() {
    looks.resize(function.values.size());
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        forEachOperand(*inst, [&](ValueId operand, Use) {
          // Something looks into it for longer than the instruction.
          if (inst->result.isValid() && (function[inst->result].ownership == Ownership::Borrowed || function[inst->result].ownership == Ownership::Address))
            looks[operand.index] = true;
        });
  }

  void beginLater(Block &block) {
    llvm::DenseMap<ValueId, size_t> zeros; // by place: the init that only says zero
    llvm::SmallVector<Inst *, 8> dead;
    for (size_t i = 0; i < block.insts.size(); ++i) {
      Inst *inst = block.insts[i];
      if (auto *assign = llvm::dyn_cast<AssignInst>(inst))
        if (auto zero = zeros.find(assign->place); zero != zeros.end()) {
          dead.push_back(block.insts[zero->second]);
          auto *init = function.create<InitInst>(inst->loc);
          init->place = assign->place;
          init->value = assign->value;
          block.insts[i] = init;
          zeros.erase(zero);
          continue;
        }
      forEachOperand(*inst, [&](ValueId operand, Use) { zeros.erase(operand); });
      if (auto *init = llvm::dyn_cast<InitInst>(inst)) {
        auto *constant = llvm::dyn_cast_or_null<ConstInst>(function[init->value].definition);
        auto *slot = llvm::dyn_cast_or_null<SlotInst>(function[init->place].definition);
        if (constant && constant->constKind == ConstKind::Zero && slot && !slot->isCursor)
          zeros[init->place] = i;
      }
    }
    for (Inst *inst : dead)
      llvm::erase(block.insts, inst);
  }

  void moveCopies(Block &block) {
    for (size_t i = 0; i < block.insts.size(); ++i) {
      auto *copy = llvm::dyn_cast<CopyInst>(block.insts[i]);
      if (!copy || function[copy->value].ownership != Ownership::Owned || looks[copy->value.index])
        continue;
      ValueId original = copy->value;
      for (size_t j = i + 1; j < block.insts.size(); ++j) {
        bool isUsed = false;
        forEachOperand(*block.insts[j], [&](ValueId operand, Use) { isUsed |= operand == original; });
        if (!isUsed)
          continue;
        if (llvm::isa<DropInst>(block.insts[j])) {
          replaced.replace(copy->result, original);
          block.insts.erase(block.insts.begin() + j);
          block.insts.erase(block.insts.begin() + i);
          --i;
          context.count("copies moved");
        }
        break;
      }
    }
  }

  PassContext &context;
  Function &function;
  ValueMap replaced;
  std::vector<bool> looks;
};

} // namespace

void splitSlots(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    unsigned rounds = 0;
    while (rounds < kMostRounds && SplitSlots(context, function).round())
      ++rounds;
    if (rounds)
      Tidy(context, function).run();
  });
}

} // namespace dream::passes
