#include "compiler/passes/life_editor.h"
#include "compiler/analysis/places.h"

namespace dream::passes {

using namespace dil;
using analysis::UseAt;

bool LifeEditor::settle(ValueId root, bool always) {
  analysis::ValueLife life = lifeOf(root);
  if (life.isUnknown() || cursors.contains(root))
    return false;
  llvm::SmallVector<UseAt, 4> deaths;
  llvm::SmallVector<std::pair<BlockId, BlockId>, 4> edges;
  bool moves = false;
  auto isMove = [&](const UseAt &death) {
    auto *copy = llvm::dyn_cast_or_null<CopyInst>(death.inst);
    return copy && analysis::beforeCasts(function, copy->value) == root;
  };
  life.forEachDeath(
      [&](UseAt death) {
        deaths.push_back(death);
        moves |= isMove(death);
      },
      [&](BlockId from, BlockId to) { edges.push_back({from, to}); });
  if (!moves && !always)
    return false;
  any = true;
  for (const UseAt &drop : life.drops())
    erased.insert(drop.inst);
  for (const UseAt &death : deaths) {
    if (isMove(death)) {
      moved.insert(death.inst);
      context.count("copies became moves");
    } else if (death.inst) {
      after[death.inst].push_back(root);
    } else if (const Inst *made = function[root].definition) {
      after[made].push_back(root);
    } else {
      onEdges.atStart[death.block].push_back(root);
    }
  }
  for (auto [from, to] : edges)
    onEdges.add(from, to, root);
  return true;
}

/// The casts between the value and its copy, which looked at it, take it along.
void LifeEditor::moveAt(const CopyInst &copy) {
  llvm::SmallVector<CastInst *, 2> casts;
  ValueId value = analysis::beforeCasts(function, copy.value, &casts);
  for (CastInst *cast : llvm::reverse(casts))
    value = editor.build.cast(cast->cast, value, function[cast->result].type);
  replaced.replace(copy.result, value);
}

void LifeEditor::apply() {
  if (!any && erased.empty())
    return;
  onEdges.place(function, graph);
  auto drop = [&](const Values &values) {
    for (ValueId value : values)
      editor.build.drop(value);
  };
  for (uint32_t i = 0; i < function.blocks.size(); ++i) {
    BlockId block(i);
    if (function[block].insts.empty())
      continue;
    editor.rebuild(
        block,
        [&](Inst *inst) {
          if (isTerminator(*inst))
            drop(onEdges.atEnd.lookup(block));
          if (moved.contains(inst))
            return moveAt(llvm::cast<CopyInst>(*inst));
          if (erased.contains(inst))
            return;
          editor.keep(inst);
          if (auto found = after.find(inst); found != after.end())
            drop(found->second);
        },
        [&] { drop(onEdges.atStart.lookup(block)); });
  }
  replaced.apply(function);
}

//===-- Copies of what is borrowed ----------------------------------------------------------------------------===//

/// Casts that nobody uses, and borrows that nobody looks through.
static void eraseIdleBorrows(Function &function) {
  std::vector<uint32_t> looks(function.values.size());
  auto count = [&](const Inst &inst, int by) {
    if (!llvm::isa<EndBorrowInst>(inst))
      forEachOperand(inst, [&](ValueId operand, Use) { looks[operand.index] += by; });
  };
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts)
      count(*inst, 1);
  llvm::DenseSet<const Inst *> idle;
  for (Block &block : llvm::reverse(function.blocks)) // Uses mostly stand behind what they use.
    for (Inst *inst : llvm::reverse(block.insts)) {
      bool isBorrow = inst->result.isValid() && function[inst->result].ownership == Ownership::Borrowed;
      if (isBorrow && llvm::isa<CastInst, LoadBorrowInst>(inst) && looks[inst->result.index] == 0) {
        idle.insert(inst);
        count(*inst, -1);
      }
    }
  if (idle.empty())
    return;
  for (Block &block : function.blocks)
    llvm::erase_if(block.insts, [&](const Inst *inst) {
      auto *end = llvm::dyn_cast<EndBorrowInst>(inst);
      return idle.contains(inst) || (end && idle.contains(function[end->value].definition));
    });
}

unsigned foldBorrowedCopies(Function &function) {
  unsigned folded = 0;
  for (Block &block : function.blocks)
    for (size_t i = 0; i < block.insts.size(); ++i) {
      auto *copy = llvm::dyn_cast<CopyInst>(block.insts[i]);
      if (!copy)
        continue;
      llvm::SmallVector<CastInst *, 2> casts;
      ValueId value = analysis::beforeCasts(function, copy->value, &casts);
      auto *borrow = llvm::dyn_cast_or_null<LoadBorrowInst>(function[value].definition);
      if (!borrow || function[value].ownership != Ownership::Borrowed)
        continue;
      const Inst *place = function[borrow->place].definition;
      auto *field = llvm::dyn_cast_or_null<FieldInst>(place);
      bool isField = field && function[field->base].ownership != Ownership::Address;
      if (!isField && !llvm::isa_and_nonnull<SlotInst>(place))
        continue;
      BlockId home = function[copy->result].block;
      auto *load = function.create<LoadCopyInst>(copy->loc);
      load->place = borrow->place;
      load->result = casts.empty() ? copy->result : function.addValue(function[value].type, Ownership::Owned, load, home);
      function[load->result].definition = load;
      block.insts[i] = load;
      ValueId last = load->result;
      for (CastInst *cast : llvm::reverse(casts)) {
        auto *made = function.create<CastInst>(copy->loc);
        made->cast = cast->cast;
        made->value = last;
        made->result = cast == casts.front() ? copy->result : function.addValue(function[cast->result].type, Ownership::Owned, made, home);
        function[made->result].definition = made;
        last = made->result;
        block.insts.insert(block.insts.begin() + ++i, made);
      }
      ++folded;
    }
  if (folded)
    eraseIdleBorrows(function);
  return folded;
}

} // namespace dream::passes
