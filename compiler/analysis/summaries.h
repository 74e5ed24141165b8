// What a function does with the objects that it is given, so that its callers need not look inside: which of them come to
// be held by the heap, by each other, or by the result, and whether the result is a new object (core-calculus.md, rule 11).
// Solved bottom-up over the strongly connected components of the call graph, inside of one until nothing changes.
//
// An object that a parameter refers to is its *self*; everything that can be reached from there is its *reach*. Strings hold nothing;
// they are followed apart, those of a parameter together, whether it refers to them itself or what it refers to does. Flows are
// facts about the whole run of the function, in no order. What cannot be told flows to the heap.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "compiler/analysis/object_types.h"
#include "compiler/analysis/type_cycles.h"
#include <string>

namespace dream::analysis {

/// A point of the program on the way on which an object gets out.
struct Step {
  SourceLoc loc;
  std::string what; ///< "is stored in 'cache'": what happens at this place.
};
using Path = llvm::SmallVector<Step, 2>;

enum class FlowEnd : uint8_t {
  Heap,   ///< What module variables, unknown code and other threads know.
  Place,  ///< To: the place that an address parameter names.
  Self,   ///< From: what the parameter refers to. To: the fields and elements of that.
  Reach,  ///< From: what can be reached from there. To: the fields and elements of that.
  Result, ///< To: the result itself.
  Parts,  ///< To: what a new object in the result holds.
  Kept,   ///< From: new objects that arguments come to hold. To: what these hold.
};

struct Flow {
  FlowEnd from, to;
  unsigned fromParam = 0, toParam = 0; ///< Of Place, Self and Reach.
  bool ofStrings = false;              ///< From Heap, Reach (self too) or Kept: the strings there, and nothing else.
  Path path{};                         ///< How. To others than Heap only with types.
  /// With types: of what can be reached from an argument, these only are moved; and come to be held by such ones only of those. Empty: any.
  TypeSet moved{}, holders{};
  bool sameEnds(const Flow &other) const {
    return from == other.from && to == other.to && fromParam == other.fromParam && toParam == other.toParam && ofStrings == other.ofStrings;
  }
};

struct Summary {
  std::vector<Flow> flows;
  bool keeps = false;     ///< Arguments, or the result with them, may come to hold new objects,
  bool keepsOthers = false; ///< and not only new arrays.
  bool isFresh = false;   ///< The result may be, or hold, objects that the function has made and nobody else knows.
  bool freshStrings = false, keepsStrings = false; ///< As isFresh and keeps, of new strings, of which those say nothing.
  bool movesStrings = false; ///< Some flow, or one of these two, tells of strings.
  bool isUnbounded = false; ///< There may be any number of these, or they may be of any length.
  unsigned component = ~0u; ///< Of the call graph.
  TypeSet freshTypes, keptTypes; ///< With types: of the new objects in the result, and of those that arguments come to hold.
  bool isUnknown = false; ///< Every argument flows to the heap, and the result comes from there.

  /// False if it was there already.
  bool add(Flow flow);
};

class ModuleSummaries {
public:
  /// `types` null: without types (see HeapGraph). Strings are followed if that is asked for.
  ModuleSummaries(const dil::Module &module, CallTargets &targets, ObjectTypes *types = nullptr, bool withStrings = true);

  const Summary &of(dil::FuncId function) const { return all[function.index]; }
  llvm::ArrayRef<Summary> list() const { return all; }
  /// Which types can be part of a ring.
  const TypeCycles &rings() const { return cycles; }
  /// Some destructor lets go what its object holds: nothing that may run it is followed.
  bool destructorsLeak() const { return leaks; }
  /// The functions of each component of the call graph that have bodies or run the program's, callees first.
  llvm::ArrayRef<llvm::SmallVector<dil::FuncId, 1>> order() const { return components; }
  /// The function may call itself, by way of others too.
  bool isRecursive(dil::FuncId function) const { return recursive[function.index]; }

private:
  void collectComponents(CallTargets &targets);
  void summariseDeclaration(const dil::Function &function, Summary &summary);
  bool summariseToString(Summary &summary) const;

  const dil::Module &module;
  TypeCycles cycles;
  bool withStrings;
  std::vector<Summary> all;
  std::vector<llvm::SmallVector<dil::FuncId, 1>> components;
  std::vector<bool> recursive;
  bool leaks = false;
};

/// For --emit=summaries: one line for each function with a body, and below it its flows.
void printSummaries(const dil::Module &module, const ModuleSummaries &summaries, llvm::raw_ostream &out);

} // namespace dream::analysis
