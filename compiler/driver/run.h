// Running the program that was made, for `dreamc run`.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace dream::driver {

/// Runs the program with our standard streams and waits. The exit code is its own; when a signal killed it, 128 and the
/// signal's number, as shells have it, after a line that names the signal.
int runProgram(llvm::StringRef program, llvm::ArrayRef<std::string> arguments, DiagnosticEngine &diags);

} // namespace dream::driver
