// Assignment, compound assignment, ++ and --. The parts of the target are worked out once, first; the place is opened
// last, for the store alone.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::EntityKind;

static bool isAccessor(const sema::ExprFacts &facts) {
  return facts.entity == EntityKind::Property || facts.entity == EntityKind::Indexer;
}

ValueId FunctionGen::emitAssign(const AssignExpr *expr, bool needsValue) {
  const sema::ExprFacts &facts = program.facts(expr);
  const Expr *target = stripParens(expr->target);
  const sema::ExprFacts &targetFacts = program.facts(target);
  size_t start = mark();
  auto keep = [&](ValueId value) -> ValueId {
    if (!needsValue)
      return {};
    return isOwned(value) || isBorrowed(value) ? b.copy(value) : value;
  };

  if (facts.endsLife) {
    b.dropSlot(storage[targetFacts.variable].value, /*endsLife=*/true);
    return {};
  }

  if (llvm::isa<TupleExpr>(target)) {
    emitTupleAssign(expr);
    return {};
  }

  if (!needsValue && (appendInPlace(expr) || extendInPlace(expr)))
    return {};

  if (expr->op == AssignOp::Assign) {
    if (isAccessor(targetFacts)) {
      Accessor accessor = prepareAccessor(target);
      const sema::FunctionInfo &setter = program[program[accessor.property].setter];
      ValueId value = emit(expr->value, program[setter.params.back().variable].isOwn ? Want::Own : Want::Borrow);
      ValueId kept = keep(value);
      ValueId held = needsValue ? hold(kept) : kept;
      callSetter(accessor, value, start);
      return takeKept(held, kept);
    }
    Place place = preparePlace(target, isInert(program, expr->value) ? Want::Peek : Want::Borrow);
    ValueId value = emitInitializer(expr->value, place.type);
    ValueId kept = keep(value);
    store(place, value);
    endTo(start);
    return kept;
  }

  if (expr->op == AssignOp::Coalesce)
    return emitCoalesceAssign(expr, needsValue);

  // p op= e
  auto combine = [&](ValueId old) -> ValueId {
    TypeId type = typeOf(old);
    size_t inner = mark();
    switch (facts.op) {
    case sema::OperatorKind::StringConcat: {
      ValueId left = hold(old);
      llvm::SmallVector<const Expr *, 4> parts;
      collectConcat(expr->value, parts);
      llvm::SmallVector<ValueId, 4> texts{left};
      for (const Expr *part : parts)
        texts.push_back(emit(part, Want::Borrow));
      ValueId result = concat(texts);
      endTo(inner); // What was looked at may be the place itself.
      return result;
    }
    case sema::OperatorKind::User: {
      const sema::CallFacts &call = program.calls[facts.call];
      Argument left, right;
      left.value = hold(old);
      right.value = emit(expr->value, Want::Borrow);
      llvm::SmallVector<Argument, 8> args{left, right};
      ValueId result = finishCall(call.function, sema::Dispatch::Direct, args, inner);
      return settle(convert(result, typeOf(result), facts.cast, inner), Want::Own, inner);
    }
    case sema::OperatorKind::Logical: // &= and |= on bools evaluate both sides.
    case sema::OperatorKind::Arithmetic:
    case sema::OperatorKind::CheckedArithmetic: {
      TypeId operandType = facts.operandType.isValid() ? facts.operandType : type;
      ValueId left = convertPlain(old, operandType);
      ValueId right = emit(expr->value, Want::Own);
      ValueId result = arithmetic(binaryOf(expr->op), left, right, operandType, facts.op == sema::OperatorKind::CheckedArithmetic);
      return convertPlain(result, type);
    }
    case sema::OperatorKind::None:
    case sema::OperatorKind::Compare:
    case sema::OperatorKind::StringCompare:
    case sema::OperatorKind::ReferenceCompare:
    case sema::OperatorKind::ValueCompare:
    case sema::OperatorKind::Hash:
    case sema::OperatorKind::HasFlag:
    case sema::OperatorKind::DimensionLength:
    case sema::OperatorKind::Coalesce: break;
    }
    llvm::report_fatal_error("dilgen: a compound assignment without a meaning passed checking");
  };

  if (isAccessor(targetFacts)) {
    Accessor accessor = prepareAccessor(target);
    ValueId old = callGetter(accessor, mark());
    ValueId value = hold(combine(old));
    ValueId kept = keep(value);
    ValueId held = needsValue ? hold(kept) : kept;
    callSetter(accessor, value, start);
    return takeKept(held, kept);
  }
  Place place = preparePlace(target, isInert(program, expr->value) ? Want::Peek : Want::Borrow);
  ValueId old = narrow(load(place, Want::Own), targetFacts.type);
  ValueId value = combine(old);
  ValueId kept = keep(value);
  value = widen(value, place.type);
  store(place, value);
  endTo(start);
  return kept;
}

/// The result of an assignment that was held across a setter's call.
ValueId FunctionGen::takeKept(ValueId held, ValueId kept) {
  if (!kept.isValid() || !isOwned(kept))
    return kept;
  if (held != kept) // It went to a slot, for the end of the statement.
    return b.copy(held);
  forget(kept);
  return kept;
}

ValueId FunctionGen::emitCoalesceAssign(const AssignExpr *expr, bool needsValue) {
  const Expr *target = stripParens(expr->target);
  size_t start = mark();
  TypeId resultType = program.facts(expr).type;
  BlockId absent = b.addBlock(), present = b.addBlock(), join = b.addBlock();
  auto keep = [&](ValueId value) -> ValueId {
    if (!needsValue)
      return {};
    return isOwned(value) || isBorrowed(value) ? b.copy(value) : value;
  };
  auto joinWith = [&](ValueId value) {
    if (!needsValue)
      return branchTo(join);
    if (typeOf(value) != resultType)
      value = b.cast(types.kind(resultType) == TypeKind::Optional ? dil::CastKind::ToOptional : dil::CastKind::Unwrap, value, resultType);
    branchTo(join, value);
  };

  if (isAccessor(program.facts(target))) {
    Accessor accessor = prepareAccessor(target);
    ValueId old = callGetter(accessor, mark());
    b.condBr(nullTest(old, dil::CmpOp::Eq), absent, present);
    b.setBlock(absent);
    b.drop(old);
    size_t inner = mark();
    ValueId value = emit(expr->value, Want::Borrow);
    ValueId kept = keep(value);
    ValueId held = needsValue ? hold(kept) : kept;
    callSetter(accessor, value, inner);
    joinWith(takeKept(held, kept));
    b.setBlock(present);
    if (needsValue)
      joinWith(old);
    else
      b.drop(old), b.br(join);
  } else {
    Place place = preparePlace(target, isInert(program, expr->value) ? Want::Peek : Want::Borrow);
    size_t inner = mark();
    ValueId old = load(place, Want::Peek, false);
    ValueId isNull = nullTest(old, dil::CmpOp::Eq);
    endTo(inner);
    b.condBr(isNull, absent, present);
    b.setBlock(absent);
    ValueId value = emitInitializer(expr->value, place.type);
    ValueId kept = keep(value);
    store(place, value);
    endTo(inner);
    joinWith(kept);
    b.setBlock(present);
    joinWith(needsValue ? load(place, Want::Own, false) : ValueId());
  }
  b.setBlock(join);
  ValueId result = needsValue ? joinArgument(join, resultType) : ValueId();
  endTo(start);
  return result;
}

/// ++ and --, before or after.
ValueId FunctionGen::emitStep(const Expr *expr, const Expr *operand, bool isIncrement, bool givesOld, bool needsValue) {
  const sema::ExprFacts &facts = program.facts(expr);
  operand = stripParens(operand);
  size_t start = mark();
  auto next = [&](ValueId old) -> ValueId {
    TypeId type = typeOf(old);
    if (facts.op == sema::OperatorKind::User) {
      Argument arg;
      arg.value = old;
      llvm::SmallVector<Argument, 8> args{arg};
      return finishCall(program.calls[facts.call].function, sema::Dispatch::Direct, args, mark());
    }
    TypeId operandType = facts.operandType.isValid() ? facts.operandType : type;
    if (operandType == types::Char) // The next character is found by its number.
      operandType = types::Int32;
    ValueId one = types.isFloat(operandType) ? b.constFloat(operandType, 1)
                  : types.kind(operandType) == TypeKind::Pointer ? b.constInt(types::Int64, 1)
                                                                 : b.constInt(operandType, 1);
    ValueId result = arithmetic(isIncrement ? BinaryOp::Add : BinaryOp::Sub, convertPlain(old, operandType), one, operandType,
                                facts.op == sema::OperatorKind::CheckedArithmetic);
    return convertPlain(result, type);
  };
  auto finish = [&](ValueId old, ValueId value, llvm::function_ref<void(ValueId)> put) -> ValueId {
    ValueId kept;
    if (needsValue && givesOld)
      kept = isOwned(old) ? b.copy(old) : old;
    else if (needsValue)
      kept = isOwned(value) ? b.copy(value) : value;
    put(value);
    return kept;
  };

  if (isAccessor(program.facts(operand))) {
    Accessor accessor = prepareAccessor(operand);
    ValueId old = hold(callGetter(accessor, mark()));
    ValueId value = hold(next(old));
    ValueId kept = finish(old, value, [](ValueId) {});
    ValueId held = kept.isValid() ? hold(kept) : kept;
    callSetter(accessor, value, start);
    return takeKept(held, kept);
  }
  Place place = preparePlace(operand, facts.op == sema::OperatorKind::User ? Want::Borrow : Want::Peek);
  ValueId old = hold(narrow(load(place, Want::Own), program.facts(operand).type));
  ValueId kept = finish(old, next(old), [&](ValueId value) { store(place, widen(value, place.type)); });
  endTo(start);
  return kept;
}

} // namespace dream::dilgen
