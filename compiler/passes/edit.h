// Ways to change a function that several passes share: rebuilding blocks instruction by instruction, splitting edges and
// blocks, replacing values.
#pragma once

#include "compiler/dil/builder.h"
#include "compiler/dil/cfg.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
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
/// Puts one block on all edges from these blocks to `to`.
dil::BlockId joinEdges(dil::Function &function, llvm::ArrayRef<dil::BlockId> from, dil::BlockId to, SourceLoc loc);

/// What is to stand on edges, collected before any of them is split.
template <typename T> class EdgeInserts {
public:
  using List = llvm::SmallVector<T, 2>;
  llvm::DenseMap<dil::BlockId, List> atStart, atEnd; ///< Of blocks.

  void add(dil::BlockId from, dil::BlockId to, T what) { edges[{from, to}].push_back(what); }
  /// Finds a block for each, or makes one; calls `changed` for them.
  void place(dil::Function &function, const dil::Cfg &graph, llvm::function_ref<void(dil::BlockId)> changed = [](dil::BlockId) {}) {
    for (auto &[edge, list] : edges) {
      auto [from, to] = edge;
      bool isOnlyWayOut = graph.successors(from).size() == 1;
      dil::BlockId block = isOnlyWayOut ? from : graph.predecessors(to).size() == 1 ? to : splitEdge(function, from, to);
      (isOnlyWayOut ? atEnd : atStart)[block].append(list);
      changed(block);
    }
  }

private:
  llvm::MapVector<std::pair<dil::BlockId, dil::BlockId>, List> edges;
};

/// Who uses each value, for passes that keep it up to date while they change things. One that uses a value twice is there twice.
class Users {
public:
  struct At {
    dil::Inst *inst;
    dil::BlockId block;
  };
  using List = llvm::SmallVector<At, 2>;

  bool isEmpty() const { return users.empty(); }
  void clear() { users.clear(); }
  void collect(const dil::Function &function);
  void add(dil::Inst *inst, dil::BlockId block);
  /// To be called when values have been added.
  void fit(const dil::Function &function) { users.resize(function.values.size()); }
  List &operator[](dil::ValueId value) { return users[value.index]; }
  const List &operator[](dil::ValueId value) const { return users[value.index]; }

private:
  std::vector<List> users;
};

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
