// Tuples and values of enums with payloads: made, taken apart, compared and shown.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

//===-- Tuples ------------------------------------------------------------------------------------------------===//

Place FunctionGen::tuplePart(Place base, unsigned index) {
  base.type = types[base.type].args[index];
  base.isLate &= mayBeUnset(base.type);
  base.steps.push_back({Place::Step::Kind::Field, index, {}});
  return base;
}

ValueId FunctionGen::emitTuple(const TupleExpr *expr) {
  size_t start = mark();
  TypeId type = program.facts(expr).type;
  llvm::SmallVector<ValueId, 4> parts;
  for (auto &element : expr->elements) {
    ValueId value = emit(element.value, Want::Own);
    if (!value.isValid())
      value = unreachableValue(types[type].args[parts.size()]);
    protect(value);
    parts.push_back(value);
  }
  return makeOf(type, parts, start);
}

ValueId FunctionGen::emitTuplePart(const MemberExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (isPlace(expr))
    return load(preparePlace(expr, Want::Peek), want);
  size_t start = mark();
  ValueId whole = emitObject(expr, expr->object, Want::Borrow);
  ValueId part = b.project(whole, facts.index);
  if (ownershipOf(part) == dil::Ownership::None)
    endTo(start);
  return part;
}

void FunctionGen::forgetAll(llvm::ArrayRef<ValueId> values) {
  for (ValueId value : values)
    if (isOwned(value))
      forget(value);
}

ValueId FunctionGen::makeOf(TypeId type, llvm::ArrayRef<ValueId> parts, size_t start) {
  forgetAll(parts);
  ValueId made = b.make(type, parts);
  endTo(start);
  return made;
}

/// Part by part.
ValueId FunctionGen::convertTuple(ValueId value, const sema::Conversion &conversion, size_t start, bool isExplicit) {
  if (types.isMoveOnly(typeOf(value)))
    return value; // Only the names of its parts are others.
  const std::vector<sema::Conversion> &inside = program.tupleConversions[conversion.parts];
  ValueId whole = hold(value);
  TypeId from = typeOf(whole);
  llvm::SmallVector<ValueId, 4> parts;
  for (unsigned i = 0; i < inside.size(); ++i) {
    size_t inner = mark();
    ValueId part = b.copy(b.project(whole, i));
    ValueId made = settle(convert(part, types[from].args[i], inside[i], inner, isExplicit), Want::Own, inner);
    protect(made);
    parts.push_back(made);
  }
  return makeOf(conversion.to, parts, start);
}

/// `(a, b) = e`: the targets are worked out first, then the value, then they are written in order.
void FunctionGen::emitTupleAssign(const AssignExpr *expr) {
  struct Target {
    bool isAccessor = false, isDiscard = false;
    Accessor accessor;
    Place place;
    llvm::SmallVector<unsigned, 2> path;
  };
  size_t start = mark();
  std::vector<Target> targets;
  llvm::SmallVector<unsigned, 4> path;
  std::function<void(const TupleExpr *)> prepare = [&](const TupleExpr *tuple) {
    for (unsigned i = 0; i < tuple->elements.size(); ++i) {
      const Expr *target = stripParens(tuple->elements[i].value);
      path.push_back(i);
      if (auto *inner = llvm::dyn_cast<TupleExpr>(target)) {
        prepare(inner);
      } else {
        const sema::ExprFacts &facts = program.facts(target);
        Target &one = targets.emplace_back();
        one.path.append(path.begin(), path.end());
        one.isDiscard = facts.type == types::Void;
        one.isAccessor = facts.entity == sema::EntityKind::Property || facts.entity == sema::EntityKind::Indexer;
        if (one.isAccessor)
          one.accessor = prepareAccessor(target);
        else if (!one.isDiscard)
          one.place = preparePlace(target, Want::Borrow);
      }
      path.pop_back();
    }
  };
  auto *tuple = llvm::cast<TupleExpr>(expr->target);
  prepare(tuple);
  auto put = [&](const Target &target, ValueId value) {
    if (target.isAccessor) {
      size_t inner = mark();
      ValueId held = hold(value);
      callSetter(target.accessor, held, inner);
    } else if (target.isDiscard) {
      if (isOwned(value))
        b.drop(value);
    } else {
      store(target.place, value);
    }
  };
  auto *literal = llvm::dyn_cast<TupleExpr>(stripParens(expr->value));
  bool isFlat = literal && literal->elements.size() == targets.size() && tuple->elements.size() == targets.size() &&
                program.facts(expr->value).conversion.kind == sema::ConversionKind::None;
  if (isFlat) {
    // The parts go straight to where they belong.
    llvm::SmallVector<ValueId, 4> parts;
    for (auto &element : literal->elements) {
      parts.push_back(emit(element.value, Want::Own));
      protect(parts.back());
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      forgetAll(parts[i]);
      put(targets[i], parts[i]);
    }
    return endTo(start);
  }
  ValueId whole = hold(emit(expr->value, Want::Own));
  for (const Target &target : targets) {
    if (target.isDiscard)
      continue;
    ValueId part = whole;
    for (unsigned index : target.path)
      part = b.project(part, index);
    put(target, b.copy(part));
  }
  endTo(start);
}

/// The variables that names of parts stand for get copies of them. New ones die with the scope: their slots are listed.
void FunctionGen::bindNames(const NamesTree *names, ValueId value, bool declares) {
  if (names->children.empty()) {
    VariableId id = names->variable ? program.declared.get(names->variable) : VariableId();
    if (!id.isValid())
      return;
    if (!declares)
      return bindTo(id, value);
    ValueId part = isBorrowed(value) || isOwned(value) ? b.copy(value) : value;
    ValueId slot = b.slot(program[id].type, program[id].name.text());
    storage[id] = {slot, true};
    b.init(slot, part);
    return;
  }
  if (types.kind(typeOf(value)) == TypeKind::Optional)
    value = contentOf(value);
  for (unsigned i = 0; i < names->children.size(); ++i)
    bindNames(names->children[i], b.project(value, i), declares);
}

/// The same, of a place that is given away: the parts move.
void FunctionGen::takeNames(const NamesTree *names, ValueId place) {
  for (unsigned i = 0; i < names->children.size(); ++i)
    takeNames(names->children[i], b.field(place, i));
  VariableId id = names->variable ? program.declared.get(names->variable) : VariableId();
  if (!names->children.empty() || !id.isValid())
    return;
  ValueId slot = b.slot(program[id].type, program[id].name.text());
  storage[id] = {slot, true};
  b.init(slot, takeAt(place));
}

/// Of a slot that is given away, a part: what moves is taken, and what is copied is copied.
ValueId FunctionGen::takeAt(ValueId place) { return types.isMoveOnly(typeOf(place)) ? b.loadTake(place) : b.loadCopy(place); }

static void forEachName(const NamesTree *names, llvm::function_ref<void(const VariableDecl *)> visit) {
  if (names->variable)
    visit(names->variable);
  for (const NamesTree *child : names->children)
    forEachName(child, visit);
}

void FunctionGen::emitDeconstruct(const DeconstructStmt *stmt) {
  declareBindings(stmt->value);
  size_t start = mark();
  ValueId value = emit(stmt->value, Want::Own);
  if (types.isMoveOnly(typeOf(value))) {
    ValueId slot = b.slot(typeOf(value), "");
    b.init(slot, value);
    takeNames(stmt->names, slot);
    b.dropSlot(slot);
    endAll(start);
    return pushNames(stmt->names);
  }
  value = hold(value);
  bindNames(stmt->names, value, /*declares=*/true);
  endAll(start);
  pushNames(stmt->names);
}

/// The variables die with the scope.
void FunctionGen::pushNames(const NamesTree *names) {
  forEachName(names, [&](const VariableDecl *variable) {
    VariableId id = program.declared.get(variable);
    if (id.isValid())
      pushDropSlot(storage[id].value);
  });
}

void FunctionGen::buildTupleText(TypeId type, ValueId value) {
  startStatement();
  size_t start = mark();
  llvm::SmallVector<ValueId, 4> parts; // First, as they may throw.
  for (unsigned i = 0; i < types[type].args.size(); ++i)
    parts.push_back(textOfPart(b.project(value, i)));
  llvm::SmallVector<ValueId, 8> texts{b.constString("(")};
  for (unsigned i = 0; i < parts.size(); ++i) {
    if (i)
      texts.push_back(b.constString(", "));
    texts.push_back(parts[i]);
  }
  texts.push_back(b.constString(")"));
  ValueId text = concat(texts);
  endAll(start);
  b.ret(text);
}

/// The text of a part of a value, to be looked at.
ValueId FunctionGen::textOfPart(ValueId part) {
  ValueId value = types.isMoveOnly(typeOf(part)) ? part : hold(b.copy(part));
  TypeId type = typeOf(value), inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
  ValueId text = toText(value, type, gen.textMethod(inner));
  return text == value || !isOwned(text) ? text : hold(text);
}

//===-- Enums with payloads -----------------------------------------------------------------------------------===//

/// `Shape.Circle(2)`, `Shape.Empty`
ValueId FunctionGen::emitVariant(const Expr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  size_t start = mark();
  llvm::SmallVector<ValueId, 4> parts;
  if (facts.call) {
    const sema::CallFacts &call = program.calls[facts.call];
    // In the order of the text.
    llvm::SmallVector<size_t, 4> order;
    for (size_t i = 0; i < call.args.size(); ++i)
      order.push_back(i);
    llvm::sort(order, [&](size_t a, size_t c) { return call.args[a].value->range.begin < call.args[c].value->range.begin; });
    parts.resize(call.args.size());
    const EnumCase &one = types.info(facts.type).cases[facts.index];
    for (size_t i : order) {
      parts[i] = emitInitializer(call.args[i].value, one.parts[i].type);
      if (!parts[i].isValid())
        parts[i] = unreachableValue(one.parts[i].type);
      protect(parts[i]);
    }
    forgetAll(parts);
  }
  ValueId made = b.variant(facts.type, facts.index, parts);
  endTo(start);
  return made;
}

/// The number that says which case it is.
ValueId FunctionGen::tagOf(ValueId value) { return types.isPayloadEnum(typeOf(value)) ? b.tag(value) : value; }

/// Equal tags, then equal parts. Both values are looked at.
void FunctionGen::buildEnumEquality(TypeId type, ValueId lhs, ValueId rhs) {
  const NominalInfo &info = types.info(type);
  BlockId same = b.addBlock(), differ = b.addBlock(), equal = b.addBlock();
  ValueId tag = b.tag(lhs);
  b.condBr(b.cmp(dil::CmpOp::Eq, tag, b.tag(rhs)), same, differ);
  b.setBlock(same);
  dil::SwitchInst *inst = b.switchOn(tag, equal);
  for (unsigned i = 0; i < info.cases.size(); ++i) {
    if (info.cases[i].parts.empty())
      continue;
    BlockId block = b.addBlock();
    inst->cases.push_back({uint64_t(info.cases[i].value), block});
    b.setBlock(block);
    for (unsigned k = 0; k < info.cases[i].parts.size(); ++k) {
      ValueId left = b.payload(lhs, i, k), right = b.payload(rhs, i, k);
      BlockId next = b.addBlock();
      b.condBr(equalValues(left, right, typeOf(left)), next, differ);
      b.setBlock(next);
    }
    b.br(equal);
  }
  b.setBlock(equal);
  b.ret(b.constBool(true));
  b.setBlock(differ);
  b.ret(b.constBool(false));
  endBody();
}

} // namespace dream::dilgen
