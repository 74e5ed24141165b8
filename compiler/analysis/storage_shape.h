// What an object needs where it lies, if that is not the heap.
#pragma once

#include "compiler/analysis/placement.h"

namespace dream::analysis {

enum class Fit : uint8_t {
  Frame,  ///< Or a region.
  Region, ///< Too large for a frame, or of a length that is known at run time only.
  Nowhere,
};

/// Where the object of an allocation fits. `shape` is what it needs in a frame; `obstacle` is set if it fits nowhere.
Fit fitOf(const dil::Module &module, const dil::Function &function, const dil::Inst &site, StorageShape &shape, Obstacle &obstacle);

} // namespace dream::analysis
