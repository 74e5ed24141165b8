// Where a closure may go: whether a value stays inside of the call that it is handed to, or somebody keeps it. A parameter
// keeps nothing if the function only calls it, compares it, and hands it on to parameters that keep nothing; everything
// else (storing it, returning it, capturing it, handing it to unknown code) counts as keeping.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

class ClosureFlow {
public:
  ClosureFlow(const dil::Module &module, CallTargets &targets) : module(module), targets(targets) {}

  struct Step {
    SourceLoc loc;
    std::string what; ///< "is stored", "is handed to 'F'": what happens at this place.
  };
  /// The way on which the value gets out, the last step being who keeps it; empty if nobody does.
  /// In the function itself it may lie in variables only if `mayBeStored`.
  llvm::SmallVector<Step, 3> escape(const dil::Function &function, dil::ValueId closure, bool mayBeStored) const;

private:
  struct Node {
    const dil::Function *function;
    dil::ValueId value;
    int parent;
    Step step; ///< How it came here from the parent.
  };
  void follow(std::vector<Node> &nodes, int index, bool mayBeStored, llvm::DenseSet<std::pair<const dil::Function *, unsigned>> &seen, Step &end) const;

  const dil::Module &module;
  CallTargets &targets;
};

} // namespace dream::analysis
