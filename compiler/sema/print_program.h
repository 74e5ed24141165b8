// The checked program as text (--emit=sema): the user's types, variables and functions, and under each function what its
// expressions mean. For people and tests; nothing reads it back.
#pragma once

#include "compiler/sema/program.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::sema {

void print(const Program &program, llvm::raw_ostream &out);

} // namespace dream::sema
