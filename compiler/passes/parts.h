// Parts of owned objects that die: what passes share that take them out.
#pragma once

#include "compiler/analysis/value_life.h"
#include "compiler/dil/module.h"

namespace dream::passes {

/// The class of an object or an optional one; invalid of other types.
TypeId classOf(const TypeTable &types, TypeId type);

/// The field at this address, if it holds counts and may be copied, and is one of an owned object, on the heap as far as is known, whose death
/// nobody can notice.
const dil::FieldInst *partOfOwned(const dil::Module &module, const dil::Function &function, dil::ValueId place);

/// The class of such a value, and those that it has turned out to be, or that parts of its cases are of if it is of an enum.
llvm::SmallVector<TypeId, 2> classesSeen(const TypeTable &types, const dil::Function &function, TypeId type, const analysis::ValueLife &life);

/// The owned value or parameter that a borrow looks into, by casts and as a part of a case.
dil::ValueId holderOf(const dil::Function &function, dil::ValueId value);

/// Somebody looks at this part of the object, at the object as a whole, or keeps it.
bool looksAtPart(const analysis::ValueLife::Use &use, int part);

} // namespace dream::passes
