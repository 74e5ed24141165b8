// Running the tests of a program, for `dreamc test`: each in a process of its own, so that one that panics, leaks or never
// frees says nothing about the others.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace dream::driver {

struct Test {
  std::string name; ///< As the compiler spells the function: "module.Name".
  bool isBench = false;
};

/// Runs those whose names `filter` (a regular expression; empty: all) finds, in order, and writes a line for each, with
/// what a failed one printed, and a summary. `program` takes a test's index as its argument. 0 if all passed, else 1.
int runTests(llvm::StringRef program, llvm::ArrayRef<Test> tests, llvm::StringRef filter, llvm::raw_ostream &out,
             DiagnosticEngine &diags);

} // namespace dream::driver
