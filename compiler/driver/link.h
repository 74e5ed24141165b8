// Running Clang's driver and lld: it knows for every target how C is compiled and how programs are linked.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace dream::driver {

/// Runs `clang arguments…`: linker jobs in this process with lld (once per process; otherwise, and where lld has no
/// driver for the target, as a program of its own), all others as programs. With `printOnly` the commands go to standard
/// error instead. False after an error.
bool runClang(llvm::ArrayRef<std::string> arguments, llvm::StringRef triple, bool printOnly, DiagnosticEngine &diags);

} // namespace dream::driver
