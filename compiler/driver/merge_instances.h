// Makes one function of those that were made of the same text and came out the same.
#pragma once

#include "llvm/IR/Module.h"

namespace dream::driver {

/// Instances of one generic function differ in types that the machine may not see: references to objects of any class are
/// pointers. Functions of one place in the source (or, without a place, of one kind of glue) that are equal in LLVM's eyes
/// become one, and those that called them may be equal then, too. Functions of other places are never mixed up, so the lines
/// of a trace stay true; the arguments in such a name are left out. Returns how many functions are gone.
/// Not for code with full debug information, where a debugger shows variables with their types.
unsigned mergeInstances(llvm::Module &module);

} // namespace dream::driver
