// Conditions as control flow: && || ! and tests branch; everything else is a bool. What a test asks of a value is in patterns.cpp.
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
  if (program.facts(expr).conversion.kind == sema::ConversionKind::None)
    return emitTest(expr, whenTrue, whenFalse);
  At at(*this, locOf(expr));
  branchOn(emit(expr, Want::Own), whenTrue, whenFalse);
}

void FunctionGen::branchOn(ValueId value, BlockId whenTrue, BlockId whenFalse) {
  if (!isTerminated())
    b.condBr(value, whenTrue, whenFalse);
}

/// Of an expression as it is, before its context converts it.
void FunctionGen::emitTest(const Expr *expr, BlockId whenTrue, BlockId whenFalse) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.constant)
    return b.br(program.constants[facts.constant].bits ? whenTrue : whenFalse);
  At at(*this, locOf(expr));
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
  branchOn(emit(expr, Want::Own), whenTrue, whenFalse);
}

ValueId FunctionGen::emitBoolOf(const Expr *expr) {
  BlockId whenTrue = b.addBlock(), whenFalse = b.addBlock(), join = b.addBlock();
  emitTest(expr, whenTrue, whenFalse);
  b.setBlock(whenTrue);
  b.br(join, b.constBool(true));
  b.setBlock(whenFalse);
  b.br(join, b.constBool(false));
  b.setBlock(join);
  return joinArgument(join, types::Bool);
}

void FunctionGen::emitIsBranch(const IsExpr *expr, BlockId whenTrue, BlockId whenFalse) {
  size_t start = mark();
  ValueId value = lookAt(emitUnchecked(expr->value, Want::Borrow));
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

} // namespace dream::dilgen
