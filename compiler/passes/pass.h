// What every pass gets, and the functions of passes.def. A pass is one function over the module; it keeps nothing between
// runs.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "compiler/passes/passes.h"

namespace dream::passes {

struct PassContext {
  dil::Module &module;
  DiagnosticEngine &diags;
  const PassOptions &options;
  PassStatistics &statistics;
  llvm::StringRef name;           ///< Of the pass that runs.
  analysis::CallTargets &targets;

  /// Counts something that the pass did.
  void count(llvm::StringRef what, uint64_t number = 1) { statistics.add(name, what, number); }
};

#define PASS(FUNCTION, NAME, KIND) void FUNCTION(PassContext &context);
#include "compiler/passes/passes.def"

/// Calls `body(function)` for every function that has one.
template <typename F> void forEachBody(dil::Module &module, F &&body) {
  for (dil::Function &function : module.functions)
    if (!function.isDeclaration())
      body(function);
}

/// The user's name of a function: its symbol without what makes it unique.
inline llvm::StringRef displayName(const dil::Function &function) {
  return llvm::StringRef(function.symbol).split('$').first;
}

} // namespace dream::passes
