// What happens to an LLVM module between code generation and the object file.
#pragma once

#include "compiler/driver/options.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace dream::driver {

/// Links the parts of the runtime that the module calls into it, from bitcode that is read only as far as it is needed,
/// and makes everything internal that the module itself did not define for others. Calls of the runtime are then
/// inlined and specialised like its own functions.
llvm::Error linkRuntime(llvm::Module &module, llvm::StringRef bitcodeFile, bool isExecutable);

/// Gives every function the target's processor and features: LLVM does not inline between functions that differ in them.
void setProcessor(llvm::Module &module, const llvm::TargetMachine &target, bool optimizeForSize);

/// LLVM's pipeline of that level.
void optimize(llvm::Module &module, llvm::TargetMachine &target, unsigned level, bool forSize);

} // namespace dream::driver
