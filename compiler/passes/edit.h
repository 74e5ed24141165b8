// Ways to change a function that several passes share: rebuilding blocks instruction by instruction, splitting edges and
// blocks, replacing values.
#pragma once

#include "compiler/dil/builder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::passes {

/// Rebuilds a block: takes its instructions out, calls `begin`, and then `visit` for each. What is kept, or appended with
/// the builder, becomes the block's new content; an instruction that `visit` does not keep is gone.
class BlockEditor {
public:
  BlockEditor(dil::Module &module, dil::Function &function) : build(module, function), function(function) {}

  dil::Builder build; ///< Appends to the block that is being rebuilt.

  void rebuild(dil::BlockId block, llvm::function_ref<void(dil::Inst *)> visit,
               llvm::function_ref<void()> begin = [] {}) {
    std::vector<dil::Inst *> old = std::move(function[block].insts);
    function[block].insts.clear();
    function[block].insts.reserve(old.size() + 8);
    build.setBlock(block);
    if (!old.empty())
      build.loc = old.front()->loc;
    begin();
    for (dil::Inst *inst : old) {
      build.loc = inst->loc;
      visit(inst);
    }
  }
  void keep(dil::Inst *inst) {
    function[build.currentBlock()].insts.push_back(inst);
    if (inst->result.isValid())
      function[inst->result].block = build.currentBlock();
  }

private:
  dil::Function &function;
};

/// Puts a block on the edges from `from` to `to`, and returns it. What the edge hands over passes through it.
dil::BlockId splitEdge(dil::Function &function, dil::BlockId from, dil::BlockId to);

/// Removes detours from the control flow (optimize/straighten.cpp); gives the number of changes.
unsigned straightenBlocks(dil::Function &function);

/// What is cast from a constant has no ownership, like the constant: for passes that have put constants in the place of values.
void fixCasts(dil::Function &function);

/// Which values stand for others; applied to all operands at once.
class ValueMap {
public:
  explicit ValueMap(const dil::Function &function) : to(function.values.size()) {}
  void replace(dil::ValueId from, dil::ValueId by) {
    if (from.index >= to.size())
      to.resize(from.index + 1);
    to[from.index] = by;
    isEmpty = false;
  }
  dil::ValueId operator[](dil::ValueId value) const {
    while (value.index < to.size() && to[value.index].isValid())
      value = to[value.index];
    return value;
  }
  void apply(dil::Function &function) const;

private:
  std::vector<dil::ValueId> to;
  bool isEmpty = true;
};

} // namespace dream::passes
