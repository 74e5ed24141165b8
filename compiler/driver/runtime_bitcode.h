// Bringing the runtime's code into an optimised program. Its bitcode is read only as far as it is needed.
#pragma once

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace dream::driver {

/// Copies the runtime's small functions that the module calls, directly or through each other, as definitions to inline
/// from; what is not inlined is the archive's, which has to be linked. Like ThinLTO's import: slow paths are neither
/// optimised nor compiled again for every program.
llvm::Error importRuntime(llvm::Module &module, llvm::StringRef bitcodeFile);

/// Merges everything that the module needs of the runtime into it, and makes it internal: the module is complete, and
/// LLVM sees the whole program. `forSharedLibrary` leaves out that the runtime is compiled for executables.
llvm::Error mergeRuntime(llvm::Module &module, llvm::StringRef bitcodeFile, bool forSharedLibrary);

} // namespace dream::driver
