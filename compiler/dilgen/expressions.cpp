// Expressions: the way from a tree to a value, and who keeps it alive. See the top of function_gen.h.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

ValueId FunctionGen::emit(const Expr *expr, Want want) {
  At at(*this, locOf(expr));
  size_t start = mark();
  return settle(emitUnsettled(expr, want), want, start);
}

ValueId FunctionGen::settle(ValueId value, Want want, size_t start) {
  if (!value.isValid()) {
    endTo(start);
    return value;
  }
  if (types.isView(typeOf(value)))
    return value; // What it looks into stays open.
  if (isBorrowed(value)) {
    if (want != Want::Own)
      return value;
    ValueId copied = b.copy(value);
    endTo(start);
    return copied;
  }
  endTo(start);
  return want == Want::Own ? value : hold(value);
}

ValueId FunctionGen::emitUnsettled(const Expr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  size_t start = mark();
  if (facts.conversion.kind == sema::ConversionKind::ToString && facts.type == types::Null)
    return b.constString(""); // `"a" + null`
  // The text of what moves is made without moving it.
  bool moves = types.isMoveOnly(facts.type);
  bool onlyLooks = facts.conversion.kind == (moves ? sema::ConversionKind::ToString : sema::ConversionKind::Propagate);
  if (facts.conversion.kind == sema::ConversionKind::ToView && types.kind(facts.type) == TypeKind::FixedArray && isPlace(expr))
    return b.span(facts.conversion.to, openAccess(preparePlace(expr, Want::Borrow), /*isModify=*/false));
  ValueId value = readWeak(facts, emitRaw(expr, onlyLooks ? Want::Borrow : facts.readsWeak ? Want::Peek : want), start);
  if (isTerminated()) {
    startUnreachable();
    TypeId type = facts.conversion.kind == sema::ConversionKind::None ? facts.type : facts.conversion.to;
    return unreachableValue(type);
  }
  if (facts.conversion.kind == sema::ConversionKind::None)
    return value;
  return convert(value, facts.type, facts.conversion, start);
}

/// The object of the weak reference that an expression finds.
ValueId FunctionGen::readWeak(const sema::ExprFacts &facts, ValueId value, size_t start) {
  if (!facts.readsWeak || !value.isValid() || types.kind(typeOf(value)) != TypeKind::Weak)
    return value;
  ValueId object = b.weakGet(value);
  if (isOwned(value))
    b.drop(value);
  endTo(start);
  return object;
}

ValueId FunctionGen::unreachableValue(TypeId type) {
  return type == types::Void || type == types::Never ? ValueId() : b.constZero(type);
}

ValueId FunctionGen::emitConstant(const sema::ConstValue &value, TypeId type) {
  switch (value.kind) {
  case sema::ConstValue::Kind::None: break;
  case sema::ConstValue::Kind::Int: return b.constInt(type, value.bits);
  case sema::ConstValue::Kind::Float: return b.constFloat(type, value.number);
  case sema::ConstValue::Kind::Bool: return b.constBool(value.bits != 0);
  case sema::ConstValue::Kind::Char: return b.constChar(uint32_t(value.bits));
  case sema::ConstValue::Kind::String: {
    ValueId text = b.constString(value.text);
    return types.kind(type) == TypeKind::Optional ? b.cast(dil::CastKind::ToOptional, text, type) : text;
  }
  case sema::ConstValue::Kind::Null: return b.constNull(type);
  case sema::ConstValue::Kind::Parts: return b.constant(type, constantIn(fn.storage(), value));
  }
  return b.constZero(type);
}

dil::Constant constantIn(llvm::BumpPtrAllocator &storage, const sema::ConstValue &value) {
  dil::Constant made{dil::ConstKind::Zero, value.bits, value.number, value.text.copy(storage), {}};
  switch (value.kind) {
  case sema::ConstValue::Kind::None: break;
  case sema::ConstValue::Kind::Int: made.constKind = dil::ConstKind::Int; break;
  case sema::ConstValue::Kind::Float: made.constKind = dil::ConstKind::Float; break;
  case sema::ConstValue::Kind::Bool: made.constKind = dil::ConstKind::Bool; break;
  case sema::ConstValue::Kind::Char: made.constKind = dil::ConstKind::Char; break;
  case sema::ConstValue::Kind::String: made.constKind = dil::ConstKind::String; break;
  case sema::ConstValue::Kind::Null: made.constKind = dil::ConstKind::Null; break;
  case sema::ConstValue::Kind::Parts: {
    made.constKind = dil::ConstKind::Parts;
    std::vector<dil::Constant> parts;
    for (const sema::ConstValue &part : *value.parts)
      parts.push_back(constantIn(storage, part));
    made.parts = llvm::ArrayRef(parts).copy(storage);
    break;
  }
  }
  return made;
}

ValueId FunctionGen::emitRaw(const Expr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.constant)
    return emitConstant(program.constants[facts.constant], facts.type);
  return facts.endsChain ? emitChain(expr) : emitLink(expr, want);
}

bool FunctionGen::isConditionalAccess(const Expr *parent) {
  if (!parent)
    return false;
  parent = stripParens(parent);
  if (auto *member = llvm::dyn_cast<MemberExpr>(parent))
    return member->access == MemberAccess::Conditional;
  if (auto *index = llvm::dyn_cast<IndexExpr>(parent))
    return index->conditional;
  return false;
}

TypeId FunctionGen::objectType(const MemberExpr *expr) const {
  const sema::ExprFacts &facts = program.facts(expr->object);
  return facts.conversion.kind == sema::ConversionKind::Propagate ? facts.conversion.to : facts.type;
}

ValueId FunctionGen::emitObject(const Expr *parent, const Expr *object, Want want) {
  ValueId value = isConditionalAccess(parent) ? emitUnchecked(object, want) : emit(object, want);
  if (!isConditionalAccess(parent) || types.kind(typeOf(value)) != TypeKind::Optional)
    return value;
  leaveChainIfNull(value);
  return asType(value, types[typeOf(value)].element);
}

void FunctionGen::leaveChainIfNull(ValueId value) {
  BlockId present = b.addBlock(), absent = b.addBlock();
  b.condBr(nullTest(value, dil::CmpOp::Ne), present, absent);
  leaveFrom(absent, chainMark, chainMissing);
  b.setBlock(present);
}

ValueId FunctionGen::emitChain(const Expr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  BlockId savedMissing = chainMissing, join = b.addBlock();
  size_t savedMark = chainMark, start = mark();
  chainMissing = b.addBlock();
  chainMark = start;
  ValueId value = readWeak(facts, settle(emitLink(expr, Want::Own), Want::Own, start), start);
  bool hasValue = value.isValid();
  if (hasValue && typeOf(value) != facts.type)
    value = b.cast(dil::CastKind::ToOptional, value, facts.type);
  if (hasValue)
    branchTo(join, value);
  else
    branchTo(join);
  b.setBlock(chainMissing);
  if (hasValue)
    b.br(join, b.constNull(facts.type));
  else
    b.br(join);
  chainMissing = savedMissing;
  chainMark = savedMark;
  b.setBlock(join);
  return hasValue ? joinArgument(join, facts.type) : ValueId();
}

ValueId FunctionGen::emitLink(const Expr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  switch (expr->kind) {
  case NodeKind::TupleExpr: return emitTuple(llvm::cast<TupleExpr>(expr));
  case NodeKind::MatchExpr: return emitMatch(llvm::cast<MatchExpr>(expr));
  case NodeKind::ParenExpr: return emitUnsettled(llvm::cast<ParenExpr>(expr)->inner, want);
  case NodeKind::CheckedExpr: return emitUnsettled(llvm::cast<CheckedExpr>(expr)->value, want);
  case NodeKind::IntLiteral: return b.constInt(facts.type, llvm::cast<IntLiteral>(expr)->value);
  case NodeKind::FloatLiteral: return b.constFloat(facts.type, llvm::cast<FloatLiteral>(expr)->value);
  case NodeKind::CharLiteral: return b.constChar(llvm::cast<CharLiteral>(expr)->value);
  case NodeKind::BoolLiteral: return b.constBool(llvm::cast<BoolLiteral>(expr)->value);
  case NodeKind::StringLiteral: return b.constString(llvm::cast<StringLiteral>(expr)->value);
  case NodeKind::NullLiteral:
    // A conversion that changes no bits says which null is meant.
    return b.constNull(types.kind(facts.type) == TypeKind::Null ? facts.conversion.to : facts.type);
  case NodeKind::InterpolatedString: return emitInterpolated(llvm::cast<InterpolatedString>(expr));
  case NodeKind::LambdaExpr: return makeClosure(program.declaredFunctions.get(expr));
  case NodeKind::NameExpr:
    return facts.entity == sema::EntityKind::Functions ? emitMethodGroup(expr) : emitName(expr, want);
  case NodeKind::ThisExpr: return emitName(expr, want);
  case NodeKind::MemberExpr:
    if (facts.entity == sema::EntityKind::Functions)
      return emitMethodGroup(expr);
    return emitMember(llvm::cast<MemberExpr>(expr), want);
  case NodeKind::IndexExpr: return emitIndexed(llvm::cast<IndexExpr>(expr), want);
  case NodeKind::CallExpr: return emitCallExpr(llvm::cast<CallExpr>(expr));
  case NodeKind::NewObject: return emitNewObject(llvm::cast<NewObject>(expr));
  case NodeKind::NewArray: return emitNewArray(llvm::cast<NewArray>(expr));
  case NodeKind::ArrayLiteral:
    if (sema::ConstValue value = sema::literalParts(program, expr))
      return emitConstant(value, facts.type);
    return emitArrayOf(facts.type, llvm::cast<ArrayLiteral>(expr)->elements);
  case NodeKind::InitializerList: return emitInitializer(expr, facts.type);
  case NodeKind::DefaultExpr: return b.constZero(facts.type);
  case NodeKind::TypeQueryExpr: return emitTypeQuery(llvm::cast<TypeQueryExpr>(expr));
  case NodeKind::AssignExpr: return emitAssign(llvm::cast<AssignExpr>(expr), /*needsValue=*/true);
  case NodeKind::ConditionalExpr: return emitConditional(llvm::cast<ConditionalExpr>(expr));
  case NodeKind::BinaryExpr: return emitBinary(llvm::cast<BinaryExpr>(expr), want);
  case NodeKind::UnaryExpr: return emitUnary(llvm::cast<ast::UnaryExpr>(expr), want);
  case NodeKind::PostfixExpr: return emitPostfix(llvm::cast<PostfixExpr>(expr), want);
  case NodeKind::CastExpr: return emitCast(llvm::cast<CastExpr>(expr)->operand, facts.cast, want);
  case NodeKind::AsExpr: return emitAs(llvm::cast<AsExpr>(expr), want);
  case NodeKind::IsExpr: return emitBoolOf(expr);
  case NodeKind::ThrowExpr:
    emitThrow(llvm::cast<ThrowExpr>(expr)->value);
    return ValueId();
  default: // The tree has kinds of nodes that are no expressions, and expressions that checking refuses or folds.
    llvm::report_fatal_error("dilgen: an expression without a lowering passed checking");
  }
}

void FunctionGen::emitDiscard(const Expr *expr) {
  At at(*this, locOf(expr));
  size_t start = mark();
  const Expr *bare = stripParens(expr);
  if (auto *assign = llvm::dyn_cast<AssignExpr>(bare)) {
    emitAssign(assign, /*needsValue=*/false);
  } else if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(bare);
             unary && (unary->op == ast::UnaryOp::PreInc || unary->op == ast::UnaryOp::PreDec)) {
    emitStep(unary, unary->operand, unary->op == ast::UnaryOp::PreInc, false, /*needsValue=*/false);
  } else if (auto *postfix = llvm::dyn_cast<PostfixExpr>(bare);
             postfix && (postfix->op == PostfixOp::Inc || postfix->op == PostfixOp::Dec)) {
    emitStep(postfix, postfix->operand, postfix->op == PostfixOp::Inc, false, /*needsValue=*/false);
  } else {
    ValueId value = emitUnsettled(expr, Want::Own);
    if (value.isValid() && isOwned(value))
      hold(value);
  }
  endTo(start);
}

ValueId FunctionGen::emitThis() { return self; }

ValueId FunctionGen::emitCallExpr(const CallExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.entity == sema::EntityKind::Variant)
    return emitVariant(expr);
  if (facts.op != sema::OperatorKind::None)
    return emitValueMember(expr);
  if (facts.cast.kind != sema::ConversionKind::None || !facts.call)
    return emitCast(expr->args.front()->value, facts.cast, Want::Own);
  return emitCall(expr, program.calls[facts.call]);
}

ValueId FunctionGen::emitMember(const MemberExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  switch (facts.entity) {
  case sema::EntityKind::Variable: return emitName(expr, want);
  case sema::EntityKind::Variant: return emitVariant(expr);
  case sema::EntityKind::TupleElement: return emitTuplePart(expr, want);
  case sema::EntityKind::Field: return emitField(expr, want, /*checkLate=*/true);
  case sema::EntityKind::Property: {
    size_t start = mark();
    Accessor accessor = prepareAccessor(expr);
    return callGetter(accessor, start);
  }
  case sema::EntityKind::HasValue: {
    size_t start = mark();
    ValueId value = emitObject(expr, expr->object, Want::Peek);
    ValueId result = types.kind(typeOf(value)) == TypeKind::Optional ? nullTest(value, dil::CmpOp::Ne) : b.constBool(true);
    endTo(start);
    return result;
  }
  case sema::EntityKind::OptionalValue: {
    size_t start = mark();
    ValueId value = emitObject(expr, expr->object, want);
    if (typeOf(value) == facts.type)
      return value;
    // What was held for looking goes into the conversion as it is: it is borrowed, or plain.
    ValueId inner = isOwned(value) && want != Want::Own ? b.copy(value) : value;
    return convert(inner, typeOf(inner), {sema::ConversionKind::UnwrapOptional, facts.type, {}}, start, /*isExplicit=*/true);
  }
  case sema::EntityKind::Length: {
    size_t start = mark();
    TypeId type = objectType(expr);
    if (types.kind(type) == TypeKind::FixedArray)
      return constInt(int64_t(types[type].count));
    ValueId value = emitObject(expr, expr->object, Want::Peek);
    ValueId length = b.len(value);
    endTo(start);
    return length;
  }
  default: break; // Elements, types and the like are no members.
  }
  llvm::report_fatal_error("dilgen: a member without a meaning passed checking");
}

ValueId FunctionGen::emitIndexed(const IndexExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  if (facts.entity == sema::EntityKind::Indexer) {
    size_t start = mark();
    Accessor accessor = prepareAccessor(expr);
    return callGetter(accessor, start);
  }
  if (facts.entity == sema::EntityKind::ArraySlice || facts.entity == sema::EntityKind::StringSlice)
    return emitSlice(expr);
  if (facts.entity == sema::EntityKind::ViewSlice)
    return emitViewSlice(expr);
  if (facts.entity == sema::EntityKind::MethodSlice)
    return emitMethodSlice(expr);
  return emitElement(expr, want, /*checkLate=*/true);
}

ValueId FunctionGen::emitTypeQuery(const TypeQueryExpr *expr) {
  TypeId type = program.typeNodes.get(expr->type);
  uint64_t value = 0;
  switch (expr->query) {
  case TypeQuery::SizeOf: value = types.layout(type).size; break;
  case TypeQuery::AlignOf: value = types.layout(type).align; break;
  case TypeQuery::OffsetOf: {
    const NominalInfo &info = types.info(type);
    for (unsigned i = 0; i < info.fields.size(); ++i)
      if (info.fields[i].name == expr->field)
        value = types.fieldOffset(type, i);
    break;
  }
  }
  return b.constInt(program.facts(expr).type, value);
}

ValueId FunctionGen::emitConditional(const ConditionalExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  BlockId whenTrue = b.addBlock(), whenFalse = b.addBlock(), join = b.addBlock();
  emitBranch(expr->condition, whenTrue, whenFalse);
  bool hasValue = types.kind(facts.type) != TypeKind::Void;
  auto side = [&](BlockId block, const Expr *value) {
    b.setBlock(block);
    size_t start = mark();
    ValueId result = emit(value, Want::Own);
    endTo(start); // Of a view; what it looks into is open outside.
    if (hasValue && result.isValid())
      branchTo(join, result);
    else if (!hasValue)
      branchTo(join);
    else
      branchTo(join, unreachableValue(facts.type));
  };
  side(whenTrue, expr->whenTrue);
  side(whenFalse, expr->whenFalse);
  b.setBlock(join);
  return hasValue ? joinArgument(join, facts.type) : ValueId();
}

/// `a ?? b`: a's value if there is one.
ValueId FunctionGen::emitCoalesce(const Expr *lhs, const Expr *rhs, TypeId type) {
  size_t start = mark();
  ValueId value = settle(emitUnchecked(lhs, Want::Own), Want::Own, start);
  if (types.kind(typeOf(value)) != TypeKind::Optional && types.kind(typeOf(value)) != TypeKind::Null)
    return value; // It is never null; the checker has said so.
  BlockId join = b.addBlock(), present = b.addBlock(), absent = b.addBlock();
  b.condBr(nullTest(value, dil::CmpOp::Ne), present, absent);
  b.setBlock(present);
  b.br(join, typeOf(value) == type ? value : b.cast(dil::CastKind::Unwrap, value, type));
  b.setBlock(absent);
  b.drop(value); // Null; it holds nothing, and its life ends here all the same.
  ValueId other = emit(rhs, Want::Own);
  if (!other.isValid())
    other = unreachableValue(type);
  branchTo(join, other);
  b.setBlock(join);
  return joinArgument(join, type);
}

ValueId FunctionGen::emitCast(const Expr *operand, const sema::Conversion &cast, Want want) {
  size_t start = mark();
  ValueId value = emitUnsettled(operand, want);
  if (cast.kind == sema::ConversionKind::None)
    return value;
  TypeId from = value.isValid() ? typeOf(value) : program.facts(operand).type;
  return convert(value, from, cast, start, /*isExplicit=*/true);
}

ValueId FunctionGen::emitAs(const AsExpr *expr, Want want) {
  const sema::ExprFacts &facts = program.facts(expr);
  const sema::Conversion &cast = facts.cast;
  if (cast.kind != sema::ConversionKind::Downcast && cast.kind != sema::ConversionKind::Unbox)
    return emitCast(expr->value, cast, want);
  size_t start = mark();
  ValueId value = emit(expr->value, Want::Borrow);
  TypeId target = facts.type;
  TypeId tested = types.kind(target) == TypeKind::Optional ? types[target].element : target;
  if (cast.kind == sema::ConversionKind::Unbox)
    gen.needBox(tested);
  else
    gen.needDescriptor(tested);
  BlockId match = b.addBlock(), miss = b.addBlock(), join = b.addBlock();
  b.condBr(b.typeIs(value, tested), match, miss);
  b.setBlock(match);
  if (types.isTaggedOptional(target)) {
    ValueId object = types.kind(typeOf(value)) == TypeKind::Optional ? b.cast(dil::CastKind::Unwrap, b.copy(value), types[typeOf(value)].element) : value;
    ValueId content = b.unbox(object, tested);
    if (object != value)
      b.drop(object);
    b.br(join, b.cast(dil::CastKind::ToOptional, content, target));
  } else {
    b.br(join, b.cast(dil::CastKind::Down, b.copy(value), target));
  }
  b.setBlock(miss);
  b.br(join, b.constNull(target));
  b.setBlock(join);
  ValueId result = joinArgument(join, target);
  endTo(start);
  return result;
}

} // namespace dream::dilgen
