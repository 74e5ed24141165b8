#include "compiler/analysis/cursor_sources.h"
#include "compiler/analysis/places.h"
#include "compiler/analysis/value_life.h"

namespace dream::analysis {

using namespace dil;

bool isCursor(const Function &function, ValueId place) {
  auto *slot = llvm::dyn_cast_or_null<SlotInst>(function[place].definition);
  return slot && slot->isCursor;
}

CursorSources::CursorSources(const Function &function) : function(function) {
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts) {
      if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst); take && isCursor(function, take->place))
        found.insert(take->result);
      Stored stored = storedBy(*inst);
      if (!stored || !isCursor(function, stored.place))
        continue;
      const Inst *copy = function[beforeAllCasts(function, stored.value)].definition;
      if (!copy)
        continue;
      copies.insert(copy);
      forEachOperand(*copy, [&](ValueId operand, Use) { follow(operand); });
    }
}

void CursorSources::follow(ValueId value) {
  llvm::SmallVector<ValueId, 8> work{value};
  while (!work.empty()) {
    value = work.pop_back_val();
    if (!found.insert(value).second)
      continue;
    // What is owned holds a count of its own, or got it from what a cast consumed.
    const Inst *inst = function[value].definition;
    if (inst && (function[value].ownership != Ownership::Owned || llvm::isa<CastInst>(inst)))
      forEachOperand(*inst, [&](ValueId operand, Use) { work.push_back(operand); });
  }
}

} // namespace dream::analysis
