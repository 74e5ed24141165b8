// 3xx: the types of every instruction's operands and result, and the ownership of its result.
#include "compiler/dil/verify/families.h"

namespace dream::dil::verifier {
namespace {

class TypeRules {
public:
  explicit TypeRules(Report &report)
      : report(report), module(report.module), types(report.module.types), function(*report.function) {}

  void check(const Inst &inst) {
    dispatch(inst, [&](auto &typed) { rule(typed); });
  }

private:
  // ---- What is known of operands

  TypeId typeOf(ValueId id) const { return function[id].type; }
  TypeKind kindOf(ValueId id) const { return types.kind(typeOf(id)); }
  bool isAddress(ValueId id) const { return function[id].ownership == Ownership::Address; }
  bool isInteger(TypeId id) const { return types.isInteger(id); }
  bool isIndex(ValueId id) const { return typeOf(id) == types::Int32 || typeOf(id) == types::Int64; }
  bool isEnum(TypeId id) const { return types.kind(id) == TypeKind::Enum; }
  /// What converts to and from integers.
  bool isScalar(TypeId id) const {
    TypeKind kind = types.kind(id);
    return types.isNumeric(id) || kind == TypeKind::Bool || kind == TypeKind::Char || kind == TypeKind::Pointer ||
           kind == TypeKind::Enum;
  }
  bool same(TypeId a, TypeId b) const { return sameType(types, a, b); }
  bool same(ValueId a, ValueId b) const { return same(typeOf(a), typeOf(b)); }
  /// Dimensions of an array that can be indexed; 0 for other types.
  uint64_t rank(TypeId id) const {
    TypeKind kind = types.kind(id);
    return kind == TypeKind::Rect ? types[id].count : kind == TypeKind::Array || kind == TypeKind::String ? 1 : 0;
  }

  // ---- Results

  /// 300: the instruction has a result, of the kind that it gives.
  bool has(const Inst &inst, Ownership ownership) {
    if (!inst.result.isValid()) {
      report.add(300, inst, "the result is missing");
      return false;
    }
    Ownership found = function[inst.result].ownership;
    // Once counts are explicit, only places are told from values.
    bool fits = module.stage == Stage::Counted ? (found == Ownership::Address) == (ownership == Ownership::Address)
                                               : found == ownership;
    if (!fits)
      report.add(300, inst, "the result has not the ownership that the instruction gives");
    return fits;
  }
  bool hasPlain(const Inst &inst) { return has(inst, Ownership::None); }
  bool hasPlace(const Inst &inst) { return has(inst, Ownership::Address); }
  bool hasFresh(const Inst &inst) { return hasAs(inst, Ownership::Owned); }
  bool hasBorrowed(const Inst &inst) { return hasAs(inst, Ownership::Borrowed); }
  /// As given, but plain values have no ownership.
  bool hasAs(const Inst &inst, Ownership ownership) {
    bool isPlain = inst.result.isValid() && types.isPlain(typeOf(inst.result));
    return has(inst, isPlain ? Ownership::None : ownership);
  }
  void hasNone(const Inst &inst) {
    if (inst.result.isValid())
      report.add(300, inst, "the instruction gives no result");
  }

  void require(bool holds, unsigned invariant, const Inst &inst, llvm::StringRef message) {
    if (!holds)
      report.add(invariant, inst, message);
  }

  // ---- Plain values

  void rule(const ConstInst &inst) {
    if (!hasPlain(inst)) // Whatever its type: a constant holds no counts.
      return;
    require(fits(inst, typeOf(inst.result)), 301, inst, "the constant is not of the result's type");
  }
  bool fits(const Constant &constant, TypeId type) {
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

  void rule(const FnRefInst &inst) {
    if (hasPlain(inst))
      require(kindOf(inst.result) == TypeKind::Pointer, 302, inst, "the address of a function is a pointer");
  }

  void rule(const ArithInst &inst) {
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

  void rule(const UnaryInst &inst) {
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

  void rule(const CmpInst &inst) {
    if (hasPlain(inst))
      require(typeOf(inst.result) == types::Bool, 305, inst, "a comparison gives a bool");
    require(same(inst.lhs, inst.rhs), 305, inst, "the sides have two types");
    TypeId type = typeOf(inst.lhs);
    bool isEquality = inst.op == CmpOp::Eq || inst.op == CmpOp::Ne;
    bool fits = isEquality ? isScalar(type) || types.isCounted(type) : isScalar(type) && type != types::Bool;
    require(fits, 305, inst, "the type cannot be compared so");
  }

  void rule(const ConvertInst &inst) {
    if (hasPlain(inst))
      require(isScalar(typeOf(inst.value)) && isScalar(typeOf(inst.result)), 306, inst,
              "only numbers, characters, bools, enums and pointers are converted");
  }

  void rule(const CheckInst &inst) {
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

  void rule(const IntrinsicInst &inst) {
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

  // ---- Aggregates and references

  void rule(const MakeInst &inst) {
    if (!hasFresh(inst))
      return;
    TypeId type = typeOf(inst.result);
    TypeKind kind = types.kind(type);
    if (kind != TypeKind::Struct && kind != TypeKind::Tuple && kind != TypeKind::FixedArray)
      return report.add(309, inst, "only structs, tuples and fixed arrays are made of parts");
    if (partCount(types, type) != inst.parts.size())
      return report.add(309, inst, "the type has " + llvm::Twine(partCount(types, type)) + " parts");
    for (size_t i = 0; i < inst.parts.size(); ++i)
      require(same(typeOf(inst.parts[i]), partType(types, type, i)), 309, inst, "a part is of another type");
  }

  void rule(const ProjectInst &inst) {
    if (!hasBorrowed(inst))
      return;
    TypeKind kind = kindOf(inst.value);
    if (kind != TypeKind::Struct && kind != TypeKind::Tuple && kind != TypeKind::FixedArray && !types.isTaggedOptional(typeOf(inst.value)))
      return report.add(310, inst, "only structs, tuples, fixed arrays and tagged optionals have parts");
    TypeId part = partType(types, typeOf(inst.value), inst.index);
    require(part.isValid() && same(part, typeOf(inst.result)), 310, inst, "there is no such part of the result's type");
  }

  /// Case `variant` of an enum with payloads; null if there is none.
  const EnumCase *caseOf(TypeId type, unsigned variant) {
    if (!types.isPayloadEnum(type) || variant >= types.info(type).cases.size())
      return nullptr;
    return &types.info(type).cases[variant];
  }

  void rule(const VariantInst &inst) {
    if (!hasFresh(inst))
      return;
    const EnumCase *variant = caseOf(typeOf(inst.result), inst.variant);
    if (!variant)
      return report.add(332, inst, "the result's type is no enum with payloads that has such a case");
    if (variant->parts.size() != inst.parts.size())
      return report.add(332, inst, "the case has " + llvm::Twine(variant->parts.size()) + " parts");
    for (size_t i = 0; i < inst.parts.size(); ++i)
      require(same(typeOf(inst.parts[i]), variant->parts[i].type), 332, inst, "a part is of another type");
  }

  void rule(const TagInst &inst) {
    if (hasPlain(inst))
      require(types.isPayloadEnum(typeOf(inst.value)) && typeOf(inst.result) == types.info(typeOf(inst.value)).underlying, 333,
              inst, "the operand is no enum with payloads whose tag is of the result's type");
  }

  void rule(const PayloadInst &inst) {
    if (!hasBorrowed(inst))
      return;
    const EnumCase *variant = caseOf(typeOf(inst.value), inst.variant);
    require(variant && inst.index < variant->parts.size() && same(variant->parts[inst.index].type, typeOf(inst.result)), 334, inst,
            "there is no such part of such a case of the result's type");
  }

  void rule(const CastInst &inst) {
    Ownership held = function[inst.value].ownership;
    if (!has(inst, inst.looks && held == Ownership::Owned ? Ownership::Borrowed : held))
      return;
    TypeId from = typeOf(inst.value), to = typeOf(inst.result);
    auto inner = [&](TypeId id) { return types.kind(id) == TypeKind::Optional ? types[id].element : id; };
    bool areCounted = types.isCounted(from) && types.isCounted(to), fits = false;
    switch (inst.cast) {
    case CastKind::Up:
      fits = areCounted && (types.kind(from) != TypeKind::Optional || types.kind(to) == TypeKind::Optional) &&
             (inner(to) == types::Object || types.isSubtype(inner(from), inner(to)));
      break;
    case CastKind::Down:
      fits = areCounted;
      break;
    case CastKind::ToOptional:
      fits = types.kind(to) == TypeKind::Optional && same(types[to].element, from);
      break;
    case CastKind::Unwrap:
      fits = types.kind(from) == TypeKind::Optional && same(types[from].element, to);
      break;
    case CastKind::Pointer:
      fits = types.kind(from) == TypeKind::Pointer && types.kind(to) == TypeKind::Pointer;
      break;
    }
    require(fits, 311, inst, "the cast does not lead from the one type to the other");
  }

  void rule(const TypeIsInst &inst) {
    if (hasPlain(inst))
      require(typeOf(inst.result) == types::Bool, 312, inst, "the test gives a bool");
    require(types.isCounted(typeOf(inst.value)), 312, inst, "only references are tested");
  }

  // ---- Places

  void rule(const SlotInst &inst) { hasPlace(inst); }

  void rule(const GlobalInst &inst) {
    if (hasPlace(inst))
      require(same(module[inst.global].type, typeOf(inst.result)), 314, inst, "the variable is of another type");
  }

  void rule(const FieldInst &inst) {
    if (!hasPlace(inst))
      return;
    TypeKind kind = kindOf(inst.base);
    bool fits = isAddress(inst.base) ? kind == TypeKind::Struct || kind == TypeKind::Tuple || types.isTaggedOptional(typeOf(inst.base)) ||
                                                  types.isPayloadEnum(typeOf(inst.base))
                                     : kind == TypeKind::Class;
    require(fits, 315, inst, "the base is neither an object nor the place of a struct, tuple, tagged optional or enum with payloads");
    TypeId part = fits ? fieldType(types, typeOf(inst.base), inst.field) : TypeId();
    require(!fits || (part.isValid() && same(part, typeOf(inst.result))), 315, inst,
            "there is no such field of the result's type");
  }

  void rule(const ElemInst &inst) {
    if (!hasPlace(inst))
      return;
    TypeId base = typeOf(inst.base);
    bool isPointer = types.kind(base) == TypeKind::Pointer && !isAddress(inst.base);
    bool isFlat = isPointer || types.isView(base);
    uint64_t expected = isAddress(inst.base) ? types.kind(base) == TypeKind::FixedArray : isFlat ? 1 : rank(base);
    if (expected == 0)
      return report.add(316, inst, "the base is no array, string, place of a fixed array, view or pointer");
    require(inst.indices.size() == expected, 316, inst, "there is not one index for each dimension");
    for (ValueId index : inst.indices)
      require(isIndex(index), 316, inst, "an index is neither int nor long");
    require(same(elementType(types, base), typeOf(inst.result)), 316, inst, "the elements are of another type");
  }

  void rule(const SpanInst &inst) {
    if (!hasPlain(inst))
      return;
    TypeId view = typeOf(inst.result), base = typeOf(inst.base);
    require(types.isView(view), 335, inst, "the result is no view");
    bool fits = isAddress(inst.base) ? types.kind(base) == TypeKind::FixedArray
                                     : types.kind(base) == TypeKind::Array || types.kind(base) == TypeKind::String || types.isView(base);
    require(fits, 335, inst, "the base is no array, string, place of a fixed array or view");
    require(!fits || !types.isView(view) || same(elementType(types, base), types.viewElement(view)), 335, inst, "the elements are of another type");
    bool isReadOnly = types.kind(base) == TypeKind::String || (types.isView(base) && types.info(base).isReadOnlyView);
    require(!isReadOnly || !types.isView(view) || types.info(view).isReadOnlyView, 335, inst, "the elements of the base may only be read");
    require(inst.first.isValid() == inst.count.isValid(), 335, inst, "the first element goes with a count");
    if (inst.first.isValid() && inst.count.isValid())
      require(typeOf(inst.first) == types::Int32 && typeOf(inst.count) == types::Int32, 335, inst, "the first element and the count are ints");
  }

  void rule(const LenInst &inst) {
    if (hasPlain(inst))
      require(typeOf(inst.result) == types::Int32, 317, inst, "a length is an int");
    uint64_t dimensions = types.isView(typeOf(inst.value)) ? 1 : rank(typeOf(inst.value));
    require(dimensions != 0, 317, inst, "only arrays, strings and views have a length");
    require(inst.dimension < 0 || uint64_t(inst.dimension) < dimensions, 317, inst, "there is no such dimension");
  }

  void access(const Inst &inst, ValueId place) {
    if (hasPlace(inst))
      require(same(inst.result, place), 318, inst, "the place is of another type");
  }
  void rule(const AccessReadInst &inst) { access(inst, inst.place); }
  void rule(const AccessModifyInst &inst) { access(inst, inst.place); }
  void rule(const EndAccessInst &inst) { hasNone(inst); }

  void load(const Inst &inst, ValueId place, Ownership ownership) {
    if (hasAs(inst, ownership))
      require(same(inst.result, place), 319, inst, "the place is of another type");
  }
  void rule(const LoadCopyInst &inst) {
    load(inst, inst.place, Ownership::Owned);
    auto *field = llvm::dyn_cast_or_null<FieldInst>(function[inst.place].definition);
    require(!inst.orTake || (field && types.isCounted(typeOf(inst.place)) && kindOf(field->base) == TypeKind::Class), 319, inst,
            "only a counted field of an object is taken if it may be");
  }
  void rule(const LoadTakeInst &inst) { load(inst, inst.place, Ownership::Owned); }
  void rule(const LoadBorrowInst &inst) { load(inst, inst.place, Ownership::Borrowed); }
  void rule(const LoadInst &inst) { load(inst, inst.place, Ownership::None); }

  void store(const Inst &inst, ValueId place, ValueId value) {
    hasNone(inst);
    require(same(place, value), 320, inst, "the place is of another type");
  }
  void rule(const InitInst &inst) { store(inst, inst.place, inst.value); }
  void rule(const AssignInst &inst) { store(inst, inst.place, inst.value); }
  void rule(const StoreInst &inst) { store(inst, inst.place, inst.value); }

  void rule(const UniqueInst &inst) {
    if (!hasBorrowed(inst))
      return;
    TypeKind kind = kindOf(inst.place);
    require((kind == TypeKind::Array || kind == TypeKind::Rect) && same(inst.result, inst.place), 321, inst,
            "only the place of an array is made unique");
  }

  // ---- Ownership

  void rule(const CopyInst &inst) {
    if (hasFresh(inst))
      require(same(inst.result, inst.value), 322, inst, "the copy is of another type");
  }
  void rule(const EndBorrowInst &inst) { hasNone(inst); }
  void rule(const DropInst &inst) { hasNone(inst); }
  void rule(const DropSlotInst &inst) { hasNone(inst); }
  void rule(const DropIfInst &inst) {
    hasNone(inst);
    require(typeOf(inst.flag) == types::Bool, 323, inst, "the flag is no bool");
  }

  // ---- Allocation

  bool isBytes(ValueId value) const {
    return types.kind(typeOf(value)) == TypeKind::Pointer && types[typeOf(value)].element == types::UInt8;
  }
  void rule(const RegionOpenInst &inst) {
    if (hasPlain(inst))
      require(isBytes(inst.result), 336, inst, "a region is a byte*");
  }
  void rule(const RegionCloseInst &inst) { hasNone(inst); }

  void rule(const ArenaOpenInst &inst) {
    if (!hasPlain(inst))
      return;
    require(isBytes(inst.result), 336, inst, "an arena is a byte*");
    require(!inst.size.isValid() || typeOf(inst.size) == types::Int64, 336, inst, "its size is no long");
  }
  void rule(const ArenaCloseInst &inst) { hasNone(inst); }

  void rule(const StorageInst &inst) {
    if (!hasPlain(inst))
      return;
    require(isBytes(inst.result), 336, inst, "storage is a byte*");
    require(inst.bytes > 0 && llvm::isPowerOf2_32(inst.align), 336, inst, "storage has a size, and an alignment");
  }

  void rule(const AllocInst &inst) {
    if (hasFresh(inst))
      require(kindOf(inst.result) == TypeKind::Class, 324, inst, "only objects of classes are allocated so");
    if (inst.reused.isValid()) {
      TypeId dying = kindOf(inst.reused) == TypeKind::Optional ? types[typeOf(inst.reused)].element : typeOf(inst.reused);
      require(!inst.storage.isValid() && types.kind(dying) == TypeKind::Class && types.isSubtype(typeOf(inst.result), dying), 324, inst,
              "what is made on the heap reuses an object of its class, or of a base of that");
    }
  }

  void rule(const AllocArrayInst &inst) {
    if (!hasFresh(inst))
      return;
    TypeId type = typeOf(inst.result);
    if (type == types::String || rank(type) == 0)
      return report.add(325, inst, "only arrays are allocated so");
    require(inst.lengths.size() == rank(type), 325, inst, "there is not one length for each dimension");
    for (ValueId length : inst.lengths)
      require(isIndex(length), 325, inst, "a length is neither int nor long");
  }

  void rule(const ClosureInst &inst) {
    bool isStatic = inst.captures.empty() || inst.onStack;
    if (!has(inst, isStatic ? Ownership::None : Ownership::Owned))
      return;
    bool isEnvironment = types.kind(inst.environment) == TypeKind::Class;
    const NominalInfo *info = isEnvironment ? &types.info(inst.environment) : nullptr;
    isEnvironment = isEnvironment && !info->base.isValid() && !info->fields.empty() &&
                    types.kind(info->fields[0].type) == TypeKind::Pointer;
    require(isEnvironment, 331, inst, "the environment is no class whose first field is the code");
    if (!isEnvironment)
      return;
    bool fits = info->fields.size() == inst.captures.size() + 1 && inst.modes.size() == inst.captures.size();
    for (size_t i = 0; fits && i < inst.captures.size(); ++i) {
      TypeId field = info->fields[i + 1].type, capture = typeOf(inst.captures[i]);
      fits = inst.modes[i] == CaptureMode::Ref ? types.kind(field) == TypeKind::Pointer && same(types[field].element, capture)
                                               : same(field, capture);
    }
    require(fits, 331, inst, "the captures are not what the environment holds");
    require(kindOf(inst.result) == TypeKind::Func, 331, inst, "the result is no function");
  }

  bool isBox(TypeId id) const { return types.kind(id) == TypeKind::Object || types.kind(id) == TypeKind::Interface; }

  void rule(const BoxInst &inst) {
    if (hasFresh(inst))
      require(isBox(typeOf(inst.result)) && !types.isCounted(typeOf(inst.value)), 326, inst,
              "a value without a header goes into a box, which is an object or an interface");
  }
  void rule(const UnboxInst &inst) {
    if (hasFresh(inst))
      require(isBox(typeOf(inst.value)) && !types.isCounted(typeOf(inst.result)), 327, inst,
              "a value without a header comes out of a box, which is an object or an interface");
  }

  void rule(const ReboxInst &inst) {
    hasNone(inst);
    require(isBox(typeOf(inst.box)) && !types.isCounted(typeOf(inst.value)), 327, inst,
            "a value without a header goes into a box, which is an object or an interface");
  }

  void rule(const WeakOfInst &inst) {
    if (!hasFresh(inst))
      return;
    TypeId from = typeOf(inst.value), to = typeOf(inst.result);
    TypeId target = types.kind(from) == TypeKind::Optional ? types[from].element : from;
    require(types.kind(to) == TypeKind::Weak && types.isClassRef(target) && types.isSubtype(target, types[to].element), 338, inst,
            "a weak reference is to an object of its class or interface");
  }
  void rule(const WeakGetInst &inst) {
    if (hasFresh(inst))
      require(kindOf(inst.value) == TypeKind::Weak && types.kind(typeOf(inst.result)) == TypeKind::Optional &&
                  types[typeOf(inst.result)].element == types[typeOf(inst.value)].element, 338, inst,
              "a weak reference gives an optional of its class or interface");
  }

  // ---- After counting

  void count(const Inst &inst, ValueId value) {
    hasNone(inst);
    require(!types.isPlain(typeOf(value)), 328, inst, "the value holds no counts");
  }
  void rule(const RetainInst &inst) { count(inst, inst.value); }
  void rule(const ReleaseInst &inst) { count(inst, inst.value); }

  // ---- Calls have a family of their own

  void rule(const CallInst &) {}
  void rule(const CallSlotInst &) {}
  void rule(const CallFnInst &) {}

  // ---- Terminators

  void rule(const BrInst &inst) { hasNone(inst); }
  void rule(const CondBrInst &inst) {
    hasNone(inst);
    require(typeOf(inst.condition) == types::Bool, 329, inst, "a condition is a bool");
  }
  void rule(const SwitchInst &inst) {
    hasNone(inst);
    TypeId type = typeOf(inst.value);
    require(isScalar(type) && !types.isFloat(type) && kindOf(inst.value) != TypeKind::Pointer, 330, inst,
            "only integers, characters, bools and enums are switched on");
  }
  void rule(const ReturnInst &inst) { hasNone(inst); }
  void rule(const ThrowInst &inst) { hasNone(inst); }
  void rule(const YieldInst &inst) {
    hasNone(inst);
    const auto &params = function.params;
    bool isIterator = params.size() == 2 && types.kind(params[0].type) == TypeKind::Class && params[1].type == types::Bool &&
                      function.result == types::Bool && types.info(params[0].type).fields.size() >= 2;
    require(isIterator && partType(types, params[0].type, 0) == types::Int32 && same(partType(types, params[0].type, 1), typeOf(inst.value)), 337,
            inst, "what runs is an iterator's, and yields elements of its type");
  }
  void rule(const UnreachableInst &inst) { hasNone(inst); }

  Report &report;
  const Module &module;
  const TypeTable &types;
  const Function &function;
};

} // namespace

void verifyTypes(Report &report) {
  TypeRules rules(report);
  for (const Block &block : report.function->blocks)
    for (const Inst *inst : block.insts)
      rules.check(*inst);
}

} // namespace dream::dil::verifier
