// One pattern against one value: the tests, in order, and the variables that are bound on the way.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

/// A value that is owned goes to a slot, to be borrowed from there.
ValueId FunctionGen::lookAt(ValueId value) {
  if (!isOwned(value))
    return value;
  forget(value);
  ValueId slot = b.slot(typeOf(value), "");
  b.init(slot, value);
  push(Cleanup::Kind::DropSlot, slot);
  ValueId borrowed = b.loadBorrow(slot);
  push(Cleanup::Kind::EndBorrow, borrowed);
  return borrowed;
}

/// Gives a variable that a pattern binds its copy. Where null went to an arm above, it is one of what the optional holds.
void FunctionGen::bindTo(VariableId variable, ValueId value) {
  TypeId type = program[variable].type;
  if (typeOf(value) != type && types.kind(typeOf(value)) == TypeKind::Optional)
    value = contentOf(value);
  b.assign(storage[variable].value, isBorrowed(value) || isOwned(value) ? b.copy(value) : value);
}

/// What an optional holds that was found to hold something.
ValueId FunctionGen::contentOf(ValueId value) {
  if (types.isTaggedOptional(typeOf(value)))
    return b.project(value, 0);
  return b.cast(dil::CastKind::Unwrap, value, types[typeOf(value)].element);
}

/// `T and …` looks on at a T, where a reference was found to be one: what the second half looks at, if that is not `type`.
TypeId FunctionGen::narrowedBy(const BinaryPattern *both, TypeId type) const {
  const Pattern *leftmost = both->lhs;
  for (auto *inner = llvm::dyn_cast<BinaryPattern>(leftmost); inner && inner->isAnd; inner = llvm::dyn_cast<BinaryPattern>(leftmost))
    leftmost = inner->lhs;
  const sema::PatternFacts &first = program.patterns.get(leftmost);
  bool narrows = both->isAnd && first.test == sema::PatternTest::Type && isReference(type) && first.type != type &&
                 (types.isCounted(first.type) || types.isPlain(first.type));
  return narrows ? first.type : TypeId();
}

/// Goes to one of the blocks; variables are bound on the way to `whenTrue`. `value` is looked at only.
void FunctionGen::emitPattern(const Pattern *pattern, ValueId value, BlockId whenTrue, BlockId whenFalse) {
  At at(*this, pattern->range.begin);
  const sema::PatternFacts &test = program.patterns.get(pattern);
  TypeId type = typeOf(value);
  auto compare = [&](dil::CmpOp op, uint32_t constant) {
    ValueId right = emitConstant(program.constants[constant], type);
    if (type != types::String)
      return b.cmp(op, value, right);
    ValueId order = b.call(gen.known(sema::Known::CompareStrings), {value, right});
    b.drop(right);
    return b.cmp(op, order, constInt(0));
  };
  auto bind = [&](ValueId bound) {
    if (test.variable.isValid())
      bindTo(test.variable, bound);
  };

  switch (test.test) {
  case sema::PatternTest::Always:
    if (auto *names = llvm::dyn_cast<VarPattern>(pattern)) {
      if (names->names)
        bindNames(names->names, value, /*declares=*/false);
    } else {
      bind(value);
    }
    return b.br(whenTrue);
  case sema::PatternTest::Null: return b.condBr(nullTest(value, dil::CmpOp::Eq), whenTrue, whenFalse);
  case sema::PatternTest::Not: return emitPattern(llvm::cast<NotPattern>(pattern)->inner, value, whenFalse, whenTrue);
  case sema::PatternTest::And:
  case sema::PatternTest::Or: {
    auto *binary = llvm::cast<BinaryPattern>(pattern);
    bool isAnd = test.test == sema::PatternTest::And;
    BlockId second = b.addBlock();
    emitPattern(binary->lhs, value, isAnd ? second : whenTrue, isAnd ? whenFalse : second);
    b.setBlock(second);
    if (TypeId found = narrowedBy(binary, type); found.isValid()) {
      if (types.isCounted(found))
        value = narrow(value, found);
      else
        value = b.unbox(types.kind(type) == TypeKind::Optional ? contentOf(value) : value, found);
    }
    return emitPattern(binary->rhs, value, whenTrue, whenFalse);
  }
  case sema::PatternTest::Constant:
  case sema::PatternTest::Relational:
  case sema::PatternTest::Range:
  case sema::PatternTest::Type:
  case sema::PatternTest::Variant:
  case sema::PatternTest::Tuple: break;
  }

  // What follows looks at the value of an optional, if there is one.
  if (types.kind(type) == TypeKind::Optional) {
    BlockId full = b.addBlock();
    b.condBr(nullTest(value, dil::CmpOp::Ne), full, whenFalse);
    b.setBlock(full);
    value = contentOf(value);
    type = typeOf(value);
  }
  auto *typed = llvm::dyn_cast<TypePattern>(pattern);
  auto rest = [&](ValueId found) {
    if (typed && typed->hasProperties) {
      BlockId next = b.addBlock();
      emitProperties(typed, found, next, whenFalse);
      b.setBlock(next);
    }
    bind(found);
    b.br(whenTrue);
  };
  switch (test.test) {
  case sema::PatternTest::Constant: {
    if (type == types::String) {
      ValueId text = emitConstant(program.constants[test.constant], type);
      return b.condBr(b.call(gen.known(sema::Known::EqualStrings), {value, text}), whenTrue, whenFalse);
    }
    return b.condBr(compare(dil::CmpOp::Eq, test.constant), whenTrue, whenFalse);
  }
  case sema::PatternTest::Relational: {
    dil::CmpOp op = comparisonOf(llvm::cast<RelationalPattern>(pattern)->op);
    return b.condBr(compare(op, test.constant), whenTrue, whenFalse);
  }
  case sema::PatternTest::Range: {
    auto *range = llvm::cast<RangePattern>(pattern);
    if (test.constant) {
      BlockId next = b.addBlock();
      b.condBr(compare(dil::CmpOp::Ge, test.constant), next, whenFalse);
      b.setBlock(next);
    }
    if (!test.high)
      return b.br(whenTrue);
    return b.condBr(compare(range->inclusive ? dil::CmpOp::Le : dil::CmpOp::Lt, test.high), whenTrue, whenFalse);
  }
  case sema::PatternTest::Variant: {
    ValueId tag = tagOf(value);
    BlockId next = b.addBlock();
    uint64_t number = uint64_t(types.info(type).cases[test.variant].value);
    b.condBr(b.cmp(dil::CmpOp::Eq, tag, b.constInt(typeOf(tag), number)), next, whenFalse);
    b.setBlock(next);
    BlockId inside = b.addBlock();
    emitParts(typed->parts, [&](unsigned part) { return b.payload(value, test.variant, part); }, inside, whenFalse);
    b.setBlock(inside);
    return rest(value);
  }
  case sema::PatternTest::Tuple: {
    BlockId inside = b.addBlock();
    emitParts(typed->parts, [&](unsigned part) { return b.project(value, part); }, inside, whenFalse);
    b.setBlock(inside);
    return rest(value);
  }
  case sema::PatternTest::Type: {
    if (type == test.type)
      return rest(value);
    if (!isReference(type)) { // A value is always of its own type, and of the interfaces of that.
      if (!test.variable.isValid() && !typed->hasProperties)
        return b.br(whenTrue);
      gen.needBox(type);
      ValueId box = b.box(b.copy(value), test.type);
      bind(box);
      b.drop(box);
      return b.br(whenTrue);
    }
    bool isObject = isReference(test.type);
    if (!typeTestIsNullTest(type, test.type)) {
      if (isObject)
        gen.needDescriptor(test.type);
      else
        gen.needBox(test.type);
      BlockId next = b.addBlock();
      b.condBr(b.typeIs(value, test.type), next, whenFalse);
      b.setBlock(next);
    } else {
      BlockId next = b.addBlock(); // Null, where late slots are asked for.
      b.condBr(nullTest(value, dil::CmpOp::Ne), next, whenFalse);
      b.setBlock(next);
    }
    if (!test.variable.isValid() && !typed->hasProperties)
      return b.br(whenTrue);
    if (isObject)
      return rest(b.cast(dil::CastKind::Down, value, test.type));
    // What was in the box is a copy, which ends here.
    size_t start = mark();
    ValueId content = lookAt(b.unbox(value, test.type));
    if (!typed->hasProperties) {
      bind(content);
      endTo(start);
      return b.br(whenTrue);
    }
    BlockId good = b.addBlock(), bad = b.addBlock();
    emitProperties(typed, content, good, bad);
    leaveFrom(bad, start, whenFalse);
    b.setBlock(good);
    bind(content);
    endTo(start);
    return b.br(whenTrue);
  }
  case sema::PatternTest::Always:
  case sema::PatternTest::Null:
  case sema::PatternTest::Not:
  case sema::PatternTest::And:
  case sema::PatternTest::Or: break;
  }
  llvm_unreachable("handled above");
}

/// `T? is T`, `string? is string`: true unless it is null.
bool FunctionGen::typeTestIsNullTest(TypeId from, TypeId to) const {
  if (types.kind(from) == TypeKind::Optional)
    from = types[from].element;
  return isReference(to) && (from == to || (types.isClassRef(from) && types.isClassRef(to) && types.isSubtype(from, to)));
}

/// All of the parts, one after the other.
void FunctionGen::emitParts(llvm::ArrayRef<const Pattern *> parts, llvm::function_ref<ValueId(unsigned)> partOf, BlockId whenTrue,
                            BlockId whenFalse) {
  for (unsigned i = 0; i < parts.size(); ++i) {
    if (llvm::isa<WildcardPattern>(parts[i]))
      continue;
    BlockId next = b.addBlock();
    emitPattern(parts[i], partOf(i), next, whenFalse);
    b.setBlock(next);
  }
  b.br(whenTrue);
}

/// A member of the value, to be looked at.
ValueId FunctionGen::emitMemberOf(ValueId value, const sema::PatternMember &member) {
  switch (member.entity) {
  case sema::EntityKind::TupleElement: return b.project(value, member.index);
  case sema::EntityKind::Length: {
    TypeId type = typeOf(value);
    return types.kind(type) == TypeKind::FixedArray ? constInt(int64_t(types[type].count)) : b.len(value);
  }
  case sema::EntityKind::Field: {
    if (!isReference(typeOf(value))) {
      ValueId part = b.project(value, member.index);
      if (types.info(typeOf(value)).fields[member.index].isLate)
        b.check(dil::CheckKind::Late, part, {}, {}, fn.copyText(gen.placeName(typeOf(value), member.index)));
      return part;
    }
    return lookAt(load(fieldOfObject(value, typeOf(value), member.index, false), Want::Own));
  }
  case sema::EntityKind::Property: {
    FunctionId getter = program[member.property].getter;
    const sema::FunctionInfo &callee = program[getter];
    size_t start = mark();
    llvm::SmallVector<Argument, 8> args{receiverOf(value, callee)};
    return lookAt(finishCall(getter, dispatchOf(types, callee, false), args, start));
  }
  default: break; // Nothing else is a member.
  }
  llvm::report_fatal_error("dilgen: a pattern's member without a meaning passed checking");
}

void FunctionGen::emitProperties(const TypePattern *pattern, ValueId value, BlockId whenTrue, BlockId whenFalse) {
  const std::vector<sema::PatternMember> members = program.patterns.get(pattern).members;
  for (size_t i = 0; i < members.size(); ++i) {
    size_t start = mark();
    ValueId part = emitMemberOf(value, members[i]);
    BlockId good = b.addBlock(), bad = b.addBlock();
    emitPattern(pattern->properties[i].pattern, part, good, bad);
    leaveFrom(bad, start, whenFalse);
    b.setBlock(good);
    endTo(start);
  }
  b.br(whenTrue);
}

} // namespace dream::dilgen
