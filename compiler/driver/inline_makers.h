// Puts what makes an object where it is made, if that is one place only.
#pragma once

#include "llvm/IR/Module.h"

namespace dream::driver {

/// `T.new` makes an object of T and calls the constructor. Nobody wrote it, no trace shows it, and a generic class has one for
/// each instance, often for a single `new`: there its body takes the place of the call. So -O0 has fewer functions to emit;
/// with optimisation LLVM decides. Returns how many functions are gone.
unsigned inlineMakers(llvm::Module &module);

} // namespace dream::driver
