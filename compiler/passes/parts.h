// Parts of owned objects that die: what passes share that take them out.
#pragma once

#include "compiler/analysis/value_life.h"
#include "compiler/dil/module.h"

namespace dream::passes {

/// The class of an object or an optional one; invalid of other types.
TypeId classOf(const TypeTable &types, TypeId type);

/// The field at this address, if it is a counted one of an owned object, on the heap as far as is known, whose death nobody can notice.
const dil::FieldInst *partOfOwned(const dil::Module &module, const dil::Function &function, dil::ValueId place);

/// Somebody looks at this part of the object, at the object as a whole, or keeps it.
bool looksAtPart(const analysis::ValueLife::Use &use, int part);

} // namespace dream::passes
