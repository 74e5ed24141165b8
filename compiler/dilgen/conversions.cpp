// Conversions, implicit and written.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using sema::ConversionKind;

bool FunctionGen::isReference(TypeId type) const { return types.isCounted(type) || types.kind(type) == TypeKind::Null; }

ValueId FunctionGen::convertPlain(ValueId value, TypeId to) { return typeOf(value) == to ? value : b.convert(value, to); }

/// `int?` to `long?`: what is there is converted, null stays null.
ValueId FunctionGen::convertInside(ValueId value, const sema::Conversion &inside, TypeId to, size_t start, bool isExplicit) {
  BlockId full = b.addBlock(), empty = b.addBlock(), join = b.addBlock();
  ValueId held = hold(value);
  b.condBr(nullTest(held, dil::CmpOp::Ne), full, empty);
  b.setBlock(full);
  TypeId element = types[typeOf(held)].element;
  ValueId content = b.cast(dil::CastKind::Unwrap, isOwned(held) ? b.copy(held) : held, element);
  ValueId made = settle(convert(content, element, inside, mark(), isExplicit), Want::Own, mark());
  branchTo(join, b.cast(dil::CastKind::ToOptional, made, to));
  b.setBlock(empty);
  b.br(join, b.constNull(to));
  b.setBlock(join);
  ValueId result = joinArgument(join, to);
  endTo(start);
  return result;
}

/// Which case of a Result or Option says that there is a value, or that there is none.
static unsigned caseOf(const TypeTable &types, TypeId holder, bool success) {
  auto isSuccess = [](const EnumCase &one) { return one.name.text() == "Ok" || one.name.text() == "Some"; };
  llvm::ArrayRef<EnumCase> cases = types.info(holder).cases;
  return unsigned(llvm::find_if(cases, [&](const EnumCase &one) { return isSuccess(one) == success; }) - cases.begin());
}

/// Leaves the function with the failure; the error is invalid if there is none to carry.
void FunctionGen::giveBack(ValueId error, const sema::Conversion &conversion) {
  llvm::SmallVector<ValueId, 1> parts;
  if (error.isValid()) {
    size_t start = mark();
    parts.push_back(settle(convert(error, typeOf(error), program.tupleConversions[conversion.parts].front(), start), Want::Own, start));
  }
  returnValue(b.variant(fn.result, caseOf(types, fn.result, false), parts));
}

/// `?`: what a Result or Option holds. On the other way the function gives the failure back.
ValueId FunctionGen::propagate(ValueId value, const sema::Conversion &conversion) {
  TypeId type = typeOf(value);
  unsigned success = caseOf(types, type, true), failure = caseOf(types, type, false);
  // What is owned lies in a slot from which its parts are taken; other values are only looked at.
  ValueId slot;
  if (isOwned(value)) {
    forget(value);
    slot = b.slot(type, "");
    b.init(slot, value);
    push(Cleanup::Kind::DropSlot, slot);
    value = b.loadBorrow(slot);
  }
  ValueId tag = b.tag(value);
  if (slot.isValid())
    b.endBorrow(value);
  auto part = [&](unsigned number) {
    if (slot.isValid())
      return takeAt(b.field(slot, types.firstPart(type, number)));
    ValueId seen = b.payload(value, number, 0);
    return number == failure && isBorrowed(seen) ? b.copy(seen) : seen;
  };
  BlockId there = b.addBlock(), leaves = b.addBlock();
  b.condBr(b.cmp(dil::CmpOp::Eq, tag, b.constInt(typeOf(tag), uint64_t(types.info(type).cases[failure].value))), leaves, there);
  b.setBlock(leaves);
  llvm::SmallVector<Cleanup, 16> all = cleanups;
  giveBack(types.info(type).cases[failure].parts.empty() ? ValueId() : part(failure), conversion);
  cleanups = std::move(all);
  b.setBlock(there);
  return part(success);
}

/// `value` is not held; neither is the result. What looking at it needs is pushed above `start`.
ValueId FunctionGen::convert(ValueId value, TypeId from, const sema::Conversion &conversion, size_t start, bool isExplicit) {
  TypeId to = conversion.to;
  bool wraps = false;
  switch (conversion.kind) {
  case ConversionKind::Box: case ConversionKind::FixedToArray: case ConversionKind::User: case ConversionKind::Construct:
    wraps = true;
    break;
  case ConversionKind::NullToOptional: case ConversionKind::ToOptional: case ConversionKind::UnwrapOptional:
  case ConversionKind::ToWeak: case ConversionKind::FromWeak: case ConversionKind::None:
    break;
  default:
    wraps = types.isTaggedOptional(to);
  }
  if (wraps && types.kind(to) == TypeKind::Optional) {
    // What is made has the element's type.
    sema::Conversion inside = conversion;
    inside.to = types[to].element;
    if (types.isTaggedOptional(from))
      return convertInside(value, inside, to, start, isExplicit);
    ValueId made = convert(value, from, inside, start, isExplicit);
    return typeOf(made) == to ? made : b.cast(dil::CastKind::ToOptional, made, to);
  }
  switch (conversion.kind) {
  case ConversionKind::None: return value;
  case ConversionKind::IntToInt:
  case ConversionKind::IntToFloat:
  case ConversionKind::FloatToInt:
  case ConversionKind::FloatToFloat:
  case ConversionKind::IntToChar:
  case ConversionKind::CharToInt:
  case ConversionKind::BoolToInt:
  case ConversionKind::EnumToInt:
  case ConversionKind::IntToEnum:
  case ConversionKind::IntToPointer:
  case ConversionKind::PointerToInt: return convertPlain(value, to);
  case ConversionKind::IntToBool:
    if (typeOf(value) == types::Bool)
      return value;
    return b.cmp(dil::CmpOp::Ne, value, types.isFloat(typeOf(value)) ? b.constFloat(typeOf(value), 0) : b.constInt(typeOf(value), 0));
  case ConversionKind::NullToOptional:
    return typeOf(value) == to ? value : b.constNull(to);
  case ConversionKind::PointerToPointer:
    return typeOf(value) == to ? value : b.cast(dil::CastKind::Pointer, value, to);
  case ConversionKind::ToOptional:
    return typeOf(value) == to ? value : b.cast(dil::CastKind::ToOptional, value, to);
  case ConversionKind::ToWeak: {
    if (types.kind(typeOf(value)) == TypeKind::Null)
      return b.constNull(to);
    ValueId held = hold(value);
    ValueId made = b.weakOf(held, to);
    endTo(start);
    return made;
  }
  case ConversionKind::FromWeak: {
    ValueId held = hold(value);
    ValueId object = b.weakGet(held);
    endTo(start);
    return typeOf(object) == to ? object : b.cast(dil::CastKind::Up, object, to);
  }
  case ConversionKind::UnwrapOptional:
    if (typeOf(value) == to)
      return value;
    if (isExplicit)
      b.check(dil::CheckKind::NotNull, types.isTaggedOptional(typeOf(value)) ? nullTest(value, dil::CmpOp::Ne) : value, {}, {}, fn.copyText("a value of type '" + types.spell(typeOf(value)) + "'"));
    return b.cast(dil::CastKind::Unwrap, value, to);
  case ConversionKind::Upcast:
    if (types.isPlain(typeOf(value))) // A null pointer constant of the wrong type cannot come here; numbers are boxed.
      break;
    if (types.kind(typeOf(value)) == TypeKind::Array)
      gen.needTables(typeOf(value));
    return typeOf(value) == to ? value : b.cast(dil::CastKind::Up, value, to);
  case ConversionKind::Downcast: {
    TypeId tested = types.kind(to) == TypeKind::Optional ? types[to].element : to;
    gen.needDescriptor(tested);
    b.check(dil::CheckKind::Cast, value, {}, to);
    return b.cast(dil::CastKind::Down, value, to);
  }
  case ConversionKind::Box: {
    if (isBorrowed(value))
      value = b.copy(value);
    gen.needBox(typeOf(value));
    return b.box(value, to);
  }
  case ConversionKind::Unbox: {
    TypeId content = types.kind(to) == TypeKind::Optional ? types[to].element : to;
    gen.needBox(content);
    ValueId held = hold(value);
    b.check(dil::CheckKind::Cast, held, {}, content);
    if (types.kind(typeOf(held)) == TypeKind::Optional)
      held = asType(held, types[typeOf(held)].element);
    ValueId result = b.unbox(held, content);
    endTo(start);
    return result;
  }
  case ConversionKind::FixedToArray: {
    // The elements are copied one by one: the source may be any value.
    TypeId element = types[to].element;
    uint64_t count = types[typeOf(value)].count;
    Place source = spill(isBorrowed(value) ? b.copy(value) : value);
    ValueId array = b.allocArray(to, constInt(int64_t(count)));
    countedLoop(constInt(int64_t(count)), [&](ValueId index, BlockId, BlockId) {
      b.init(b.elem(array, index), b.loadCopy(b.elem(source.base, index)));
    });
    (void)element;
    endTo(start);
    return array;
  }
  case ConversionKind::ToView: return viewOf(value, to);
  case ConversionKind::ToString: {
    ValueId held = hold(value);
    ValueId text = toText(held, typeOf(held), conversion.function);
    if (isBorrowed(text))
      text = b.copy(text);
    else if (text == held && isOwned(text)) { // A string already.
      forget(held);
      return text;
    }
    endTo(start);
    return text;
  }
  case ConversionKind::StringToException: {
    ValueId exception = newException(hold(value));
    endTo(start);
    return exception;
  }
  case ConversionKind::Propagate: return propagate(value, conversion);
  case ConversionKind::Construct: {
    llvm::SmallVector<Argument, 8> args(1);
    args[0].value = hold(value);
    return finishCreation(gen.creator(to, conversion.function), args, start);
  }
  case ConversionKind::Deconstruct: {
    const sema::FunctionInfo &callee = program[conversion.function];
    llvm::SmallVector<Argument, 8> args(1);
    llvm::SmallVector<ValueId, 4> parts;
    for (TypeId part : types[to].args) {
      Argument &arg = args.emplace_back();
      arg.kind = Argument::Kind::Out;
      arg.place.type = part;
      arg.place.base = b.slot(part, "");
      arg.place.isLocal = true;
      pushDropSlot(arg.place.base);
      parts.push_back(arg.place.base);
    }
    size_t inner = mark();
    args[0] = receiverOf(hold(value), callee);
    finishCall(conversion.function, dispatchOf(types, callee, false), args, inner);
    for (ValueId &part : parts)
      part = b.loadTake(part);
    ValueId made = b.make(to, parts);
    endTo(start);
    return made;
  }
  case ConversionKind::TupleParts: return convertTuple(value, conversion, start, isExplicit);
  case ConversionKind::User: {
    TypeId wanted = program[program[conversion.function].params[0].variable].type;
    if (types.kind(wanted) == TypeKind::Array && types.kind(typeOf(value)) == TypeKind::FixedArray)
      value = convert(value, typeOf(value), {ConversionKind::FixedToArray, wanted, {}}, start);
    Argument arg;
    arg.value = hold(value);
    llvm::SmallVector<Argument, 8> args{arg};
    return finishCall(conversion.function, sema::Dispatch::Direct, args, start);
  }
  case ConversionKind::ArrayToPointer:
  case ConversionKind::StringToPointer: // Arguments of C functions; see extern_calls.cpp.
  case ConversionKind::LambdaToFunc:
  case ConversionKind::MethodToFunc: break;
  }
  llvm::report_fatal_error("dilgen: a conversion without a lowering passed checking");
}

} // namespace dream::dilgen
