// Closures: what they capture becomes fields of an environment, a class that nobody can name; the code gets the closure as
// its first argument. Functions and methods that become values get a function between, which takes a closure that it does
// not look at, or that holds the receiver.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

// ---- Environments ---------------------------------------------------------------------------------------------------

TypeId ModuleGen::funcTypeOf(const sema::FunctionInfo &info) {
  llvm::SmallVector<TypeId, 4> params;
  llvm::SmallVector<PassMode, 4> modes;
  for (const sema::ParameterInfo &param : info.params) {
    params.push_back(program[param.variable].type);
    modes.push_back(program[param.variable].mode);
  }
  return types.func(info.result, params, modes);
}

/// A class that holds the code and these captures.
TypeId ModuleGen::makeEnvironment(llvm::StringRef name, llvm::ArrayRef<std::pair<Name, TypeId>> captures, SourceLoc loc) {
  NominalId id = types.addNominal(NominalKind::Class, names.intern(name));
  NominalInfo &info = types.info(id);
  info.qualifiedName = name.str();
  info.isSealed = true;
  info.range = {loc, loc};
  auto add = [&](Name field, TypeId type) {
    FieldInfo row;
    row.name = field;
    row.type = type;
    row.isLet = true;
    row.owner = id;
    info.fields.push_back(row);
  };
  add(names.intern("code"), types.pointer(types::Void, false));
  for (auto &[field, type] : captures)
    add(field, type);
  needTables(info.type);
  return info.type;
}

TypeId ModuleGen::emptyEnvironment() {
  if (!noCaptures.isValid())
    noCaptures = makeEnvironment("closure", {}, {});
  return noCaptures;
}

TypeId ModuleGen::environmentOf(FunctionId id) {
  const sema::FunctionInfo &info = program[id];
  if (info.captures.empty())
    return emptyEnvironment();
  TypeId &known = environments[id];
  if (known.isValid())
    return known;
  llvm::SmallVector<std::pair<Name, TypeId>, 4> captures;
  for (const sema::Capture &capture : info.captures) {
    const sema::VariableInfo &inner = program[capture.inner];
    captures.push_back({inner.name, capture.byRef ? types.pointer(inner.type, false) : inner.type});
  }
  TypeId made = makeEnvironment(info.symbol, captures, info.range.begin);
  return environments[id] = made;
}

/// What a value of the type runs when it stands for a function or method. With a receiver, that is the only capture.
const ModuleGen::Thunk &ModuleGen::thunk(FunctionId callee, TypeId func, sema::Dispatch dispatch) {
  auto [place, isNew] = thunks.try_emplace({callee.index, func.index, unsigned(dispatch)});
  Thunk &thunk = place->second;
  if (!isNew)
    return thunk;
  const sema::FunctionInfo &target = program[callee];
  FuncId made = thunk.code = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = target.symbol + "$value" + std::to_string(made.index);
  fn.loc = target.range.begin;
  fn.params.push_back(param("closure", func, dil::Convention::Borrow));
  const Type &type = types[func];
  for (size_t i = 0; i < type.args.size(); ++i) {
    bool isAddress = type.modes[i] != PassMode::Value;
    dil::Param one = param(program[target.params[i].variable].name.text(), type.args[i],
                           isAddress ? dil::Convention::Address : dil::defaultConvention(types, type.args[i]));
    one.mode = type.modes[i];
    fn.params.push_back(one);
  }
  fn.result = type.element;
  fn.canThrow = program.mayThrow(func);
  thunk.environment = emptyEnvironment();
  if (target.thisVariable.isValid())
    thunk.environment = makeEnvironment(fn.symbol, {{names.intern("this"), program[target.thisVariable].type}}, fn.loc);
  TypeId environment = thunk.environment;
  later([this, made, callee, dispatch, environment, &target] { FunctionGen(*this, made).buildThunk(callee, target, dispatch, environment); });
  return thunk;
}

void FunctionGen::buildThunk(FunctionId callee, const sema::FunctionInfo &target, sema::Dispatch dispatch, TypeId environment) {
  b.loc = fn.loc;
  llvm::SmallVector<ValueId, 4> args = beginBody();
  size_t start = mark();
  llvm::SmallVector<Argument, 8> passed;
  if (target.thisVariable.isValid()) {
    ValueId held = b.cast(dil::CastKind::Down, args[0], environment);
    TypeId type = program[target.thisVariable].type;
    ValueId place = b.field(held, 1);
    ValueId receiver;
    if (types.isPlain(type)) {
      receiver = b.loadCopy(place);
    } else {
      receiver = b.loadBorrow(place);
      push(Cleanup::Kind::EndBorrow, receiver);
    }
    passed.push_back(receiverOf(receiver, target));
  }
  llvm::SmallVector<ValueId, 3> plain;
  for (size_t i = 1; i < args.size(); ++i) {
    Argument arg = Argument::handedOn(fn.params[i], args[i]);
    TypeId wanted = program[target.params[i - 1].variable].type;
    if (arg.value.isValid() && typeOf(arg.value) != wanted)
      arg.value = asType(arg.value, wanted);
    plain.push_back(arg.value);
    passed.push_back(arg);
  }
  ValueId result;
  if (target.kind == sema::FunctionKind::Intrinsic) {
    result = b.intrinsic(intrinsicOf(target), target.result, plain);
  } else {
    std::vector<dil::Param> params = gen.paramsOf(target);
    for (size_t i = 0; i < passed.size(); ++i)
      if (params[i].convention == dil::Convention::Own && isBorrowed(passed[i].value))
        protect(passed[i].value = b.copy(passed[i].value));
    result = finishCall(callee, dispatch, passed, start);
  }
  if (result.isValid() && typeOf(result) != fn.result)
    result = b.cast(types.kind(fn.result) == TypeKind::Optional && types[fn.result].element == typeOf(result) ? dil::CastKind::ToOptional
                                                                                                               : dil::CastKind::Up,
                    result, fn.result);
  if (!isTerminated()) {
    endAll(start);
    b.ret(result);
  }
  endBody();
}

// ---- Inside of a closure --------------------------------------------------------------------------------------------

/// Gives the captures their names. What the body changes gets storage for the time of the call.
void FunctionGen::bindCaptures(ValueId closure) {
  if (info->closure.isValid())
    storage[info->closure] = {closure, false};
  if (info->captures.empty())
    return;
  ValueId held = b.cast(dil::CastKind::Down, closure, gen.environmentOf(infoId));
  for (size_t i = 0; i < info->captures.size(); ++i) {
    const sema::Capture &capture = info->captures[i];
    const sema::VariableInfo &variable = program[capture.inner];
    bool isThis = variable.kind == sema::VariableKind::This;
    ValueId place = b.field(held, unsigned(i + 1));
    Storage stored;
    if (capture.byRef) {
      stored = {b.elem(b.loadCopy(place), constInt(0)), true};
    } else if (!isThis && types.isMoveOnly(variable.type)) {
      stored = {place, true};
    } else if (isThis ? types.kind(variable.type) == TypeKind::Struct
                      : types.isPlain(variable.type) || facts.written.contains(capture.inner)) {
      ValueId slot = b.slot(variable.type, variable.name.text());
      b.init(slot, b.loadCopy(place));
      pushDropSlot(slot);
      stored = {slot, true};
    } else if (types.isPlain(variable.type)) {
      stored = {b.loadCopy(place), false};
    } else {
      stored = {b.loadBorrow(place), false};
      push(Cleanup::Kind::EndBorrow, stored.value);
    }
    storage[capture.inner] = stored;
    if (isThis) {
      self = stored.value;
      selfVariable = capture.inner;
    }
  }
}

// ---- Making closures ------------------------------------------------------------------------------------------------

/// The value of a variable of this frame, for somebody to keep.
ValueId FunctionGen::ownVariable(VariableId id) {
  auto found = storage.find(id);
  if (found == storage.end() || found->second.isAddress)
    return load(variablePlace(id), Want::Own);
  ValueId value = found->second.value;
  return ownershipOf(value) == dil::Ownership::None ? value : b.copy(value);
}

/// A closure with places in it lies on the stack and borrows what else it captures, until the cleanups above run.
ValueId FunctionGen::makeClosure(FunctionId id) {
  const sema::FunctionInfo &target = program[id];
  TypeId environment = gen.environmentOf(id);
  FuncId code = gen.function(id);
  bool onStack = llvm::any_of(target.captures, [](const sema::Capture &capture) { return capture.byRef; });
  llvm::SmallVector<ValueId, 4> values;
  llvm::SmallVector<dil::CaptureMode, 4> modes;
  for (const sema::Capture &capture : target.captures) {
    if (capture.byRef) {
      values.push_back(openAccess(variablePlace(capture.outer), true));
      modes.push_back(dil::CaptureMode::Ref);
      continue;
    }
    auto outer = storage.find(capture.outer);
    bool takes = capture.isMoved && outer != storage.end() && outer->second.isAddress && !types.isPlain(program[capture.outer].type);
    ValueId value = narrow(takes ? b.loadTake(outer->second.value) : ownVariable(capture.outer), program[capture.inner].type);
    values.push_back(onStack ? hold(value) : value);
    modes.push_back(capture.isChanged ? dil::CaptureMode::Changed : dil::CaptureMode::Copy);
  }
  return b.closure(code, gen.funcTypeOf(target), environment, values, modes, onStack);
}

/// A function or method as a value.
ValueId FunctionGen::emitMethodGroup(const Expr *expr) {
  const sema::ExprFacts &exprFacts = program.facts(expr);
  const sema::CallFacts &call = program.calls[exprFacts.call];
  const sema::FunctionInfo &target = program[call.function];
  if (target.kind == sema::FunctionKind::Local && !target.captures.empty())
    return ownVariable(call.closure);
  sema::Dispatch dispatch = call.isBase ? sema::Dispatch::Direct : call.dispatch;
  const ModuleGen::Thunk thunk = gen.thunk(call.function, exprFacts.type, dispatch);
  if (!target.thisVariable.isValid())
    return b.closure(thunk.code, exprFacts.type, thunk.environment, {}, {});
  // The receiver, by value.
  TypeId wanted = program[target.thisVariable].type;
  bool usesThis = call.implicitThis || !call.receiver || llvm::isa<BaseExpr>(stripParens(call.receiver));
  size_t start = mark();
  ValueId receiver = usesThis ? ownVariable(selfVariable) : emit(call.receiver, Want::Own);
  if (typeOf(receiver) != wanted)
    receiver = b.cast(dil::CastKind::Up, receiver, wanted);
  endTo(start);
  return b.closure(thunk.code, exprFacts.type, thunk.environment, receiver, dil::CaptureMode::Copy);
}

// ---- Calling them ---------------------------------------------------------------------------------------------------

ValueId FunctionGen::emitFuncCall(const Expr *callee, const sema::CallFacts &call) {
  size_t start = mark();
  ValueId closure = emit(callee, Want::Borrow);
  TypeId func = typeOf(closure);
  const Type type = types[func];
  llvm::SmallVector<Argument, 8> args;
  for (size_t i = 0; i < call.args.size(); ++i) {
    const sema::BoundArgument &bound = call.args[i];
    Argument arg;
    if (bound.outVariable) {
      arg.kind = Argument::Kind::Out;
      arg.place = variablePlace(program.declared.get(bound.outVariable));
    } else if (type.modes[i] == PassMode::Value) {
      arg.value = emit(bound.value, types.isPlain(type.args[i]) ? Want::Own : Want::Borrow);
    } else {
      arg.kind = Argument::kindOf(type.modes[i]);
      arg.place = preparePlace(bound.value, Want::Borrow);
    }
    args.push_back(arg);
  }
  bool mayThrow = program.mayThrow(func);
  return finishCall({}, mayThrow, type.element, args, start, [&](llvm::ArrayRef<ValueId> passed) {
    return mayThrow ? b.tryCallFn(closure, passed, errorTarget()) : b.callFn(closure, passed);
  });
}

} // namespace dream::dilgen
