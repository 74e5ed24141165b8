// A second version of a function, to be changed on its own.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/DenseMap.h"

namespace dream::passes {

/// Adds a copy of a function with a body to the module, not exported, under another symbol. Values and blocks keep their
/// numbers; `copies` gets the copy of each instruction.
dil::FuncId cloneFunction(dil::Module &module, dil::FuncId original, std::string symbol,
                          llvm::DenseMap<const dil::Inst *, dil::Inst *> &copies);

} // namespace dream::passes
