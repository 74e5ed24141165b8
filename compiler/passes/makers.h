// Makers: functions that allocate an object, call its constructor, and return it.
#pragma once

#include "compiler/dil/module.h"

namespace dream::passes {

/// The allocation and the constructor's call of a maker whose object lies on the heap and whose constructor cannot throw.
struct Maker {
  dil::AllocInst *alloc = nullptr;
  dil::CallInst *constructor = nullptr; ///< Gets the object, and then the maker's own parameters.
};
/// Null parts if the function is none.
Maker makerOf(const dil::Function &function);

/// The class of the object that an instruction makes on the heap, itself or by calling a maker; invalid if it makes none.
TypeId madeClass(const dil::Module &module, const dil::Function &function, const dil::Inst &inst);

} // namespace dream::passes
