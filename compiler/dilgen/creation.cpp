// New objects, arrays and their initialisers.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

ValueId FunctionGen::emitNewObject(const NewObject *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  TypeId type = facts.type;
  if (type == types::String) // Made by a function of the library.
    return emitCall(expr, program.calls[facts.call]);
  if (types.kind(type) != TypeKind::Class && types.kind(type) != TypeKind::Struct)
    return b.constZero(type); // `new T()` for an int
  size_t start = mark();
  ValueId made;
  FunctionId constructor = facts.call ? program.calls[facts.call].function : FunctionId();
  bool inArena = isArenaValue(expr->region);
  FuncId creator = gen.creator(type, constructor, inArena);
  llvm::SmallVector<Argument, 8> args;
  if (inArena)
    args.emplace_back().value = hold(emit(expr->region, Want::Own)); // whatever happens to the variable
  if (constructor.isValid()) {
    const sema::FunctionInfo &callee = program[constructor];
    prepareArguments(program.calls[facts.call], callee, args);
    made = finishCreation(creator, args, start, expr);
  } else {
    made = finishCreation(creator, args, start, expr);
  }
  if (!expr->init)
    return made;

  // { X = 1, Items = { … } } runs on the finished object.
  if (isReference(type)) {
    protect(made);
    applyInitializer(expr->init, made, nullptr);
    forget(made);
    endTo(start);
    return made;
  }
  ValueId slot = b.slot(type, "");
  b.init(slot, made);
  pushDropSlot(slot);
  Place place;
  place.base = slot;
  place.type = type;
  place.isLocal = true;
  applyInitializer(expr->init, ValueId(), &place);
  ValueId result = b.loadTake(slot);
  endTo(start);
  return result;
}

/// As finishCall, of a `T.new`: parameters are those of the constructor without `this`.
ValueId FunctionGen::finishCreation(FuncId creator, llvm::SmallVectorImpl<Argument> &args, size_t start, const NewObject *written) {
  std::vector<dil::Param> params = module[creator].params; // The function moves when others are added.
  return finishCall(params, module[creator].canThrow, module[creator].result, args, start,
                    [&](llvm::ArrayRef<ValueId> passed) { return callCreator(creator, passed, written); });
}

/// For a `new` that is written in the program, if there is one.
ValueId FunctionGen::callCreator(FuncId creator, llvm::ArrayRef<ValueId> passed, const NewObject *written) {
  BlockId block = b.currentBlock();
  ValueId made = finishCall(creator, module[creator].canThrow, passed);
  if (written && isReference(module[creator].result))
    placeWritten(*llvm::cast<dil::CallInst>(fn[block].insts.back()), written);
  return made;
}

void FunctionGen::applyInitializer(const InitializerList *list, ValueId object, Place *place) {
  for (const InitializerList::Element &element : list->elements) {
    At at(*this, locOf(element.value));
    const sema::MemberInit &init = program.memberInits.get(element.value);
    size_t start = mark();
    if (init.field.isValid()) {
      unsigned field = program[init.field].fieldIndex;
      Place target = place ? fieldOf(*place, field) : fieldOfObject(object, typeOf(object), field, false);
      ValueId value = emitInitializer(element.value, target.type);
      store(target, value);
      endTo(start);
      continue;
    }
    FunctionId callee = init.add.isValid() ? init.add : program[init.property].setter;
    llvm::SmallVector<Argument, 8> args(1);
    if (place) {
      args[0].kind = program[program[callee].thisVariable].mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
      args[0].place = *place;
    } else {
      args[0] = receiverOf(object, program[callee]);
    }
    sema::Dispatch dispatch = init.dispatch;
    if (init.property.isValid())
      dispatch = dispatchOf(types, program[callee], false);
    llvm::SmallVector<const Expr *, 4> values;
    if (element.index)
      values.push_back(element.index);
    if (init.add.isValid() && program[init.add].params.size() > 1) // `{ k, v }`
      for (const InitializerList::Element &part : llvm::cast<InitializerList>(element.value)->elements)
        values.push_back(part.value);
    else
      values.push_back(element.value);
    for (const Expr *value : values) {
      Argument arg;
      const sema::VariableInfo &param = program[program[callee].params[args.size() - 1].variable];
      arg.value = emitInitializer(value, param.type);
      if (param.isOwn)
        protect(arg.value);
      else
        arg.value = hold(arg.value);
      args.push_back(arg);
    }
    finishCall(callee, dispatch, args, start);
  }
}

ValueId FunctionGen::emitNewArray(const NewArray *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  auto emitMade = [&] {
    if (expr->sizes.empty() || expr->init)
      return emitInitializer(expr->init, facts.type);
    llvm::SmallVector<ValueId, 2> lengths;
    for (const Expr *size : expr->sizes)
      lengths.push_back(emitIndex(size));
    for (ValueId length : lengths)
      b.check(dil::CheckKind::Length, length);
    return b.allocArray(facts.type, lengths);
  };
  ValueId array = emitMade();
  if (auto *made = llvm::dyn_cast_or_null<dil::AllocArrayInst>(fn[array].definition)) // An empty one has no place.
    wishWritten(made->wish, expr->region, /*isInnermost=*/false);
  return array;
}

ValueId FunctionGen::emitArrayOf(TypeId type, llvm::ArrayRef<const Expr *> elements) {
  size_t start = mark();
  if (types.kind(type) == TypeKind::FixedArray)
    return emitFixedArray(type, elements);
  if (types.kind(type) == TypeKind::Rect)
    return emitRect(type, elements);
  if (llvm::any_of(elements, [](const Expr *element) { return llvm::isa<SpreadExpr>(element); }))
    return emitSpreads(type, elements);
  if (elements.empty())
    return b.constZero(type); // One empty array serves all.
  ValueId array = b.allocArray(type, constInt(int64_t(elements.size())));
  TypeId elementType = types[type].element;
  protect(array);
  for (size_t i = 0; i < elements.size(); ++i) {
    ValueId value = emitInitializer(elements[i], elementType);
    b.init(b.elem(array, constInt(int64_t(i))), value);
  }
  forget(array);
  endTo(start);
  return array;
}

/// `[a, ..b, c]`: all parts first, in order, then the array that holds them.
ValueId FunctionGen::emitSpreads(TypeId type, llvm::ArrayRef<const Expr *> elements) {
  size_t start = mark();
  TypeId elementType = types[type].element;
  struct Part {
    ValueId value; ///< An element, a whole array, or the place of a fixed one.
    bool isSpread;
    ValueId length;
  };
  llvm::SmallVector<Part, 8> parts;
  ValueId length = constInt(0);
  for (const Expr *element : elements) {
    auto *spread = llvm::dyn_cast<SpreadExpr>(element);
    if (!spread) {
      ValueId value = emitInitializer(element, elementType);
      protect(value);
      parts.push_back({value, false, constInt(1)});
    } else if (ValueId whole = emit(spread->value, Want::Own); types.kind(typeOf(whole)) == TypeKind::FixedArray) {
      uint64_t count = types[typeOf(whole)].count;
      parts.push_back({spill(whole).base, true, constInt(int64_t(count))});
    } else {
      whole = hold(whole);
      parts.push_back({whole, true, b.len(whole)});
    }
    length = b.arith(dil::ArithOp::Add, length, parts.back().length);
  }
  ValueId array = b.allocArray(type, length);
  protect(array);
  ValueId next = counter(types::Int32, constInt(0));
  auto put = [&](ValueId value) {
    ValueId at = b.loadCopy(next);
    b.init(b.elem(array, at), value);
    b.assign(next, b.arith(dil::ArithOp::Add, at, constInt(1)));
  };
  for (const Part &part : parts) {
    if (!part.isSpread) {
      if (isOwned(part.value))
        forget(part.value);
      put(part.value);
      continue;
    }
    countedLoop(part.length, [&](ValueId index, BlockId, BlockId) {
      ValueId value = b.loadCopy(b.elem(part.value, index));
      checkLateElement(value);
      if (typeOf(value) != elementType)
        value = b.cast(types.kind(elementType) == TypeKind::Optional ? dil::CastKind::ToOptional : dil::CastKind::Up, value, elementType);
      put(value);
    });
  }
  forget(array);
  endTo(start);
  return array;
}

ValueId FunctionGen::emitFixedArray(TypeId type, llvm::ArrayRef<const Expr *> elements) {
  size_t start = mark();
  uint64_t count = types[type].count;
  constexpr uint64_t kInRegisters = 32; ///< Beyond this a literal is written to memory element by element.
  if (elements.size() == count && count <= kInRegisters) {
    llvm::SmallVector<ValueId, 8> parts;
    for (const Expr *element : elements) {
      ValueId value = emitInitializer(element, types[type].element);
      protect(value);
      parts.push_back(value);
    }
    return makeOf(type, parts, start);
  }
  ValueId slot = b.slot(type, "");
  b.init(slot, b.constZero(type));
  pushDropSlot(slot);
  for (size_t i = 0; i < elements.size(); ++i) {
    ValueId value = emitInitializer(elements[i], types[type].element);
    b.assign(b.elem(slot, constInt(int64_t(i))), value);
  }
  ValueId result = b.loadTake(slot);
  endTo(start);
  return result;
}

/// The elements of `{ … }` and of `[ … ]`; of anything else none.
static llvm::SmallVector<const Expr *, 8> elementsOf(const Expr *list) {
  llvm::SmallVector<const Expr *, 8> elements;
  list = list ? stripParens(list) : nullptr;
  if (auto *braced = llvm::dyn_cast_or_null<InitializerList>(list))
    for (const InitializerList::Element &element : braced->elements)
      elements.push_back(element.value);
  else if (auto *literal = llvm::dyn_cast_or_null<ArrayLiteral>(list))
    llvm::append_range(elements, literal->elements);
  return elements;
}

/// What `T x = init` stores: lists become arrays, everything else is a value.
ValueId FunctionGen::emitInitializer(const Expr *init, TypeId type, bool isWritten) {
  auto *list = llvm::dyn_cast<InitializerList>(init);
  auto *literal = llvm::dyn_cast<ArrayLiteral>(init);
  if (literal && isWritten && program.facts(literal).conversion.kind == sema::ConversionKind::None) {
    At at(*this, locOf(init));
    return emitArrayOf(type, literal->elements);
  }
  if (!list)
    return emit(init, Want::Own);
  At at(*this, init->range.begin);
  if (sema::ConstValue value = sema::literalParts(program, list); value && !isWritten)
    return emitConstant(value, type);
  return emitArrayOf(type, elementsOf(list));
}

/// {{1, 2}, {3, 4}}, [[1, 2], [3, 4]]
ValueId FunctionGen::emitRect(TypeId type, llvm::ArrayRef<const Expr *> rows) {
  const unsigned rank = unsigned(types[type].count);
  llvm::SmallVector<ValueId, 3> lengths{constInt(int64_t(rows.size()))};
  for (const Expr *first = rows.empty() ? nullptr : rows.front(); lengths.size() < rank;) {
    llvm::SmallVector<const Expr *, 8> row = elementsOf(first);
    lengths.push_back(constInt(int64_t(row.size())));
    first = row.empty() ? nullptr : row.front();
  }
  size_t start = mark();
  ValueId array = b.allocArray(type, lengths);
  protect(array);
  llvm::SmallVector<ValueId, 3> indices;
  fillRect(rows, array, rank, indices);
  forget(array);
  endTo(start);
  return array;
}

void FunctionGen::fillRect(llvm::ArrayRef<const Expr *> rows, ValueId array, unsigned rank, llvm::SmallVectorImpl<ValueId> &indices) {
  int64_t i = 0;
  for (const Expr *row : rows) {
    indices.push_back(constInt(i++));
    if (indices.size() < rank) {
      fillRect(elementsOf(row), array, rank, indices);
    } else {
      ValueId value = emitInitializer(row, types[typeOf(array)].element);
      b.init(b.elem(array, indices), value);
    }
    indices.pop_back();
  }
}

/// `new Exception(message)`
ValueId FunctionGen::newException(ValueId message) {
  FunctionId constructor = gen.messageConstructor();
  FuncId creator = gen.creator(module.exceptionType, constructor);
  llvm::SmallVector<ValueId, 2> args{message};
  const sema::FunctionInfo &callee = program[constructor];
  sema::InLayer in(program, callee.layer);
  for (size_t i = 1; i < callee.params.size(); ++i) // Defaults.
    args.push_back(emit(callee.params[i].defaultValue, Want::Borrow));
  return finishCall(creator, callee.mayThrow, args);
}

/// The first index of a slice and the one behind its last, as longs.
std::pair<ValueId, ValueId> FunctionGen::emitRangeEnds(const IndexExpr *expr, ValueId length) {
  auto *range = llvm::cast<RangeExpr>(stripParens(expr->args.front()->value));
  auto end = [&](const Expr *bound, ValueId otherwise) -> ValueId {
    if (!bound)
      return otherwise;
    auto *fromEnd = llvm::dyn_cast<ast::UnaryExpr>(stripParens(bound));
    if (fromEnd && fromEnd->op == ast::UnaryOp::FromEnd)
      return b.arith(dil::ArithOp::Sub, length, convertPlain(emit(fromEnd->operand, Want::Own), types::Int64));
    return convertPlain(emit(bound, Want::Own), types::Int64);
  };
  ValueId first = end(range->begin, b.constInt(types::Int64, 0));
  ValueId last = end(range->end, length);
  if (range->inclusive && range->end)
    last = b.arith(dil::ArithOp::Add, last, b.constInt(types::Int64, 1));
  return {first, last};
}

/// a[i..j], s[i..j]
ValueId FunctionGen::emitSlice(const IndexExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  size_t start = mark();
  ValueId whole = emit(expr->object, Want::Borrow);
  if (types.kind(typeOf(whole)) == TypeKind::FixedArray)
    whole = hold(convert(whole, typeOf(whole), {sema::ConversionKind::FixedToArray, facts.type, {}}, mark()));
  auto [first, last] = emitRangeEnds(expr, b.convert(b.len(whole), types::Int64));
  ValueId result;
  if (facts.entity == sema::EntityKind::StringSlice) {
    ValueId bytes = b.arith(dil::ArithOp::Sub, last, first);
    result = b.call(gen.runtime("dr_str_substring",
                                {gen.param("text", types::String), gen.param("start", types::Int64),
                                 gen.param("bytes", types::Int64)},
                                types::String),
                    {whole, first, bytes});
  } else {
    TypeId type = typeOf(whole);
    result = b.call(gen.runtime("dr_array_slice",
                                {gen.param("array", type), gen.param("start", types::Int64), gen.param("end", types::Int64)},
                                facts.type),
                    {whole, first, last});
  }
  endTo(start);
  return result;
}

} // namespace dream::dilgen
