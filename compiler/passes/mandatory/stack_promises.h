// [Stack] on a class or struct is a promise: none of its objects ever lies on the heap, in a box neither.
#pragma once

#include "compiler/analysis/placement.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

/// Reports each place of a program that runs where a promise is broken, with what keeps the object on the heap.
void checkStackPromises(PassContext &context, const analysis::Placements &placements);

} // namespace dream::passes
