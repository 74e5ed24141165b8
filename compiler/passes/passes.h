// The way through DIL: which passes run, in which order and why stands in pipeline.cpp; each is a row of passes.def.
#pragma once

#include "compiler/analysis/explain_places.h"
#include "compiler/diag/diagnostics.h"
#include "compiler/dil/module.h"
#include "llvm/ADT/StringRef.h"
#include <functional>

namespace dream::passes {

struct PassOptions {
  unsigned optimization = 0; ///< 0: mandatory passes only.
  bool checkMemory = false;  ///< Emit every check of the taken marker.
  bool placeOnHeap = false;  ///< Everything is on the heap.
  uint64_t placeStress = 0;  ///< Not 0: objects that could be placed stay on the heap at random, by this seed.
  /// --explain: filled in by the pass that places.
  std::vector<analysis::PlaceRow> *explanation = nullptr;
  bool verify = true;        ///< Verify after every pass that changes the module.
  bool printStats = false;
};

/// Something is promised of memory that is decided as in an optimised program, at every level: [NoAlloc], [Stack].
bool makesPromises(const dil::Module &module);

/// Counters of one run, for --stats.
struct PassStatistics {
  struct Row { llvm::StringRef pass, what; uint64_t count; };
  std::vector<Row> rows;
  void add(llvm::StringRef pass, llvm::StringRef what, uint64_t count);
  uint64_t total() const;
};

/// Runs all passes that bring the module to `until`. Stops early, with errors in `diags`, when a mandatory pass reports one.
void runPipeline(dil::Module &module, DiagnosticEngine &diags, const PassOptions &options, dil::Stage until,
                 PassStatistics &statistics);

/// Runs one pass by its name in passes.def (for dream-opt); false if there is no such pass.
bool runPass(llvm::StringRef name, dil::Module &module, DiagnosticEngine &diags, const PassOptions &options,
             PassStatistics &statistics);

} // namespace dream::passes
