// What is looked at inside of an owned object that is of no more use is taken out of it, where something of its class is made behind: so
// that it can become that in its turn (reuse). This is what a pattern does that reaches two levels deep into a tree, and builds both
// anew: the rotations of a balanced tree.
//
// Such a part is only borrowed, mostly to find out whether the pattern matches. Where that is known, at the start of a block, the borrow
// ends, and the part is loaded by copy instead, which is a move if the object is unique (`or_take`).
#include "compiler/passes/life_editor.h"
#include "compiler/passes/makers.h"
#include "compiler/passes/parts.h"

namespace dream::passes {

using namespace dil;
using analysis::UseAt;
using analysis::ValueLife;

namespace {

/// Functions that are larger are left alone; and so many parts of one are enough.
constexpr size_t kMostOfFunction = 3000;
constexpr unsigned kMostParts = 32;

class OwnParts {
public:
  OwnParts(PassContext &context, Function &function) : context(context), module(context.module), types(module.types), function(function) {}

  void run() {
    if (!makesObjects())
      return;
    for (unsigned done = 0; done < kMostParts && takeOne();)
      ++done;
  }

private:
  bool makesObjects() const {
    size_t size = 0;
    bool any = false;
    for (const Block &block : function.blocks) {
      size += block.insts.size();
      any |= llvm::any_of(block.insts, [&](const Inst *inst) { return madeClass(module, function, *inst).isValid(); });
    }
    return any && size <= kMostOfFunction;
  }

  /// The facts are new for each part: whether anything was changed.
  bool takeOne() {
    Facts facts(function);
    for (BlockId block : facts.graph.reversePostorder())
      for (Inst *inst : function[block].insts)
        if (auto *load = llvm::dyn_cast<LoadBorrowInst>(inst); load && tryTake(*load, block, facts))
          return true;
        else if (auto *payload = llvm::dyn_cast<PayloadInst>(inst); payload && tryOpen(*payload, block, facts))
          return true;
    return false;
  }

  struct Facts {
    explicit Facts(const Function &function) : graph(function), dominators(graph), uses(function), cursors(function) {}
    const Cfg graph;
    const Dominators dominators;
    const analysis::UseTable uses;
    const analysis::CursorSources cursors;
  };

  bool tryTake(LoadBorrowInst &load, BlockId home, const Facts &facts) {
    const FieldInst *field = partOfOwned(module, function, load.place);
    TypeId type = function[load.result].type;
    bool isConcerned = classOf(types, type).isValid() || types.kind(type) == TypeKind::Enum;
    if (!field || !isConcerned || types.isDropSignificant(type) || types.isMoveOnly(type))
      return false;
    ValueId root = analysis::beforeCasts(function, field->base);
    if (facts.cursors.contains(root) || facts.cursors.contains(load.result))
      return false;
    ValueLife holder(function, types, facts.graph, facts.uses, root);
    ValueLife part(function, types, facts.graph, facts.uses, load.result, /*ignoresEnds=*/true);
    if (holder.isUnknown() || part.isUnknown())
      return false;
    llvm::DenseSet<const Inst *> looks;
    for (const ValueLife::Use &use : part.uses())
      looks.insert(use.at.inst);
    for (const UseAt &use : facts.uses.of(load.result))
      looks.insert(use.inst);
    for (BlockId block : facts.graph.reversePostorder()) {
      if (block == home || !facts.dominators.dominates(home, block) || !part.isLiveIn(block))
        continue;
      llvm::BitVector behind(function.blocks.size());
      if (!reachable(facts.graph, block, home, behind))
        continue;
      bool isSeen = llvm::any_of(holder.uses(), [&](const ValueLife::Use &use) {
        return behind.test(use.at.block.index) && looksAtPart(use, int(field->field)) && !looks.contains(use.at.inst);
      });
      if (isSeen || !isInside(facts, load.result, block, behind) || !isInside(facts, part, block, behind) ||
          !isMadeAnew(part, classesSeen(types, function, type, part), behind))
        continue;
      Derived derived;
      if (!collectDerived(facts, load.result, part, block, derived))
        continue;
      take(load, root, block, facts.dominators, derived);
      return true;
    }
    return false;
  }

  /// Blocks that control can come to, the block itself among them; false if it comes back without the part being looked up anew.
  bool reachable(const Cfg &graph, BlockId block, BlockId home, llvm::BitVector &behind) const {
    llvm::SmallVector<BlockId, 16> work{block};
    behind.set(block.index);
    while (!work.empty())
      for (BlockId next : graph.successors(work.pop_back_val())) {
        if (next == home)
          continue;
        if (next == block)
          return false;
        if (behind.test(next.index))
          continue;
        behind.set(next.index);
        work.push_back(next);
      }
    return true;
  }
  /// All uses that can be reached from the block lie behind it on every way.
  bool isInside(const Facts &facts, ValueId value, BlockId block, const llvm::BitVector &behind) const {
    return llvm::all_of(facts.uses.of(value), [&](const UseAt &use) {
      return !behind.test(use.block.index) || facts.dominators.dominates(block, use.block);
    });
  }
  bool isInside(const Facts &facts, const ValueLife &life, BlockId block, const llvm::BitVector &behind) const {
    return llvm::all_of(life.uses(), [&](const ValueLife::Use &use) {
      return !behind.test(use.at.block.index) || facts.dominators.dominates(block, use.at.block);
    });
  }
  bool isMadeAnew(const ValueLife &part, llvm::ArrayRef<TypeId> classes, const llvm::BitVector &behind) const {
    for (unsigned i : behind.set_bits())
      for (uint32_t at = 0; at < function.blocks[i].insts.size(); ++at)
        if (TypeId made = madeClass(module, function, *function.blocks[i].insts[at]);
            made.isValid() && llvm::is_contained(classes, made) && !part.isLiveAfter(BlockId(i), at))
          return true;
    return false;
  }

  /// Casts and places of fields that were made before the block, and are used behind it: by value, in the order of the text.
  using Derived = llvm::SmallVector<Inst *, 4>;
  bool collectDerived(const Facts &facts, ValueId borrow, const ValueLife &part, BlockId block, Derived &derived) const {
    auto isUsedBehind = [&](ValueId value) {
      return llvm::any_of(facts.uses.of(value), [&](const UseAt &use) { return facts.dominators.dominates(block, use.block); });
    };
    for (const ValueLife::Use &use : part.uses()) {
      Inst *inst = use.at.inst;
      if (!inst->result.isValid() || facts.dominators.dominates(block, use.at.block) || !isUsedBehind(inst->result))
        continue;
      const ValueInfo &info = function[inst->result];
      if (info.ownership == Ownership::None && !llvm::isa<SpanInst>(inst))
        continue; // Bits.
      if (info.ownership == Ownership::Owned)
        continue; // A copy.
      auto *cast = llvm::dyn_cast<CastInst>(inst);
      auto *field = llvm::dyn_cast<FieldInst>(inst);
      auto *payload = llvm::dyn_cast<PayloadInst>(inst);
      // One step from the borrow itself, or from what is made anew as well.
      ValueId from = cast ? cast->value : field ? field->base : payload ? payload->value : ValueId();
      if (!from.isValid() || (from != borrow && llvm::none_of(derived, [&](const Inst *one) { return one->result == from; })))
        return false;
      derived.push_back(inst);
    }
    return true;
  }

  void take(LoadBorrowInst &load, ValueId holder, BlockId block, const Dominators &dominators, const Derived &derived) {
    std::vector<Inst *> first;
    llvm::DenseMap<ValueId, ValueId> now;
    auto make = [&](Inst *made, TypeId type, Ownership ownership) {
      made->result = function.addValue(type, ownership, made, block);
      first.push_back(made);
    };
    auto *end = function.create<EndBorrowInst>(load.loc);
    end->value = load.result;
    first.push_back(end);
    auto *copy = function.create<LoadCopyInst>(load.loc);
    copy->place = load.place;
    make(copy, function[load.result].type, Ownership::Owned);
    now[load.result] = copy->result;
    for (const Inst *old : derived) {
      if (auto *cast = llvm::dyn_cast<CastInst>(old)) {
        auto *made = function.create<CastInst>(old->loc);
        made->cast = cast->cast;
        made->value = now.lookup(cast->value);
        made->looks = function[made->value].ownership == Ownership::Owned;
        make(made, function[old->result].type, Ownership::Borrowed);
      } else if (auto *payload = llvm::dyn_cast<PayloadInst>(old)) {
        auto *made = function.create<PayloadInst>(old->loc);
        made->value = now.lookup(payload->value);
        made->variant = payload->variant;
        made->index = payload->index;
        make(made, function[old->result].type, Ownership::Borrowed);
      } else {
        auto *field = llvm::cast<FieldInst>(old);
        auto *made = function.create<FieldInst>(old->loc);
        made->base = now.lookup(field->base);
        made->field = field->field;
        make(made, function[old->result].type, Ownership::Address);
      }
      now[old->result] = first.back()->result;
    }
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (!function.blocks[i].insts.empty() && dominators.dominates(block, BlockId(i)))
        rewrite(function.blocks[i], load.result, now);
    auto &insts = function[block].insts;
    insts.insert(insts.begin(), first.begin(), first.end());
    LifeEditor editor(context, function);
    editor.settle(copy->result, true);
    editor.settle(holder, true); // Which the borrow kept alive.
    editor.apply();
    context.count("parts taken out where they are made anew");
  }
  void rewrite(Block &block, ValueId borrow, const llvm::DenseMap<ValueId, ValueId> &now) {
    llvm::erase_if(block.insts, [&](const Inst *inst) {
      auto *end = llvm::dyn_cast<EndBorrowInst>(inst);
      return end && end->value == borrow;
    });
    for (Inst *inst : block.insts) {
      forEachOperand(*inst, [&](ValueId &operand, Use) {
        if (auto found = now.find(operand); found != now.end())
          operand = found->second;
      });
      if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && cast->value == now.lookup(borrow))
        cast->looks = true;
    }
  }

  // ---- Cases of enums

  /// An owned value of an enum, known to be of this case, is taken apart where its case is looked into for the first time: if nothing else
  /// is done with it behind, and something of the class of a part is made there.
  bool tryOpen(PayloadInst &first, BlockId home, const Facts &facts) {
    ValueId value = first.value;
    const ValueInfo &info = function[value];
    if (function[first.result].ownership != Ownership::Borrowed || info.ownership != Ownership::Owned || types.isDropSignificant(info.type) ||
        types.isMoveOnly(info.type) || facts.cursors.contains(value))
      return false;
    ValueLife life(function, types, facts.graph, facts.uses, value);
    llvm::BitVector behind(function.blocks.size());
    if (life.isUnknown() || !reachable(facts.graph, home, info.block, behind))
      return false;
    uint32_t at = uint32_t(llvm::find(function[home].insts, &first) - function[home].insts.begin());
    auto isBehind = [&](const UseAt &use) { return use.block == home ? use.index >= at : behind.test(use.block.index); };
    bool isMade = false;
    for (const UseAt &use : facts.uses.of(value)) {
      if (!isBehind(use))
        continue;
      auto *payload = llvm::dyn_cast<PayloadInst>(use.inst);
      if (!facts.dominators.dominates(home, use.block) || !(llvm::isa<DropInst>(use.inst) || (payload && payload->variant == first.variant)))
        return false;
      if (payload && classOf(types, function[payload->result].type).isValid()) {
        ValueLife part(function, types, facts.graph, facts.uses, payload->result);
        isMade |= !part.isUnknown() && isMadeAnew(part, classesSeen(types, function, function[payload->result].type, part), behind);
      }
    }
    // What was looked up before is not looked at behind any more, but for bits.
    for (const ValueLife::Use &use : life.uses())
      if (isBehind(use.at) && !facts.dominators.dominates(home, use.at.block))
        return false;
    for (const UseAt &use : facts.uses.of(value))
      if (!isBehind(use) && use.inst->result.isValid() && function[use.inst->result].ownership != Ownership::None) {
        ValueLife part(function, types, facts.graph, facts.uses, use.inst->result);
        if (part.isUnknown() || part.isLiveAfter(home, at))
          return false;
      }
    if (!isMade)
      return false;
    open(first, home, at, facts);
    return true;
  }

  void open(PayloadInst &first, BlockId home, uint32_t at, const Facts &facts) {
    ValueId value = first.value;
    unsigned variant = first.variant, firstPart = types.firstPart(function[value].type, variant);
    std::vector<Inst *> made;
    auto make = [&](Inst *inst, TypeId type, Ownership ownership) {
      inst->result = function.addValue(type, ownership, inst, home);
      made.push_back(inst);
      return inst->result;
    };
    // By part: bits are looked up, what holds counts is taken out of a variable.
    const auto &row = types.info(function[value].type).cases[variant].parts;
    llvm::SmallVector<ValueId, 4> parts(row.size()), taken;
    for (unsigned i = 0; i < row.size(); ++i)
      if (types.isPlain(row[i].type)) {
        auto *payload = function.create<PayloadInst>(first.loc);
        payload->value = value;
        payload->variant = variant;
        payload->index = i;
        parts[i] = make(payload, row[i].type, Ownership::None);
      }
    auto *slot = function.create<SlotInst>(first.loc);
    make(slot, function[value].type, Ownership::Address);
    auto *init = function.create<InitInst>(first.loc);
    init->place = slot->result;
    init->value = value;
    made.push_back(init);
    for (unsigned i = 0; i < row.size(); ++i)
      if (!types.isPlain(row[i].type)) {
        auto *field = function.create<FieldInst>(first.loc);
        field->base = slot->result;
        field->field = firstPart + i;
        make(field, row[i].type, Ownership::Address);
        auto *take = function.create<LoadTakeInst>(first.loc);
        take->place = field->result;
        taken.push_back(parts[i] = make(take, row[i].type, Ownership::Owned));
      }
    auto *rest = function.create<LoadTakeInst>(first.loc);
    rest->place = slot->result;
    make(rest, function[value].type, Ownership::Owned);
    auto *drop = function.create<DropInst>(first.loc);
    drop->value = rest->result;
    made.push_back(drop);

    ValueMap replaced(function);
    llvm::DenseSet<const Inst *> gone;
    for (const UseAt &use : facts.uses.of(value)) {
      if (!facts.dominators.dominates(home, use.block) || (use.block == home && use.index < at))
        continue;
      gone.insert(use.inst);
      if (auto *payload = llvm::dyn_cast<PayloadInst>(use.inst))
        replaced.replace(payload->result, parts[payload->index]);
    }
    for (Block &block : function.blocks)
      llvm::erase_if(block.insts, [&](const Inst *inst) { return gone.contains(inst); });
    replaced.apply(function);
    for (Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && llvm::is_contained(taken, cast->value) && function[cast->result].ownership == Ownership::Borrowed)
          cast->looks = true;
    auto &insts = function[home].insts;
    insts.insert(insts.begin() + at, made.begin(), made.end());
    LifeEditor editor(context, function);
    for (ValueId part : taken)
      editor.settle(part, true);
    editor.apply();
    context.count("cases taken apart");
  }
  PassContext &context;
  Module &module;
  const TypeTable &types;
  Function &function;
};

} // namespace

void ownParts(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { OwnParts(context, function).run(); });
}

} // namespace dream::passes
