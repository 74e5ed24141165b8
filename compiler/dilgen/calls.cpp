// Calls: everything is evaluated left to right, receiver first; then accesses open; then the call; then they close and
// temporaries die, newest first.
#include "compiler/dilgen/function_gen.h"
#include "llvm/Support/SaveAndRestore.h"

namespace dream::dilgen {

using namespace ast;

static bool isAddressParam(const sema::VariableInfo &variable) { return variable.mode != PassMode::Value; }

FunctionGen::Argument FunctionGen::receiverOf(ValueId value, const sema::FunctionInfo &callee) {
  Argument arg;
  const sema::VariableInfo &target = program[callee.thisVariable];
  if (!isAddressParam(target)) {
    arg.value = types.isClassRef(target.type) ? asType(value, target.type) : value;
    return arg;
  }
  arg.kind = target.mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
  bool moves = isOwned(value) && types.isMoveOnly(typeOf(value));
  if (moves)
    forget(value);
  arg.place = spill(!moves && (isBorrowed(value) || isOwned(value)) ? b.copy(value) : value);
  return arg;
}

FunctionGen::Argument FunctionGen::prepareReceiver(const Expr *receiver, bool implicitThis, const sema::FunctionInfo &callee,
                                                   const Expr *parent) {
  Argument arg;
  const sema::VariableInfo &target = program[callee.thisVariable];
  bool usesThis = implicitThis || !receiver || llvm::isa<BaseExpr>(stripParens(receiver));
  auto *member = llvm::dyn_cast_or_null<MemberExpr>(parent ? stripParens(parent) : nullptr);
  if (!usesThis && member && member->access == MemberAccess::Arrow) {
    Place place = pointeePlace(emit(receiver, Want::Own), constInt(0));
    if (isAddressParam(target)) {
      arg.kind = target.mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
      arg.place = std::move(place);
    } else {
      arg.value = load(place, types.isPlain(target.type) ? Want::Own : Want::Borrow);
      if (types.isClassRef(target.type))
        arg.value = asType(arg.value, target.type);
    }
    return arg;
  }
  if (!isAddressParam(target)) {
    if (!usesThis) {
      arg.value = emitObject(parent, receiver, types.isPlain(target.type) ? Want::Own : Want::Borrow);
      if (types.isClassRef(target.type))
        arg.value = asType(arg.value, target.type);
      return arg;
    }
    // A struct's own method may be called on what `this` points at.
    arg.value = ownershipOf(self) == dil::Ownership::Address ? load(variablePlace(selfVariable), Want::Borrow) : self;
    if (types.isClassRef(target.type))
      arg.value = asType(arg.value, target.type);
    return arg;
  }
  arg.kind = target.mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
  if (usesThis)
    arg.place = variablePlace(selfVariable);
  else if (isConditionalAccess(parent) && types.isTaggedOptional(program.facts(receiver).type))
    arg.place = spill(b.copy(emitObject(parent, receiver, Want::Borrow))); // A copy: where it lies there may be nothing.
  else if (arg.kind == Argument::Kind::In)
    arg.place = insideOptional(placeToRead(receiver));
  else
    arg.place = insideOptional(preparePlace(receiver, Want::Borrow));
  return arg;
}

/// For `in`: what others could write meanwhile is read from a copy.
Place FunctionGen::placeToRead(const Expr *expr) {
  Place place = preparePlace(expr, Want::Borrow);
  bool mayChange = place.isInView && !types.isPlain(place.type) && !types.isMoveOnly(place.type);
  return mayChange || place.isPacked ? spill(load(place, Want::Own)) : place;
}

ValueId FunctionGen::paramsArray(const sema::BoundArgument &bound, TypeId type) {
  return emitArrayOf(type, bound.paramsArray);
}

FunctionGen::Argument FunctionGen::prepareArgument(const sema::BoundArgument &bound, const sema::ParameterInfo &param,
                                                   const sema::FunctionInfo &callee) {
  const sema::VariableInfo &variable = program[param.variable];
  Argument arg;
  if (bound.outVariable) {
    arg.kind = Argument::Kind::Out;
    arg.place = variablePlace(program.declared.get(bound.outVariable));
    return arg;
  }
  Want want = types.isPlain(variable.type) && !types.isView(variable.type) ? Want::Own : Want::Borrow;
  // What a closure refers to by address stays open until the call is over.
  if (auto *lambda = bound.value ? llvm::dyn_cast<LambdaExpr>(stripParens(bound.value)) : nullptr) {
    FunctionId id = program.declaredFunctions.get(lambda);
    bool byRef = llvm::any_of(program[id].captures, [](const sema::Capture &capture) { return capture.byRef; });
    if (byRef) {
      At at(*this, locOf(lambda));
      arg.value = makeClosure(id);
      if (types.kind(variable.type) == TypeKind::Optional)
        arg.value = b.cast(dil::CastKind::ToOptional, arg.value, variable.type);
      return arg;
    }
  }
  if (bound.collectsParams) {
    arg.value = hold(paramsArray(bound, variable.type));
    return arg;
  }
  const Expr *value = bound.value ? bound.value : param.defaultValue;
  // A default belongs to the callee, which may be an instance.
  sema::InLayer in(program, bound.value ? program.layer : callee.layer);
  switch (variable.mode) {
  case PassMode::Value:
    if (variable.isOwn)
      protect(arg.value = emit(value, Want::Own));
    else
      arg.value = emit(value, want);
    return arg;
  case PassMode::Ref:
    arg.kind = Argument::Kind::Ref;
    arg.place = preparePlace(value, Want::Borrow);
    return arg;
  case PassMode::Out:
    arg.kind = Argument::Kind::Out;
    arg.place = preparePlace(value, Want::Borrow);
    return arg;
  case PassMode::In:
    arg.kind = Argument::Kind::In;
    arg.place = program.facts(value).conversion.kind == sema::ConversionKind::None ? placeToRead(value) : spill(emit(value, Want::Own));
    return arg;
  }
  llvm_unreachable("a mode of passing");
}

void FunctionGen::prepareArguments(const sema::CallFacts &call, const sema::FunctionInfo &callee,
                                   llvm::SmallVectorImpl<Argument> &out) {
  // In the order of the text: named arguments may stand in another order than the parameters.
  size_t first = out.size();
  out.resize(first + call.args.size());
  llvm::SmallVector<size_t, 8> order;
  for (size_t i = 0; i < call.args.size(); ++i)
    order.push_back(i);
  auto locOfArg = [&](size_t i) {
    const sema::BoundArgument &bound = call.args[i];
    if (bound.value)
      return bound.value->range.begin;
    if (bound.outVariable)
      return bound.outVariable->range.begin;
    if (!bound.paramsArray.empty())
      return bound.paramsArray.front()->range.begin;
    return SourceLoc{~0u};
  };
  llvm::sort(order, [&](size_t a, size_t c) { return std::pair(locOfArg(a), a) < std::pair(locOfArg(c), c); });
  for (size_t i : order)
    out[first + i] = prepareArgument(call.args[i], callee.params[i], callee);
  // Some entries of the runtime consume what they are given.
  if (callee.kind != sema::FunctionKind::Runtime)
    return;
  std::vector<dil::Param> params = gen.paramsOf(callee);
  for (size_t i = first; i < out.size(); ++i)
    if (params[i].convention == dil::Convention::Own && ownershipOf(out[i].value) != dil::Ownership::None)
      protect(out[i].value = b.copy(out[i].value));
}

ValueId FunctionGen::finishCall(FuncId callee, bool canThrow, llvm::ArrayRef<ValueId> args) {
  if (canThrow)
    return b.tryCall(callee, args, errorTarget());
  return b.call(callee, args);
}

ValueId FunctionGen::finishCall(FunctionId id, sema::Dispatch dispatch, llvm::SmallVectorImpl<Argument> &args, size_t start) {
  const sema::FunctionInfo &callee = program[id];
  std::vector<dil::Param> params = gen.paramsOf(callee);
  return finishCall(params, callee.mayThrow, callee.result, args, start, [&](llvm::ArrayRef<ValueId> passed) {
    if (dispatch == sema::Dispatch::Direct)
      return finishCall(gen.function(id), callee.mayThrow, passed);
    TypeId owner = types.info(callee.owner).type;
    llvm::SmallVector<dil::Use, 8> uses;
    for (const dil::Param &param : params)
      uses.push_back(dil::useOf(param.convention));
    gen.needSlot(owner, *callee.slot);
    return callee.mayThrow ? b.tryCallSlot(owner, *callee.slot, callee.result, passed, uses, errorTarget())
                           : b.callSlot(owner, *callee.slot, callee.result, passed, uses);
  });
}

/// `params` only where some of them consume what they are given.
ValueId FunctionGen::finishCall(llvm::ArrayRef<dil::Param> params, bool mayThrow, TypeId resultType,
                                llvm::SmallVectorImpl<Argument> &args, size_t start,
                                llvm::function_ref<ValueId(llvm::ArrayRef<ValueId>)> call) {
  struct Out {
    ValueId slot;
    const Place *place;
  };
  llvm::SmallVector<Out, 2> outs;
  llvm::SmallVector<ValueId, 8> passed;
  SharedElements shared;
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].kind != Argument::Kind::Ref && args[i].kind != Argument::Kind::In)
      continue;
    for (size_t j = 0; j < i; ++j)
      if (args[j].kind == Argument::Kind::Ref || (args[i].kind == Argument::Kind::Ref && args[j].kind == Argument::Kind::In))
        checkDistinct(args[j].place, args[i].place);
    shared.places.push_back({&args[i].place, args[i].kind == Argument::Kind::Ref});
  }
  for (const Argument &arg : args) {
    switch (arg.kind) {
    case Argument::Kind::Value:
      if (passed.size() < params.size() && params[passed.size()].convention == dil::Convention::Own && isOwned(arg.value))
        forget(arg.value);
      passed.push_back(arg.value);
      break;
    case Argument::Kind::Ref: passed.push_back(openAccess(arg.place, true, &shared)); break;
    case Argument::Kind::In: passed.push_back(openAccess(arg.place, shared.isModified(*this, arg.place), &shared)); break;
    case Argument::Kind::Out: {
      // On the error edge the variable keeps what it had.
      bool direct = !mayThrow && arg.place.isLocal && arg.place.steps.empty();
      if (direct) {
        passed.push_back(openAccess(arg.place, true));
        break;
      }
      ValueId slot = b.slot(arg.place.type, "");
      pushDropSlot(slot);
      outs.push_back({slot, &arg.place});
      ValueId access = b.accessModify(slot);
      push(Cleanup::Kind::EndAccess, access);
      passed.push_back(access);
      break;
    }
    }
  }

  ValueId result = call(passed);
  if (resultType == types::Never) {
    b.unreachable(dil::UnreachableReason::Never);
    return ValueId();
  }
  bool isView = result.isValid() && types.isView(resultType); // It may look into what is open for the call.
  if (outs.empty()) {
    if (!isView)
      endTo(start);
    return result;
  }
  // The slots' accesses end before they are read; what leads to the places lives until they are written.
  ValueId held = result.isValid() && isOwned(result) ? result : ValueId();
  if (held.isValid())
    push(Cleanup::Kind::DropValue, held);
  for (Out &out : outs) {
    endAccessOf(out.slot);
    store(*out.place, b.loadTake(out.slot));
  }
  if (held.isValid())
    forget(held);
  if (!isView)
    endTo(start);
  return result;
}

/// Ends the access of a slot that was opened for a call.
void FunctionGen::endAccessOf(ValueId slot) {
  for (size_t i = cleanups.size(); i-- > 0;) {
    if (cleanups[i].kind != Cleanup::Kind::EndAccess)
      continue;
    auto *access = llvm::dyn_cast<dil::AccessModifyInst>(fn[cleanups[i].value].definition);
    if (!access || access->place != slot)
      continue;
    b.endAccess(access->result);
    cleanups.erase(cleanups.begin() + i);
    return invalidateLandings(i);
  }
}

static const Expr *calleeOf(const Expr *expr) {
  auto *call = llvm::dyn_cast<CallExpr>(expr);
  return call ? call->callee : nullptr;
}

ValueId FunctionGen::emitCall(const Expr *expr, const sema::CallFacts &call, ValueId receiver) {
  if (call.dispatch == sema::Dispatch::Indirect)
    return emitFuncCall(calleeOf(expr), call);
  if (!call.function.isValid())
    llvm::report_fatal_error("dilgen: a call without a callee passed checking");
  const sema::FunctionInfo &callee = program[call.function];
  // x.ToString() of a type that the compiler knows needs no box.
  if (call.function == program.knownFunctions[size_t(sema::Known::ObjectToString)] && call.args.size() == 1 && call.args[0].value) {
    size_t start = mark();
    const Expr *object = call.args[0].value;
    ValueId value = hold(emitWithoutConversion(calleeOf(expr), object));
    ValueId text = toText(value, typeOf(value), FunctionId());
    if (text == value && isOwned(text))
      forget(text);
    else if (isBorrowed(text))
      text = b.copy(text);
    endTo(start);
    return text;
  }
  switch (callee.kind) {
  case sema::FunctionKind::Intrinsic:
    if (callee.symbol == "as_span")
      return emitAsSpan(call, callee, program.facts(expr).type);
    if (callee.symbol == "take")
      return takeAndClear(preparePlace(call.args.front().value, Want::Borrow));
    return emitIntrinsic(call, callee, program.facts(expr).type);
  case sema::FunctionKind::Extern: return emitExternCall(call, callee);
  case sema::FunctionKind::Plain:
  case sema::FunctionKind::Method:
  case sema::FunctionKind::Constructor:
  case sema::FunctionKind::Destructor:
  case sema::FunctionKind::Operator:
  case sema::FunctionKind::Getter:
  case sema::FunctionKind::Setter:
  case sema::FunctionKind::Local:
  case sema::FunctionKind::Lambda:
  case sema::FunctionKind::Shape:
  case sema::FunctionKind::Runtime:
  case sema::FunctionKind::Main:
  case sema::FunctionKind::Iterator: break;
  }
  size_t start = mark();
  llvm::SmallVector<Argument, 8> args;
  if (gen.takesClosure(callee)) {
    Argument closure;
    const Storage &stored = storage[call.closure];
    closure.value = stored.isAddress ? load(variablePlace(call.closure), Want::Borrow) : stored.value;
    if (isOwned(closure.value))
      hold(closure.value);
    args.push_back(closure);
  }
  if (call.copiesReceiver)
    receiver = hold(emit(call.receiver, Want::Own));
  if (callee.thisVariable.isValid())
    args.push_back(receiver.isValid() ? receiverOf(receiver, callee) : prepareReceiver(call.receiver, call.implicitThis, callee, calleeOf(expr)));
  prepareArguments(call, callee, args);
  return finishCall(call.function, call.isBase ? sema::Dispatch::Direct : call.dispatch, args, start);
}

ValueId FunctionGen::callOperator(const sema::CallFacts &call) {
  const sema::FunctionInfo &callee = program[call.function];
  size_t start = mark();
  llvm::SmallVector<Argument, 8> args;
  prepareArguments(call, callee, args);
  return finishCall(call.function, sema::Dispatch::Direct, args, start);
}

dil::Intrinsic FunctionGen::intrinsicOf(const sema::FunctionInfo &callee) {
#define INTRINSIC(NAME, SPELLING)                                                                                      \
  if (callee.symbol == SPELLING)                                                                                       \
    return dil::Intrinsic::NAME;
#include "compiler/dil/intrinsics.def"
  llvm::report_fatal_error(llvm::Twine("dilgen: there is no intrinsic ") + callee.symbol);
}

ValueId FunctionGen::emitIntrinsic(const sema::CallFacts &call, const sema::FunctionInfo &callee, TypeId result) {
  size_t start = mark();
  llvm::SmallVector<ValueId, 3> args;
  if (callee.thisVariable.isValid())
    args.push_back(prepareReceiver(call.receiver, call.implicitThis, callee).value);
  llvm::SmallVector<Argument, 8> prepared;
  prepareArguments(call, callee, prepared);
  for (const Argument &arg : prepared)
    args.push_back(arg.value);
  ValueId value = b.intrinsic(intrinsicOf(callee), callee.result, args);
  endTo(start);
  return value;
}

// ---- Properties and indexers ----------------------------------------------------------------------------------------

FunctionGen::Accessor FunctionGen::prepareAccessor(const Expr *expr) {
  expr = stripParens(expr);
  const sema::ExprFacts &facts = program.facts(expr);
  Accessor accessor;
  accessor.property = facts.property;
  const sema::PropertyInfo &property = program[facts.property];
  FunctionId sample = property.getter.isValid() ? property.getter : property.setter;
  const sema::FunctionInfo &callee = program[sample];

  const Expr *object = nullptr;
  bool implicitThis = facts.implicitThis;
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr))
    object = member->object;
  else if (auto *index = llvm::dyn_cast<IndexExpr>(expr))
    object = index->object;
  else
    implicitThis = true;
  accessor.isBase = object && llvm::isa<BaseExpr>(stripParens(object));
  if (callee.thisVariable.isValid()) {
    // The setter may want a place where the getter does not.
    const sema::FunctionInfo *strictest = &callee;
    if (property.setter.isValid() && program[program[property.setter].thisVariable].mode == PassMode::Ref)
      strictest = &program[property.setter];
    accessor.args.push_back(prepareReceiver(object, implicitThis, *strictest, expr));
  }
  llvm::SaveAndRestore<const Argument *> outer(indexed, accessor.args.empty() ? nullptr : &accessor.args.front());
  if (facts.call) {
    const sema::CallFacts &call = program.calls[facts.call];
    const sema::FunctionInfo &target = program[call.function];
    sema::CallFacts indices = call;
    // Of a setter's arguments the last one is the value, which the assignment brings.
    size_t count = property.isIndexer && call.function == property.setter ? target.params.size() - 1 : target.params.size();
    if (indices.args.size() > count)
      indices.args.resize(count);
    llvm::SmallVector<Argument, 8> args;
    prepareArguments(indices, target, args);
    accessor.args.append(args.begin(), args.end());
  }
  return accessor;
}

sema::Dispatch FunctionGen::dispatchOf(const TypeTable &types, const sema::FunctionInfo &callee, bool isBase) {
  if (isBase || !callee.slot)
    return sema::Dispatch::Direct;
  return types.kind(types.info(callee.owner).type) == TypeKind::Interface ? sema::Dispatch::Interface
                                                                          : sema::Dispatch::Virtual;
}

ValueId FunctionGen::callGetter(const Accessor &accessor, size_t start) {
  FunctionId getter = program[accessor.property].getter;
  return callGetter(getter, dispatchOf(types, program[getter], accessor.isBase), accessor.args, start);
}

/// With the receiver, and indices if any, that were prepared for it or for another method, which may see `this` otherwise.
ValueId FunctionGen::callGetter(FunctionId getter, sema::Dispatch dispatch, llvm::ArrayRef<Argument> prepared, size_t start) {
  llvm::SmallVector<Argument, 8> args(prepared.begin(), prepared.end());
  if (!args.empty() && (args[0].kind == Argument::Kind::Ref || args[0].kind == Argument::Kind::In))
    args[0].kind = program[program[getter].thisVariable].mode == PassMode::In ? Argument::Kind::In : Argument::Kind::Ref;
  return finishCall(getter, dispatch, args, start);
}

/// How many elements there are in what the innermost brackets index: `facts` are those of the `^n` or range that asks.
ValueId FunctionGen::countOfIndexed(const sema::ExprFacts &facts) {
  const sema::CallFacts &call = program.calls[facts.call];
  return callGetter(call.function, call.isBase ? sema::Dispatch::Direct : call.dispatch, *indexed, mark());
}

/// x[i..j]: `x.Slice(i, j - i)`; x is worked out once, then the ends, then how many elements there are.
ValueId FunctionGen::emitMethodSlice(const IndexExpr *expr) {
  const sema::CallFacts &call = program.calls[program.facts(expr).call];
  auto *range = llvm::cast<RangeExpr>(stripParens(expr->args.front()->value));
  size_t start = mark();
  llvm::SmallVector<Argument, 8> args(3);
  args[0] = prepareReceiver(expr->object, false, program[call.function], expr);
  llvm::SaveAndRestore<const Argument *> outer(indexed, &args[0]);
  auto end = [&](const Expr *bound) { return bound ? emitIndex(bound, [&] { return countOfIndexed(program.facts(range)); }) : ValueId(); };
  ValueId first = end(range->begin), last = end(range->end);
  if (!first.isValid())
    first = constInt(0);
  if (!last.isValid())
    last = countOfIndexed(program.facts(range));
  else if (range->inclusive)
    last = b.arith(dil::ArithOp::Add, last, constInt(1));
  args[1].value = first;
  args[2].value = b.arith(dil::ArithOp::Sub, last, first);
  return finishCall(call.function, call.isBase ? sema::Dispatch::Direct : call.dispatch, args, start);
}

void FunctionGen::callSetter(const Accessor &accessor, ValueId value, size_t start) {
  FunctionId setter = program[accessor.property].setter;
  const sema::FunctionInfo &callee = program[setter];
  llvm::SmallVector<Argument, 8> args(accessor.args.begin(), accessor.args.end());
  Argument last;
  last.value = value;
  if (isOwned(value) && program[callee.params.back().variable].isOwn)
    protect(value);
  args.push_back(last);
  finishCall(setter, dispatchOf(types, callee, accessor.isBase), args, start);
}

} // namespace dream::dilgen
