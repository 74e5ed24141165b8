// Functions that build: they are called with an object that has just been made, a constructor with its own, one of a base with the
// same. What they make and put into it is a part of it, and may lie where it lies (placement).
#pragma once

#include "compiler/dil/module.h"
#include <vector>

namespace dream::analysis {

/// By function: somebody calls it with a new object as its first argument.
std::vector<bool> findBuilders(const dil::Module &module);

} // namespace dream::analysis
