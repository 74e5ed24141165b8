// Comparisons. Values are equal part by part; types with many parts get an equality function of their own, made once.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

static const Expr *nullOperand(const BinaryExpr *expr, const Expr *&other) {
  if (llvm::isa<NullLiteral>(stripParens(expr->rhs))) {
    other = expr->lhs;
    return expr->rhs;
  }
  if (llvm::isa<NullLiteral>(stripParens(expr->lhs))) {
    other = expr->rhs;
    return expr->lhs;
  }
  return nullptr;
}

ValueId FunctionGen::nullTest(ValueId value, dil::CmpOp op) {
  TypeId type = typeOf(value);
  if (types.isTaggedOptional(type)) {
    ValueId isFull = b.project(value, 1);
    return op == dil::CmpOp::Ne ? isFull : b.unary(dil::UnaryOp::Not, isFull);
  }
  bool mayBeNull = types.kind(type) == TypeKind::Optional || types.kind(type) == TypeKind::Pointer || types.kind(type) == TypeKind::Null;
  if (!mayBeNull && !types.isCounted(type)) // What a test has found in an optional.
    return b.constBool(op == dil::CmpOp::Ne);
  if (!mayBeNull) // A late slot: unset looks like null.
    value = asType(value, type = types.optional(type));
  return b.cmp(op, value, b.constNull(type));
}

ValueId FunctionGen::emitNullTest(const Expr *operand, dil::CmpOp op) {
  size_t start = mark();
  ValueId result = nullTest(emitUnchecked(operand, Want::Peek), op);
  endTo(start);
  return result;
}

ValueId FunctionGen::emitComparison(const BinaryExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  dil::CmpOp op = comparisonOf(expr->op);
  const Expr *other = nullptr;
  if (nullOperand(expr, other))
    return emitNullTest(other, op);
  if (facts.op == sema::OperatorKind::Compare) {
    ValueId lhs = emit(expr->lhs, Want::Own);
    ValueId rhs = emit(expr->rhs, Want::Own);
    return b.cmp(op, lhs, rhs);
  }

  size_t start = mark();
  // The right side may run anything while the left one is looked at.
  bool isQuiet = isInert(program, expr->rhs);
  ValueId lhs = emit(expr->lhs, isQuiet && facts.op == sema::OperatorKind::ReferenceCompare ? Want::Peek : Want::Borrow);
  ValueId rhs = emit(expr->rhs, facts.op == sema::OperatorKind::ReferenceCompare ? Want::Peek : Want::Borrow);
  ValueId result;
  switch (facts.op) {
  case sema::OperatorKind::StringCompare:
    if (op == dil::CmpOp::Eq || op == dil::CmpOp::Ne) {
      result = equalValues(lhs, rhs, typeOf(lhs));
      if (op == dil::CmpOp::Ne)
        result = b.unary(dil::UnaryOp::Not, result);
    } else {
      result = b.cmp(op, b.call(gen.known(sema::Known::CompareStrings), {lhs, rhs}), constInt(0));
    }
    break;
  case sema::OperatorKind::ReferenceCompare:
    if (typeOf(lhs) != typeOf(rhs)) {
      TypeId common = types.optional(types::Object);
      lhs = asType(lhs, common);
      rhs = asType(rhs, common);
    }
    result = b.cmp(op, lhs, rhs);
    break;
  case sema::OperatorKind::ValueCompare:
    result = equalValues(lhs, rhs, typeOf(lhs));
    if (op == dil::CmpOp::Ne)
      result = b.unary(dil::UnaryOp::Not, result);
    break;
  default: llvm_unreachable("no comparison");
  }
  endTo(start);
  return result;
}

ValueId FunctionGen::equalValues(ValueId lhs, ValueId rhs, TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Weak: {
    ValueId left = b.weakGet(lhs), right = b.weakGet(rhs);
    ValueId same = b.cmp(dil::CmpOp::Eq, left, right);
    b.drop(right);
    b.drop(left);
    return same;
  }
  case TypeKind::String: return b.call(gen.known(sema::Known::EqualStrings), {lhs, rhs});
  case TypeKind::Array:
  case TypeKind::Rect:
  case TypeKind::FixedArray:
  case TypeKind::Struct:
  case TypeKind::Tuple: return b.call(gen.equality(type), {lhs, rhs});
  case TypeKind::Enum:
    if (types.isPayloadEnum(type))
      return b.call(gen.equality(type), {lhs, rhs});
    return b.cmp(dil::CmpOp::Eq, lhs, rhs);
  case TypeKind::Optional:
    if (!types.isCounted(type) || types[type].element == types::String || types.kind(types[type].element) == TypeKind::Array ||
        types.kind(types[type].element) == TypeKind::Rect)
      return b.call(gen.equality(type), {lhs, rhs});
    return b.cmp(dil::CmpOp::Eq, lhs, rhs);
  default: return b.cmp(dil::CmpOp::Eq, lhs, rhs);
  }
}

/// func(a, b) -> bool
void FunctionGen::buildEquality(TypeId type) {
  llvm::SmallVector<ValueId, 4> args = beginBody();
  ValueId lhs = args[0], rhs = args[1];
  if (types.kind(type) == TypeKind::Enum)
    return buildEnumEquality(type, lhs, rhs);
  BlockId differ = b.addBlock();
  auto require = [&](ValueId condition) {
    BlockId next = b.addBlock();
    b.condBr(condition, next, differ);
    b.setBlock(next);
  };
  auto compareElements = [&](llvm::function_ref<ValueId(ValueId array, ValueId index)> elementOf, ValueId length) {
    countedLoop(length, [&](ValueId index, BlockId step, BlockId) {
      size_t start = mark();
      ValueId left = elementOf(lhs, index), right = elementOf(rhs, index);
      ValueId same = equalValues(left, right, typeOf(left));
      endTo(start);
      require(same);
      branchTo(step);
    });
  };
  auto peek = [&](ValueId address) {
    ValueId value = b.loadBorrow(address);
    if (isBorrowed(value))
      push(Cleanup::Kind::EndBorrow, value);
    return value;
  };

  switch (types.kind(type)) {
  case TypeKind::Struct: {
    size_t count = types.info(type).fields.size();
    for (unsigned i = 0; i < count; ++i) {
      ValueId left = b.project(lhs, i), right = b.project(rhs, i);
      require(equalValues(left, right, typeOf(left)));
    }
    break;
  }
  case TypeKind::Tuple:
    for (unsigned i = 0; i < types[type].args.size(); ++i) {
      ValueId left = b.project(lhs, i), right = b.project(rhs, i);
      require(equalValues(left, right, typeOf(left)));
    }
    break;
  case TypeKind::Array: {
    ValueId length = b.len(lhs);
    require(b.cmp(dil::CmpOp::Eq, length, b.len(rhs)));
    compareElements([&](ValueId array, ValueId index) { return peek(b.elem(array, index)); }, length);
    break;
  }
  case TypeKind::Rect: {
    unsigned rank = unsigned(types[type].count);
    for (unsigned i = 0; i < rank; ++i)
      require(b.cmp(dil::CmpOp::Eq, b.len(lhs, int(i)), b.len(rhs, int(i))));
    llvm::SmallVector<ValueId, 3> indices;
    std::function<void()> nest = [&] {
      countedLoop(b.len(lhs, int(indices.size())), [&](ValueId index, BlockId step, BlockId) {
        indices.push_back(index);
        if (indices.size() < rank) {
          nest();
        } else {
          size_t start = mark();
          ValueId left = peek(b.elem(lhs, indices)), right = peek(b.elem(rhs, indices));
          ValueId same = equalValues(left, right, typeOf(left));
          endTo(start);
          require(same);
        }
        indices.pop_back();
        branchTo(step);
      });
    };
    nest();
    break;
  }
  case TypeKind::FixedArray: {
    ValueId left = b.slot(type, ""), right = b.slot(type, "");
    b.init(left, isBorrowed(lhs) ? b.copy(lhs) : lhs);
    b.init(right, isBorrowed(rhs) ? b.copy(rhs) : rhs);
    pushDropSlot(left);
    pushDropSlot(right);
    BlockId finished = b.addBlock(), unequal = differ, result = b.addBlock();
    differ = b.addBlock();
    lhs = left;
    rhs = right;
    compareElements([&](ValueId array, ValueId index) { return peek(b.elem(array, index)); },
                    constInt(int64_t(types[type].count)));
    b.br(finished);
    ValueId answer = b.addBlockArg(result, types::Bool, dil::Ownership::None);
    b.setBlock(finished);
    b.br(result, b.constBool(true));
    b.setBlock(differ);
    b.br(result, b.constBool(false));
    b.setBlock(result);
    endAll(0);
    b.ret(answer);
    (void)unequal;
    return endBody();
  }
  case TypeKind::Optional: {
    // Both empty, or both full and equal.
    BlockId someEmpty = b.addBlock(), bothFull = b.addBlock(), leftFull = b.addBlock();
    b.condBr(nullTest(lhs, dil::CmpOp::Eq), someEmpty, leftFull);
    b.setBlock(leftFull);
    b.condBr(nullTest(rhs, dil::CmpOp::Eq), someEmpty, bothFull);
    b.setBlock(someEmpty);
    b.ret(b.cmp(dil::CmpOp::Eq, nullTest(lhs, dil::CmpOp::Eq), nullTest(rhs, dil::CmpOp::Eq)));
    b.setBlock(bothFull);
    TypeId inner = types[type].element;
    b.ret(equalValues(contentOf(lhs), contentOf(rhs), inner));
    return endBody();
  }
  default: llvm_unreachable("compared directly");
  }
  b.ret(b.constBool(true));
  b.setBlock(differ);
  b.ret(b.constBool(false));
  endBody();
}

void FunctionGen::buildText(TypeId type) {
  if (types.kind(type) == TypeKind::Enum)
    return buildEnumText(type);
  llvm::SmallVector<ValueId, 4> args = beginBody();
  ValueId value = args[0];
  auto piece = [&](ValueId text, ValueId more) {
    FuncId append = gen.runtime("dr_str_append", {gen.param("text", types::String), gen.param("more", types::String)}, types::String);
    return b.call(append, {text, more});
  };
  auto literal = [&](ValueId text, llvm::StringRef more) {
    ValueId constant = b.constString(more);
    ValueId result = piece(text, constant);
    b.drop(constant);
    return result;
  };
  if (types.kind(type) == TypeKind::Tuple) {
    buildTupleText(type, value);
    return endBody();
  }
  bool isArray = types.kind(type) == TypeKind::Array;
  if (!isArray && types.kind(type) != TypeKind::FixedArray) {
    b.ret(b.constString(types.spell(type)));
    return endBody();
  }
  // [a, b, c]
  ValueId slot = b.slot(types::String, "");
  b.init(slot, b.constString("["));
  pushDropSlot(slot);
  ValueId base = value;
  if (!isArray) {
    base = b.slot(type, "");
    b.init(base, isBorrowed(value) ? b.copy(value) : value);
    pushDropSlot(base);
  }
  countedLoop(isArray ? b.len(base) : constInt(int64_t(types[type].count)), [&](ValueId index, BlockId step, BlockId) {
    BlockId comma = b.addBlock(), rest = b.addBlock();
    b.condBr(b.cmp(dil::CmpOp::Ne, index, constInt(0)), comma, rest);
    b.setBlock(comma);
    b.init(slot, literal(b.loadTake(slot), ", "));
    b.br(rest);
    b.setBlock(rest);
    startStatement();
    size_t start = mark();
    ValueId element = hold(b.loadCopy(b.elem(base, index)));
    checkLateElement(element);
    ValueId text = toText(element, typeOf(element), gen.textMethod(typeOf(element)));
    ValueId held = text == element || !isOwned(text) ? text : hold(text);
    b.init(slot, piece(b.loadTake(slot), held));
    endAll(start);
    branchTo(step);
  });
  ValueId result = literal(b.loadTake(slot), "]");
  endAll(0);
  b.ret(result);
  endBody();
}

/// func(value) -> string: the name of an enum's case, or its number.
void FunctionGen::buildEnumText(TypeId type) {
  llvm::SmallVector<ValueId, 4> args = beginBody();
  const NominalInfo &info = types.info(type);
  BlockId otherwise = b.addBlock();
  if (info.hasPayload()) {
    dil::SwitchInst *inst = b.switchOn(b.tag(args[0]), otherwise);
    for (unsigned i = 0; i < info.cases.size(); ++i) {
      const EnumCase &one = info.cases[i];
      BlockId block = b.addBlock();
      inst->cases.push_back({uint64_t(one.value), block});
      b.setBlock(block);
      startStatement();
      size_t start = mark();
      llvm::SmallVector<ValueId, 4> parts; // First, as they may throw.
      for (unsigned k = 0; k < one.parts.size(); ++k)
        parts.push_back(textOfPart(b.payload(args[0], i, k)));
      llvm::SmallVector<ValueId, 8> texts{b.constString((one.name.text() + (one.parts.empty() ? "" : "(")).str())};
      for (unsigned k = 0; k < parts.size(); ++k) {
        if (k)
          texts.push_back(b.constString(", "));
        texts.push_back(parts[k]);
      }
      if (!parts.empty())
        texts.push_back(b.constString(")"));
      ValueId text = texts.size() == 1 ? texts[0] : concat(texts);
      endAll(start);
      b.ret(text);
    }
    b.setBlock(otherwise);
    b.unreachable(dil::UnreachableReason::Never);
    return endBody();
  }
  dil::SwitchInst *inst = b.switchOn(b.convert(args[0], types::Int64), otherwise);
  llvm::DenseSet<int64_t> seen;
  for (const EnumCase &one : info.cases) {
    if (!seen.insert(one.value).second)
      continue;
    BlockId block = b.addBlock();
    inst->cases.push_back({uint64_t(one.value), block});
    b.setBlock(block);
    b.ret(b.constString(one.name.text()));
  }
  b.setBlock(otherwise);
  b.ret(b.call(gen.known(sema::Known::LongToString), b.convert(args[0], types::Int64)));
  endBody();
}

} // namespace dream::dilgen
