// Whether a function may ask for memory: an object, array, closure or box on the heap, a copy of a shared array, a function
// of the runtime that allocates, or a C function, of which nothing is known; itself, or by way of what it calls. Asked of
// placed DIL.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "compiler/analysis/summaries.h"

namespace dream::analysis {

/// The shortest way from a function to where it may allocate, as calls and at last what allocates; empty if nothing does. Of C
/// functions nothing is known, so they count, unless `mayCallC`.
Path wayToAllocation(const dil::Module &module, CallTargets &targets, dil::FuncId function, bool mayCallC = false);

} // namespace dream::analysis
