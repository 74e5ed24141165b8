// Arrays that one place alone holds: fields of objects, module variables and variables of functions whose array is never copied, nor
// handed to anybody who may copy it, and which get only arrays that nobody else holds. Whether such an array is shared need not be
// asked before it is written.
//
// Found for the whole program at once: every place and every array that is owned or borrowed is sole until something shows that it is
// not, and what follows from that is followed: to the places that such an array is stored in, to those whose address a callee that
// shares is given, and to the results of functions. What only code does that nothing calls shows nothing.
#pragma once

#include "compiler/analysis/effects.h"

namespace dream::analysis {

class SoleArrays {
public:
  SoleArrays(const dil::Module &module, CallTargets &targets);

  /// The place of this address holds an array that nobody else holds, or an empty one.
  bool isSole(dil::FuncId function, dil::ValueId address) const;
  /// Something calls the function.
  bool isReached(dil::FuncId function) const { return reached.test(function.index); }

private:
  friend class SoleArraysBuilder;
  const dil::Module &module;
  ModuleEffects effects;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> numbers; ///< Of the nodes: by function and value, or kLocation and location.
  llvm::BitVector shared;                                          ///< By node.
  llvm::BitVector reached;
};

} // namespace dream::analysis
