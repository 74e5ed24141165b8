// Strings: concatenation of any number of parts at once, interpolation, and the text of values.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

/// The operands of a chain of string `+`, left to right.
void FunctionGen::collectConcat(const Expr *expr, llvm::SmallVectorImpl<const Expr *> &out) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (!facts.constant && facts.conversion.kind == sema::ConversionKind::None) {
    if (auto *paren = llvm::dyn_cast<ParenExpr>(expr))
      return collectConcat(paren->inner, out);
    if (auto *binary = llvm::dyn_cast<BinaryExpr>(expr); binary && facts.op == sema::OperatorKind::StringConcat) {
      collectConcat(binary->lhs, out);
      return collectConcat(binary->rhs, out);
    }
  }
  out.push_back(expr);
}

ValueId FunctionGen::emitConcat(const BinaryExpr *expr) {
  size_t start = mark();
  llvm::SmallVector<const Expr *, 8> parts;
  collectConcat(expr->lhs, parts);
  collectConcat(expr->rhs, parts);
  llvm::SmallVector<ValueId, 8> texts;
  for (const Expr *part : parts)
    texts.push_back(emit(part, Want::Borrow));
  ValueId result = concat(texts);
  endTo(start);
  return result;
}

ValueId FunctionGen::concat(llvm::ArrayRef<ValueId> parts) {
  if (parts.empty())
    return b.constString("");
  if (parts.size() == 1)
    return b.copy(parts[0]);
  if (parts.size() == 2)
    return b.call(gen.known(sema::Known::ConcatStrings), parts);
  // One call for all of them: codegen hands the runtime an array on the stack.
  llvm::SmallVector<dil::Param, 8> params(parts.size(), gen.param("part", types::String));
  return b.call(gen.runtime("dr_str_concat_n", params, types::String), parts);
}

ValueId FunctionGen::emitInterpolated(const InterpolatedString *expr) {
  size_t start = mark();
  llvm::SmallVector<ValueId, 8> texts;
  for (const InterpolatedString::Part &part : expr->parts) {
    if (part.hole)
      texts.push_back(hold(emitHole(part)));
    else if (!part.text.empty())
      texts.push_back(hold(b.constString(part.text)));
  }
  ValueId result = concat(texts);
  endTo(start);
  return result;
}

/// The owned text of `{hole,width:format}`.
ValueId FunctionGen::emitHole(const InterpolatedString::Part &part) {
  At at(*this, locOf(part.hole));
  size_t start = mark();
  ValueId text;
  if (part.format.empty()) {
    text = emit(part.hole, Want::Own);
    if (typeOf(text) != types::String && !(types.kind(typeOf(text)) == TypeKind::Optional && types[typeOf(text)].element == types::String)) {
      ValueId held = hold(text);
      text = toText(held, typeOf(held), FunctionId());
      endTo(start);
    }
  } else {
    ValueId value = emitWithoutConversion(nullptr, part.hole);
    if (FunctionId function = program.facts(part.hole).conversion.function; function.isValid() && program[function].params.size() == 1) {
      ValueId held = hold(value);
      text = toText(held, typeOf(held), function, part.format);
    } else {
      text = formatted(value, part.format);
    }
    endTo(start);
  }
  if (!part.width)
    return text;
  protect(text);
  ValueId width = emit(part.width, Want::Own);
  if (isOwned(text))
    forget(text);
  ValueId padded = callPlain(gen.known(sema::Known::PadString), {text, convertPlain(width, types::Int32)});
  endTo(start);
  return padded;
}

/// A number in a format.
ValueId FunctionGen::formatted(ValueId value, llvm::StringRef format) {
  TypeId type = typeOf(value);
  if (types.kind(type) == TypeKind::Enum)
    value = b.convert(value, type = types.info(type).underlying);
  if (type == types::Char)
    value = b.convert(value, type = types::Int32);
  ValueId text = hold(b.constString(format));
  if (types.isFloat(type)) {
    if (type == types::Float64)
      return b.call(gen.known(sema::Known::FormatDouble), {value, text});
    FuncId format = gen.runtime("dr_format_f32", {gen.param("value", type), gen.param("format", types::String)}, types::String);
    return b.call(format, {value, text});
  }
  ValueId bits = b.constInt(types::UInt32, types.bits(type));
  if (types.isSigned(type))
    return b.call(gen.known(sema::Known::FormatLong), {convertPlain(value, types::Int64), bits, text});
  return b.call(gen.known(sema::Known::FormatULong), {convertPlain(value, types::UInt64), bits, text});
}

/// An owned operand before the conversion that would make it an object or a text.
ValueId FunctionGen::emitWithoutConversion(const Expr *parent, const Expr *expr) {
  At at(*this, locOf(expr));
  size_t start = mark();
  Want want = types.isMoveOnly(program.facts(expr).type) ? Want::Borrow : Want::Own;
  ValueId value = settle(emitRaw(expr, want), want, start);
  if (!isConditionalAccess(parent) || types.kind(typeOf(value)) != TypeKind::Optional)
    return value;
  ValueId held = hold(value);
  leaveChainIfNull(held);
  ValueId inner = b.cast(dil::CastKind::Unwrap, b.copy(held), types[typeOf(held)].element);
  endTo(start);
  return inner;
}

bool ModuleGen::textThrows(TypeId type) const {
  llvm::SmallVector<TypeId, 4> running;
  return textThrows(type, running);
}

/// `running` are the enums being asked, which may hold one another.
bool ModuleGen::textThrows(TypeId type, llvm::SmallVectorImpl<TypeId> &running) const {
  switch (types.kind(type)) {
  case TypeKind::Array:
  case TypeKind::FixedArray:
  case TypeKind::Weak:
  case TypeKind::Optional: return textThrows(types[type].element, running);
  case TypeKind::Tuple: return llvm::any_of(types[type].args, [&](TypeId part) { return textThrows(part, running); });
  case TypeKind::Object:
  case TypeKind::Class:
  case TypeKind::Interface: return program[program.knownFunctions[size_t(sema::Known::ObjectToString)]].mayThrow;
  case TypeKind::Struct: {
    FunctionId method = textMethod(type);
    return method.isValid() && program[method].mayThrow;
  }
  case TypeKind::Enum: {
    if (FunctionId method = textMethod(type); method.isValid())
      return program[method].mayThrow;
    if (llvm::is_contained(running, type))
      return false;
    running.push_back(type);
    for (const EnumCase &one : types.info(type).cases)
      for (const FieldInfo &part : one.parts)
        if (textThrows(part.type, running))
          return true;
    return false;
  }
  default: return false; // What the compiler writes itself.
  }
}

FunctionId ModuleGen::textMethod(TypeId type) const {
  NominalId nominal = types[type].nominal;
  FunctionId method = nominal.isValid() && nominal.index < program.toStrings.size() ? program.toStrings[nominal.index] : FunctionId();
  return method.isValid() && program[method].isReachable ? method : FunctionId();
}

ValueId FunctionGen::toText(ValueId value, TypeId type, FunctionId function, llvm::StringRef format) {
  using sema::Known;
  if (!function.isValid() && types.kind(type) == TypeKind::Struct)
    function = gen.textMethod(type);
  if (types.kind(type) == TypeKind::Weak) {
    size_t start = mark();
    ValueId object = hold(b.weakGet(value));
    ValueId text = toText(object, typeOf(object), function, format);
    endTo(start);
    return text;
  }
  if (types.kind(type) == TypeKind::Optional && types[type].element != types::String) {
    // Null adds nothing.
    BlockId some = b.addBlock(), none = b.addBlock(), join = b.addBlock();
    b.condBr(nullTest(value, dil::CmpOp::Ne), some, none);
    b.setBlock(some);
    size_t start = mark();
    ValueId inner = hold(b.cast(dil::CastKind::Unwrap, isOwned(value) || isBorrowed(value) ? b.copy(value) : value, types[type].element));
    ValueId text = toText(inner, types[type].element, function, format);
    if (text == inner)
      forget(inner);
    endTo(start);
    b.br(join, text);
    b.setBlock(none);
    b.br(join, b.constString(""));
    b.setBlock(join);
    return joinArgument(join, types::String);
  }
  if (function.isValid() && function != program.knownFunctions[size_t(Known::ObjectToString)]) {
    const sema::FunctionInfo &callee = program[function];
    size_t start = mark();
    llvm::SmallVector<Argument, 8> args{receiverOf(value, callee)};
    if (!format.empty()) { // `ToString(format)`, whose parameter may take null
      TypeId param = program[callee.params[0].variable].type;
      ValueId text = b.constString(format);
      Argument given;
      given.value = hold(param == types::String ? text : b.cast(dil::CastKind::ToOptional, text, param));
      args.push_back(given);
    }
    return finishCall(function, dispatchOf(types, callee, false), args, start);
  }
  switch (types.kind(type)) {
  case TypeKind::String: return value;
  case TypeKind::Bool: return b.call(gen.known(Known::BoolToString), value);
  case TypeKind::Char: return b.call(gen.known(Known::CharToString), value);
  case TypeKind::Int8:
  case TypeKind::Int16:
  case TypeKind::Int32:
  case TypeKind::Int64:
  case TypeKind::NInt: return b.call(gen.known(Known::LongToString), convertPlain(value, types::Int64));
  case TypeKind::UInt8:
  case TypeKind::UInt16:
  case TypeKind::UInt32:
  case TypeKind::UInt64:
  case TypeKind::NUInt: return b.call(gen.known(Known::ULongToString), convertPlain(value, types::UInt64));
  case TypeKind::Float32: return b.call(gen.known(Known::FloatToString), value);
  case TypeKind::Float64: return b.call(gen.known(Known::DoubleToString), value);
  case TypeKind::Enum:
  case TypeKind::Array:
  case TypeKind::Rect:
  case TypeKind::FixedArray:
  case TypeKind::Struct:
  case TypeKind::Tuple: {
    FuncId text = gen.toText(type);
    return finishCall(text, module[text].canThrow, value);
  }
  case TypeKind::Optional: // Of a string: the others were looked at above.
    return b.cast(dil::CastKind::Unwrap, b.copy(value), types::String);
  case TypeKind::Object:
  case TypeKind::Class:
  case TypeKind::Interface: {
    ValueId object = type == types::Object ? value : b.cast(dil::CastKind::Up, b.copy(value), types::Object);
    size_t start = mark();
    ValueId held = type == types::Object ? object : hold(object);
    ValueId text = finishCall(gen.known(Known::ObjectToString), gen.textThrows(type), held);
    endTo(start);
    return text;
  }
  case TypeKind::Error:
  case TypeKind::Void:
  case TypeKind::Never:
  case TypeKind::Null:
  case TypeKind::Weak: // looked at above
  case TypeKind::TypeParam: break;
  case TypeKind::Pointer:
  case TypeKind::Func: return b.constString(fn.copyText(types.spell(type))); // only where generic code asks
  }
  llvm::report_fatal_error("dilgen: a value without a text passed checking");
}

} // namespace dream::dilgen
