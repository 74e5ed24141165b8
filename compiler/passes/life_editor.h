// Lets owned values die, or move on, where they are of no use any more: what passes share that change who owns what.
#pragma once

#include "compiler/analysis/cursor_sources.h"
#include "compiler/analysis/value_life.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

/// Looks at a function as it is when this is made; changes it in `apply`.
class LifeEditor {
public:
  LifeEditor(PassContext &context, dil::Function &function)
      : graph(function), uses(function), cursors(function), context(context), function(function), editor(context.module, function),
        replaced(function) {}

  const dil::Cfg graph;
  const analysis::UseTable uses;
  const analysis::CursorSources cursors; ///< They stay as they are.

  analysis::ValueLife lifeOf(dil::ValueId value) const { return {function, context.module.types, graph, uses, value}; }
  /// Nobody can see when a value of the type dies, and it can be counted.
  bool mayDieEarly(TypeId type) const {
    const TypeTable &types = context.module.types;
    return !types.isPlain(type) && !types.isMoveOnly(type) && !types.isDropSignificant(type);
  }
  /// Puts the value's drops behind its last uses, in place of those that it has; a copy that is its last use becomes the value itself.
  /// Without such a copy only if `always`. False if nothing was changed.
  bool settle(dil::ValueId root, bool always);
  void erase(const dil::Inst *inst) { erased.insert(inst); }
  void apply();

private:
  void moveAt(const dil::CopyInst &copy);

  PassContext &context;
  dil::Function &function;
  BlockEditor editor;
  ValueMap replaced;
  using Values = llvm::SmallVector<dil::ValueId, 2>;
  llvm::DenseSet<const dil::Inst *> erased, moved;
  llvm::DenseMap<const dil::Inst *, Values> after;
  EdgeInserts<dil::ValueId> onEdges;
  bool any = false;
};

/// A copy of what is borrowed from a field or a variable is loaded there. Gives the number of changes.
unsigned foldBorrowedCopies(dil::Function &function);

} // namespace dream::passes
