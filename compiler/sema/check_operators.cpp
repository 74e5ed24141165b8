// Unary and binary operators and their promotions.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/syntax/spelling.h"

namespace dream::sema {

using namespace ast;

//===-- Promotion ---------------------------------------------------------------------------------------------===//

/// The type in which two numbers meet: below int → int, or the other type if both are unsigned; int with uint → long;
/// unsigned 64 bits with signed: none, unless one is a constant that fits the other.
std::optional<TypeId> Checker::promote(TypeId a, TypeId b, const Expr *lhs, const Expr *rhs) {
  auto isNumber = [&](TypeId type) { return types.isNumeric(type) || type == types::Char; };
  if (!isNumber(a) || !isNumber(b))
    return std::nullopt;
  if (a == types::Float64 || b == types::Float64)
    return types::Float64;
  if (a == types::Float32 || b == types::Float32)
    return types::Float32;
  auto atLeastInt = [&](TypeId type) { return type == types::Char || types.bits(type) < 32 ? types::Int32 : type; };
  TypeId x = atLeastInt(a), y = atLeastInt(b);
  if (x == y)
    return x;
  // A small unsigned type and an unsigned one: all its values fit.
  auto isSmallUnsigned = [&](TypeId type) { return type == types::Char || (types.bits(type) < 32 && !types.isSigned(type)); };
  if (isSmallUnsigned(a) && !types.isSigned(y))
    return y;
  if (isSmallUnsigned(b) && !types.isSigned(x))
    return x;
  // Only an int that is known goes over to the other side's type, and a long to one that it does not meet elsewhere; `91L + x`
  // of an uint is a long whatever its value.
  auto goesOver = [&](TypeId type, const Expr *expr, TypeId other) {
    return (type == types::Int32 || (type == types::Int64 && types.bits(other) == 64)) && expr && !types.isSigned(other) && constantFits(constantOf(stripParens(expr)), other);
  };
  if (goesOver(x, lhs, y))
    return y;
  if (goesOver(y, rhs, x))
    return x;
  if (types.isSigned(x) == types.isSigned(y)) {
    auto rank = [&](TypeId type) { return type == types::NInt || type == types::NUInt ? 48 : types.bits(type); };
    return rank(x) > rank(y) ? x : y;
  }
  TypeId u = types.isSigned(x) ? y : x;
  if (u == types::UInt32)
    return types::Int64;
  return std::nullopt;
}

void Checker::badOperands(SourceRange opRange, llvm::StringRef op, const Expr *lhs, const Expr *rhs) {
  TypeId a = program.exprs.get(lhs).type, b = program.exprs.get(rhs).type;
  if (a == types::Error || b == types::Error)
    return;
  auto diag = report(DiagId::BadOperands, opRange);
  diag << op << spell(a) << spell(b);
  for (const Expr *side : {lhs, rhs})
    if (TypeId type = program.exprs.get(side).type; types.kind(type) == TypeKind::Optional)
      diag.note(side->range, "it may be null: test it first, give a default with '?" "?', or assert with '!'");
  if (a == b && types.kind(a) == TypeKind::TypeParam) {
    bool isEquality = op == "==" || op == "!=";
    diag.note(lhs->range, "any type may stand for '" + spell(a) + "'; 'where " + spell(a) + " : " + (isEquality ? "IEquatable<" : "INumber<") + spell(a) + ">' promises it");
  }
  if (isPlainEnum(a) || isPlainEnum(b))
    diag.note(types.kind(a) == TypeKind::Enum ? lhs->range : rhs->range, "an enum counts as a number only after a cast");
  if (types.isInteger(a) && types.isInteger(b) && types.isSigned(a) != types.isSigned(b))
    diag.note(types.isSigned(a) ? lhs->range : rhs->range, "no type holds all values of both; cast one of them");
}

//===-- Binary ------------------------------------------------------------------------------------------------===//

TypeId Checker::checkBinary(const BinaryExpr *expr, TypeId hint) {
  switch (expr->op) {
  case BinaryOp::LogicalAnd:
  case BinaryOp::LogicalOr:
    checkBool(expr);
    return types::Bool;
  case BinaryOp::Coalesce:
    return checkCoalesce(expr, hint);
  case BinaryOp::Equal:
  case BinaryOp::NotEqual:
    check(expr->lhs);
    if (openVariant(expr->lhs)) {
      TypeId other = checkValue(expr->rhs);
      converts(expr->lhs, other) ? coerce(expr->lhs, other) : finish(expr->lhs);
      return checkEquality(expr);
    }
    finish(expr->lhs);
    checkValue(expr->rhs, program.exprs.get(expr->lhs).type);
    return checkEquality(expr);
  case BinaryOp::Less: case BinaryOp::Greater: case BinaryOp::LessEqual: case BinaryOp::GreaterEqual:
    checkValue(expr->lhs);
    checkValue(expr->rhs);
    return checkComparison(expr);
  default:
    break;
  }
  checkValue(expr->lhs);
  checkValue(expr->rhs);
  TypeId result = checkArithmetic(expr, expr->op, expr->lhs, expr->rhs, expr->opRange);
  if (result != types::Error && program.exprs.get(expr).op != OperatorKind::User) {
    setType(expr, result);
    foldBinary(expr, program.exprs.get(expr).operandType, cx->isChecked);
  }
  return result;
}

/// Both operands have been checked; they get their conversions here. Serves compound assignment too.
TypeId Checker::checkArithmetic(const Expr *expr, BinaryOp op, const Expr *lhs, const Expr *rhs, SourceRange opRange) {
  TypeId a = program.exprs.get(lhs).type, b = program.exprs.get(rhs).type;
  if (a == types::Error || b == types::Error)
    return types::Error;
  auto is = [&](TypeId type) { return a == type || b == type; };
  TypeId aInner = types.kind(a) == TypeKind::Optional ? types[a].element : a, bInner = types.kind(b) == TypeKind::Optional ? types[b].element : b;
  if (op == BinaryOp::Add && (aInner == types::String || bInner == types::String)) {
    coerceToString(lhs);
    coerceToString(rhs);
    program.exprs[expr].op = OperatorKind::StringConcat;
    program.exprs[expr].operandType = types::String;
    if (program.exprs.get(lhs).type == types::Error || program.exprs.get(rhs).type == types::Error)
      return types::Error;
    return types::String;
  }
  const Expr *operands[] = {lhs, rhs};
  if (TypeId result = userOperator(expr, spelling(op), operands); result.isValid())
    return result;
  bool isBitwise = op == BinaryOp::BitAnd || op == BinaryOp::BitOr || op == BinaryOp::BitXor;
  bool isShift = op == BinaryOp::Shl || op == BinaryOp::Shr || op == BinaryOp::UShr;
  auto finishOp = [&](TypeId operandType) {
    ExprFacts &facts = program.exprs[expr];
    bool mayOverflow = (op == BinaryOp::Add || op == BinaryOp::Sub || op == BinaryOp::Mul || op == BinaryOp::Div) && types.isInteger(operandType);
    facts.op = cx->isChecked && mayOverflow ? OperatorKind::CheckedArithmetic : OperatorKind::Arithmetic;
    facts.operandType = operandType;
    return operandType;
  };
  // Bools, and enums of flags; a 0 is an enum's value, too.
  if (isBitwise && (a == types::Bool || isPlainEnum(a) || isPlainEnum(b))) {
    TypeId type = isPlainEnum(b) ? b : a;
    if (converts(lhs, type) && converts(rhs, type)) {
      coerce(lhs, type);
      coerce(rhs, type);
      return finishOp(type);
    }
  }
  if (isShift) {
    if (types.isInteger(a) && types.isInteger(b)) {
      TypeId type = types.bits(a) < 32 ? types::Int32 : a;
      coerce(lhs, type);
      if (b != type)
        program.exprs[rhs].conversion = {ConversionKind::IntToInt, type, {}};
      return finishOp(type);
    }
    badOperands(opRange, spelling(op), lhs, rhs);
    return types::Error;
  }
  if (types.kind(a) == TypeKind::Pointer || types.kind(b) == TypeKind::Pointer) {
    bool isOffset = types.kind(a) == TypeKind::Pointer && types.isInteger(b) && (op == BinaryOp::Add || op == BinaryOp::Sub);
    bool isDifference = a == b && op == BinaryOp::Sub;
    if (!isOffset && !isDifference) {
      badOperands(opRange, spelling(op), lhs, rhs);
      return types::Error;
    }
    needUnsafe(opRange, "pointer arithmetic");
    if (types[a].element == types::Void) {
      report(DiagId::VoidPointer, opRange);
      return types::Error;
    }
    if (isOffset && b != types::NInt)
      program.exprs[rhs].conversion = {ConversionKind::IntToInt, types::NInt, {}};
    program.exprs[expr].op = OperatorKind::Arithmetic;
    program.exprs[expr].operandType = a;
    return isOffset ? a : types::NInt;
  }
  if (a == b && types.isNumeric(a) && definitionOperator(expr).isValid())
    return finishOp(a); // T + T is a T, for small numbers too
  std::optional<TypeId> type = promote(a, b, lhs, rhs);
  if (!type || (isBitwise && types.isFloat(*type)) || (isBitwise && (is(types::Bool)))) {
    badOperands(opRange, spelling(op), lhs, rhs);
    return types::Error;
  }
  convertNumber(lhs, *type);
  convertNumber(rhs, *type);
  return finishOp(*type);
}

/// A number to the type that promotion chose: always possible.
void Checker::convertNumber(const Expr *expr, TypeId to) {
  TypeId from = program.exprs.get(expr).type;
  if (from == to)
    return;
  if (std::optional<Conversion> conversion = explicitConversion(from, to, expr))
    program.exprs[expr].conversion = *conversion;
  else if (from == types::Char) // char to float: as a number
    program.exprs[expr].conversion = {ConversionKind::CharToInt, to, {}};
}

//===-- A value or another --------------------------------------------------------------------------------===//

TypeId Checker::checkCoalesce(const BinaryExpr *expr, TypeId hint) {
  TypeId optionalHint = hint.isValid() && hint != types::Void ? types.optional(hint) : TypeId();
  TypeId a = checkValue(expr->lhs, optionalHint);
  TypeId inner = a != types::Error && types.kind(a) == TypeKind::Optional ? types[a].element : a;
  Narrowing before = cx->now;
  check(expr->rhs, inner);
  if (program.exprs.get(stripParens(expr->rhs)).type == types::Never)
    cx->now = before;
  else
    cx->now.meet(before);
  program.exprs[expr].op = OperatorKind::Coalesce;
  if (a == types::Error) {
    finish(expr->rhs);
    return types::Error;
  }
  if (types.kind(a) != TypeKind::Optional) {
    if (a == types::Null)
      report(DiagId::NeedsTarget, expr->lhs->range) << "null ??";
    else
      report(DiagId::NeverNull, expr->lhs->range) << spell(a);
    finish(expr->rhs);
    program.exprs[expr].operandType = a;
    return a == types::Null ? types::Error : a;
  }
  if (converts(expr->rhs, inner)) {
    coerce(expr->rhs, inner);
    program.exprs[expr].operandType = a;
    return inner;
  }
  if (converts(expr->rhs, a)) {
    coerce(expr->rhs, a);
    program.exprs[expr].operandType = a;
    return a;
  }
  TypeId b = finish(expr->rhs);
  if (b == types::Error)
    return types::Error;
  TypeId bOptional = b == types::Void || b == types::Never ? b : types.optional(b);
  if (implicitConversion(a, bOptional) && types.kind(bOptional) == TypeKind::Optional) {
    coerce(expr->lhs, bOptional);
    program.exprs[expr].operandType = bOptional;
    return b;
  }
  badOperands(expr->opRange, "??", expr->lhs, expr->rhs);
  return types::Error;
}

//===-- Unary -------------------------------------------------------------------------------------------------===//

TypeId Checker::checkUnary(const UnaryExpr *expr, TypeId hint) {
  const Expr *operand = expr->operand;
  auto bad = [&](TypeId type) {
    if (type != types::Error)
      report(DiagId::BadOperand, expr->range) << spelling(expr->op) << spell(type);
    return types::Error;
  };
  switch (expr->op) {
  case UnaryOp::PreInc:
  case UnaryOp::PreDec:
    return checkStep(expr, operand, expr->op == UnaryOp::PreInc);
  case UnaryOp::Move:
    return checkValue(operand, hint);
  case UnaryOp::FromEnd:
    if (program.exprs.get(expr).call)
      return types::Int32; // The indexer that it is an argument of has counted.
    checkValue(operand);
    report(DiagId::FromEndOutside, expr->range);
    return types::Error;
  case UnaryOp::AddressOf: {
    TypeId type = checkTarget(operand, true);
    if (type == types::Error)
      return type;
    needUnsafe(expr->range, "taking an address");
    checkWritable(operand, "pointed at");
    noteWrite(operand);
    return types.pointer(type, false);
  }
  case UnaryOp::Deref: {
    TypeId type = checkValue(operand);
    if (type == types::Error)
      return type;
    if (types.kind(type) != TypeKind::Pointer)
      return bad(type);
    needUnsafe(expr->range, "following a pointer");
    if (types[type].element == types::Void) {
      report(DiagId::VoidPointer, expr->range);
      return types::Error;
    }
    return types[type].element;
  }
  case UnaryOp::Not:
    checkBool(expr);
    return program.exprs.get(expr).type;
  case UnaryOp::Plus: case UnaryOp::Minus: case UnaryOp::BitNot:
    break;
  }
  if (auto *literal = llvm::dyn_cast<IntLiteral>(operand); literal && expr->op == UnaryOp::Minus)
    checkLiteral(literal, true);
  else
    checkValue(operand);
  TypeId type = program.exprs.get(operand).type;
  if (type == types::Error)
    return type;
  const Expr *operands[] = {operand};
  if (TypeId result = userOperator(expr, spelling(expr->op), operands); result.isValid())
    return result;
  bool isFlags = expr->op == UnaryOp::BitNot && isPlainEnum(type);
  bool isNumber = types.isNumeric(type) || type == types::Char || isFlags;
  if (!isNumber || (expr->op == UnaryOp::BitNot && types.isFloat(type)))
    return bad(type);
  TypeId result = type == types::Char || (!isFlags && types.bits(type) < 32) ? types::Int32 : type;
  if (definitionOperator(expr).isValid())
    result = type;
  else if (expr->op == UnaryOp::Minus && result == types::UInt32)
    result = types::Int64;
  if (expr->op == UnaryOp::Minus && (result == types::UInt64 || result == types::NUInt) && !definitionOperator(expr).isValid()) {
    // -9223372036854775808 is a long; anything else of these types has no negative.
    return bad(type);
  }
  if (!isFlags)
    convertNumber(operand, result);
  ExprFacts &facts = program.exprs[expr];
  facts.op = cx->isChecked && expr->op == UnaryOp::Minus && types.isInteger(result) ? OperatorKind::CheckedArithmetic : OperatorKind::Arithmetic;
  facts.operandType = result;
  setType(expr, result);
  foldUnary(expr, result);
  return result;
}

/// `++` and `--`, before or after.
TypeId Checker::checkStep(const Expr *expr, const Expr *operand, bool isIncrement) {
  TypeId type = checkTarget(operand, true);
  if (type == types::Error)
    return type;
  const Expr *operands[] = {operand};
  if (TypeId result = userOperator(expr, isIncrement ? "++" : "--", operands); result.isValid()) {
    if (result != types::Error && result != type)
      report(DiagId::CannotConvert, expr->range) << spell(result) << spell(type) << "";
    noteStore(operand, "changed");
    return result == types::Error ? result : type;
  }
  TypeKind kind = types.kind(type);
  if (!types.isNumeric(type) && kind != TypeKind::Pointer && kind != TypeKind::Char) {
    report(DiagId::BadOperand, expr->range) << (isIncrement ? "++" : "--") << spell(type);
    return types::Error;
  }
  if (kind == TypeKind::Pointer) {
    needUnsafe(expr->range, "pointer arithmetic");
    if (types[type].element == types::Void) {
      report(DiagId::VoidPointer, expr->range);
      return types::Error;
    }
  }
  noteStore(operand, "changed");
  if (declaredType(operand) != type)
    if (PathId path = pathOf(operand))
      cx->now.set(path, type);
  ExprFacts &facts = program.exprs[expr];
  facts.op = cx->isChecked && types.isInteger(type) ? OperatorKind::CheckedArithmetic : OperatorKind::Arithmetic;
  facts.operandType = type;
  return type;
}

TypeId Checker::checkPostfix(const PostfixExpr *expr) {
  switch (expr->op) {
  case PostfixOp::Inc:
  case PostfixOp::Dec:
    return checkStep(expr, expr->operand, expr->op == PostfixOp::Inc);
  case PostfixOp::Propagate:
    checkValue(expr->operand);
    return propagate(expr->operand, expr->range);
  case PostfixOp::NotNull: {
    TypeId type = checkValue(expr->operand);
    if (type == types::Error)
      return type;
    if (types.kind(type) != TypeKind::Optional) {
      report(DiagId::NeverNull, expr->operand->range) << spell(type);
      return type;
    }
    TypeId inner = types[type].element;
    program.exprs[expr].cast = {ConversionKind::UnwrapOptional, inner, {}};
    if (PathId path = pathOf(expr->operand))
      cx->now.set(path, inner);
    return inner;
  }
  }
  return types::Error;
}

} // namespace dream::sema
