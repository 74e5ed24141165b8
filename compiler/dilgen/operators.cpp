// Arithmetic, logic and other operators.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

static dil::ArithOp arithOf(BinaryOp op, bool isUnsigned) {
  switch (op) {
  case BinaryOp::Add: return dil::ArithOp::Add;
  case BinaryOp::Sub: return dil::ArithOp::Sub;
  case BinaryOp::Mul: return dil::ArithOp::Mul;
  case BinaryOp::Div: return dil::ArithOp::Div;
  case BinaryOp::Rem: return dil::ArithOp::Rem;
  case BinaryOp::BitAnd: return dil::ArithOp::And;
  case BinaryOp::BitOr: return dil::ArithOp::Or;
  case BinaryOp::BitXor: return dil::ArithOp::Xor;
  case BinaryOp::Shl: return dil::ArithOp::Shl;
  case BinaryOp::Shr: return isUnsigned ? dil::ArithOp::UShr : dil::ArithOp::Shr;
  case BinaryOp::UShr: return dil::ArithOp::UShr;
  case BinaryOp::Coalesce:
  case BinaryOp::LogicalOr:
  case BinaryOp::LogicalAnd:
  case BinaryOp::Equal:
  case BinaryOp::NotEqual:
  case BinaryOp::Less:
  case BinaryOp::Greater:
  case BinaryOp::LessEqual:
  case BinaryOp::GreaterEqual: break;
  }
  llvm_unreachable("no arithmetic");
}

dil::CmpOp FunctionGen::comparisonOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Equal: return dil::CmpOp::Eq;
  case BinaryOp::NotEqual: return dil::CmpOp::Ne;
  case BinaryOp::Less: return dil::CmpOp::Lt;
  case BinaryOp::Greater: return dil::CmpOp::Gt;
  case BinaryOp::LessEqual: return dil::CmpOp::Le;
  case BinaryOp::GreaterEqual: return dil::CmpOp::Ge;
  default: llvm_unreachable("no comparison");
  }
}

ValueId FunctionGen::arithmetic(BinaryOp op, ValueId lhs, ValueId rhs, TypeId type, bool isChecked) {
  if (type == types::Bool) // & | ^ on bools.
    return b.arith(arithOf(op, true), lhs, rhs);
  bool isInteger = types.isInteger(type);
  if (types.kind(type) == TypeKind::Enum) {
    TypeId number = types.info(types[type].nominal).underlying;
    return b.convert(b.arith(arithOf(op, true), convertPlain(lhs, number), convertPlain(rhs, number)), type);
  }
  if (types.kind(type) == TypeKind::Pointer) {
    // Pointer arithmetic counts elements.
    ValueId offset = convertPlain(rhs, types::Int64);
    if (op == BinaryOp::Sub && types.kind(typeOf(rhs)) == TypeKind::Pointer) {
      ValueId bytes = b.arith(dil::ArithOp::Sub, b.convert(lhs, types::Int64), b.convert(rhs, types::Int64));
      uint64_t size = std::max<uint64_t>(types.layout(types[type].element).size, 1);
      return b.arith(dil::ArithOp::Div, bytes, b.constInt(types::Int64, size));
    }
    uint64_t size = std::max<uint64_t>(types.layout(types[type].element).size, 1);
    offset = b.arith(dil::ArithOp::Mul, offset, b.constInt(types::Int64, size));
    ValueId address = b.convert(lhs, types::Int64);
    return b.convert(b.arith(op == BinaryOp::Sub ? dil::ArithOp::Sub : dil::ArithOp::Add, address, offset), type);
  }
  if (isInteger && (op == BinaryOp::Div || op == BinaryOp::Rem))
    b.check(dil::CheckKind::Divisor, rhs);
  if (op == BinaryOp::Shl || op == BinaryOp::Shr || op == BinaryOp::UShr)
    rhs = convertPlain(rhs, types::Int32);
  return b.arith(arithOf(op, isInteger && !types.isSigned(type)), lhs, rhs, isChecked && isInteger);
}

ValueId FunctionGen::emitBinary(const BinaryExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  switch (facts.op) {
  case sema::OperatorKind::Arithmetic:
  case sema::OperatorKind::CheckedArithmetic: {
    ValueId lhs = emit(expr->lhs, Want::Own);
    ValueId rhs = emit(expr->rhs, Want::Own);
    ValueId result = arithmetic(expr->op, lhs, rhs, facts.operandType.isValid() ? facts.operandType : typeOf(lhs),
                                facts.op == sema::OperatorKind::CheckedArithmetic);
    return convertPlain(result, facts.type);
  }
  case sema::OperatorKind::Logical: return emitBoolOf(expr);
  case sema::OperatorKind::StringConcat: return emitConcat(expr);
  case sema::OperatorKind::Compare:
  case sema::OperatorKind::StringCompare:
  case sema::OperatorKind::ReferenceCompare:
  case sema::OperatorKind::ValueCompare: return emitComparison(expr);
  case sema::OperatorKind::Coalesce: return emitCoalesce(expr->lhs, expr->rhs, facts.type);
  case sema::OperatorKind::User: {
    const sema::CallFacts &call = program.calls[facts.call];
    const sema::FunctionInfo &callee = program[call.function];
    // Equality by IEquatable is a method of the left side.
    ValueId result = callee.thisVariable.isValid() ? emitCall(expr, call) : callOperator(call);
    // `!=` follows `==`: the function is the other one's.
    if (expr->op == BinaryOp::NotEqual && callee.name.text() != "!=")
      result = b.unary(dil::UnaryOp::Not, result);
    return result;
  }
  case sema::OperatorKind::Hash:
  case sema::OperatorKind::HasFlag:
  case sema::OperatorKind::DimensionLength:
  case sema::OperatorKind::None: break;
  }
  llvm::report_fatal_error("dilgen: an operator without a meaning passed checking");
}

ValueId FunctionGen::emitUnary(const ast::UnaryExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  switch (expr->op) {
  case ast::UnaryOp::PreInc:
  case ast::UnaryOp::PreDec: return emitStep(expr, expr->operand, expr->op == ast::UnaryOp::PreInc, false, true);
  case ast::UnaryOp::Plus:
  case ast::UnaryOp::Minus:
  case ast::UnaryOp::Not:
  case ast::UnaryOp::BitNot: {
    if (facts.op == sema::OperatorKind::User)
      return callOperator(program.calls[facts.call]);
    ValueId value = emit(expr->operand, Want::Own);
    if (types.kind(facts.operandType) == TypeKind::Enum)
      value = b.convert(value, types.info(types[facts.operandType].nominal).underlying);
    else if (facts.operandType.isValid())
      value = convertPlain(value, facts.operandType);
    if (expr->op == ast::UnaryOp::Plus)
      return value;
    dil::UnaryOp op = expr->op == ast::UnaryOp::Minus ? dil::UnaryOp::Neg
                      : expr->op == ast::UnaryOp::Not ? dil::UnaryOp::Not
                                                      : dil::UnaryOp::BitNot;
    bool isChecked = facts.op == sema::OperatorKind::CheckedArithmetic && types.isInteger(typeOf(value));
    return convertPlain(b.unary(op, value, isChecked), facts.type);
  }
  case ast::UnaryOp::Deref: {
    Place place = preparePlace(expr, Want::Peek);
    return load(place, want);
  }
  case ast::UnaryOp::Move: {
    const Expr *operand = stripParens(expr->operand);
    const sema::ExprFacts &moved = program.facts(operand);
    auto found = storage.find(moved.variable);
    bool isVariable = moved.entity == sema::EntityKind::Variable && found != storage.end() && found->second.isAddress;
    // In an instance for what is copied, too, a place is left empty that a place of what moves would be.
    bool empties = !isVariable && moved.conversion.kind == sema::ConversionKind::None && types.canBeEmptied(moved.type) && isPlace(operand);
    if (empties && !types.isMoveOnly(moved.type))
      return take(preparePlace(operand, Want::Borrow), /*checksLate=*/false);
    if (types.isPlain(moved.type) || types.isMoveOnly(moved.type) || !isVariable)
      return emit(operand, Want::Own);
    return narrow(b.loadTake(found->second.value), moved.type);
  }
  case ast::UnaryOp::AddressOf: return emitAddressOf(expr);
  case ast::UnaryOp::FromEnd: {
    ValueId back = emit(expr->operand, Want::Own);
    return b.arith(dil::ArithOp::Sub, countOfIndexed(facts), back);
  }
  }
  llvm::report_fatal_error("dilgen: an operator without a lowering passed checking");
}

ValueId FunctionGen::emitPostfix(const PostfixExpr *expr, Want want) {
  switch (expr->op) {
  case PostfixOp::Inc:
  case PostfixOp::Dec: return emitStep(expr, expr->operand, expr->op == PostfixOp::Inc, true, true);
  case PostfixOp::NotNull: {
    const sema::ExprFacts &facts = program.facts(expr);
    size_t start = mark();
    ValueId value = emitUnsettled(expr->operand, want);
    if (typeOf(value) == facts.type)
      return value;
    sema::Conversion unwrap{sema::ConversionKind::UnwrapOptional, facts.type, {}};
    return convert(value, typeOf(value), unwrap, start, /*isExplicit=*/true);
  }
  case PostfixOp::Propagate: return emitUnsettled(expr->operand, want);
  }
  llvm::report_fatal_error("dilgen: an operator without a lowering passed checking");
}

} // namespace dream::dilgen
