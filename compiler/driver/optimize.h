// What happens to an LLVM module between code generation and the object file.
#pragma once

#include "compiler/driver/options.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace dream::driver {

/// Gives every function the target's processor and features: LLVM does not inline between functions that differ in them.
void setProcessor(llvm::Module &module, const llvm::TargetMachine &target, bool optimizeForSize);

/// LLVM's pipeline of that level.
void optimize(llvm::Module &module, llvm::TargetMachine &target, unsigned level, bool forSize);

} // namespace dream::driver
