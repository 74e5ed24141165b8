// Conditions as control flow: && || ! and tests branch; everything else is a bool.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

FunctionGen::Branches FunctionGen::emitCondition(const Expr *expr) {
  At at(*this, locOf(expr));
  startStatement();
  size_t start = mark();
  Branches ways{b.addBlock(), b.addBlock()};
  emitBranch(expr, ways.whenTrue, ways.whenFalse);
  // What is left are temporaries that live to the end of the condition: they end on both ways.
  llvm::SmallVector<Cleanup, 4> left(cleanups.begin() + start, cleanups.end());
  b.setBlock(ways.whenTrue);
  endAll(start);
  cleanups.append(left.begin(), left.end());
  b.setBlock(ways.whenFalse);
  endAll(start);
  return {ways.whenTrue, ways.whenFalse};
}

void FunctionGen::emitBranch(const Expr *expr, BlockId whenTrue, BlockId whenFalse) {
  const sema::ExprFacts &facts = program.facts(expr);
  bool isConverted = facts.conversion.kind != sema::ConversionKind::None;
  if (facts.constant && !isConverted)
    return b.br(program.constants[facts.constant].bits ? whenTrue : whenFalse);
  At at(*this, locOf(expr));
  if (!isConverted) {
    if (auto *paren = llvm::dyn_cast<ParenExpr>(expr))
      return emitBranch(paren->inner, whenTrue, whenFalse);
    if (auto *binary = llvm::dyn_cast<BinaryExpr>(expr); binary && facts.op == sema::OperatorKind::Logical) {
      bool isAnd = binary->op == BinaryOp::LogicalAnd;
      BlockId second = b.addBlock();
      emitBranch(binary->lhs, isAnd ? second : whenTrue, isAnd ? whenFalse : second);
      b.setBlock(second);
      return emitBranch(binary->rhs, whenTrue, whenFalse);
    }
    if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(expr); unary && unary->op == ast::UnaryOp::Not && !facts.call)
      return emitBranch(unary->operand, whenFalse, whenTrue);
    if (auto *is = llvm::dyn_cast<IsExpr>(expr))
      return emitIsBranch(is, whenTrue, whenFalse);
  }
  ValueId value = emit(expr, Want::Own);
  if (!isTerminated())
    b.condBr(value, whenTrue, whenFalse);
}

ValueId FunctionGen::emitBoolOf(const Expr *expr) {
  BlockId whenTrue = b.addBlock(), whenFalse = b.addBlock(), join = b.addBlock();
  emitBranch(expr, whenTrue, whenFalse);
  b.setBlock(whenTrue);
  b.br(join, b.constBool(true));
  b.setBlock(whenFalse);
  b.br(join, b.constBool(false));
  b.setBlock(join);
  return joinArgument(join, types::Bool);
}

void FunctionGen::emitIsBranch(const IsExpr *expr, BlockId whenTrue, BlockId whenFalse) {
  size_t start = mark();
  ValueId value = emitUnchecked(expr->value, Want::Borrow);
  BlockId matched = b.addBlock(), missed = b.addBlock();
  emitPattern(expr->pattern, value, matched, missed);
  llvm::SmallVector<Cleanup, 8> opened(cleanups.begin() + start, cleanups.end());
  b.setBlock(matched);
  endTo(start);
  b.br(whenTrue);
  cleanups.resize(start, Cleanup());
  cleanups.append(opened.begin(), opened.end());
  b.setBlock(missed);
  endTo(start);
  b.br(whenFalse);
}

/// Goes to one of the blocks; variables are bound on the way to `whenTrue`. `value` is looked at only.
void FunctionGen::emitPattern(const Pattern *pattern, ValueId value, BlockId whenTrue, BlockId whenFalse) {
  At at(*this, pattern->range.begin);
  const sema::PatternFacts &test = program.patterns.get(pattern);
  TypeId type = typeOf(value);
  auto compare = [&](dil::CmpOp op, uint32_t constant) {
    ValueId right = emitConstant(program.constants[constant], type);
    if (type != types::String)
      return b.cmp(op, value, right);
    ValueId order = b.call(gen.known(sema::Known::CompareStrings), {value, right});
    b.drop(right);
    return b.cmp(op, order, constInt(0));
  };
  auto bind = [&](ValueId bound) {
    if (test.variable.isValid())
      b.assign(storage[test.variable].value, bound);
  };

  switch (test.test) {
  case sema::PatternTest::Always:
    bind(isBorrowed(value) || isOwned(value) ? b.copy(value) : value);
    return b.br(whenTrue);
  case sema::PatternTest::Null: return b.condBr(nullTest(value, dil::CmpOp::Eq), whenTrue, whenFalse);
  case sema::PatternTest::Constant: {
    if (type == types::String) {
      ValueId text = emitConstant(program.constants[test.constant], type);
      ValueId same = b.call(gen.known(sema::Known::EqualStrings), {value, text});
      b.drop(text);
      return b.condBr(same, whenTrue, whenFalse);
    }
    return b.condBr(compare(dil::CmpOp::Eq, test.constant), whenTrue, whenFalse);
  }
  case sema::PatternTest::Relational: {
    dil::CmpOp op = comparisonOf(llvm::cast<RelationalPattern>(pattern)->op);
    return b.condBr(compare(op, test.constant), whenTrue, whenFalse);
  }
  case sema::PatternTest::Range: {
    auto *range = llvm::cast<RangePattern>(pattern);
    if (test.constant) {
      BlockId next = b.addBlock();
      b.condBr(compare(dil::CmpOp::Ge, test.constant), next, whenFalse);
      b.setBlock(next);
    }
    if (!test.high)
      return b.br(whenTrue);
    return b.condBr(compare(range->inclusive ? dil::CmpOp::Le : dil::CmpOp::Lt, test.high), whenTrue, whenFalse);
  }
  case sema::PatternTest::Type: {
    if (!isReference(type)) { // A value is always of its own type.
      bind(isBorrowed(value) || isOwned(value) ? b.copy(value) : value);
      return b.br(whenTrue);
    }
    BlockId matched = test.variable.isValid() ? b.addBlock() : whenTrue;
    if (typeTestIsNullTest(type, test.type)) {
      b.condBr(nullTest(value, dil::CmpOp::Ne), matched, whenFalse);
    } else {
      gen.needDescriptor(test.type);
      b.condBr(b.typeIs(value, test.type), matched, whenFalse);
    }
    if (!test.variable.isValid())
      return;
    b.setBlock(matched);
    if (!isReference(test.type) && types.kind(type) == TypeKind::Optional) {
      ValueId object = b.cast(dil::CastKind::Unwrap, b.copy(value), types[type].element);
      bind(b.unbox(object, test.type));
      b.drop(object);
    } else if (!isReference(test.type))
      bind(b.unbox(value, test.type));
    else
      bind(b.cast(dil::CastKind::Down, b.copy(value), test.type));
    return b.br(whenTrue);
  }
  case sema::PatternTest::Not: return emitPattern(llvm::cast<NotPattern>(pattern)->inner, value, whenFalse, whenTrue);
  case sema::PatternTest::And:
  case sema::PatternTest::Or: {
    auto *binary = llvm::cast<BinaryPattern>(pattern);
    bool isAnd = test.test == sema::PatternTest::And;
    BlockId second = b.addBlock();
    emitPattern(binary->lhs, value, isAnd ? second : whenTrue, isAnd ? whenFalse : second);
    b.setBlock(second);
    const Pattern *leftmost = binary->lhs;
    for (auto *inner = llvm::dyn_cast<BinaryPattern>(leftmost); inner && inner->isAnd; inner = llvm::dyn_cast<BinaryPattern>(leftmost))
      leftmost = inner->lhs;
    const sema::PatternFacts &first = program.patterns.get(leftmost);
    if (isAnd && first.test == sema::PatternTest::Type && isReference(type) && first.type != type) {
      if (types.isCounted(first.type)) {
        value = narrow(value, first.type);
      } else if (types.isPlain(first.type)) {
        bool isOptional = types.kind(type) == TypeKind::Optional;
        value = b.unbox(isOptional ? b.cast(dil::CastKind::Unwrap, value, types[type].element) : value, first.type);
      }
    }
    return emitPattern(binary->rhs, value, whenTrue, whenFalse);
  }
  }
}

/// `T? is T`, `string? is string`: true unless it is null.
bool FunctionGen::typeTestIsNullTest(TypeId from, TypeId to) const {
  if (types.kind(from) == TypeKind::Optional)
    from = types[from].element;
  return isReference(to) && (from == to || (types.isClassRef(from) && types.isClassRef(to) && types.isSubtype(from, to)));
}

} // namespace dream::dilgen
