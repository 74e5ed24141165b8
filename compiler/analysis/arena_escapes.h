// Which objects of an arena may outlive it, and by which way: returned, thrown, left in a variable that lives on, or held by
// something that does (core-calculus.md, rules 9, 22 and 23). Asked of raw DIL, before anything is moved, so that the answer is
// that of the program as it was written. Only objects of a written `new` are asked for; what else leaves is on the heap.
//
// Variables are followed in order: one that holds an object of the arena may do so until the arena is closed. Everything else
// is told by the heap graph with types.
#pragma once

#include "compiler/analysis/summaries.h"

namespace dream::analysis {

struct ArenaEscape {
  const dil::CallInst *site;        ///< What makes the object.
  const dil::ArenaOpenInst *arena;  ///< The one that it belongs to.
  const dil::ArenaOpenInst *outer = nullptr; ///< It stays in this one, if that is not null.
  std::string how;                  ///< "is returned": where it comes to in the end.
  Path path;                        ///< All the way there.
};

class ArenaEscapes {
public:
  ArenaEscapes(const dil::Module &module, CallTargets &targets);

  /// In the order of the text.
  std::vector<ArenaEscape> of(const dil::Function &function);
  const Summary &summaryOf(dil::FuncId function) const { return summaries.of(function); }

private:
  const dil::Module &module;
  CallTargets &targets;
  ObjectTypes types;
  ModuleSummaries summaries;
};

} // namespace dream::analysis
