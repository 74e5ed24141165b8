// Conversions between numbers, chars, bools, enums and pointers. Integers wrap, floats to integers saturate (NaN gives 0),
// what is no Unicode scalar panics on its way to char.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/TargetParser/Triple.h"
#include <cmath>

namespace dream::codegen {

/// `wide` is a 64-bit integer, negative numbers included: panics unless it is 0 … 0xD7FF or 0xE000 … 0x10FFFF.
void FunctionEmitter::requireScalar(llvm::Value *wide) {
  llvm::Value *inRange = builder.CreateICmpULE(wide, builder.getInt64(0x10FFFF));
  llvm::Value *fromSurrogates = builder.CreateSub(wide, builder.getInt64(0xD800));
  llvm::Value *isNoSurrogate = builder.CreateICmpUGE(fromSurrogates, builder.getInt64(0x800));
  require(builder.CreateAnd(inRange, isNoSurrogate),
          [&] { callPanic(Entry::dr_panic_scalar, {wide, placeHere()}); });
}

llvm::Value *FunctionEmitter::convertedInteger(llvm::Value *value, TypeId from, llvm::Type *to) {
  return isSigned(from) ? builder.CreateSExtOrTrunc(value, to) : builder.CreateZExtOrTrunc(value, to);
}

/// A float as a signed integer. Where the processor does not saturate by itself, what is in range, as nearly everything is, takes a
/// short way of its own.
llvm::Value *FunctionEmitter::saturated(llvm::Value *number, llvm::Type *integer) {
  llvm::Type *source = number->getType();
  auto saturate = [&] { return builder.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {integer, source}, {number}); };
  if (!emitter.optimizes() || !llvm::Triple(emitter.module.getTargetTriple()).isX86() || llvm::isa<llvm::Constant>(number))
    return saturate();
  llvm::BasicBlock *fast = newBlock("convert.fast"), *slow = newBlock("convert.slow"), *done = newBlock("convert.done");
  llvm::Value *limit = llvm::ConstantFP::get(source, std::ldexp(1.0, int(integer->getIntegerBitWidth()) - 1));
  llvm::Value *fits = builder.CreateFCmpOLT(builder.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, number), limit);
  builder.CreateCondBr(fits, fast, slow, llvm::MDBuilder(emitter.context).createLikelyBranchWeights());
  continueIn(fast);
  llvm::Value *converted = builder.CreateFPToSI(number, integer);
  builder.CreateBr(done);
  continueIn(slow);
  llvm::Value *clamped = saturate();
  builder.CreateBr(done);
  continueIn(done);
  llvm::PHINode *result = builder.CreatePHI(integer, 2);
  result->addIncoming(converted, fast);
  result->addIncoming(clamped, slow);
  return result;
}

void FunctionEmitter::emit(const dil::ConvertInst &inst) {
  TypeId from = emitter.lowering.underlying(typeOf(inst.value));
  TypeId to = emitter.lowering.underlying(typeOf(inst.result));
  llvm::Value *operand = value(inst.value);
  llvm::Type *source = operand->getType(), *type = emitter.lowering.scalar(to);
  bool fromFloat = source->isFloatingPointTy(), toFloat = type->isFloatingPointTy();

  if (to == types::Bool) {
    if (fromFloat)
      return set(inst.result, builder.CreateFCmpUNE(operand, llvm::ConstantFP::getZero(source)));
    return set(inst.result, builder.CreateIsNotNull(operand));
  }
  if (source->isPointerTy() || type->isPointerTy()) {
    if (source == type)
      return set(inst.result, operand);
    if (source->isPointerTy())
      return set(inst.result, builder.CreatePtrToInt(operand, type));
    llvm::Type *word = builder.getIntNTy(emitter.types.pointerBytes() * 8);
    return set(inst.result, builder.CreateIntToPtr(convertedInteger(operand, from, word), type));
  }
  if (fromFloat && toFloat)
    return set(inst.result, builder.CreateFPCast(operand, type));
  if (fromFloat) {
    bool isChar = to == types::Char;
    auto id = isSigned(to) || isChar ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
    llvm::Type *wide = isChar ? builder.getInt64Ty() : type;
    llvm::Value *integer = id == llvm::Intrinsic::fptosi_sat ? saturated(operand, wide) : builder.CreateIntrinsic(id, {wide, source}, {operand});
    if (isChar) {
      requireScalar(integer);
      integer = builder.CreateTrunc(integer, type);
    }
    return set(inst.result, integer);
  }
  if (toFloat)
    return set(inst.result, isSigned(from) ? builder.CreateSIToFP(operand, type) : builder.CreateUIToFP(operand, type));
  // A byte or a bool is always a scalar.
  bool isSmall = from == types::Bool || from == types::UInt8;
  if (to == types::Char && from != types::Char && !isSmall)
    requireScalar(convertedInteger(operand, from, builder.getInt64Ty()));
  set(inst.result, convertedInteger(operand, from, type));
}

} // namespace dream::codegen
