// What is told of placement: for each place of the source where objects are made, where they live, the way by which they
// would leave a cheaper place, and what could be changed. Taken from the final decision.
#pragma once

#include "compiler/analysis/placement.h"

namespace dream::analysis {

struct PlaceRow {
  SourceLoc loc;
  std::string what;     ///< "new Node", "int[]", "the result of 'Make'".
  std::string function;
  PlaceKind place;
  SourceLoc loop;       ///< Of a region that is open for one turn of it; else invalid.
  bool hasLateLength = false; ///< An array or a string whose length the compiler does not know.
  std::string arena;    ///< The name of the arena that it lies in, which may be empty.
  Path path;            ///< Of the heap: why not cheaper.
  std::string advice;   ///< Empty: nothing is known that would help.
};

/// The function makes an object of a class, T.new: what it says of it belongs where it is called.
bool isMaker(const dil::Function &function);
/// The plan of the object that a maker makes; null if it makes none itself.
const SitePlan *madeBy(const FunctionPlan &maker);

/// In the order of the functions; makers of objects (T.new) are shown where they are called.
std::vector<PlaceRow> explainPlaces(const dil::Module &module, const Placements &placements);

} // namespace dream::analysis
