// `--emit-header`: what the program exports, as C declares it.
#pragma once

#include "compiler/sema/program.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::driver {

/// `guard` names the header: "shapes.h".
void printCHeader(const sema::Program &program, llvm::StringRef guard, llvm::raw_ostream &os);

} // namespace dream::driver
