// Where a program that runs makes objects on the heap. A function that builds objects for its callers has versions: what it makes
// is on the heap only in the one that is called where nobody says where, or where it is not known who calls.
#pragma once

#include "compiler/analysis/placement.h"

namespace dream::analysis {

struct HeapSite {
  dil::FuncId function;
  const dil::Inst *inst; ///< An allocation, a box, a closure, or the call of what makes objects of a class (T.new).
  TypeId type;           ///< Of the object; of a box: what is in it.
  Path why;              ///< What keeps it there; empty if nothing more is known.
};

/// In the order of the functions and of what is in them.
std::vector<HeapSite> heapSites(const dil::Module &module, CallTargets &targets, const Placements &placements);

} // namespace dream::analysis
