// dreamc: from a command line to files, diagnostics and an exit code.
#pragma once

#include "llvm/ADT/ArrayRef.h"

namespace dream::driver {

/// `arguments` without the program's own name.
int runDriver(llvm::ArrayRef<const char *> arguments);

} // namespace dream::driver
