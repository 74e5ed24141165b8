// Values that are known at compile time, and what conversions make of them.
#pragma once

#include "compiler/sema/program.h"

namespace dream::sema {

/// Bits cut to the width of an integer type, extended to 64 by its sign.
uint64_t wrap(const TypeTable &types, uint64_t bits, TypeId type);
ConstValue makeInt(const TypeTable &types, uint64_t bits, TypeId type);
/// Rounded to float where the type is one.
ConstValue makeFloat(double number, TypeId type);
ConstValue makeBool(bool truth);
/// A constant as one of another type; none if the conversion makes it no constant.
ConstValue convertConstant(const TypeTable &types, const ConstValue &value, TypeId from, TypeId to);
/// `[1, 2]`, `{ 1, 2 }` or `("a", 1)` whose parts are constants, before a conversion; none for other expressions.
ConstValue literalParts(const Program &program, const ast::Expr *expr);
/// The value of a checked expression after the conversion that its context applies; none if it is not known. Literals of
/// arrays and tuples have one when all their parts have.
ConstValue constantValue(const Program &program, const ast::Expr *expr);

} // namespace dream::sema
