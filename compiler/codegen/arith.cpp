// Arithmetic and comparisons. Integers wrap; division assumes a divisor that is not zero and wraps MIN / -1; shifts mask
// their count; with `checked`, what would wrap panics instead.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Intrinsics.h"

namespace dream::codegen {

using dil::ArithOp;
using dil::CmpOp;
using dil::UnaryOp;

bool FunctionEmitter::isSigned(TypeId type) const { return emitter.types.isSigned(emitter.lowering.underlying(type)); }

llvm::Value *FunctionEmitter::floatArith(ArithOp op, llvm::Value *lhs, llvm::Value *rhs) {
  switch (op) {
  case ArithOp::Add: return builder.CreateFAdd(lhs, rhs);
  case ArithOp::Sub: return builder.CreateFSub(lhs, rhs);
  case ArithOp::Mul: return builder.CreateFMul(lhs, rhs);
  case ArithOp::Div: return builder.CreateFDiv(lhs, rhs);
  case ArithOp::Rem: return builder.CreateFRem(lhs, rhs);
  case ArithOp::And: case ArithOp::Or: case ArithOp::Xor: case ArithOp::Shl: case ArithOp::Shr: case ArithOp::UShr:
    break;
  }
  llvm::report_fatal_error("bit operation on floating-point values");
}

/// MIN / -1 traps on some machines and is undefined in LLVM; with a divisor of 1 instead it gives the wrapped quotient
/// MIN and remainder 0.
llvm::Value *FunctionEmitter::divide(ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned) {
  bool isDiv = op == ArithOp::Div;
  if (!isSigned)
    return isDiv ? builder.CreateUDiv(lhs, rhs) : builder.CreateURem(lhs, rhs);
  auto *constant = llvm::dyn_cast<llvm::ConstantInt>(rhs);
  if (!constant || constant->isMinusOne()) {
    unsigned bits = rhs->getType()->getIntegerBitWidth();
    llvm::Value *least = builder.getInt(llvm::APInt::getSignedMinValue(bits));
    llvm::Value *overflows = builder.CreateAnd(builder.CreateICmpEQ(lhs, least),
                                               builder.CreateICmpEQ(rhs, llvm::Constant::getAllOnesValue(rhs->getType())));
    rhs = builder.CreateSelect(overflows, llvm::ConstantInt::get(rhs->getType(), 1), rhs);
  }
  return isDiv ? builder.CreateSDiv(lhs, rhs) : builder.CreateSRem(lhs, rhs);
}

llvm::Value *FunctionEmitter::integerArith(ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned) {
  auto shiftCount = [&] {
    llvm::Type *type = lhs->getType();
    unsigned bits = type->getIntegerBitWidth();
    llvm::Value *masked = builder.CreateAnd(rhs, llvm::ConstantInt::get(rhs->getType(), bits - 1));
    return builder.CreateZExtOrTrunc(masked, type);
  };
  switch (op) {
  case ArithOp::Add: return builder.CreateAdd(lhs, rhs);
  case ArithOp::Sub: return builder.CreateSub(lhs, rhs);
  case ArithOp::Mul: return builder.CreateMul(lhs, rhs);
  case ArithOp::Div: case ArithOp::Rem: return divide(op, lhs, rhs, isSigned);
  case ArithOp::And: return builder.CreateAnd(lhs, rhs);
  case ArithOp::Or: return builder.CreateOr(lhs, rhs);
  case ArithOp::Xor: return builder.CreateXor(lhs, rhs);
  case ArithOp::Shl: return builder.CreateShl(lhs, shiftCount());
  case ArithOp::Shr: return isSigned ? builder.CreateAShr(lhs, shiftCount()) : builder.CreateLShr(lhs, shiftCount());
  case ArithOp::UShr: return builder.CreateLShr(lhs, shiftCount());
  }
  llvm_unreachable("unknown operator");
}

llvm::Value *FunctionEmitter::checkedArith(ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned) {
  auto overflow = [&] { callPanic(Entry::dr_panic_overflow, {placeHere()}); };
  auto withOverflow = [&](llvm::Intrinsic::ID ofSigned, llvm::Intrinsic::ID ofUnsigned) {
    llvm::Value *pair = builder.CreateBinaryIntrinsic(isSigned ? ofSigned : ofUnsigned, lhs, rhs);
    require(builder.CreateNot(builder.CreateExtractValue(pair, 1)), overflow);
    return builder.CreateExtractValue(pair, 0);
  };
  switch (op) {
  case ArithOp::Add: return withOverflow(llvm::Intrinsic::sadd_with_overflow, llvm::Intrinsic::uadd_with_overflow);
  case ArithOp::Sub: return withOverflow(llvm::Intrinsic::ssub_with_overflow, llvm::Intrinsic::usub_with_overflow);
  case ArithOp::Mul: return withOverflow(llvm::Intrinsic::smul_with_overflow, llvm::Intrinsic::umul_with_overflow);
  case ArithOp::Div: case ArithOp::Rem:
    if (isSigned) {
      unsigned bits = rhs->getType()->getIntegerBitWidth();
      llvm::Value *least = builder.getInt(llvm::APInt::getSignedMinValue(bits));
      require(builder.CreateOr(builder.CreateICmpNE(lhs, least),
                               builder.CreateICmpNE(rhs, llvm::Constant::getAllOnesValue(rhs->getType()))),
              overflow);
      return op == ArithOp::Div ? builder.CreateSDiv(lhs, rhs) : builder.CreateSRem(lhs, rhs);
    }
    return divide(op, lhs, rhs, false);
  case ArithOp::And: case ArithOp::Or: case ArithOp::Xor: case ArithOp::Shl: case ArithOp::Shr: case ArithOp::UShr:
    return integerArith(op, lhs, rhs, isSigned);
  }
  llvm_unreachable("unknown operator");
}

void FunctionEmitter::emit(const dil::ArithInst &inst) {
  TypeId type = typeOf(inst.result);
  llvm::Value *lhs = value(inst.lhs), *rhs = value(inst.rhs);
  if (emitter.types.isFloat(type))
    return set(inst.result, floatArith(inst.op, lhs, rhs));
  set(inst.result, inst.checked ? checkedArith(inst.op, lhs, rhs, isSigned(type))
                                : integerArith(inst.op, lhs, rhs, isSigned(type)));
}

void FunctionEmitter::emit(const dil::UnaryInst &inst) {
  TypeId type = typeOf(inst.result);
  llvm::Value *operand = value(inst.value);
  switch (inst.op) {
  case UnaryOp::Not: case UnaryOp::BitNot:
    return set(inst.result, builder.CreateNot(operand));
  case UnaryOp::Neg:
    if (emitter.types.isFloat(type))
      return set(inst.result, builder.CreateFNeg(operand));
    llvm::Value *zero = llvm::ConstantInt::get(operand->getType(), 0);
    return set(inst.result, inst.checked ? checkedArith(ArithOp::Sub, zero, operand, isSigned(type))
                                         : builder.CreateSub(zero, operand));
  }
}

//===-- Comparisons --------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::CmpInst &inst) {
  using llvm::CmpInst;
  TypeId type = typeOf(inst.lhs);
  CmpInst::Predicate predicate = CmpInst::BAD_ICMP_PREDICATE;
  if (emitter.types.isFloat(type)) {
    switch (inst.op) { // with a NaN only != holds
    case CmpOp::Eq: predicate = CmpInst::FCMP_OEQ; break;
    case CmpOp::Ne: predicate = CmpInst::FCMP_UNE; break;
    case CmpOp::Lt: predicate = CmpInst::FCMP_OLT; break;
    case CmpOp::Le: predicate = CmpInst::FCMP_OLE; break;
    case CmpOp::Gt: predicate = CmpInst::FCMP_OGT; break;
    case CmpOp::Ge: predicate = CmpInst::FCMP_OGE; break;
    }
    return set(inst.result, builder.CreateFCmp(predicate, value(inst.lhs), value(inst.rhs)));
  }
  bool ordersSigned = isSigned(type);
  switch (inst.op) {
  case CmpOp::Eq: predicate = CmpInst::ICMP_EQ; break;
  case CmpOp::Ne: predicate = CmpInst::ICMP_NE; break;
  case CmpOp::Lt: predicate = ordersSigned ? CmpInst::ICMP_SLT : CmpInst::ICMP_ULT; break;
  case CmpOp::Le: predicate = ordersSigned ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE; break;
  case CmpOp::Gt: predicate = ordersSigned ? CmpInst::ICMP_SGT : CmpInst::ICMP_UGT; break;
  case CmpOp::Ge: predicate = ordersSigned ? CmpInst::ICMP_SGE : CmpInst::ICMP_UGE; break;
  }
  set(inst.result, builder.CreateICmp(predicate, value(inst.lhs), value(inst.rhs)));
}

} // namespace dream::codegen
