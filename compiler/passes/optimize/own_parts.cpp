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
    if (!field || !classOf(types, type).isValid() || types.isDropSignificant(type) || types.isMoveOnly(type))
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
          !isMadeAnew(part, classesOf(type, part), behind))
        continue;
      Derived derived;
      if (!collectDerived(facts, load.result, part, block, derived))
        continue;
      take(load, block, facts.dominators, derived);
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
        if (next == block)
          return false;
        if (next == home || behind.test(next.index))
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
  /// The part's class, and those that it has turned out to be.
  llvm::SmallVector<TypeId, 2> classesOf(TypeId type, const ValueLife &part) const {
    llvm::SmallVector<TypeId, 2> classes{classOf(types, type)};
    for (const ValueLife::Use &use : part.uses())
      if (auto *cast = llvm::dyn_cast<CastInst>(use.at.inst); cast && cast->cast == CastKind::Down)
        classes.push_back(function[cast->result].type);
    return classes;
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
      // One step from the borrow itself, or from what is made anew as well.
      ValueId from = cast ? cast->value : field ? field->base : ValueId();
      if (!from.isValid() || (from != borrow && llvm::none_of(derived, [&](const Inst *one) { return one->result == from; })))
        return false;
      derived.push_back(inst);
    }
    return true;
  }

  void take(LoadBorrowInst &load, BlockId block, const Dominators &dominators, const Derived &derived) {
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
