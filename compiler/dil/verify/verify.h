// The verifier: checks every invariant of docs/dil.md that holds at the module's stage. Each family has a file of its own.
#pragma once

#include "compiler/dil/module.h"
#include <string>
#include <vector>

namespace dream::dil {

/// One broken invariant: its number in docs/dil.md, where, and what was seen.
struct Violation {
  unsigned invariant;
  std::string function;
  std::string message;
};

/// "I403 in @main: …".
std::string describe(const Violation &violation);

/// All violations, in the order of the text; empty if the module is sound.
std::vector<Violation> verify(const Module &module);

/// Ends the compiler with a report that shows the violations and the function's DIL, if there are any.
void verifyOrDie(const Module &module, llvm::StringRef afterPass);

} // namespace dream::dil
