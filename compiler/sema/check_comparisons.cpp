// Equality and order: what `==`, `!=`, `<` and their like compare.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/syntax/spelling.h"

namespace dream::sema {

using namespace ast;

/// Part-by-part equality exists.
bool Checker::hasValueEquality(TypeId type) {
  const Type &row = types[type];
  switch (row.kind) {
  case TypeKind::Func: case TypeKind::Void: case TypeKind::TypeParam:
    return false;
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional:
    return hasValueEquality(row.element);
  case TypeKind::Tuple:
    return llvm::all_of(row.args, [&](TypeId part) { return hasValueEquality(part); });
  case TypeKind::Enum: {
    if (!isPayloadEnum(type) || !equalitiesRunning.insert(type).second)
      return true;
    needVariants(row.nominal);
    bool all = true;
    for (const EnumCase &variant : types.info(type).cases)
      for (const FieldInfo &part : variant.parts)
        all = all && hasValueEquality(part.type);
    equalitiesRunning.erase(type);
    return all;
  }
  case TypeKind::Struct:
    return !types.isView(type) && llvm::all_of(types.info(type).fields, [&](const FieldInfo &field) { return hasValueEquality(field.type); });
  default:
    return true;
  }
}

TypeId Checker::checkEquality(const BinaryExpr *expr) {
  const Expr *lhs = expr->lhs, *rhs = expr->rhs;
  TypeId a = program.exprs.get(lhs).type, b = program.exprs.get(rhs).type;
  if (a == types::Error || b == types::Error)
    return types::Bool;
  auto finishOp = [&](OperatorKind kind, TypeId operandType) {
    ExprFacts &facts = program.exprs[expr];
    facts.op = kind;
    facts.operandType = operandType;
    setType(expr, types::Bool);
    if (kind == OperatorKind::Compare || kind == OperatorKind::StringCompare)
      foldBinary(expr, operandType, false);
    return types::Bool;
  };
  // Tests against null call nothing.
  if (a == types::Null || b == types::Null) {
    const Expr *value = a == types::Null ? rhs : lhs, *null = a == types::Null ? lhs : rhs;
    TypeId type = a == types::Null ? b : a;
    TypeKind kind = types.kind(type);
    if (kind == TypeKind::Optional || kind == TypeKind::Pointer) {
      coerce(null, type);
    } else if (kind == TypeKind::Null) {
      // null == null
    } else if (types.isCounted(type)) {
      // A late field, element or module variable may still be unset; others never are.
      EntityKind entity = program.exprs.get(stripParens(value)).entity;
      bool mayBeLate = !types.hasZeroValue(type) && (entity == EntityKind::Field || entity == EntityKind::ArrayElement || entity == EntityKind::FixedElement ||
                                                     entity == EntityKind::RectElement || (entity == EntityKind::Variable && program[program.exprs.get(stripParens(value)).variable].kind == VariableKind::Global));
      if (!mayBeLate)
        report(DiagId::NullTestConstant, expr->range).operator<<(spell(type)).operator<<(expr->op == BinaryOp::Equal ? "false" : "true");
    } else if (types.kind(declaredType(value)) == TypeKind::Optional) {
      // A test has found a value in it already.
      report(DiagId::NullTestConstant, expr->range).operator<<(spell(type)).operator<<(expr->op == BinaryOp::Equal ? "false" : "true");
    } else {
      report(DiagId::BadOperands, expr->opRange).operator<<(spelling(expr->op)).operator<<(spell(a)).operator<<(spell(b))
          .note(value->range, "a value of type '" + spell(type) + "' is never null");
      return types::Bool;
    }
    return finishOp(OperatorKind::ReferenceCompare, type);
  }
  if (a == b && equalByConstraint(expr, a))
    return types::Bool;
  const Expr *operands[] = {lhs, rhs};
  if (TypeId result = userOperator(expr, spelling(expr->op), operands); result.isValid())
    return result;
  if (expr->op == BinaryOp::NotEqual)
    if (TypeId result = userOperator(expr, "==", operands); result.isValid())
      return result; // the generator negates it
  if (std::optional<TypeId> type = promote(a, b, lhs, rhs)) {
    if (a == types::Char && b == types::Char)
      return finishOp(OperatorKind::Compare, types::Char);
    convertNumber(lhs, *type);
    convertNumber(rhs, *type);
    return finishOp(OperatorKind::Compare, *type);
  }
  TypeId aInner = types.kind(a) == TypeKind::Optional ? types[a].element : a, bInner = types.kind(b) == TypeKind::Optional ? types[b].element : b;
  if (a == b && (a == types::Bool || isPlainEnum(a)))
    return finishOp(OperatorKind::Compare, a);
  if (types.kind(a) == TypeKind::Pointer && types.kind(b) == TypeKind::Pointer)
    return finishOp(OperatorKind::Compare, a);
  auto meet = [&]() -> TypeId {
    // The one to which the other converts.
    if (implicitConversion(a, b, lhs)) {
      coerce(lhs, b);
      return b;
    }
    if (implicitConversion(b, a, rhs)) {
      coerce(rhs, a);
      return a;
    }
    return {};
  };
  if (aInner == types::String && bInner == types::String)
    return finishOp(OperatorKind::StringCompare, meet());
  if (types.isClassRef(aInner) && types.isClassRef(bInner)) {
    if (TypeId type = meet(); type.isValid())
      return finishOp(OperatorKind::ReferenceCompare, type);
    if (explicitConversion(aInner, bInner) || types.kind(aInner) == TypeKind::Interface || types.kind(bInner) == TypeKind::Interface)
      return finishOp(OperatorKind::ReferenceCompare, types::Object);
  } else if (TypeId type = meet(); type.isValid()) {
    if (!hasValueEquality(type)) {
      badOperands(expr->opRange, spelling(expr->op), lhs, rhs);
      return types::Bool;
    }
    return finishOp(types.isClassRef(type) ? OperatorKind::ReferenceCompare : OperatorKind::ValueCompare, type);
  }
  badOperands(expr->opRange, spelling(expr->op), lhs, rhs);
  return types::Bool;
}

/// `==` on a type parameter calls the Equals of IEquatable<T>; in an instance, the method by which the type implements it.
/// Numbers, strings and the like are compared as they are.
bool Checker::equalByConstraint(const BinaryExpr *expr, TypeId type) {
  FunctionId equals;
  if (types.kind(type) == TypeKind::TypeParam) {
    llvm::SmallVector<FunctionId, 4> found;
    gatherMethods(type, names.intern("Equals"), found);
    for (FunctionId function : found) {
      needSignature(function);
      NominalId owner = program[function].owner;
      if (owner.isValid() && detail(owner).plainName.text() == "IEquatable" && detail(owner).file->isLibrary &&
          program[function].params.size() == 1 && program[program[function].params[0].variable].type == type)
        equals = function;
    }
  } else if (definitionOperator(expr).isValid() && isNominal(types.kind(type)) && types.kind(type) != TypeKind::Enum) {
    equals = pinned(expr, type);
  }
  if (!equals.isValid())
    return false;
  needSignature(equals);
  CallFacts call;
  call.function = equals;
  call.receiver = expr->lhs;
  call.dispatch = dispatchOf(equals, type, false);
  coerceReceiver(expr->lhs, type, program[equals].owner);
  noteMethodOnPlace(equals, expr->lhs, false);
  call.args.emplace_back();
  call.args.back().value = expr->rhs;
  noteCall(equals, call.dispatch);
  uint32_t row = addCall(std::move(call));
  ExprFacts &facts = program.exprs[expr];
  facts.op = OperatorKind::User;
  facts.call = row;
  return true;
}

TypeId Checker::checkComparison(const BinaryExpr *expr) {
  const Expr *lhs = expr->lhs, *rhs = expr->rhs;
  TypeId a = program.exprs.get(lhs).type, b = program.exprs.get(rhs).type;
  if (a == types::Error || b == types::Error)
    return types::Bool;
  const Expr *operands[] = {lhs, rhs};
  if (TypeId result = userOperator(expr, spelling(expr->op), operands); result.isValid())
    return result;
  auto finishOp = [&](OperatorKind kind, TypeId operandType) {
    ExprFacts &facts = program.exprs[expr];
    facts.op = kind;
    facts.operandType = operandType;
    setType(expr, types::Bool);
    foldBinary(expr, operandType, false);
    return types::Bool;
  };
  if (a == types::Char && b == types::Char)
    return finishOp(OperatorKind::Compare, types::Char);
  if (std::optional<TypeId> type = promote(a, b, lhs, rhs)) {
    convertNumber(lhs, *type);
    convertNumber(rhs, *type);
    return finishOp(OperatorKind::Compare, *type);
  }
  if (a == types::String && b == types::String)
    return finishOp(OperatorKind::StringCompare, types::String);
  if (a == b && (types.kind(a) == TypeKind::Pointer || isPlainEnum(a)))
    return finishOp(OperatorKind::Compare, a);
  badOperands(expr->opRange, spelling(expr->op), lhs, rhs);
  return types::Bool;
}

} // namespace dream::sema
