// The operations of compiler/dil/intrinsics.def.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Intrinsics.h"

namespace dream::codegen {

using dil::Intrinsic;

void FunctionEmitter::emit(const dil::IntrinsicInst &inst) {
  namespace id = llvm::Intrinsic;
  TypeId resultType = typeOf(inst.result);
  llvm::Type *type = emitter.lowering.scalar(resultType);
  auto arg = [&](unsigned i) { return value(inst.args[i]); };
  auto unary = [&](id::ID id) { return set(inst.result, builder.CreateUnaryIntrinsic(id, arg(0))); };
  auto binary = [&](id::ID id) { return set(inst.result, builder.CreateBinaryIntrinsic(id, arg(0), arg(1))); };
  bool isFloat = type->isFloatingPointTy(), isSigned = this->isSigned(resultType);
  // Counts of bits have the operand's width in LLVM and are ints in Dream.
  auto bitCount = [&](llvm::Value *count) { return set(inst.result, builder.CreateZExtOrTrunc(count, type)); };
  auto rotate = [&](id::ID id) {
    llvm::Value *count = builder.CreateZExtOrTrunc(arg(1), type);
    return set(inst.result, builder.CreateIntrinsic(id, {type}, {arg(0), arg(0), count}));
  };
  switch (inst.intrinsic) {
  case Intrinsic::Sqrt: return unary(id::sqrt);
  case Intrinsic::Abs:
    if (isFloat)
      return unary(id::fabs);
    return set(inst.result, builder.CreateBinaryIntrinsic(id::abs, arg(0), builder.getFalse()));
  case Intrinsic::Floor: return unary(id::floor);
  case Intrinsic::Ceiling: return unary(id::ceil);
  case Intrinsic::Truncate: return unary(id::trunc);
  case Intrinsic::RoundEven: return unary(id::roundeven);
  case Intrinsic::Min: return binary(isFloat ? id::minimum : isSigned ? id::smin : id::umin);
  case Intrinsic::Max: return binary(isFloat ? id::maximum : isSigned ? id::smax : id::umax);
  case Intrinsic::FusedMultiplyAdd:
    return set(inst.result, builder.CreateIntrinsic(id::fma, {type}, {arg(0), arg(1), arg(2)}));
  case Intrinsic::CopySign: return binary(id::copysign);
  case Intrinsic::PopCount: return bitCount(builder.CreateUnaryIntrinsic(id::ctpop, arg(0)));
  case Intrinsic::LeadingZeroCount: return bitCount(builder.CreateBinaryIntrinsic(id::ctlz, arg(0), builder.getFalse()));
  case Intrinsic::TrailingZeroCount: return bitCount(builder.CreateBinaryIntrinsic(id::cttz, arg(0), builder.getFalse()));
  case Intrinsic::RotateLeft: return rotate(id::fshl);
  case Intrinsic::RotateRight: return rotate(id::fshr);
  case Intrinsic::ByteSwap:
    if (type->isIntegerTy(8))
      return set(inst.result, arg(0));
    return unary(id::bswap);
  case Intrinsic::BitsOfDouble: case Intrinsic::DoubleOfBits: case Intrinsic::BitsOfFloat: case Intrinsic::FloatOfBits:
    return set(inst.result, builder.CreateBitCast(arg(0), type));
  case Intrinsic::SizeOf:
    return set(inst.result, llvm::ConstantInt::get(type, loweringOf(inst.args[0]).size));
  case Intrinsic::BytesOf:
    if (!emitter.types.isCounted(typeOf(inst.args[0])))
      return set(inst.result, llvm::ConstantInt::get(type, loweringOf(inst.args[0]).size));
    return set(inst.result, emitter.entries.call(builder, Entry::dr_block_bytes, {arg(0)}));
  case Intrinsic::CountOf: {
    llvm::Value *count = emitter.entries.call(builder, Entry::dr_ref_count, {arg(0)});
    return set(inst.result, builder.CreateSExtOrTrunc(count, type));
  }
  }
}

} // namespace dream::codegen
