// Places: the way to a variable, field or element is worked out first (preparePlace), then opened when everything else
// has been evaluated, so that no code of the user's runs inside an access that its own expression opened.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::EntityKind;

bool FunctionGen::isPlace(const Expr *expr) { return !program.facts(stripParens(expr)).readsWeak && isStored(expr); }

/// As isPlace; what lies there may be a weak reference, which the expression reads.
bool FunctionGen::isStored(const Expr *expr) {
  expr = stripParens(expr);
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.constant || facts.conversion.kind == sema::ConversionKind::Propagate)
    return false;
  if (llvm::isa<ThisExpr>(expr))
    return storage.lookup(selfVariable).isAddress;
  switch (facts.entity) {
  case EntityKind::Variable: {
    auto found = storage.find(facts.variable);
    return found == storage.end() || found->second.isAddress; // Not stored here: a module variable.
  }
  case EntityKind::Field: {
    auto *member = llvm::dyn_cast<MemberExpr>(expr);
    if (!member || facts.implicitThis || member->access == MemberAccess::Arrow)
      return true;
    TypeId object = objectType(member);
    if (isConditionalAccess(member) && types.isTaggedOptional(object))
      return false; // There may be nothing.
    return isReference(object) || isPlace(member->object);
  }
  case EntityKind::TupleElement: {
    auto *member = llvm::cast<MemberExpr>(expr);
    return !isConditionalAccess(member) && isPlace(member->object);
  }
  case EntityKind::ArrayElement:
  case EntityKind::RectElement:
  case EntityKind::FixedElement: return !isConditionalAccess(expr) && isPlace(llvm::cast<IndexExpr>(expr)->object);
  case EntityKind::ViewElement:
  case EntityKind::PointerElement: return true;
  case EntityKind::None: {
    auto *unary = llvm::dyn_cast<ast::UnaryExpr>(expr);
    return unary && unary->op == ast::UnaryOp::Deref;
  }
  case EntityKind::Constant:
  case EntityKind::Functions:
  case EntityKind::Property:
  case EntityKind::Indexer:
  case EntityKind::Type:
  case EntityKind::Module:
  case EntityKind::HasValue:
  case EntityKind::OptionalValue:
  case EntityKind::Variant:
  case EntityKind::Length:
  case EntityKind::StringByte:
  case EntityKind::ArraySlice:
  case EntityKind::StringSlice:
  case EntityKind::ViewSlice:
  case EntityKind::MethodSlice: return false;
  }
  return false;
}

Place FunctionGen::variablePlace(VariableId id) {
  const sema::VariableInfo &variable = program[id];
  Place place;
  place.type = variable.type;
  auto found = storage.find(id);
  if (found != storage.end()) {
    place.variable = id;
    // A reference may lead into an object, where callees write too. What holds an array is taken out of there first.
    bool isReference = variable.mode == PassMode::Ref || variable.isRefLocal;
    place.isLocal = !isReference || types.holdsArray(variable.type) || types.isMoveOnly(variable.type);
    if (found->second.isAddress)
      place.base = found->second.value;
    else
      return spill(b.copy(found->second.value)); // A parameter that never needed storage until here.
    return place;
  }
  place.base = b.global(gen.global(id));
  place.isLate = mayBeUnset(variable.type);
  place.name = variable.qualifiedName;
  return place;
}

Place FunctionGen::pointeePlace(ValueId pointer, ValueId index) {
  Place place;
  place.root = Place::Root::Pointer;
  place.base = pointer;
  place.type = types[typeOf(pointer)].element;
  place.steps.push_back({Place::Step::Kind::Element, 0, {index}});
  return place;
}

/// `&x`. Of what a pointer leads to it is the pointer, and the way from there. Any other place stays where it is because it
/// was handed to C once: memset of no bytes gives back its argument.
ValueId FunctionGen::emitAddressOf(const ast::UnaryExpr *expr) {
  size_t start = mark();
  Place place = preparePlace(expr->operand, Want::Borrow);
  if (place.root != Place::Root::Pointer || types.isView(typeOf(place.base))) {
    dil::Param target = gen.param("at", place.type, dil::Convention::Address);
    target.mode = PassMode::Ref;
    FuncId memset = gen.external("memset", {target, gen.param("value", types::Int32), gen.param("bytes", types::NUInt)},
                                 program.facts(expr).type, ~size_t(0));
    ValueId at = openAccess(place, /*isModify=*/true);
    ValueId result = b.call(memset, {at, constInt(0), b.constInt(types::NUInt, 0)});
    endTo(start);
    return result;
  }
  ValueId address = b.convert(place.base, types::Int64);
  TypeId at = types[typeOf(place.base)].element;
  auto add = [&](ValueId offset) { address = b.arith(dil::ArithOp::Add, address, offset); };
  for (size_t i = 0; i < place.steps.size(); ++i) {
    const Place::Step &step = place.steps[i];
    if (step.kind == Place::Step::Kind::Field) {
      add(b.constInt(types::Int64, types.fieldOffset(at, step.field)));
      at = types.info(at).fields[step.field].type;
      continue;
    }
    if (step.kind == Place::Step::Kind::FixedElement) {
      checkBounds(step.indices.front(), constInt(int64_t(types[at].count)));
      at = types[at].element;
    }
    ValueId index = convertPlain(step.indices.front(), types::Int64);
    add(b.arith(dil::ArithOp::Mul, index, b.constInt(types::Int64, types.layout(at).size)));
  }
  return b.convert(address, program.facts(expr).type);
}

Place FunctionGen::fieldOf(Place base, unsigned field) {
  const FieldInfo &info = types.info(base.type).fields[field];
  base.isLate = info.isLate && (types.isCounted(info.type) || mayBeUnset(info.type));
  if (base.isLate)
    base.name = gen.placeName(base.type, field);
  base.isPacked = types.info(base.type).isPacked && types.layout(info.type).align > 1;
  base.type = info.type;
  base.steps.push_back({Place::Step::Kind::Field, field, {}});
  return base;
}

/// A part is read of an optional that was found to hold a value: the place of that value.
Place FunctionGen::insideOptional(Place place) {
  if (!types.isTaggedOptional(place.type))
    return place;
  place.type = types[place.type].element;
  place.isLate = false;
  place.steps.push_back({Place::Step::Kind::Field, 0, {}});
  return place;
}

Place FunctionGen::fieldOfObject(ValueId object, TypeId type, unsigned field, bool isPeeked) {
  Place place;
  place.root = Place::Root::Object;
  place.base = object;
  place.type = type;
  place.isPeeked = isPeeked;
  return fieldOf(std::move(place), field);
}

Place FunctionGen::spill(ValueId value) {
  Place place;
  place.type = typeOf(value);
  place.base = temporarySlot(place.type);
  place.isLocal = true;
  b.init(place.base, value);
  pushDropSlot(place.base, types.isDropSignificant(place.type));
  return place;
}

Place FunctionGen::preparePlace(const Expr *expr, Want baseWant) {
  return isPlace(expr) ? storedPlace(expr, baseWant) : spill(emit(stripParens(expr), Want::Own));
}

Place FunctionGen::storedPlace(const Expr *expr, Want baseWant) {
  expr = stripParens(expr);
  At at(*this, locOf(expr));
  const sema::ExprFacts &facts = program.facts(expr);
  if (llvm::isa<ThisExpr>(expr))
    return variablePlace(selfVariable);

  switch (facts.entity) {
  case EntityKind::Variable: return variablePlace(facts.variable);
  case EntityKind::Field: {
    const sema::VariableInfo &field = program[facts.variable];
    auto *member = llvm::dyn_cast<MemberExpr>(expr);
    if (!member || facts.implicitThis) {
      if (ownershipOf(self) == dil::Ownership::Address)
        return fieldOf(variablePlace(selfVariable), field.fieldIndex);
      return fieldOfObject(self, typeOf(self), field.fieldIndex, false);
    }
    if (member->access == MemberAccess::Arrow) {
      Place pointee = pointeePlace(emit(member->object, Want::Own), constInt(0));
      if (!isReference(pointee.type))
        return fieldOf(std::move(pointee), field.fieldIndex);
      return fieldOfObject(load(pointee, baseWant), pointee.type, field.fieldIndex, baseWant == Want::Peek);
    }
    if (!isReference(objectType(member)))
      return fieldOf(insideOptional(preparePlace(member->object, baseWant)), field.fieldIndex);
    ValueId object = emitObject(member, member->object, baseWant);
    return fieldOfObject(object, typeOf(object), field.fieldIndex, baseWant == Want::Peek);
  }
  case EntityKind::TupleElement:
    return tuplePart(insideOptional(preparePlace(llvm::cast<MemberExpr>(expr)->object, baseWant)), facts.index);
  case EntityKind::ArrayElement:
  case EntityKind::RectElement:
  case EntityKind::FixedElement: {
    auto *index = llvm::cast<IndexExpr>(expr);
    bool indicesAreInert = true;
    for (const ast::Argument *arg : index->args)
      indicesAreInert &= isInert(program, arg->value);
    Place place = insideOptional(preparePlace(index->object, indicesAreInert ? baseWant : Want::Borrow));
    Place::Step step{facts.entity == EntityKind::FixedElement ? Place::Step::Kind::FixedElement : Place::Step::Kind::Element, 0, {}};
    for (const ast::Argument *arg : index->args)
      step.indices.push_back(emitIndex(arg->value, [&] {
        if (facts.entity == EntityKind::FixedElement)
          return constInt(int64_t(types[place.type].count));
        size_t start = mark();
        ValueId length = b.len(load(place, Want::Peek));
        endTo(start);
        return length;
      }));
    place.type = types[place.type].element;
    place.isLate = mayBeUnset(place.type);
    place.name = "an element of '" + types.spell(program.facts(index->object).type) + "'";
    place.steps.push_back(std::move(step));
    return place;
  }
  case EntityKind::ViewElement: {
    auto *index = llvm::cast<IndexExpr>(expr);
    ValueId view = emit(index->object, Want::Own);
    Place place;
    place.root = Place::Root::Pointer;
    place.base = view;
    place.type = types.viewElement(typeOf(view));
    place.isInView = true;
    place.isLate = mayBeUnset(place.type);
    place.name = "an element of '" + types.spell(typeOf(view)) + "'";
    place.steps.push_back({Place::Step::Kind::Element, 0, {emitIndex(index->args.front()->value, [&] { return b.len(view); })}});
    return place;
  }
  case EntityKind::PointerElement: {
    auto *index = llvm::cast<IndexExpr>(expr);
    ValueId pointer = emit(index->object, Want::Own);
    return pointeePlace(pointer, emitIndex(index->args.front()->value));
  }
  case EntityKind::None: {
    auto *unary = llvm::cast<ast::UnaryExpr>(expr);
    return pointeePlace(emit(unary->operand, Want::Own), constInt(0));
  }
  case EntityKind::Constant:
  case EntityKind::Functions:
  case EntityKind::Property:
  case EntityKind::Indexer:
  case EntityKind::Type:
  case EntityKind::Module:
  case EntityKind::HasValue:
  case EntityKind::OptionalValue:
  case EntityKind::Variant:
  case EntityKind::Length:
  case EntityKind::StringByte:
  case EntityKind::ArraySlice:
  case EntityKind::StringSlice:
  case EntityKind::ViewSlice:
  case EntityKind::MethodSlice: break;
  }
  llvm::report_fatal_error("dilgen: no place");
}

/// An index or length, as an int if it was one, else as a long. `^n` is counted from the length at this moment.
ValueId FunctionGen::emitIndex(const Expr *expr, llvm::function_ref<ValueId()> lengthOf) {
  if (auto *fromEnd = llvm::dyn_cast<ast::UnaryExpr>(stripParens(expr)); fromEnd && fromEnd->op == ast::UnaryOp::FromEnd) {
    ValueId back = emitIndex(fromEnd->operand);
    At at(*this, locOf(expr));
    ValueId length = convertPlain(lengthOf(), typeOf(back));
    return b.arith(dil::ArithOp::Sub, length, back);
  }
  const sema::ExprFacts &exprFacts = program.facts(expr);
  auto isNarrow = [&](TypeId type) {
    return type == types::Int32 || (types.isInteger(type) && types.bits(type) < 32);
  };
  ValueId index;
  if (exprFacts.conversion.kind == sema::ConversionKind::IntToInt && exprFacts.conversion.to == types::Int64 && isNarrow(exprFacts.type)) {
    At at(*this, locOf(expr));
    size_t start = mark();
    index = settle(emitRaw(expr, Want::Own), Want::Own, start);
  } else {
    index = emit(expr, Want::Own);
  }
  TypeId type = typeOf(index);
  if (type == types::Int32 || type == types::Int64)
    return index;
  return b.convert(index, isNarrow(type) ? types::Int32 : types::Int64);
}

void FunctionGen::checkBounds(ValueId index, ValueId length) {
  if (isUnchecked)
    return;
  if (typeOf(index) == types::Int64)
    length = b.convert(length, types::Int64);
  b.check(dil::CheckKind::Bounds, index, length);
}

ValueId FunctionGen::open(const Place &place, bool isModify, SharedElements *shared) {
  ValueId at = place.base;
  if (place.root == Place::Root::Pointer) {
    if (types.isView(typeOf(at)))
      checkBounds(place.steps.front().indices.front(), b.len(at));
    at = b.elem(at, place.steps.front().indices);
  }
  for (size_t i = place.root == Place::Root::Pointer; i < place.steps.size(); ++i) {
    const Place::Step &step = place.steps[i];
    switch (step.kind) {
    case Place::Step::Kind::Field: at = b.field(at, step.field); break;
    case Place::Step::Kind::FixedElement:
      checkBounds(step.indices.front(), constInt(int64_t(types[typeOf(at)].count)));
      if (shared && shared->isShared(*this, place, i)) {
        ValueId &access = shared->arrayOf(*this, place, i);
        if (!access.isValid()) {
          access = isModify ? b.accessModify(at) : b.accessRead(at);
          push(Cleanup::Kind::EndAccess, access);
        }
        at = access;
      }
      at = b.elem(at, step.indices);
      break;
    case Place::Step::Kind::Element: {
      ValueId own;
      ValueId &array = shared ? shared->arrayOf(*this, place, i) : own;
      if (!array.isValid()) {
        ValueId access = isModify ? b.accessModify(at) : b.accessRead(at);
        push(Cleanup::Kind::EndAccess, access);
        array = isModify ? b.unique(access) : b.loadBorrow(access);
        if (isModify && types.isMoveOnly(typeOf(access))) // It has one owner, so nobody shares it.
          llvm::cast<dil::UniqueInst>(fn[array].definition)->isKnown = true;
        if (!isModify)
          push(Cleanup::Kind::EndBorrow, array);
      }
      at = element(array, step.indices);
      break;
    }
    }
  }
  return at;
}

/// The checked element of an array.
ValueId FunctionGen::element(ValueId array, llvm::ArrayRef<ValueId> indices) {
  bool isRect = types.kind(typeOf(array)) == TypeKind::Rect;
  for (size_t i = 0; i < indices.size(); ++i)
    checkBounds(indices[i], b.len(array, isRect ? int(i) : -1));
  return b.elem(array, indices);
}

ValueId FunctionGen::openAccess(const Place &place, bool isModify, SharedElements *shared) {
  ValueId at = open(place, isModify, shared);
  // Inside a shared access the elements need none of their own.
  for (size_t i = 0; shared && i < place.steps.size(); ++i)
    if (shared->isShared(*this, place, i))
      return at;
  ValueId access = isModify ? b.accessModify(at) : b.accessRead(at);
  push(Cleanup::Kind::EndAccess, access);
  if (types.aliveField(place.type) >= 0)
    checkLate(access, place); // A method is not called on a struct that is not there.
  return access;
}

void FunctionGen::checkLate(ValueId value, const Place &place) {
  if (!place.isLate || isUnchecked)
    return;
  if (int alive = types.aliveField(place.type); alive >= 0)
    b.check(dil::CheckKind::Late, isBorrowed(value) || isOwned(value) ? b.project(value, unsigned(alive)) : b.loadCopy(b.field(value, unsigned(alive))),
            {}, {}, fn.copyText(place.name));
  else
    checkSet(value, place.name);
}

void FunctionGen::checkLateElement(ValueId value) {
  if (!isUnchecked && types.aliveField(typeOf(value)) < 0)
    checkSet(value, ("an element of '" + types.spell(types.array(typeOf(value))) + "'"));
}

/// A slot of the type, or the part of one that no field's own check watches, may never have been set.
bool FunctionGen::mayBeUnset(TypeId type) const {
  if (isLateType(type) || types.aliveField(type) >= 0)
    return true;
  if (types.kind(type) == TypeKind::Tuple)
    return llvm::any_of(types[type].args, [&](TypeId part) { return mayBeUnset(part); });
  return types.isPayloadEnum(type) && !types.hasZeroValue(type) &&
         llvm::any_of(types.info(type).cases.front().parts, [&](const FieldInfo &part) { return mayBeUnset(part.type); });
}

/// Panics if the value was never set: of a tuple its parts, of an enum those of its first case, which zeros are.
void FunctionGen::checkSet(ValueId value, llvm::StringRef name) {
  TypeId type = typeOf(value);
  if (!mayBeUnset(type))
    return;
  if (isLateType(type))
    return b.check(dil::CheckKind::Late, value, {}, {}, fn.copyText(name));
  if (int alive = types.aliveField(type); alive >= 0)
    return b.check(dil::CheckKind::Late, b.project(value, unsigned(alive)), {}, {}, fn.copyText(name));
  if (types.kind(type) == TypeKind::Tuple) {
    for (unsigned i = 0; i < types[type].args.size(); ++i)
      if (mayBeUnset(types[type].args[i]))
        checkSet(b.project(value, i), name);
    return;
  }
  const EnumCase &first = types.info(type).cases.front();
  BlockId isFirst = b.addBlock(), rest = b.addBlock();
  ValueId tag = b.tag(value);
  b.condBr(b.cmp(dil::CmpOp::Eq, tag, b.constInt(typeOf(tag), uint64_t(first.value))), isFirst, rest);
  b.setBlock(isFirst);
  for (unsigned i = 0; i < first.parts.size(); ++i)
    if (mayBeUnset(first.parts[i].type))
      checkSet(b.payload(value, 0, i), name);
  b.br(rest);
  b.setBlock(rest);
}

/// True if what lies there may be borrowed while anything runs: nothing can write it meanwhile.
bool FunctionGen::staysInPlace(const Place &place) const {
  if (!place.isLocal || (place.variable.isValid() && facts.nestedWrites.contains(place.variable)))
    return false;
  for (const Place::Step &step : place.steps)
    if (step.kind == Place::Step::Kind::Element)
      return false;
  return true;
}

/// What lies there; zeros stay behind.
ValueId FunctionGen::takeAndClear(const Place &place) {
  size_t start = mark();
  ValueId at = open(place, /*isModify=*/true);
  ValueId value = b.loadTake(at);
  b.init(at, types.isCounted(place.type) && types.canBeEmptied(place.type) ? b.constNull(place.type) : b.constZero(place.type));
  endTo(start);
  return value;
}

ValueId FunctionGen::take(const Place &place, bool checksLate) {
  size_t start = mark();
  ValueId value;
  if (place.root == Place::Root::Address && place.steps.empty() && place.isLocal) {
    value = b.loadTake(place.base);
  } else if (place.root == Place::Root::Address && place.isLocal && !types.canBeEmptied(place.type)) {
    // A part of a variable: what else is in there dies now.
    ValueId slot = b.slot(typeOf(place.base), "");
    b.init(slot, b.loadTake(place.base));
    ValueId part = slot;
    for (const Place::Step &step : place.steps)
      part = b.field(part, step.field);
    value = b.loadTake(part);
    b.dropSlot(slot);
  } else {
    value = takeAndClear(place);
  }
  endTo(start);
  if (checksLate)
    checkLate(value, place);
  return value;
}

ValueId FunctionGen::load(const Place &place, Want want, bool checksLate) {
  size_t start = mark();
  if (types.isMoveOnly(place.type) && want == Want::Own)
    return take(place, checksLate);
  if (types.isMoveOnly(place.type) && want == Want::Borrow && !staysInPlace(place)) {
    // It cannot be copied, so it is read where it lies, or taken from there meanwhile.
    ValueId value = b.loadBorrow(openAccess(place, /*isModify=*/false));
    push(Cleanup::Kind::EndBorrow, value);
    if (checksLate && types.aliveField(place.type) < 0)
      checkLate(value, place);
    return value;
  }
  ValueId at = open(place, /*isModify=*/false);
  bool mayBorrow = want == Want::Peek || (want == Want::Borrow && staysInPlace(place));
  if (types.isPlain(place.type) || !mayBorrow) {
    ValueId value = b.loadCopy(at);
    if (checksLate)
      checkLate(value, place);
    endTo(start);
    return value;
  }
  ValueId value = b.loadBorrow(at);
  push(Cleanup::Kind::EndBorrow, value);
  if (checksLate)
    checkLate(value, place);
  return value;
}

void FunctionGen::store(const Place &place, ValueId value) {
  size_t start = mark();
  bool opens = place.isPeeked || place.root == Place::Root::Pointer;
  for (const Place::Step &step : place.steps)
    opens |= step.kind == Place::Step::Kind::Element;
  ValueId at = open(place, /*isModify=*/true);
  if (!opens || types.isPlain(place.type)) {
    b.assign(at, value);
    return endTo(start);
  }
  // The old value dies when nothing is open any more: its destructor may look at the place.
  ValueId old = b.loadTake(at);
  b.init(at, value);
  endTo(start);
  b.drop(old);
}

} // namespace dream::dilgen
