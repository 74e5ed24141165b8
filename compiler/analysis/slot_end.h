// How the content of a variable ends, if nobody looks at it any more: on every way from a point on, what lies there is taken
// out and dropped, or something else is assigned.
#pragma once

#include "compiler/analysis/places.h"
#include "compiler/analysis/value_life.h"

namespace dream::analysis {

struct SlotEnd {
  dil::Inst *inst; ///< A load.take, or an assign.
  dil::Inst *drop; ///< Of what was taken.
  dil::BlockId block;
  uint32_t index;
};

class SlotEnds {
public:
  SlotEnds(const dil::Function &function, const dil::Cfg &graph, const UseTable &uses);

  const SlotTable slots;
  /// Whether nothing looks at what the slot holds behind the instruction with this number in the block; collects its ends there.
  /// `borrows` gets the ends of borrows that are open there; they are no looks.
  bool find(uint32_t slot, dil::BlockId block, uint32_t index, llvm::SmallVectorImpl<SlotEnd> &ends,
            llvm::SmallVectorImpl<UseAt> &borrows) const;

private:
  const dil::Function &function;
  const dil::Cfg &graph;
  const UseTable &uses;
  llvm::BitVector isShared; ///< By slot: its address is known to closures, views and the like.
};

} // namespace dream::analysis
