// The way through DIL: which passes run, in which order and why stands in pipeline.cpp; each is a row of passes.def.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/dil/module.h"
#include "llvm/ADT/StringRef.h"
#include <functional>

namespace dream::passes {

struct PassOptions {
  unsigned optimization = 0; ///< 0: mandatory passes only.
  bool checkMemory = false;  ///< Emit every check of the taken marker.
  bool verify = true;        ///< Verify after every pass.
  bool printStats = false;
};

/// Counters of one run, for --stats.
struct PassStatistics {
  struct Row { llvm::StringRef pass, what; uint64_t count; };
  std::vector<Row> rows;
  void add(llvm::StringRef pass, llvm::StringRef what, uint64_t count);
};

/// Runs all passes that bring the module to `until`. Stops early, with errors in `diags`, when a mandatory pass reports one.
void runPipeline(dil::Module &module, DiagnosticEngine &diags, const PassOptions &options, dil::Stage until,
                 PassStatistics &statistics);

/// Runs one pass by its name in passes.def (for dream-opt); false if there is no such pass.
bool runPass(llvm::StringRef name, dil::Module &module, DiagnosticEngine &diags, const PassOptions &options,
             PassStatistics &statistics);

} // namespace dream::passes
