// A copy that is the last use of the original is the original itself. Of values: what is copied and then only dropped moves on,
// on every way on which that is so. Of variables: what is loaded by copy, and then only dropped or written over, is taken out.
// last_use has done so where dilgen had copied; here it is where parameters that consume (own_params) made callers copy.
#include "compiler/analysis/cursor_sources.h"
#include "compiler/analysis/slot_end.h"
#include "compiler/passes/life_editor.h"

namespace dream::passes {

using namespace dil;

namespace {

void moveValues(PassContext &context, Function &function) {
  LifeEditor editor(context, function);
  llvm::SmallVector<ValueId, 16> roots;
  llvm::DenseSet<ValueId> seen;
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts)
      if (auto *copy = llvm::dyn_cast<CopyInst>(inst)) {
        ValueId root = analysis::beforeCasts(function, copy->value);
        if (function[root].ownership == Ownership::Owned && editor.mayDieEarly(function[root].type) && seen.insert(root).second)
          roots.push_back(root);
      }
  for (ValueId root : roots)
    editor.settle(root, false);
  editor.apply();
}

class MoveOut {
public:
  MoveOut(PassContext &context, Function &function)
      : context(context), types(context.module.types), function(function), graph(function), uses(function), dominators(graph),
        ends(function, graph, uses), cursors(function) {}

  void run() {
    for (BlockId block : graph.reversePostorder())
      for (uint32_t i = 0; i < function[block].insts.size(); ++i)
        if (auto *load = llvm::dyn_cast<LoadCopyInst>(function[block].insts[i]))
          if (uint32_t slot = ends.slots.of(load->place); slot != analysis::SlotTable::kNone)
            tryTake(*load, slot, block, i);
    if (erased.empty() && changed.empty())
      return;
    for (Block &block : function.blocks) {
      std::vector<Inst *> now;
      now.reserve(block.insts.size());
      for (Inst *inst : block.insts) {
        if (erased.contains(inst))
          continue;
        llvm::append_range(now, before.lookup(inst));
        Inst *other = changed.lookup(inst);
        now.push_back(other ? other : inst);
      }
      block.insts = std::move(now);
    }
  }

private:
  void tryTake(LoadCopyInst &load, uint32_t slot, BlockId block, uint32_t index) {
    TypeId type = function[load.result].type;
    if (load.place != ends.slots[slot]->result || cursors.contains(load.place) || types.isPlain(type) || types.isDropSignificant(type))
      return;
    llvm::SmallVector<analysis::SlotEnd, 4> found;
    llvm::SmallVector<analysis::UseAt, 2> borrows;
    if (!ends.find(slot, block, index, found, borrows))
      return;
    // What only ends a borrow behind the load can do so before.
    for (const analysis::UseAt &end : borrows) {
      analysis::ValueLife looks(function, types, graph, uses, llvm::cast<EndBorrowInst>(end.inst)->value, /*ignoresEnds=*/true);
      if (end.block != block || end.index < index || erased.contains(end.inst) || looks.isUnknown() || looks.isLiveAfter(block, index))
        return;
    }
    for (const analysis::SlotEnd &end : found)
      if (changed.contains(end.inst) || erased.contains(end.inst) ||
          (end.block == block ? end.index < index : !dominators.dominates(block, end.block)))
        return; // Other ways lead there, on which it is full.
    for (const analysis::SlotEnd &end : found)
      if (llvm::isa<AssignInst>(end.inst) && reachesAnEnd(end, found, block, index))
        return; // There it is full, of what was assigned.
    auto *take = function.create<LoadTakeInst>(load.loc);
    take->place = load.place;
    take->result = load.result;
    function[take->result].definition = take;
    changed[&load] = take;
    for (const analysis::UseAt &end : borrows) {
      erased.insert(end.inst);
      before[&load].push_back(end.inst);
    }
    for (const analysis::SlotEnd &end : found) {
      if (auto *assign = llvm::dyn_cast<AssignInst>(end.inst)) {
        auto *init = function.create<InitInst>(assign->loc);
        init->place = assign->place;
        init->value = assign->value;
        changed[assign] = init;
      } else {
        erased.insert(end.inst);
        erased.insert(end.drop);
      }
    }
    context.count("variables moved out of");
  }

  /// From behind one of the ends, itself among them, without coming by the load.
  bool reachesAnEnd(const analysis::SlotEnd &from, llvm::ArrayRef<analysis::SlotEnd> found, BlockId load, uint32_t loadIndex) const {
    llvm::SmallVector<std::pair<BlockId, uint32_t>, 8> work{{from.block, from.index + 1}};
    llvm::DenseSet<BlockId> seen;
    while (!work.empty()) {
      auto [at, first] = work.pop_back_val();
      uint32_t stop = at == load && loadIndex >= first ? loadIndex : ~0u;
      if (llvm::any_of(found, [&](const analysis::SlotEnd &end) { return end.block == at && end.index >= first && end.index < stop; }))
        return true;
      if (stop == ~0u)
        for (BlockId next : graph.successors(at))
          if (seen.insert(next).second)
            work.push_back({next, 0});
    }
    return false;
  }

  PassContext &context;
  const TypeTable &types;
  Function &function;
  Cfg graph;
  analysis::UseTable uses;
  Dominators dominators;
  analysis::SlotEnds ends;
  analysis::CursorSources cursors;
  llvm::DenseSet<const Inst *> erased;
  llvm::DenseMap<const Inst *, Inst *> changed;
  llvm::DenseMap<const Inst *, llvm::SmallVector<Inst *, 2>> before; ///< Ends of borrows that stand there now.
};

} // namespace

void moveCopies(PassContext &context) {
  forEachBody(context.module, [&](Function &function) {
    moveValues(context, function);
    MoveOut(context, function).run();
  });
}

} // namespace dream::passes
