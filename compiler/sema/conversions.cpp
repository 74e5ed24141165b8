// Conversions: which exist between two types, and applying one to a checked expression.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Which exist -------------------------------------------------------------------------------------------===//

bool Checker::constantFits(const ConstValue &value, TypeId to) const {
  if (value.kind != ConstValue::Kind::Int || !types.isInteger(to))
    return false;
  unsigned bits = types.bits(to);
  if (types.isSigned(to)) {
    if (value.isUnsigned && int64_t(value.bits) < 0)
      return false;
    return bits == 64 || (int64_t(value.bits) >= -(int64_t(1) << (bits - 1)) && int64_t(value.bits) < (int64_t(1) << (bits - 1)));
  }
  if (!value.isUnsigned && int64_t(value.bits) < 0)
    return false;
  return bits == 64 || value.bits < (uint64_t(1) << bits);
}

/// Every value of `from` is one of `to`, on all targets.
bool Checker::widens(TypeId from, TypeId to) const {
  auto range = [&](TypeId type, unsigned &least, unsigned &most) {
    bool isNative = type == types::NInt || type == types::NUInt;
    least = isNative ? 32 : types.bits(type);
    most = isNative ? 64 : types.bits(type);
  };
  if (from == types::Float32 && to == types::Float64)
    return true;
  if (types.isInteger(from) && types.isFloat(to))
    return true;
  if (from == types::Char && types.isInteger(to))
    return to == types::Int32 || to == types::UInt32 || to == types::Int64 || to == types::UInt64 || to == types::NInt || to == types::NUInt;
  if (!types.isInteger(from) || !types.isInteger(to))
    return false;
  unsigned fromLeast, fromMost, toLeast, toMost;
  range(from, fromLeast, fromMost);
  range(to, toLeast, toMost);
  if (types.isSigned(from) == types.isSigned(to))
    return fromMost <= toLeast;
  return !types.isSigned(from) && fromMost < toLeast;
}

static ConversionKind numericKind(const TypeTable &types, TypeId from, TypeId to) {
  if (from == types::Char)
    return to == types::Char ? ConversionKind::None : ConversionKind::CharToInt;
  if (to == types::Char)
    return ConversionKind::IntToChar;
  if (types.isInteger(from))
    return types.isInteger(to) ? ConversionKind::IntToInt : ConversionKind::IntToFloat;
  return types.isInteger(to) ? ConversionKind::FloatToInt : ConversionKind::FloatToFloat;
}

std::optional<Conversion> Checker::implicitConversion(TypeId from, TypeId to, const Expr *expr) {
  Conversion same{ConversionKind::None, to, {}};
  if (!from.isValid() || !to.isValid() || from == types::Error || to == types::Error || from == to)
    return same;
  if (from == types::Never)
    return same;
  const Type &source = types[from], &target = types[to];
  if (expr) {
    expr = stripParens(expr);
    if (auto *literal = llvm::dyn_cast<ArrayLiteral>(expr)) {
      TypeId array = arrayOfSequence(to);
      if (!literalConverts(literal->elements, array.isValid() ? array : to))
        return std::nullopt;
      return array.isValid() ? sequenceConversion(array, to) : same;
    }
    TypeId inner = target.kind == TypeKind::Optional ? target.element : to;
    if (auto *tuple = llvm::dyn_cast<TupleExpr>(expr); tuple && types.kind(inner) == TypeKind::Tuple)
      return tupleLiteralConverts(tuple, to) ? std::optional(same) : std::nullopt;
  }
  if (source.kind == TypeKind::Tuple && target.kind == TypeKind::Tuple)
    return tupleConversion(from, to, false);
  if (from == types::Null) {
    if (target.kind == TypeKind::Optional || target.kind == TypeKind::Weak || target.kind == TypeKind::Pointer)
      return Conversion{ConversionKind::NullToOptional, to, {}};
    return std::nullopt;
  }
  if (target.kind == TypeKind::Weak || source.kind == TypeKind::Weak) {
    bool makes = target.kind == TypeKind::Weak;
    std::optional<Conversion> inside = implicitConversion(types.read(from), types.read(to), expr);
    if (!inside || (inside->kind != ConversionKind::None && inside->kind != ConversionKind::ToOptional && inside->kind != ConversionKind::Upcast))
      return std::nullopt;
    return Conversion{makes ? ConversionKind::ToWeak : ConversionKind::FromWeak, to, {}};
  }
  // Into an optional: as into its element; the wrapping changes no bits.
  if (target.kind == TypeKind::Optional) {
    TypeId inner = source.kind == TypeKind::Optional ? source.element : from;
    std::optional<Conversion> inside = implicitConversion(inner, target.element, expr);
    bool fromOptional = source.kind == TypeKind::Optional;
    bool isLifted = inside && fromOptional && !types.isCounted(from) &&
                    ((inside->kind >= ConversionKind::IntToInt && inside->kind <= ConversionKind::CharToInt) || inside->kind == ConversionKind::TupleParts ||
                     inside->kind == ConversionKind::Box);
    if (!inside || (fromOptional && !isLifted && inside->kind != ConversionKind::Upcast && inside->kind != ConversionKind::None))
      return std::nullopt;
    if (inside->kind == ConversionKind::None)
      inside->kind = ConversionKind::ToOptional;
    inside->to = to;
    return inside;
  }
  // No flag at all.
  if (expr && from == types::Int32 && llvm::isa<IntLiteral>(expr) && isPlainEnum(to))
    if (const ConstValue &value = constantOf(expr); value.kind == ConstValue::Kind::Int && value.bits == 0)
      return Conversion{ConversionKind::IntToEnum, to, {}};
  bool fromNumber = types.isNumeric(from) || from == types::Char;
  if (fromNumber && types.isNumeric(to)) {
    if (widens(from, to))
      return Conversion{numericKind(types, from, to), to, {}};
    if (expr) {
      const ConstValue &value = constantOf(expr);
      bool mayAdapt = from == types::Int32 || (from == types::Int64 && types.bits(to) == 64);
      if (value.kind == ConstValue::Kind::Int && mayAdapt && constantFits(value, to))
        return Conversion{ConversionKind::IntToInt, to, {}};
      // A literal may lose digits, as it does anyway.
      if (value.kind == ConstValue::Kind::Float && to == types::Float32)
        return Conversion{ConversionKind::FloatToFloat, to, {}};
    }
    return std::nullopt;
  }
  if (types.isClassRef(to) && types.isSubtype(from, to) && types.isClassRef(from))
    return Conversion{ConversionKind::Upcast, to, {}};
  if (types.isView(from) || types.isView(to))
    return viewConversion(from, to);
  if (source.kind == TypeKind::TypeParam && to != types::Object) {
    if (types.isClassRef(to) && conforms(from, to))
      return Conversion{ConversionKind::Box, to, {}};
    return std::nullopt;
  }
  if (to == types::Object) {
    if (source.kind == TypeKind::String || source.kind == TypeKind::Array || source.kind == TypeKind::Rect || source.kind == TypeKind::Func)
      return Conversion{ConversionKind::Upcast, to, {}};
    if (source.kind == TypeKind::Optional || source.kind == TypeKind::Void || source.kind == TypeKind::Pointer)
      return std::nullopt;
    return Conversion{ConversionKind::Box, to, {}};
  }
  bool isReference = source.kind == TypeKind::String || source.kind == TypeKind::Array || source.kind == TypeKind::Rect;
  if (target.kind == TypeKind::Interface && !isReference && !types.isClassRef(from) && source.kind != TypeKind::FixedArray && conforms(from, to))
    return Conversion{ConversionKind::Box, to, {}};
  if (std::optional<Conversion> whole = sequenceConversion(from, to))
    return whole;
  if (source.kind == TypeKind::FixedArray && target.kind == TypeKind::Array && source.element == target.element)
    return Conversion{ConversionKind::FixedToArray, to, {}};
  if (source.kind == TypeKind::Pointer && target.kind == TypeKind::Pointer) {
    bool sameElement = source.element == target.element || target.element == types::Void;
    if (sameElement && (target.isConst || !source.isConst))
      return Conversion{ConversionKind::PointerToPointer, to, {}};
    return std::nullopt;
  }
  return userConversion(from, to, false);
}

std::optional<Conversion> Checker::explicitConversion(TypeId from, TypeId to, const Expr *expr) {
  if (std::optional<Conversion> implicit = implicitConversion(from, to, expr))
    return implicit;
  const Type &source = types[from], &target = types[to];
  if (source.kind == TypeKind::Tuple && target.kind == TypeKind::Tuple)
    return tupleConversion(from, to, true);
  auto isNumber = [&](TypeId type) { return types.isNumeric(type) || type == types::Char; };
  if (isNumber(from) && isNumber(to)) {
    // float to char goes by way of int: not in one step
    if ((types.isFloat(from) && to == types::Char) || (from == types::Char && types.isFloat(to)))
      return std::nullopt;
    return Conversion{numericKind(types, from, to), to, {}};
  }
  if (from == types::Bool && types.isInteger(to))
    return Conversion{ConversionKind::BoolToInt, to, {}};
  if (source.kind == TypeKind::Enum && types.isInteger(to) && !isPayloadEnum(from))
    return Conversion{ConversionKind::EnumToInt, to, {}};
  if (types.isInteger(from) && target.kind == TypeKind::Enum && !isPayloadEnum(to))
    return Conversion{ConversionKind::IntToEnum, to, {}};
  if (source.kind == TypeKind::Optional) {
    if (source.element == to)
      return Conversion{ConversionKind::UnwrapOptional, to, {}};
    TypeId inner = target.kind == TypeKind::Optional ? target.element : to;
    std::optional<Conversion> inside = explicitConversion(source.element, inner);
    bool isLifted = inside && target.kind == TypeKind::Optional && !types.isCounted(from) && inside->kind >= ConversionKind::IntToInt &&
                    inside->kind <= ConversionKind::IntToEnum;
    if (inside && (isLifted || inside->kind == ConversionKind::Downcast || inside->kind == ConversionKind::Upcast || inside->kind == ConversionKind::Unbox)) {
      inside->to = to;
      return inside;
    }
    return std::nullopt;
  }
  if (target.kind == TypeKind::Optional) {
    std::optional<Conversion> inside = explicitConversion(from, target.element);
    if (inside)
      inside->to = to;
    return inside;
  }
  if (target.kind == TypeKind::TypeParam && source.kind == TypeKind::Class) // its own kind: `(T)this`
    for (TypeId bound : needBounds(to).bounds)
      if (types.isSubtype(bound, from))
        return Conversion{ConversionKind::Downcast, to, {}};
  if (types.isClassRef(from)) {
    if (types.isClassRef(to)) {
      // A class and an interface may meet in a derived class, unless the class is sealed.
      bool mayMeet = types.isSubtype(to, from) || (source.kind == TypeKind::Interface && target.kind == TypeKind::Interface) ||
                     (source.kind == TypeKind::Interface && !types.info(to).isSealed) ||
                     (target.kind == TypeKind::Interface && source.kind == TypeKind::Class && !types.info(from).isSealed);
      if (mayMeet)
        return Conversion{ConversionKind::Downcast, to, {}};
    } else if (from == types::Object) {
      if (types.kind(to) == TypeKind::Func)
        return std::nullopt; // nothing in an object tells the types of a closure
      if (types.isCounted(to))
        return Conversion{ConversionKind::Downcast, to, {}};
      if (target.kind != TypeKind::Void && target.kind != TypeKind::Pointer)
        return Conversion{ConversionKind::Unbox, to, {}};
    } else if (target.kind == TypeKind::Struct && source.kind == TypeKind::Interface && types.isSubtype(to, from)) {
      return Conversion{ConversionKind::Unbox, to, {}};
    }
  }
  if (source.kind == TypeKind::Pointer && target.kind == TypeKind::Pointer)
    return Conversion{ConversionKind::PointerToPointer, to, {}};
  if (source.kind == TypeKind::Pointer && types.isInteger(to))
    return Conversion{ConversionKind::PointerToInt, to, {}};
  if (types.isInteger(from) && target.kind == TypeKind::Pointer)
    return Conversion{ConversionKind::IntToPointer, to, {}};
  return userConversion(from, to, true);
}

/// T[], for IEnumerable<T>; invalid for other types.
TypeId Checker::arrayOfSequence(TypeId to) {
  TypeId known = program.knownTypes[size_t(Known::IEnumerable)];
  if (types.kind(to) != TypeKind::Interface || !known.isValid() || detail(types[to].nominal).generic != types[known].nominal)
    return {};
  return types.array(detail(types[to].nominal).args.front());
}

/// An array, fixed array or string as IEnumerable: the library makes an object that holds it.
std::optional<Conversion> Checker::sequenceConversion(TypeId from, TypeId to) {
  TypeKind kind = types.kind(from);
  if (FunctionId maker = program.knownFunctions[size_t(Known::CharactersOf)]; from == types::String && maker.isValid()) {
    needSignature(maker);
    return program[maker].result == to ? std::optional(Conversion{ConversionKind::User, to, maker}) : std::nullopt;
  }
  if (kind != TypeKind::Array && kind != TypeKind::FixedArray)
    return std::nullopt;
  TypeId array = arrayOfSequence(to), element = types[from].element;
  if (!array.isValid() || types[array].element != element || isMoveOnly(element))
    return std::nullopt;
  FunctionId maker = program.knownFunctions[size_t(Known::ElementsOf)];
  if (maker.isValid())
    maker = instantiate(maker, element, useRange.isValid() ? useRange : program[maker].range);
  if (!maker.isValid())
    return std::nullopt;
  needSignature(maker);
  return Conversion{ConversionKind::User, to, maker};
}

/// An `implicit operator` (or `explicit`, if allowed) of either type that takes `from`, or what it widens to.
std::optional<Conversion> Checker::userConversion(TypeId from, TypeId to, bool isExplicit) {
  std::optional<Conversion> best;
  auto look = [&](TypeId holder) {
    auto scan = [&](llvm::ArrayRef<FunctionId> list) {
      for (FunctionId function : list) {
        needSignature(function);
        const FunctionInfo &info = program[function];
        if (detail(function).isPoisoned || (!isExplicit && info.name.text() != "implicit") || info.result != to || info.params.empty())
          continue;
        TypeId param = program[info.params[0].variable].type;
        if (param == from || types.isSubtype(from, param))
          best = Conversion{ConversionKind::User, to, function};
      }
    };
    TypeKind kind = types.kind(holder);
    if (isNominal(kind))
      scan(detail(types[holder].nominal).conversions);
    for (Extension *found : extensionsOf(holder, false))
      scan(found->conversions);
  };
  look(from);
  if (!best)
    look(to);
  return best;
}

/// The values of a match's arms, but those that leave.
void Checker::forEachArmValue(const MatchExpr *match, llvm::function_ref<void(const Expr *)> visit) const {
  for (const MatchArm *arm : match->arms) {
    const Expr *value = arm->expr ? arm->expr : arm->blockValue;
    if (value && program.exprs.get(stripParens(value)).type != types::Never)
      visit(value);
  }
}

bool Checker::armsConvert(const MatchExpr *match, TypeId to) {
  bool all = true;
  forEachArmValue(match, [&](const Expr *value) { all = all && converts(value, to); });
  return all;
}

/// Whether a checked expression may stand where the type is wanted.
bool Checker::converts(const Expr *expr, TypeId to) {
  const Expr *inner = stripParens(expr);
  TypeId from = program.exprs.get(inner).type;
  if (to == types::Error || from == types::Error)
    return true;
  if (!from.isValid()) {
    // Waits for its target.
    if (openVariant(inner))
      return variantConverts(inner, to);
    if (llvm::isa<DefaultExpr>(inner))
      return to != types::Void;
    if (auto *literal = llvm::dyn_cast<ArrayLiteral>(inner))
      return literalConverts(literal->elements, arrayOfSequence(to).isValid() ? arrayOfSequence(to) : to);
    if (auto *tuple = llvm::dyn_cast<TupleExpr>(inner))
      return tupleLiteralConverts(tuple, to);
    if (auto *match = llvm::dyn_cast<MatchExpr>(inner))
      return armsConvert(match, to);
    if (llvm::isa<NewObject>(inner)) {
      TypeId object = types.kind(to) == TypeKind::Optional ? types[to].element : to;
      return types.kind(object) == TypeKind::Class || types.kind(object) == TypeKind::Struct;
    }
    TypeId func = types.kind(to) == TypeKind::Optional ? types[to].element : to;
    if (auto *lambda = llvm::dyn_cast<LambdaExpr>(inner))
      return types.kind(func) == TypeKind::Func && lambdaFits(lambda, func);
    if (auto group = groups.find(inner); group != groups.end())
      return types.kind(func) == TypeKind::Func && groupMember(Resolved(group->second), func).isValid();
    if (auto *conditional = llvm::dyn_cast<ConditionalExpr>(inner))
      return converts(conditional->whenTrue, to) && converts(conditional->whenFalse, to);
    return false;
  }
  if (auto *match = llvm::dyn_cast<MatchExpr>(inner); match && from != types::Void && from != types::Never && !implicitConversion(from, to, inner))
    return armsConvert(match, to);
  if (auto *conditional = llvm::dyn_cast<ConditionalExpr>(inner); conditional && !implicitConversion(from, to, inner))
    return converts(conditional->whenTrue, to) && converts(conditional->whenFalse, to);
  return implicitConversion(from, to, inner).has_value();
}

//===-- Texts and common types ----------------------------------------------------------------------------===//

/// Values of the type can be shown; notes what is called for that.
bool Checker::hasText(TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Void:
    return false;
  case TypeKind::Pointer: case TypeKind::Func:
    return isInstance(program.layer); // any T has; written for this type, it is a call that was forgotten
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional: case TypeKind::Weak:
    return hasText(types[type].element);
  case TypeKind::Tuple:
    return llvm::all_of(types[type].args, [&](TypeId part) { return hasText(part); });
  case TypeKind::Enum: {
    if (toStringOf(type).isValid() || !isPayloadEnum(type) || !textsRunning.insert(type).second)
      return true;
    needVariants(types[type].nominal);
    bool all = true;
    for (const EnumCase &variant : types.info(type).cases)
      for (const FieldInfo &part : variant.parts)
        all = hasText(part.type) && all;
    textsRunning.erase(type);
    return all;
  }
  case TypeKind::Class: case TypeKind::Interface: case TypeKind::Object: case TypeKind::Struct:
    toStringOf(type);
    return true;
  default:
    return true;
  }
}

/// The ToString() that turns a value of the type into text; invalid where the compiler knows it.
FunctionId Checker::toStringOf(TypeId type) {
  TypeKind kind = types.kind(type);
  FunctionId function;
  if ((kind == TypeKind::Class || kind == TypeKind::Struct || kind == TypeKind::Enum) && types[type].nominal.index < program.toStrings.size())
    function = program.toStrings[types[type].nominal.index];
  if (!function.isValid() && types.isClassRef(type))
    function = program.knownFunctions[size_t(Known::ObjectToString)];
  if (function.isValid())
    noteCall(function, program[function].slot ? Dispatch::Virtual : Dispatch::Direct);
  return function;
}

/// The type to which all of them convert: one of theirs. Invalid if there is none.
TypeId Checker::commonType(llvm::ArrayRef<const Expr *> exprs) {
  TypeId best;
  bool sawNull = false, sawError = false;
  for (const Expr *expr : exprs) {
    TypeId type = program.exprs.get(stripParens(expr)).type;
    if (Name missing; !type.isValid() && openVariant(expr))
      type = naturalInstance(expr, &missing);
    if (!type.isValid() || type == types::Never)
      continue;
    if (type == types::Error) {
      sawError = true;
      continue;
    }
    if (type == types::Null) {
      sawNull = true;
      continue;
    }
    if (!best.isValid()) {
      best = type;
      continue;
    }
    if (type == best || converts(expr, best))
      continue;
    if (implicitConversion(best, type)) {
      best = type;
      continue;
    }
    best = TypeId();
    break;
  }
  if (sawError && !best.isValid())
    return types::Error;
  if (sawNull && best.isValid() && types.kind(best) != TypeKind::Optional && types.kind(best) != TypeKind::Pointer)
    best = best == types::Void ? TypeId() : types.optional(best);
  if (!best.isValid())
    return best;
  for (const Expr *expr : exprs)
    if (!converts(expr, best))
      return {};
  return best;
}

} // namespace dream::sema
