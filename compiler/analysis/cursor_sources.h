// What keeps the content of cursors alive: variables that hold no counts (SlotInst::isCursor). The values and slots on the way to what
// is stored into them must stay as they are while the cursors are full, so passes that move things leave them alone; and what is taken
// out of a cursor, since it has no count either.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

/// The place is a variable that holds no counts.
bool isCursor(const dil::Function &function, dil::ValueId place);

class CursorSources {
public:
  explicit CursorSources(const dil::Function &function);

  /// A value, or a slot by its address.
  bool contains(dil::ValueId value) const { return found.contains(value); }
  /// The copy is made for a cursor: it has no count.
  bool isUncounted(const dil::Inst &copy) const { return copies.contains(&copy); }

private:
  void follow(dil::ValueId value);

  const dil::Function &function;
  llvm::DenseSet<dil::ValueId> found;
  llvm::DenseSet<const dil::Inst *> copies;
};

} // namespace dream::analysis
