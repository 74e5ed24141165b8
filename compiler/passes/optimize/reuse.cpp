// Drop-guided reuse ("Perceus", PLDI 2021; "Reference Counting with Frame-Limited Reuse", ICFP 2022). An object that dies where an
// object of its class is made later becomes the new one, if it turns out that it is of that class and nobody else holds it. Its drop
// is put off until there: `alloc reuse %dying`. On ways that make nothing it dies as before.
//
// And what is loaded from a field for the last time, of an object that then only dies, moves out if that object is unique
// (`load.copy … or_take`): so the parts of a tree that is made anew are unique in their turn, and are neither retained nor released.
// So does what is loaded from a field that is written before it is read again, as in `t.left = Into(t.left, key)`.
//
// Objects whose death somebody could notice are left alone. No drop is put off beyond the end of a region or storage that is
// used again: the object may lie there.
#include "compiler/analysis/places.h"
#include "compiler/passes/life_editor.h"
#include "compiler/passes/makers.h"
#include "compiler/passes/parts.h"

namespace dream::passes {

using namespace dil;
using analysis::UseAt;
using analysis::ValueLife;

namespace {

/// Instructions between a drop and what may take the place of what died.
constexpr unsigned kMostBetween = 400;

class Reuse {
public:
  Reuse(PassContext &context, Function &function) : context(context), module(context.module), types(module.types), function(function) {}

  void run() {
    if (llvm::any_of(function.blocks, [&](const Block &block) {
          return llvm::any_of(block.insts, [&](const Inst *inst) { return madeClass(module, function, *inst).isValid(); });
        }))
      reuse();
    takeParts();
  }

private:
  TypeId classOf(ValueId value) const { return passes::classOf(types, function[value].type); }

  // ---- New objects in the place of dying ones

  struct Position {
    BlockId block;
    uint32_t index;
  };

  /// All owned objects that are dropped, in the order of the text.
  llvm::SmallVector<ValueId, 8> dyingObjects(const LifeEditor &editor) const {
    llvm::SmallVector<ValueId, 8> found;
    llvm::DenseSet<ValueId> seen;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *drop = llvm::dyn_cast<DropInst>(inst); drop && function[drop->value].ownership == Ownership::Owned && classOf(drop->value).isValid() &&
                                                         editor.mayDieEarly(function[drop->value].type) && seen.insert(drop->value).second)
          found.push_back(drop->value);
    return found;
  }
  bool mayBeReused(ValueId value) const {
    auto *alloc = llvm::dyn_cast_or_null<AllocInst>(function[value].definition);
    return !(alloc && alloc->storage.isValid());
  }
  /// What the object may be where it dies: its class, and those that it has turned out to be on every way there.
  llvm::SmallVector<TypeId, 2> classesAt(const LifeEditor &editor, const Dominators &dominators, ValueId value, const UseAt &drop) const {
    llvm::SmallVector<TypeId, 2> classes;
    auto add = [&](TypeId type) {
      if (types.kind(type) == TypeKind::Class && types.objectLayout(type).align <= 8 && !llvm::is_contained(classes, type))
        classes.push_back(type);
    };
    add(classOf(value));
    llvm::SmallVector<ValueId, 4> looks{value};
    while (!looks.empty())
      for (const UseAt &use : editor.uses.of(looks.pop_back_val()))
        if (auto *cast = llvm::dyn_cast<CastInst>(use.inst); cast && cast->looks && dominators.dominates(use.block, drop.block)) {
          looks.push_back(cast->result);
          if (cast->cast == CastKind::Down)
            add(function[cast->result].type);
        }
    return classes;
  }
  /// What may lie in storage or a region dies before that ends.
  bool isBarrier(const Inst &inst) const {
    auto *storage = llvm::dyn_cast<StorageInst>(&inst);
    return llvm::isa<RegionCloseInst, ArenaCloseInst>(inst) || (storage && !storage->whole.isValid());
  }

  void reuse() {
    LifeEditor editor(context, function);
    llvm::DenseSet<const Inst *> taken;
    llvm::SmallVector<ValueId, 8> changed;
    Dominators dominators(editor.graph);
    for (ValueId value : dyingObjects(editor)) {
      if (!mayBeReused(value) || editor.cursors.contains(value))
        continue;
      ValueLife life = editor.lifeOf(value);
      if (life.isUnknown() || llvm::any_of(life.drops(), [](const UseAt &drop) { return llvm::cast<DropInst>(drop.inst)->withRegion; }))
        continue;
      llvm::SmallVector<Position, 2> sites;
      llvm::DenseSet<const Inst *> mine;
      for (const UseAt &drop : life.drops())
        findSites(editor.graph, drop, classesAt(editor, dominators, value, drop), taken, mine, sites);
      llvm::erase_if(sites, [&](const Position &site) { return !comesFromDrops(editor.graph, life, value, site, mine); });
      if (sites.empty())
        continue;
      for (const Position &site : sites) {
        taken.insert(function[site.block].insts[site.index]);
        reusing[function[site.block].insts[site.index]] = value;
      }
      changed.push_back(value);
    }
    if (changed.empty())
      return;
    makeSites();
    LifeEditor after(context, function);
    for (ValueId value : changed)
      after.settle(value, true);
    after.apply();
  }

  /// The first object of one of the classes that is made on each way from the drop.
  void findSites(const Cfg &graph, const UseAt &drop, llvm::ArrayRef<TypeId> classes, const llvm::DenseSet<const Inst *> &taken, llvm::DenseSet<const Inst *> &mine,
                 llvm::SmallVectorImpl<Position> &sites) const {
    unsigned budget = kMostBetween;
    llvm::SmallVector<Position, 8> work{{drop.block, drop.index + 1}};
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      auto [block, first] = work.pop_back_val();
      const auto &insts = function[block].insts;
      bool isOver = false;
      for (uint32_t i = first; i < insts.size() && !isOver; ++i) {
        if (budget-- == 0)
          return;
        isOver = isBarrier(*insts[i]) || mine.contains(insts[i]);
        if (isOver || taken.contains(insts[i]) || !llvm::is_contained(classes, madeClass(module, function, *insts[i])))
          continue;
        auto *alloc = llvm::dyn_cast<AllocInst>(insts[i]);
        if (alloc && alloc->reused.isValid())
          continue;
        mine.insert(insts[i]);
        sites.push_back({block, i});
        isOver = true;
      }
      if (!isOver)
        for (BlockId next : graph.successors(block))
          if (seen.insert(next).second)
            work.push_back({next, 0});
    }
  }
  /// On every way to the site the object was dropped, and nothing that ends storage or takes its place lies in between.
  bool comesFromDrops(const Cfg &graph, const ValueLife &life, ValueId value, const Position &site, const llvm::DenseSet<const Inst *> &mine) const {
    if (life.isLiveAfter(site.block, site.index))
      return false;
    llvm::DenseSet<const Inst *> drops, ends;
    for (const UseAt &drop : life.drops())
      drops.insert(drop.inst);
    for (const ValueLife::Use &use : life.uses())
      if (use.consumes)
        ends.insert(use.at.inst);
    unsigned budget = kMostBetween;
    llvm::SmallVector<Position, 8> work{{site.block, site.index}}; // Everything before.
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      auto [block, end] = work.pop_back_val();
      const auto &insts = function[block].insts;
      bool isOver = false;
      for (uint32_t i = end; i-- > 0 && !isOver;) {
        if (budget-- == 0 || isBarrier(*insts[i]) || mine.contains(insts[i]) || ends.contains(insts[i]) || insts[i] == function[value].definition)
          return false;
        isOver = drops.contains(insts[i]);
      }
      if (isOver)
        continue;
      if (block == function[value].block || block == function.entry())
        return false;
      for (BlockId before : graph.predecessors(block))
        if (seen.insert(before).second)
          work.push_back({before, uint32_t(function[before].insts.size())});
    }
    return true;
  }

  /// The chosen allocations get what they reuse; makers are taken apart, since it is their allocation that does.
  void makeSites() {
    BlockEditor editor(module, function);
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      if (llvm::none_of(function.blocks[i].insts, [&](const Inst *inst) { return reusing.contains(inst); }))
        continue;
      editor.rebuild(BlockId(i), [&](Inst *inst) {
        auto found = reusing.find(inst);
        if (found == reusing.end())
          return editor.keep(inst);
        context.count("objects made in the place of others");
        if (auto *alloc = llvm::dyn_cast<AllocInst>(inst)) {
          alloc->reused = found->second;
          return editor.keep(alloc);
        }
        auto *call = llvm::cast<CallInst>(inst);
        Maker maker = makerOf(module[call->callee]);
        auto *made = function.create<AllocInst>(call->loc);
        made->result = call->result;
        made->reused = found->second;
        made->why = function.copyText(maker.alloc->why);
        function[made->result].definition = made;
        editor.keep(made);
        llvm::SmallVector<ValueId, 8> args{made->result};
        args.append(call->args.begin(), call->args.end());
        editor.build.call(maker.constructor->callee, args);
      });
    }
  }

  // ---- Parts that move out

  void takeParts() {
    bool any = false;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        any |= partOf(*inst) != nullptr;
    if (!any)
      return;
    Cfg graph(function);
    analysis::UseTable uses(function);
    analysis::CursorSources cursors(function);
    llvm::DenseMap<ValueId, std::unique_ptr<ValueLife>> lives;
    for (BlockId block : graph.reversePostorder())
      for (uint32_t at = 0; at < function[block].insts.size(); ++at) {
        const FieldInst *field = partOf(*function[block].insts[at]);
        if (!field)
          continue;
        ValueId root = analysis::beforeCasts(function, field->base);
        if (cursors.contains(root))
          continue;
        std::unique_ptr<ValueLife> &life = lives[root];
        if (!life)
          life = std::make_unique<ValueLife>(function, types, graph, uses, root);
        if (!life->isUnknown() && (!isReadAgain(*life, int(field->field), block, at) || isOverwritten(graph, *life, root, int(field->field), block, at))) {
          llvm::cast<LoadCopyInst>(function[block].insts[at])->orTake = true;
          context.count("parts that move out");
        }
      }
  }
  /// The field that an instruction loads, if it is a part that may be taken out.
  const FieldInst *partOf(const Inst &inst) const {
    auto *load = llvm::dyn_cast<LoadCopyInst>(&inst);
    return load && !load->orTake ? partOfOwned(module, function, load->place) : nullptr;
  }
  bool isReadAgain(const ValueLife &life, int part, BlockId block, uint32_t index) const {
    return life.anyAfter(block, index, [&](const ValueLife::Use &use) { return looksAtPart(use, part); });
  }
  /// The object lives on, but on every way the field gets another value before anybody looks at it or gets the object: who is the only one
  /// to hold an object need not fear that others see it meanwhile. Nobody gets to hold it before it moves on as a whole, so one test holds
  /// for all its fields.
  bool isOverwritten(const Cfg &graph, const ValueLife &life, ValueId root, int part, BlockId block, uint32_t index) const {
    llvm::DenseSet<const Inst *> looks, writes;
    for (const ValueLife::Use &use : life.uses()) {
      if (!use.consumes && looksAtPart(use, part) && use.part == ValueLife::kWhole)
        return false;
      if (writesPart(*use.at.inst, root, part))
        writes.insert(use.at.inst);
      else if (looksAtPart(use, part))
        looks.insert(use.at.inst);
    }
    if (writes.empty())
      return false;
    unsigned budget = kMostBetween;
    llvm::SmallVector<Position, 8> work{{block, index + 1}};
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      auto [at, first] = work.pop_back_val();
      const auto &insts = function[at].insts;
      bool isOver = false;
      for (uint32_t i = first; i < insts.size() && !isOver; ++i) {
        if (budget-- == 0 || looks.contains(insts[i]))
          return false;
        isOver = writes.contains(insts[i]);
      }
      if (!isOver)
        for (BlockId next : graph.successors(at))
          if (next != function[root].block && seen.insert(next).second)
            work.push_back({next, 0});
    }
    return true;
  }
  bool writesPart(const Inst &inst, ValueId root, int part) const {
    analysis::Stored stored = analysis::storedBy(inst);
    auto *field = stored ? llvm::dyn_cast_or_null<FieldInst>(function[stored.place].definition) : nullptr;
    return field && int(field->field) == part && function[field->base].ownership != Ownership::Address &&
           analysis::beforeCasts(function, field->base) == root;
  }

  PassContext &context;
  Module &module;
  const TypeTable &types;
  Function &function;
  llvm::DenseMap<const Inst *, ValueId> reusing; ///< What each site reuses.
};

} // namespace

void reuse(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { Reuse(context, function).run(); });
}

} // namespace dream::passes
