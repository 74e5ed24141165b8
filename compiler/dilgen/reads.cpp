// Names, fields and elements as values: what is read from their places, or from values that have none.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::EntityKind;

ValueId FunctionGen::emitName(const Expr *expr, Want want, bool checksLate) {
  const sema::ExprFacts &exprFacts = program.facts(expr);
  auto self = [&](Want how) {
    const Storage &stored = storage[selfVariable];
    return stored.isAddress ? load(variablePlace(selfVariable), how, checksLate) : stored.value;
  };
  if (llvm::isa<ThisExpr>(expr))
    return self(want);
  switch (exprFacts.entity) {
  case EntityKind::Field: return emitField(expr, want, checksLate);
  case EntityKind::Variant: return emitVariant(expr);
  case EntityKind::Property: {
    size_t start = mark();
    Accessor accessor = prepareAccessor(expr);
    return callGetter(accessor, start);
  }
  case EntityKind::Variable: break;
  case EntityKind::Length: { // Of `this`, in an `extend`.
    size_t start = mark();
    ValueId length = b.len(self(Want::Peek));
    endTo(start);
    return length;
  }
  default: llvm::report_fatal_error("dilgen: a name without a meaning passed checking");
  }
  auto found = storage.find(exprFacts.variable);
  ValueId value = found != storage.end() && !found->second.isAddress ? found->second.value
                                                                     : load(variablePlace(exprFacts.variable), want, checksLate);
  return narrow(value, exprFacts.type);
}

/// The value of a name that tests have narrowed.
ValueId FunctionGen::narrow(ValueId value, TypeId type) {
  if (typeOf(value) == type || types.kind(typeOf(value)) == TypeKind::Weak) // which is read by readWeak
    return value;
  if (types.kind(typeOf(value)) == TypeKind::Optional && types[typeOf(value)].element == type)
    return b.cast(dil::CastKind::Unwrap, value, type);
  if (types.isPlain(type))
    return value;
  return b.cast(dil::CastKind::Down, value, type);
}

/// Back into the optional that a test has narrowed.
ValueId FunctionGen::widen(ValueId value, TypeId type) {
  return types.kind(type) == TypeKind::Optional && typeOf(value) != type ? b.cast(dil::CastKind::ToOptional, value, type) : value;
}

ValueId FunctionGen::emitField(const Expr *expr, Want want, bool checksLate) {
  const sema::ExprFacts &exprFacts = program.facts(expr);
  auto *member = llvm::dyn_cast<MemberExpr>(expr);
  size_t start = mark();
  ValueId value;
  if (member && !exprFacts.implicitThis && !isStored(expr)) {
    // Part of a value that lies nowhere.
    unsigned field = program[exprFacts.variable].fieldIndex;
    ValueId whole = emitObject(member, member->object, Want::Borrow);
    value = b.project(whole, field);
    const FieldInfo &info = types.info(typeOf(whole)).fields[field];
    if (info.isLate && checksLate)
      b.check(dil::CheckKind::Late, value, {}, {}, fn.copyText(gen.placeName(typeOf(whole), field)));
    if (ownershipOf(value) == dil::Ownership::None)
      endTo(start);
    return exprFacts.endsChain ? value : narrow(value, exprFacts.type);
  }
  // The value is fetched at once, so the way to it need not outlive plain instructions, unless it stays borrowed.
  Place place = storedPlace(expr, wayTo(program[exprFacts.variable].type, want));
  value = load(place, want, checksLate);
  return exprFacts.endsChain ? value : narrow(value, exprFacts.type);
}

ValueId FunctionGen::emitElement(const IndexExpr *expr, Want want, bool checksLate) {
  const sema::ExprFacts &exprFacts = program.facts(expr);
  size_t start = mark();
  if (exprFacts.entity == EntityKind::StringByte) {
    const Expr *index = expr->args.front()->value;
    ValueId text = emitObject(expr, expr->object, isInert(program, index) ? Want::Peek : Want::Borrow);
    ValueId at = emitIndex(index, [&] { return b.len(text); });
    checkBounds(at, b.len(text));
    ValueId byte = b.loadCopy(b.elem(text, at));
    ValueId result = b.convert(byte, types::Char);
    endTo(start);
    return result;
  }
  if (isStored(expr)) {
    Place place = storedPlace(expr, wayTo(exprFacts.type, want));
    ValueId value = load(place, want, checksLate);
    return exprFacts.endsChain ? value : narrow(value, exprFacts.type);
  }
  if (exprFacts.entity == EntityKind::FixedElement) {
    Place place = spill(emit(expr->object, Want::Own));
    ValueId index = emitIndex(expr->args.front()->value, [&] { return constInt(int64_t(types[place.type].count)); });
    place.type = types[place.type].element;
    place.isLate = mayBeUnset(place.type);
    place.name = "an element of '" + types.spell(typeOf(place.base)) + "'";
    place.steps.push_back({Place::Step::Kind::FixedElement, 0, {index}});
    return load(place, want, checksLate);
  }
  // An array that lies nowhere: a parameter or a result.
  ValueId array = emitObject(expr, expr->object, Want::Borrow);
  llvm::SmallVector<ValueId, 2> indices;
  for (const ast::Argument *arg : expr->args)
    indices.push_back(emitIndex(arg->value, [&] { return b.len(array); }));
  ValueId at = element(array, indices);
  ValueId value;
  if (types.isPlain(typeOf(at)) || (want != Want::Peek && !types.isMoveOnly(typeOf(at)))) {
    value = b.loadCopy(at);
    if (checksLate)
      checkLateElement(value);
    endTo(start);
    return value;
  }
  value = b.loadBorrow(at);
  push(Cleanup::Kind::EndBorrow, value);
  if (checksLate)
    checkLateElement(value);
  return value;
}

ValueId FunctionGen::emitUnchecked(const Expr *expr, Want want) {
  const sema::ExprFacts &exprFacts = program.facts(expr);
  if (auto *paren = llvm::dyn_cast<ParenExpr>(expr); paren && exprFacts.conversion.kind == sema::ConversionKind::None)
    return emitUnchecked(paren->inner, want);
  At at(*this, locOf(expr));
  size_t start = mark();
  bool isElement = exprFacts.entity == EntityKind::ArrayElement || exprFacts.entity == EntityKind::FixedElement ||
                   exprFacts.entity == EntityKind::RectElement;
  ValueId value;
  if (exprFacts.constant || exprFacts.endsChain || exprFacts.conversion.kind == sema::ConversionKind::Propagate ||
      !(exprFacts.entity == EntityKind::Variable || exprFacts.entity == EntityKind::Field || isElement))
    return emit(expr, want);
  if (isElement)
    value = emitElement(llvm::cast<IndexExpr>(expr), exprFacts.readsWeak ? Want::Peek : want, false);
  else
    value = emitName(expr, exprFacts.readsWeak ? Want::Peek : want, false);
  value = readWeak(exprFacts, value, start);
  if (exprFacts.conversion.kind != sema::ConversionKind::None)
    value = convert(value, exprFacts.type, exprFacts.conversion, start);
  return settle(value, want, start);
}

} // namespace dream::dilgen
