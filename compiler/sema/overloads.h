// What choosing among overloads and telling why none fits know of a function that is tried.
#pragma once

#include "compiler/sema/checker.h"

namespace dream::sema {

/// One function, with a parameter for each argument.
struct Checker::Candidate {
  FunctionId function;
  bool isExpanded = false;                   ///< Trailing arguments go into the `params` array.
  unsigned defaults = 0;                     ///< Parameters left to their defaults.
  llvm::SmallVector<unsigned, 8> paramOf;    ///< By argument.
};

/// The functions that the arguments fit, or why there are none.
struct Checker::Viable {
  llvm::SmallVector<Candidate, 2> candidates;
  Name missing;           ///< A type parameter that the arguments do not tell,
  FunctionId uninferred;  ///< of this function.
  FunctionId poisoned;    ///< What is wrong with it has been told: it stands for all.
};

/// The type that an argument must convert to; invalid for the variable arguments of a C function.
inline TypeId paramType(const Program &program, const TypeTable &types, FunctionId function, unsigned index, bool expanded) {
  const FunctionInfo &info = program[function];
  if (index >= info.params.size())
    return {};
  TypeId type = program[info.params[index].variable].type;
  if (expanded && index + 1 == info.params.size() && types.kind(type) == TypeKind::Array)
    return types[type].element;
  return type;
}

} // namespace dream::sema
