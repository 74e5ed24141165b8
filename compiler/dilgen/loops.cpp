// Loops. The header tests, the body runs, `continue` goes to the step. foreach holds a copy of what it walks over, so
// that writes in the body go to a copy of theirs.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

void FunctionGen::emitLoopBody(const Stmt *body, Name label, BlockId breakTo, BlockId continueTo) {
  jumps.push_back({label, breakTo, continueTo, mark(), mark()});
  emitEmbedded(body);
  jumps.pop_back();
  branchTo(continueTo);
}

void FunctionGen::emitWhile(const WhileStmt *stmt, Name label) {
  declareBindings(stmt->condition); // They live on in the block around the loop.
  BlockId header = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  Branches ways = emitCondition(stmt->condition);
  b.setBlock(ways.whenTrue);
  emitLoopBody(stmt->body, label, done, header);
  b.setBlock(ways.whenFalse);
  b.br(done);
  b.setBlock(done);
}

void FunctionGen::emitDo(const DoStmt *stmt, Name label) {
  declareBindings(stmt->condition); // They live on in the block around the loop.
  BlockId body = b.addBlock(), test = b.addBlock(), done = b.addBlock();
  b.br(body);
  b.setBlock(body);
  emitLoopBody(stmt->body, label, done, test);
  b.setBlock(test);
  At at(*this, locOf(stmt->condition));
  Branches ways = emitCondition(stmt->condition);
  b.setBlock(ways.whenTrue);
  b.br(body);
  b.setBlock(ways.whenFalse);
  b.br(done);
  b.setBlock(done);
}

void FunctionGen::emitFor(const ForStmt *stmt, Name label) {
  size_t start = mark();
  if (stmt->vars)
    emitVariables(stmt->vars);
  if (stmt->deconstruct)
    emitDeconstruct(stmt->deconstruct);
  for (const Expr *init : stmt->inits) {
    startStatement();
    declareBindings(init);
    size_t inner = mark();
    emitDiscard(init);
    endAll(inner);
  }
  if (stmt->condition)
    declareBindings(stmt->condition);
  for (const Expr *step : stmt->steps)
    declareBindings(step);
  BlockId header = b.addBlock(), step = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  if (stmt->condition) {
    At at(*this, locOf(stmt->condition));
    Branches ways = emitCondition(stmt->condition);
    b.setBlock(ways.whenFalse);
    b.br(done);
    b.setBlock(ways.whenTrue);
  }
  emitLoopBody(stmt->body, label, done, step);
  b.setBlock(step);
  for (const Expr *expr : stmt->steps) {
    At at(*this, locOf(expr));
    startStatement();
    size_t inner = mark();
    emitDiscard(expr);
    endAll(inner);
  }
  b.br(header);
  b.setBlock(done);
  endAll(start);
}

/// A slot for a number of the generator's own.
ValueId FunctionGen::counter(TypeId type, ValueId initial) {
  ValueId slot = b.slot(type, "");
  b.init(slot, initial);
  return slot;
}

/// Runs `body` for 0 … length-1; it gets the number, and must leave through branchTo(step).
void FunctionGen::countedLoop(ValueId length, llvm::function_ref<void(ValueId index, BlockId step, BlockId done)> body) {
  ValueId slot = counter(types::Int32, constInt(0));
  BlockId header = b.addBlock(), inside = b.addBlock(), step = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  ValueId index = b.loadCopy(slot);
  b.condBr(b.cmp(dil::CmpOp::Lt, index, length), inside, done);
  b.setBlock(inside);
  body(index, step, done);
  branchTo(step);
  b.setBlock(step);
  b.assign(slot, b.arith(dil::ArithOp::Add, b.loadCopy(slot), constInt(1)));
  b.br(header);
  b.setBlock(done);
}

/// The variable, the body, and the end of the variable's life.
void FunctionGen::emitForeachBody(const ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId element, Name label,
                                  BlockId done, BlockId next) {
  size_t outer = mark();
  if (walk.conversion.kind != sema::ConversionKind::None) {
    startStatement();
    element = settle(convert(element, walk.elementType, walk.conversion, outer), Want::Own, outer);
  }
  if (stmt->names) {
    startStatement();
    size_t whole = mark();
    bindNames(stmt->names, hold(element), /*declares=*/true);
    endAll(whole);
    pushNames(stmt->names);
  } else {
    const sema::VariableInfo &variable = program[walk.variable];
    ValueId slot = b.slot(variable.type, variable.name.text());
    b.init(slot, element);
    storage[walk.variable] = {slot, true};
    pushDropSlot(slot);
  }
  jumps.push_back({label, done, next, outer, outer});
  emitEmbedded(stmt->body);
  jumps.pop_back();
  endAll(outer);
  branchTo(next);
}

/// The variable stands for the element itself.
void FunctionGen::emitForeachPlace(const ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId element, Name label,
                                   BlockId done, BlockId next) {
  size_t outer = mark();
  if (mayBeUnset(walk.elementType)) {
    Place place;
    place.type = walk.elementType;
    place.isLate = true;
    place.name = "an element of '" + types.spell(types.array(walk.elementType)) + "'";
    if (types.aliveField(walk.elementType) < 0) {
      ValueId value = b.loadBorrow(element);
      checkLate(value, place);
      b.endBorrow(value);
    } else {
      checkLate(element, place);
    }
  }
  storage[walk.variable] = {element, true};
  jumps.push_back({label, done, next, outer, outer});
  emitEmbedded(stmt->body);
  jumps.pop_back();
  endAll(outer);
  branchTo(next);
}

void FunctionGen::emitForeach(const ForeachStmt *stmt, Name label) {
  const sema::ForeachFacts walk = program.foreachs.get(stmt);
  size_t start = mark();
  declareBindings(stmt->source);
  if (stmt->byRef) {
    if (walk.kind == sema::ForeachKind::View) {
      ValueId view = emit(stmt->source, Want::Own);
      countedLoop(b.len(view), [&](ValueId index, BlockId step, BlockId done) {
        emitForeachPlace(stmt, walk, b.elem(view, index), label, done, step);
      });
      return endAll(start);
    }
    // The array is open for a change until the loop ends.
    Place source = preparePlace(stmt->source, Want::Borrow);
    ValueId whole = openAccess(source, /*isModify=*/true);
    bool isFixed = types.kind(source.type) == TypeKind::FixedArray;
    ValueId array = isFixed ? whole : b.unique(whole);
    if (!isFixed && types.isMoveOnly(source.type))
      llvm::cast<dil::UniqueInst>(fn[array].definition)->isKnown = true;
    ValueId length = isFixed ? constInt(int64_t(types[source.type].count)) : b.len(array);
    countedLoop(length, [&](ValueId index, BlockId step, BlockId done) {
      emitForeachPlace(stmt, walk, b.elem(array, index), label, done, step);
    });
    return endAll(start);
  }
  switch (walk.kind) {
  case sema::ForeachKind::Array: {
    if (types.isMoveOnly(walk.elementType)) {
      // Its elements stay where they are, and the array cannot be changed meanwhile.
      ValueId array = emit(stmt->source, Want::Borrow);
      countedLoop(b.len(array), [&](ValueId index, BlockId step, BlockId done) {
        emitForeachPlace(stmt, walk, b.elem(array, index), label, done, step);
      });
      break;
    }
    ValueId array = holdForLoop(emit(stmt->source, Want::Own));
    countedLoop(b.len(array), [&](ValueId index, BlockId step, BlockId done) {
      ValueId element = b.loadCopy(b.elem(array, index));
      checkLateElement(element);
      emitForeachBody(stmt, walk, element, label, done, step);
    });
    break;
  }
  case sema::ForeachKind::View: {
    ValueId view = emit(stmt->source, Want::Own);
    countedLoop(b.len(view), [&](ValueId index, BlockId step, BlockId done) {
      if (types.isMoveOnly(walk.elementType))
        return emitForeachPlace(stmt, walk, b.elem(view, index), label, done, step);
      ValueId element = b.loadCopy(b.elem(view, index));
      checkLateElement(element);
      emitForeachBody(stmt, walk, element, label, done, step);
    });
    break;
  }
  case sema::ForeachKind::FixedArray: {
    if (types.isMoveOnly(walk.elementType)) {
      ValueId whole = openAccess(preparePlace(stmt->source, Want::Borrow), /*isModify=*/false);
      countedLoop(constInt(int64_t(types[typeOf(whole)].count)), [&](ValueId index, BlockId step, BlockId done) {
        emitForeachPlace(stmt, walk, b.elem(whole, index), label, done, step);
      });
      break;
    }
    ValueId value = emit(stmt->source, Want::Own);
    TypeId type = typeOf(value);
    ValueId slot = b.slot(type, "");
    b.init(slot, value);
    endTo(start);
    pushDropSlot(slot);
    countedLoop(constInt(int64_t(types[type].count)), [&](ValueId index, BlockId step, BlockId done) {
      ValueId element = b.loadCopy(b.elem(slot, index));
      checkLateElement(element);
      emitForeachBody(stmt, walk, element, label, done, step);
    });
    break;
  }
  case sema::ForeachKind::Rect: {
    ValueId array = holdForLoop(emit(stmt->source, Want::Own));
    llvm::SmallVector<ValueId, 3> indices;
    emitRectLoops(stmt, walk, array, indices, label, BlockId());
    break;
  }
  case sema::ForeachKind::String: emitStringLoop(stmt, walk, label); break;
  case sema::ForeachKind::IntRange: emitRangeLoop(stmt, walk, label); break;
  case sema::ForeachKind::Enumerable: emitEnumeratorLoop(stmt, walk, label); break;
  }
  endAll(start);
}

ValueId FunctionGen::holdForLoop(ValueId value) {
  // A loop's source dies after the loop, whatever the statements in its body do with temporaries.
  if (!isOwned(value))
    return value;
  if (!types.isDropSignificant(typeOf(value))) {
    push(Cleanup::Kind::DropValue, value);
    return value;
  }
  ValueId slot = b.slot(typeOf(value), "");
  b.init(slot, value);
  pushDropSlot(slot);
  ValueId borrowed = b.loadBorrow(slot);
  push(Cleanup::Kind::EndBorrow, borrowed);
  return borrowed;
}

void FunctionGen::emitRectLoops(const ForeachStmt *stmt, const sema::ForeachFacts &walk, ValueId array,
                                llvm::SmallVectorImpl<ValueId> &indices, Name label, BlockId done) {
  unsigned rank = unsigned(types[typeOf(array)].count);
  countedLoop(b.len(array, int(indices.size())), [&](ValueId index, BlockId step, BlockId innerDone) {
    // `break` leaves all of them.
    BlockId outermost = done.isValid() ? done : innerDone;
    indices.push_back(index);
    if (indices.size() < rank) {
      emitRectLoops(stmt, walk, array, indices, label, outermost);
    } else {
      ValueId element = b.loadCopy(b.elem(array, indices));
      checkLateElement(element);
      emitForeachBody(stmt, walk, element, label, outermost, step);
    }
    indices.pop_back();
  });
}

void FunctionGen::emitStringLoop(const ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label) {
  ValueId text = holdForLoop(emit(stmt->source, Want::Own));
  ValueId length = b.convert(b.len(text), types::Int64);
  ValueId slot = counter(types::Int64, b.constInt(types::Int64, 0));
  BlockId header = b.addBlock(), inside = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  ValueId at = b.loadCopy(slot);
  b.condBr(b.cmp(dil::CmpOp::Lt, at, length), inside, done);
  b.setBlock(inside);
  // Low half: the scalar; high half: its length in bytes. Reads of a valid string give scalars.
  ValueId decoded = b.call(gen.runtime("dr_str_decode", {gen.param("text", types::String), gen.param("position", types::Int64)}, types::UInt64),
                           {text, at});
  ValueId scalar = b.convert(b.convert(decoded, types::UInt32), types::Char);
  ValueId width = b.convert(b.arith(dil::ArithOp::UShr, decoded, constInt(32)), types::Int64);
  b.assign(slot, b.arith(dil::ArithOp::Add, at, width));
  emitForeachBody(stmt, walk, scalar, label, done, header);
  b.setBlock(done);
}

void FunctionGen::emitRangeLoop(const ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label) {
  auto *range = llvm::cast<RangeExpr>(stripParens(stmt->source));
  TypeId type = walk.elementType;
  ValueId first = range->begin ? emit(range->begin, Want::Own) : b.constInt(type, 0);
  ValueId last = emit(range->end, Want::Own);
  ValueId slot = counter(type, first);
  BlockId header = b.addBlock(), inside = b.addBlock(), step = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  ValueId value = b.loadCopy(slot);
  b.condBr(b.cmp(range->inclusive ? dil::CmpOp::Le : dil::CmpOp::Lt, value, last), inside, done);
  b.setBlock(inside);
  emitForeachBody(stmt, walk, value, label, done, step);
  b.setBlock(step);
  if (range->inclusive) {
    // The greatest number has no successor to compare.
    BlockId more = b.addBlock();
    b.condBr(b.cmp(dil::CmpOp::Eq, value, last), done, more);
    b.setBlock(more);
  }
  b.assign(slot, b.arith(dil::ArithOp::Add, value, b.constInt(type, 1)));
  b.br(header);
  b.setBlock(done);
}

void FunctionGen::emitEnumeratorLoop(const ForeachStmt *stmt, const sema::ForeachFacts &walk, Name label) {
  auto call = [&](FunctionId function, const Argument &receiver) {
    llvm::SmallVector<Argument, 8> args{receiver};
    return finishCall(function, dispatchOf(types, program[function], false), args, mark());
  };
  const sema::UsingFacts &disposal = program.foreachs.get(stmt).disposal;
  size_t start = mark();
  Argument source = prepareReceiver(stmt->source, false, program[walk.getEnumerator]);
  ValueId made = call(walk.getEnumerator, source);
  endTo(start);
  ValueId slot = b.slot(typeOf(made), "");
  b.init(slot, made);
  pushDropSlot(slot);
  pushDispose(slot, disposal);
  bool isReference = this->isReference(typeOf(made));
  auto enumerator = [&](FunctionId function) {
    if (!isReference) {
      Argument receiver;
      receiver.kind = program[program[function].thisVariable].mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
      receiver.place.base = slot;
      receiver.place.type = typeOf(slot);
      receiver.place.isLocal = true;
      return receiver;
    }
    ValueId borrowed = b.loadBorrow(slot);
    push(Cleanup::Kind::EndBorrow, borrowed);
    return receiverOf(borrowed, program[function]);
  };

  BlockId header = b.addBlock(), inside = b.addBlock(), done = b.addBlock();
  b.br(header);
  b.setBlock(header);
  startStatement();
  size_t inner = mark();
  Argument receiver = enumerator(walk.moveNext);
  ValueId more = call(walk.moveNext, receiver);
  endAll(inner);
  b.condBr(more, inside, done);
  b.setBlock(inside);
  startStatement();
  receiver = enumerator(walk.current);
  ValueId element = call(walk.current, receiver);
  endTo(inner);
  emitForeachBody(stmt, walk, element, label, done, header);
  b.setBlock(done);
}

} // namespace dream::dilgen
