// Effect summaries: which fields of objects and which module variables a call may read or write, with everything that it
// calls, destructors included. Computed once for a module, callees first, over the strongly connected components of the
// call graph. Only what holds counted or owned parts is a *location*: plain places may always alias (core-calculus.md,
// "Accesses", 6).
//
// What a function does to fields of its own first parameter (`this`) is kept apart, so that building a fresh object has
// no effect on the objects that were there before. What it does through address parameters is its caller's effect: the
// caller opens a modify access of the place that it passes.
#pragma once

#include "compiler/analysis/call_targets.h"
#include "compiler/analysis/places.h"
#include "llvm/ADT/SparseBitVector.h"

namespace dream::analysis {

struct Effects {
  llvm::SparseBitVector<> reads, writes;         ///< Locations, of any object.
  llvm::SparseBitVector<> selfReads, selfWrites; ///< Fields of the first parameter's object.
  bool writesElements = false;                   ///< What holds counts, through views: elements of arrays that others have open.
  bool unknown = false;                          ///< Anything.

  void join(const Effects &other) {
    reads |= other.reads;
    writes |= other.writes;
    selfReads |= other.selfReads;
    selfWrites |= other.selfWrites;
    writesElements |= other.writesElements;
    unknown |= other.unknown;
  }
  bool mayWrite(unsigned location) const { return unknown || writes.test(location) || selfWrites.test(location); }
  bool mayTouch(unsigned location) const { return mayWrite(location) || reads.test(location) || selfReads.test(location); }
};

/// An entry of the runtime that collects rings: any destructor of the program may run in it.
bool runsDestructors(const dil::Function &function);
/// An entry of the runtime that gives a new string, an immortal one, or one that an argument is or holds. A call may say behind
/// the arguments in which region it is to lie.
bool makesString(const dil::Function &function);

class ModuleEffects {
public:
  ModuleEffects(const dil::Module &module, CallTargets &targets);

  static constexpr unsigned kNone = ~0u;
  /// The location that a place lies in: of a field of an object or of a module variable; kNone for others, and for
  /// plain ones.
  unsigned locationOf(const Place &place, const dil::Function &function) const;
  unsigned locationOf(TypeId holder, unsigned field) const;
  unsigned locationOf(dil::GlobalId global) const;

  /// Only constructors write the field, into the object that they are making. So what lies there stays as long as the object does, for
  /// everybody but who makes it.
  bool isSettled(unsigned location) const { return location != kNone && !changed.test(location); }

  const Effects &of(dil::FuncId function) const { return nodes[function.index]; }
  /// Of everything that an instruction runs: the targets of a call, destructors. Not of the place that it uses itself.
  Effects ofCall(const dil::CallBase &call) const;
  /// Of dropping a value of a type: of the destructors that may run.
  const Effects &ofDrop(TypeId type) const;

private:
  friend class EffectsBuilder;
  const dil::Module &module;
  CallTargets &targets;
  std::vector<Effects> nodes; ///< One for each function, then all destructors, then all callbacks from C.
  Effects none;
  llvm::DenseMap<std::pair<NominalId, unsigned>, unsigned> fields;
  llvm::DenseMap<dil::GlobalId, unsigned> globals;
  llvm::SparseBitVector<> changed; ///< Locations that are not settled.
};

} // namespace dream::analysis
