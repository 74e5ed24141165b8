// 301 to 308: the types of plain values: numbers, bools, characters, and what is computed with them.
#include "compiler/dil/verify/type_rules.h"

namespace dream::dil::verifier {

void TypeRules::rule(const ConstInst &inst) {
  if (!hasPlain(inst)) // Whatever its type: a constant holds no counts.
    return;
  require(fits(inst, typeOf(inst.result)), 301, inst, "the constant is not of the result's type");
}
bool TypeRules::fits(const Constant &constant, TypeId type) {
  TypeKind kind = types.kind(type);
  switch (constant.constKind) {
  case ConstKind::Int: return isInteger(type) || kind == TypeKind::Enum || kind == TypeKind::Char;
  case ConstKind::Float: return types.isFloat(type);
  case ConstKind::Bool: return kind == TypeKind::Bool;
  case ConstKind::Char: return kind == TypeKind::Char;
  case ConstKind::String: return kind == TypeKind::String;
  case ConstKind::Null:
    // Once counts are explicit, null in any reference marks a place that was taken.
    return kind == TypeKind::Optional || kind == TypeKind::Weak || kind == TypeKind::Pointer || kind == TypeKind::Null ||
           (report.module.stage == Stage::Counted && types.isCounted(type));
  case ConstKind::Zero: return true;
  case ConstKind::Parts: {
    bool isArray = kind == TypeKind::Array, isFixed = kind == TypeKind::FixedArray, isTuple = kind == TypeKind::Tuple;
    if (!(isArray || isFixed || isTuple) || constant.parts.empty())
      return false;
    if ((isFixed && constant.parts.size() != types[type].count) || (isTuple && constant.parts.size() != types[type].args.size()))
      return false;
    for (size_t i = 0; i < constant.parts.size(); ++i) {
      TypeId part = isTuple ? types[type].args[i] : types[type].element;
      // A text in an optional is the text.
      bool isText = constant.parts[i].constKind == ConstKind::String && types.kind(part) == TypeKind::Optional;
      if (!fits(constant.parts[i], isText ? types[part].element : part))
        return false;
    }
    return true;
  }
  }
  return false;
}

void TypeRules::rule(const FnRefInst &inst) {
  if (hasPlain(inst))
    require(kindOf(inst.result) == TypeKind::Pointer, 302, inst, "the address of a function is a pointer");
}

void TypeRules::rule(const ArithInst &inst) {
  if (!hasPlain(inst))
    return;
  TypeId type = typeOf(inst.result);
  require(same(typeOf(inst.lhs), type), 303, inst, "the left side is not of the result's type");
  bool isShift = inst.op == ArithOp::Shl || inst.op == ArithOp::Shr || inst.op == ArithOp::UShr;
  bool isBitwise = inst.op == ArithOp::And || inst.op == ArithOp::Or || inst.op == ArithOp::Xor;
  if (isShift)
    require(typeOf(inst.rhs) == types::Int32, 303, inst, "the count of a shift is an int");
  else
    require(same(typeOf(inst.rhs), type), 303, inst, "the right side is not of the result's type");
  bool fits = isInteger(type) || (isBitwise && (type == types::Bool || isEnum(type))) ||
              (!isBitwise && !isShift && types.isFloat(type));
  require(fits, 303, inst, "the type has no such operation");
}

void TypeRules::rule(const UnaryInst &inst) {
  if (!hasPlain(inst))
    return;
  TypeId type = typeOf(inst.result);
  require(same(typeOf(inst.value), type), 304, inst, "the operand is not of the result's type");
  bool fits = false;
  switch (inst.op) {
  case UnaryOp::Neg:
    fits = types.isNumeric(type);
    break;
  case UnaryOp::Not:
    fits = type == types::Bool;
    break;
  case UnaryOp::BitNot:
    fits = isInteger(type) || isEnum(type);
    break;
  }
  require(fits, 304, inst, "the type has no such operation");
}

void TypeRules::rule(const CmpInst &inst) {
  if (hasPlain(inst))
    require(typeOf(inst.result) == types::Bool, 305, inst, "a comparison gives a bool");
  require(same(inst.lhs, inst.rhs), 305, inst, "the sides have two types");
  TypeId type = typeOf(inst.lhs);
  bool isEquality = inst.op == CmpOp::Eq || inst.op == CmpOp::Ne;
  bool fits = isEquality ? isScalar(type) || types.isCounted(type) : isScalar(type) && type != types::Bool;
  require(fits, 305, inst, "the type cannot be compared so");
}

void TypeRules::rule(const ConvertInst &inst) {
  if (hasPlain(inst))
    require(isScalar(typeOf(inst.value)) && isScalar(typeOf(inst.result)), 306, inst,
            "only numbers, characters, bools, enums and pointers are converted");
}

void TypeRules::rule(const CheckInst &inst) {
  hasNone(inst);
  bool isPair = inst.check == CheckKind::Bounds || inst.check == CheckKind::Slice;
  require(inst.b.isValid() == isPair, 307, inst, isPair ? "the second operand is missing" : "it takes one operand");
  require(inst.type.isValid() == (inst.check == CheckKind::Cast), 307, inst, "a type stands in a cast's check, and there only");
  switch (inst.check) {
  case CheckKind::Bounds: case CheckKind::Slice:
    require(isIndex(inst.a) && (!inst.b.isValid() || same(inst.a, inst.b)), 307, inst, "both are int, or both long");
    break;
  case CheckKind::Divisor: case CheckKind::Length:
    require(isInteger(typeOf(inst.a)), 307, inst, "it is made of integers");
    break;
  case CheckKind::Matched:
    require(typeOf(inst.a) == types::Bool, 307, inst, "it is made of a bool");
    break;
  case CheckKind::NotNull:
    require(types.isCounted(typeOf(inst.a)) || typeOf(inst.a) == types::Bool, 307, inst, "it is made of references and bools");
    break;
  case CheckKind::Late: case CheckKind::Cast: case CheckKind::Taken:
    require(types.isCounted(typeOf(inst.a)) || (typeOf(inst.a) == types::Bool && inst.check != CheckKind::Cast), 307, inst,
            "it is made of references, or of the flag of a struct");
    break;
  }
  if (inst.type.isValid() && inst.check == CheckKind::Cast)
    require(!types.isPlain(inst.type) || !types.isCounted(inst.type), 307, inst, "it is no type of an object");
}

void TypeRules::rule(const IntrinsicInst &inst) {
  if (!hasPlain(inst))
    return;
  TypeId type = typeOf(inst.result);
  size_t count = 1;
  // Arguments of the result's type unless the case says otherwise.
  bool fits = true, areSame = true;
  auto first = [&](bool holds) { return inst.args.empty() || holds; };
  switch (inst.intrinsic) {
  case Intrinsic::Sqrt: case Intrinsic::Floor: case Intrinsic::Ceiling: case Intrinsic::Truncate:
  case Intrinsic::RoundEven:
    fits = types.isFloat(type);
    break;
  case Intrinsic::Abs:
    fits = types.isNumeric(type);
    break;
  case Intrinsic::Min: case Intrinsic::Max:
    count = 2;
    fits = types.isNumeric(type);
    break;
  case Intrinsic::FusedMultiplyAdd:
    count = 3;
    fits = types.isFloat(type);
    break;
  case Intrinsic::CopySign:
    count = 2;
    fits = types.isFloat(type);
    break;
  case Intrinsic::PopCount: case Intrinsic::LeadingZeroCount: case Intrinsic::TrailingZeroCount:
    areSame = false;
    fits = isInteger(type) && first(isInteger(typeOf(inst.args[0])));
    break;
  case Intrinsic::RotateLeft: case Intrinsic::RotateRight:
    count = 2;
    areSame = false;
    fits = isInteger(type) && first(same(typeOf(inst.args[0]), type)) &&
           (inst.args.size() < 2 || isInteger(typeOf(inst.args[1])));
    break;
  case Intrinsic::ByteSwap:
    fits = isInteger(type);
    break;
  case Intrinsic::BitsOfDouble: case Intrinsic::BitsOfFloat:
    areSame = false;
    fits = isInteger(type) && first(types.isFloat(typeOf(inst.args[0])) && types.bits(typeOf(inst.args[0])) == types.bits(type));
    break;
  case Intrinsic::DoubleOfBits: case Intrinsic::FloatOfBits:
    areSame = false;
    fits = types.isFloat(type) && first(isInteger(typeOf(inst.args[0])) && types.bits(typeOf(inst.args[0])) == types.bits(type));
    break;
  case Intrinsic::SizeOf:
    areSame = false;
    count = inst.args.size();
    fits = isInteger(type);
    break;
  case Intrinsic::BytesOf:
    areSame = false;
    fits = type == types::Int64;
    break;
  case Intrinsic::CountOf:
    areSame = false;
    fits = isInteger(type) && first(types.isCounted(typeOf(inst.args[0])));
    break;
  }
  require(inst.args.size() == count, 308, inst, "it does not have as many operands as the operation takes");
  require(fits, 308, inst, "the types are not those of the operation");
  if (areSame)
    for (ValueId arg : inst.args)
      require(same(typeOf(arg), type), 308, inst, "an operand is not of the result's type");
}

} // namespace dream::dil::verifier
