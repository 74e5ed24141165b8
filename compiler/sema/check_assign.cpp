// Assignment, casts, `as`.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

TypeId Checker::checkAssign(const AssignExpr *expr) {
  if (llvm::isa<TupleExpr>(expr->target)) {
    return checkTupleAssign(expr);
  }
  if (expr->op != AssignOp::Assign)
    return checkCompound(expr);
  TypeId target = checkTarget(expr->target, false);
  const Expr *place = stripParens(expr->target);
  // `x = null` ends the life of a local whose type has no null.
  if (llvm::isa<NullLiteral>(stripParens(expr->value)) && target != types::Error && (types.isCounted(target) || isMoveOnly(target)) && types.kind(target) != TypeKind::Optional &&
      types.kind(target) != TypeKind::Weak) {
    const ExprFacts &facts = program.exprs.get(place);
    bool isOwnParam = facts.entity == EntityKind::Variable && program[facts.variable].kind == VariableKind::Parameter && program[facts.variable].isOwn;
    if (facts.entity == EntityKind::Variable && (isOwnParam || program[facts.variable].kind == VariableKind::Local) && !program[facts.variable].isRefLocal) {
      checkWritable(expr->target, "assigned");
      check(expr->value);
      noteWrite(expr->target);
      program.exprs[expr].endsLife = true;
      return types::Void;
    }
  }
  TypeId value = checkTo(expr->value, target);
  if (target == types::Error)
    return types::Error;
  noteStore(expr->target, "assigned");
  // A variable that may be null holds what it was just given.
  if (value != types::Error && types.kind(target) == TypeKind::Optional) {
    TypeId natural = program.exprs.get(stripParens(expr->value)).type;
    bool isNonNull = natural.isValid() && natural != types::Null && types.kind(natural) != TypeKind::Optional;
    if (PathId path = pathOf(expr->target); path && isNonNull)
      cx->now.set(path, types[target].element);
  }
  if (auto *other = llvm::dyn_cast<NameExpr>(stripParens(expr->value)))
    if (auto *name = llvm::dyn_cast<NameExpr>(place); name && name->name == other->name && program.exprs.get(place).variable.isValid() &&
                                                      program.exprs.get(place).variable == program.exprs.get(other).variable)
      report(DiagId::SelfAssignment, expr->range) << name->name.text();
  return target;
}

/// The target gets a value: it may be written, and what that does is noted, of a property its setter.
void Checker::noteStore(const Expr *target, llvm::StringRef action) {
  checkWritable(target, action);
  noteWrite(target);
  const Expr *place = stripParens(target);
  auto *member = llvm::dyn_cast<MemberExpr>(place);
  if (ExprFacts facts = program.exprs.get(place); facts.entity == EntityKind::Property)
    noteProperty(facts.property, true, place, member && llvm::isa<BaseExpr>(member->object));
}

TypeId Checker::checkCompound(const AssignExpr *expr) {
  TypeId target = checkTarget(expr->target, true);
  if (expr->op == AssignOp::Coalesce) {
    TypeId declared = declaredType(expr->target);
    setType(expr->target, declared);
    program.exprs[expr].op = OperatorKind::Coalesce;
    program.exprs[expr].operandType = declared;
    Narrowing before = cx->now;
    TypeId value = checkTo(expr->value, declared);
    cx->now.meet(before);
    if (declared == types::Error)
      return declared;
    if (types.kind(declared) == TypeKind::Weak) {
      report(DiagId::WeakCoalesced, expr->range);
      return types::Error;
    }
    if (types.kind(declared) != TypeKind::Optional) {
      report(DiagId::NeverNull, expr->target->range) << spell(declared);
      return declared;
    }
    noteStore(expr->target, "assigned");
    TypeId natural = program.exprs.get(stripParens(expr->value)).type;
    if (value == types::Error || !natural.isValid() || types.kind(natural) == TypeKind::Optional || natural == types::Null)
      return declared;
    if (PathId path = pathOf(expr->target))
      cx->now.set(path, types[declared].element);
    return types[declared].element;
  }
  checkValue(expr->value);
  BinaryOp op = binaryOf(expr->op);
  if (target == types::Error)
    return target;
  TypeId result = checkArithmetic(expr, op, expr->target, expr->value, expr->opRange);
  if (result == types::Error)
    return result;
  OperatorKind kind = program.exprs.get(expr).op;
  if (kind != OperatorKind::User && kind != OperatorKind::StringConcat && types.isInteger(target) && types.isFloat(result)) {
    report(DiagId::CannotConvert, expr->value->range).operator<<(spell(program.exprs.get(expr->value).type)).operator<<(spell(target)).operator<<("")
        .note(expr->opRange, "the result would be cut to '" + spell(target) + "'; cast the value");
    return types::Error;
  }
  bool mayCast = kind != OperatorKind::User && kind != OperatorKind::StringConcat;
  std::optional<Conversion> back = mayCast ? explicitConversion(result, target) : implicitConversion(result, target);
  if (!back) {
    report(DiagId::CannotConvert, expr->range) << spell(result) << spell(target) << "";
    return types::Error;
  }
  if (back->kind != ConversionKind::None)
    program.exprs[expr].cast = *back;
  // Division and remainder by a constant zero, as in a binary expression.
  if ((op == BinaryOp::Div || op == BinaryOp::Rem) && types.isInteger(result)) {
    ConstValue divisor = constantValue(program, expr->value);
    if (divisor.kind == ConstValue::Kind::Int && divisor.bits == 0)
      report(DiagId::DivisionByZero, expr->opRange);
  }
  noteStore(expr->target, "assigned");
  // What a test has found was replaced by such a value; what may be null holds a value now.
  TypeId declared = declaredType(expr->target), now = target;
  if (declared == target && types.kind(declared) == TypeKind::Optional && types.kind(result) != TypeKind::Optional)
    now = types[declared].element;
  if (now != declared)
    if (PathId path = pathOf(expr->target))
      cx->now.set(path, now);
  return target;
}

/// The type a place was declared with, where a test may have narrowed it.
TypeId Checker::declaredType(const Expr *expr) {
  const ExprFacts &facts = program.exprs.get(stripParens(expr));
  if ((facts.entity == EntityKind::Variable || facts.entity == EntityKind::Field) && facts.type != types::Error)
    return program[facts.variable].type;
  return program.exprs.get(expr).type;
}

//===-- Casts -------------------------------------------------------------------------------------------------===//

/// `(T)e`; also `(N)(e)`, which reads as a call.
TypeId Checker::checkCast(const Expr *expr, TypeId to, SourceRange typeRange, const Expr *operand) {
  check(operand, to);
  TypeId from = program.exprs.get(stripParens(operand)).type;
  if (to == types::Error) {
    finish(operand);
    return types::Error;
  }
  if (to == types::Void) {
    finish(operand);
    report(DiagId::VoidVariable, typeRange) << "a value" << "void";
    return types::Error;
  }
  if (!from.isValid() || llvm::isa<ArrayLiteral>(stripParens(operand))) {
    TypeId done = coerce(operand, to);
    program.exprs[expr].cast = {ConversionKind::None, to, {}};
    return done == types::Error ? done : to;
  }
  if (from == types::Error)
    return types::Error;
  std::optional<Conversion> conversion = explicitConversion(from, to, operand);
  if (!conversion) {
    auto diag = report(DiagId::CannotCast, expr->range);
    diag << spell(from) << spell(to);
    if (from == types::String && types.isNumeric(to))
      diag.note(expr->range, "'" + spell(to) + ".Parse(…)' reads a number");
    return types::Error;
  }
  if (conversion->kind == ConversionKind::IntToPointer || conversion->kind == ConversionKind::PointerToInt ||
      (conversion->kind == ConversionKind::PointerToPointer && !implicitConversion(from, to)))
    needUnsafe(expr->range, "casting pointers");
  if (conversion->kind == ConversionKind::User)
    noteCall(conversion->function, Dispatch::Direct);
  program.exprs[expr].cast = *conversion;
  setType(expr, to);
  if (ConstValue value = constantOf(stripParens(operand)))
    setConstant(expr, from == to ? value : convertConstant(types, value, from, to));
  return to;
}

/// `e as T`: T?, null where it is none.
TypeId Checker::checkAs(const AsExpr *expr) {
  TypeId from = checkValue(expr->value);
  TypeId to = resolveHere(expr->type);
  if (from == types::Error || to == types::Error)
    return types::Error;
  if (types.kind(to) == TypeKind::Optional)
    to = types[to].element;
  if (to == types::Void || types.kind(to) == TypeKind::Pointer) {
    report(DiagId::NeverOfType, expr->range) << spell(from) << spell(to);
    return types::Error;
  }
  TypeId result = types.optional(to);
  std::optional<Conversion> conversion = from == types::Null ? implicitConversion(from, result) : explicitConversion(from, result);
  bool isTest = conversion && (conversion->kind == ConversionKind::Downcast || conversion->kind == ConversionKind::Upcast ||
                               conversion->kind == ConversionKind::ToOptional || conversion->kind == ConversionKind::None ||
                               conversion->kind == ConversionKind::NullToOptional || conversion->kind == ConversionKind::Box ||
                               conversion->kind == ConversionKind::Unbox);
  if (!isTest) {
    report(DiagId::NeverOfType, expr->range) << spell(from) << spell(to);
    return types::Error;
  }
  program.exprs[expr].cast = *conversion;
  return result;
}

} // namespace dream::sema
