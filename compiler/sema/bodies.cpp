// Bodies of functions, initialisers and the program's statements; inferring results; who must be checked at all.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- The queue ---------------------------------------------------------------------------------------------===//

/// Somebody refers to the function: its body will be checked, and those that may be called in its stead.
void Checker::enqueue(FunctionId function) {
  LayerId layer = program[function].layer;
  if (detail(function).isQueued || (isOpaque(layer) && isInstance(layer)))
    return;
  detail(function).isQueued = true;
  bodyQueue.push_back(function);
}

void Checker::drainQueue() {
  // The queue grows while it is worked off.
  for (; queueHead < bodyQueue.size(); ++queueHead) {
    FunctionId function = bodyQueue[queueHead];
    checkBody(function);
    if (function.index < standIns.size())
      for (size_t i = 0; i < standIns[function.index].size(); ++i)
        enqueue(standIns[function.index][i]);
    const FunctionInfo &info = program[function];
    if (info.kind == FunctionKind::Constructor) {
      // An object of the class may be dropped and printed.
      for (NominalId type = info.owner; type.isValid();) {
        if (program.destructors[type.index].isValid())
          enqueue(program.destructors[type.index]);
        const NominalInfo &row = types.info(type);
        type = row.base.isValid() ? types[row.base].nominal : NominalId();
      }
      if (program.toStrings[info.owner.index].isValid())
        enqueue(program.toStrings[info.owner.index]);
    }
  }
}

//===-- Functions ---------------------------------------------------------------------------------------------===//

void Checker::checkBody(FunctionId function) {
  needSignature(function);
  if (detail(function).body != Progress::NotStarted || program[function].kind == FunctionKind::Local)
    return;
  detail(function).body = Progress::Running;
  bool isFit = !detail(function).isPoisoned;
  if (LayerId layer = program[function].layer; isInstance(layer)) {
    // What the calls in there mean is what they mean in the definition.
    if (FunctionId definition = definitionOf(function); definition.isValid() && definition != function)
      checkBody(definition);
    isFit &= !layers[layers[layer].definition].hasErrors;
  }
  if (isFit) {
    Enter enter(*this, *detail(function).file, program[function].owner, program[function].layer);
    runBody(function);
  }
  detail(function).body = Progress::Done;
}

/// A local function is checked where it stands, so that it sees the names around it.
void Checker::checkLocalBody(FunctionId function) {
  detail(function).body = Progress::Running;
  detail(function).isQueued = true;
  BodyContext context = contextInside();
  captureThis(context, function);
  context.errorsBefore = diags.errorCount();
  BodyContext *saved = std::exchange(cx, &context);
  {
    Scope scope(*this);
    runBody(function);
  }
  cx = saved;
  finishCaptures(context, function);
  if (VariableId closure = program[function].closure; closure.isValid())
    program[closure].type = funcTypeOf(function);
  detail(function).body = Progress::Done;
}

void Checker::runBody(FunctionId function) {
  const Decl *decl = program[function].decl;
  cx->function = function;
  cx->extendedType = program[function].kind == FunctionKind::Local ? cx->extendedType : program[function].extendedType;
  if (program[function].kind != FunctionKind::Local) {
    cx->thisVariable = program[function].thisVariable;
    cx->thisType = cx->thisVariable.isValid() ? program[cx->thisVariable].type : TypeId();
  }
  cx->inConstructor = program[function].kind == FunctionKind::Constructor || detail(function).isInitOnly;
  cx->infers = detail(function).infersResult;
  cx->result = cx->infers ? TypeId() : program[function].result;
  if (detail(function).modifiers & ModUnsafe)
    ++cx->unsafeDepth;
  for (size_t i = 0; i < program[function].params.size(); ++i) {
    ParameterInfo param = program[function].params[i];
    if (variableUses.size() <= param.variable.index)
      variableUses.resize(param.variable.index + 1 + param.variable.index / 2);
    Local local;
    local.variable = param.variable;
    if (program[param.variable].name && (!locals.count(program[param.variable].name) || cx->localDepth))
      declareLocal(program[param.variable].name, local, program[param.variable].range);
    if (param.defaultValue && !program.exprs.get(param.defaultValue).type.isValid())
      checkDefault(param);
  }
  auto *func = llvm::dyn_cast_or_null<FuncDecl>(decl);
  if (program[function].kind == FunctionKind::Constructor) {
    checkFieldInitialisers(program[function].owner);
    checkConstructorChain(function, func);
    if (func)
      if (const CallFacts &chain = program.calls[program.constructorChains.get(func)]; chain.function.isValid())
        for (size_t i = 0; i < chain.args.size(); ++i)
          checkMoves(chain.args[i].value, program[program[chain.function].params[i].variable].isOwn);
  }
  const BlockStmt *block = nullptr;
  const Expr *expr = nullptr;
  if (func) {
    block = func->block;
    expr = func->expr;
  } else if (auto *accessor = llvm::dyn_cast_or_null<AccessorDecl>(decl)) {
    block = accessor->block;
    expr = accessor->expr;
  } else if (auto *destructor = llvm::dyn_cast_or_null<DestructorDecl>(decl)) {
    block = destructor->body;
  }
  FunctionKind kind = program[function].kind;
  bool hasBody = kind != FunctionKind::Extern && kind != FunctionKind::Runtime && kind != FunctionKind::Intrinsic && (block || expr);
  if (hasBody && block)
    beginIterator(function, block);
  if (hasBody)
    checkFunctionBody(function, block, expr);
  keepFlow(function);
}

void Checker::checkDefault(const ParameterInfo &param) {
  TypeId type = program[param.variable].type;
  if (checkTo(param.defaultValue, type, "as default") == types::Error || type == types::Error)
    return;
  const Expr *value = stripParens(param.defaultValue);
  if (!constantValue(program, param.defaultValue) && !llvm::isa<DefaultExpr>(value) && !(llvm::isa<ArrayLiteral>(value) && llvm::cast<ArrayLiteral>(value)->elements.empty()))
    report(DiagId::DefaultNotConstant, param.defaultValue->range) << program[param.variable].name.text();
}

void Checker::checkFunctionBody(FunctionId function, const BlockStmt *block, const Expr *expr) {
  SourceRange end = program[function].range;
  if (block) {
    checkList(block->statements);
    end = {block->range.end.offset ? SourceLoc{block->range.end.offset - 1} : block->range.end, block->range.end};
  } else if (cx->infers) {
    TypeId type = check(expr);
    cx->returns.push_back({type, expr});
    markUnreachable();
  } else if (cx->result == types::Void) {
    checkValue(expr);
  } else {
    checkTo(expr, cx->result, "as result");
    markUnreachable();
  }
  if (cx->infers)
    inferResult(function);
  TypeId result = program[function].result;
  if (block)
    checkMoves(block, false);
  else
    checkMoves(expr, result != types::Void);
  if (!isInstance(program.layer)) { // no type argument is a view
    checkViews(block ? static_cast<const Node *>(block) : expr);
    if (expr)
      checkViewResult(expr);
  }
  if (cx->reachable && !cx->isIterator && result != types::Void && result != types::Error && result != types::Never)
    report(DiagId::EndsWithoutValue, end)
        .operator<<(program[function].kind == FunctionKind::Lambda ? "this lambda" : ("'" + program[function].name.text() + "'").str())
        .operator<<(spell(result)).note(program[function].range, "declared here");
  warnUnused();
}

/// The common type of everything returned.
void Checker::inferResult(FunctionId function) {
  llvm::SmallVector<const Expr *, 4> values;
  bool sawVoid = false, sawError = false;
  for (auto &[type, value] : cx->returns) {
    sawVoid |= !value;
    sawError |= value && program.exprs.get(stripParens(value)).type == types::Error;
    if (value)
      values.push_back(value);
  }
  TypeId result = types::Void;
  if (sawError) {
    result = types::Error;
    for (const Expr *value : values)
      finish(value);
  } else if (!values.empty()) {
    result = commonType(values);
    if (!result.isValid())
      result = propagatedResult(values);
    bool allLeave = llvm::all_of(values, [&](const Expr *value) { return program.exprs.get(stripParens(value)).type == types::Never; });
    bool isVoidCall = values.size() == 1 && program.exprs.get(stripParens(values[0])).type == types::Void;
    if (allLeave || isVoidCall) {
      result = types::Void;
    } else if (!result.isValid() || result == types::Null || result == types::Void) {
      auto diag = report(DiagId::CannotInferResult, program[function].range);
      diag << program[function].name.text();
      for (const Expr *value : values)
        if (TypeId type = program.exprs.get(stripParens(value)).type; type.isValid())
          diag.note(value->range, "this has the type '" + spell(type) + "'");
      result = types::Error;
    } else if (sawVoid) {
      report(DiagId::CannotInferResult, program[function].range).operator<<(program[function].name.text())
          .note(values.front()->range, "this 'return' has a value, another has none");
      result = types::Error;
    } else {
      for (const Expr *value : values)
        coerce(value, result);
    }
  }
  if (!program[function].result.isValid())
    program[function].result = result;
  for (const Propagation &one : cx->propagations)
    settlePropagation(one, program[function].result);
}

void Checker::keepFlow(FunctionId function) {
  // A function with `yield` does nothing but make the iterator that runs its body.
  if (uint32_t row = program[function].iterator; row && program[function].kind != FunctionKind::Iterator) {
    FunctionId body = program.iterators[row].body;
    detail(function).edges.push_back({body, true, false});
    return keepFlow(body);
  }
  FunctionDetail &detail = this->detail(function);
  detail.edges.append(cx->edges.begin(), cx->edges.end());
  detail.mutatesThrough.append(cx->mutatesThrough.begin(), cx->mutatesThrough.end());
  detail.throwsItself |= cx->throwsItself;
  detail.writesThis |= cx->writesThis;
}

void Checker::warnUnused() {
  if (isOnDemand(*cx->file) || diags.errorCount() != cx->errorsBefore)
    return; // What was wrong may have been what would use it.
  for (VariableId variable : cx->locals) {
    const VariableInfo &info = program[variable];
    if (variableUses[variable.index] || !info.name || info.name.text().starts_with("_") || info.type == types::Error)
      continue;
    // One that is drop-significant lives for what its end does; that is known only later, so references are let be.
    TypeId type = info.type;
    if (isMoveOnly(type) || types.kind(type) == TypeKind::Class || types.kind(type) == TypeKind::Interface || types.kind(type) == TypeKind::Object ||
        types.kind(type) == TypeKind::TypeParam)
      continue;
    report(DiagId::UnusedVariable, info.range) << info.name.text();
  }
}

//===-- Constructors ------------------------------------------------------------------------------------------===//

/// Which constructor runs first: what `: base(…)` or `: this(…)` says, or the base's without arguments.
void Checker::checkConstructorChain(FunctionId function, const FuncDecl *decl) {
  NominalId owner = program[function].owner;
  const NominalInfo &info = types.info(owner);
  SourceRange range = decl && decl->chainRange.isValid() ? decl->chainRange : program[function].range;
  NominalId target;
  llvm::ArrayRef<const Argument *> args;
  if (decl && (decl->callsBase || decl->callsThis)) {
    args = decl->chainArgs;
    target = decl->callsThis ? owner : info.base.isValid() ? types[info.base].nominal : NominalId();
  } else if (info.base.isValid()) {
    target = types[info.base].nominal;
  }
  // The arguments are evaluated before there is an object.
  TypeId savedThis = std::exchange(cx->thisType, TypeId());
  if (!target.isValid()) {
    if (decl && decl->callsBase) {
      checkArguments({}, args);
      abandonArguments(args);
      if (!args.empty() || info.kind == NominalKind::Struct)
        report(DiagId::NoBase, range) << info.name.text();
    }
  } else {
    bool isImplicit = !decl || !(decl->callsBase || decl->callsThis);
    llvm::SmallVector<FunctionId, 4> constructors = constructorsFor(decl, target);
    bool hasDefault = llvm::any_of(constructors, [&](FunctionId constructor) {
      needSignature(constructor);
      return llvm::all_of(program[constructor].params, [](const ParameterInfo &param) { return param.defaultValue || param.isParams; });
    });
    if (isImplicit && !hasDefault && !constructors.empty()) {
      auto diag = report(DiagId::NeedsBaseCall, range);
      diag << types.info(target).name.text();
      for (FunctionId constructor : constructors)
        diag.note(program[constructor].range, "there is '" + signature(constructor) + "'");
    } else {
      checkArguments(constructors, args);
      if (uint32_t row = callConstructor(target, args, range, decl)) {
        program[function].chain = row;
        program[function].chainsThis = target == owner;
        if (decl)
          program.constructorChains[decl] = row;
        if (program.calls[row].function == function)
          report(DiagId::ChainsItself, range) << info.name.text();
      }
    }
  }
  cx->thisType = savedThis;
  if (!program[function].chainsThis) {
    const TypeDetail &type = detail(owner);
    cx->edges.append(type.initEdges.begin(), type.initEdges.end());
    cx->throwsItself |= type.initThrows;
  }
}

/// Every class and struct that writes no constructor has one without arguments; a struct always has.
void Checker::addDefaultConstructor(NominalId type) {
  const NominalInfo &info = types.info(type);
  TypeDetail &detail = this->detail(type);
  if ((info.kind != NominalKind::Class && info.kind != NominalKind::Struct) || detail.isStatic)
    return;
  bool hasEmpty = llvm::any_of(detail.constructors, [&](FunctionId constructor) {
    auto *decl = llvm::cast_or_null<FuncDecl>(program[constructor].decl);
    return !decl || decl->params.empty();
  });
  if (info.kind == NominalKind::Class ? !detail.constructors.empty() : hasEmpty)
    return;
  InLayer in(program, detail.layer);
  FunctionId id = newFunction(FunctionKind::Constructor, info.name, info.range, *detail.file, nullptr, type);
  giveSymbol(id, info.qualifiedName, "init");
  program[id].thisVariable = newVariable(VariableKind::This, names.intern("this"), info.type, info.range);
  if (info.kind == NominalKind::Struct)
    program[program[id].thisVariable].mode = PassMode::Ref;
  this->detail(type).constructors.push_back(id);
}

void Checker::checkFieldInitialisers(NominalId type) {
  if (detail(type).initialisers != Progress::NotStarted)
    return;
  detail(type).initialisers = Progress::Running;
  // What the calls in there mean is what they mean in the definition.
  if (LayerId layer = detail(type).layer; isInstance(layer))
    if (NominalId definition = declaredTypes.at(layers[layer].definition, detail(type).decl); definition.isValid())
      checkFieldInitialisers(definition);
  Enter enter(*this, *detail(type).file, type, detail(type).layer);
  cx->inInitialiser = true;
  for (VariableId field : detail(type).ownFields) {
    const Expr *init = program[field].init;
    if (!init || program.exprs.get(init).type.isValid())
      continue;
    cx->allowsLate = true;
    checkTo(init, program[field].type);
    cx->allowsLate = false;
  }
  TypeDetail &detail = this->detail(type);
  detail.initEdges.append(cx->edges.begin(), cx->edges.end());
  detail.initThrows = cx->throwsItself;
  detail.initialisers = Progress::Done;
}

//===-- Module variables --------------------------------------------------------------------------------------===//

/// Checks the initialiser of a module variable, static, constant or field without a written type.
void Checker::checkInitialiser(VariableId variable) {
  auto found = globalRows.find(variable);
  bool isField = found == globalRows.end();
  if (!isField) {
    if (globals[found->second].type != Progress::NotStarted)
      return;
    globals[found->second].type = Progress::Running;
  }
  if (LayerId layer = program[variable].layer; !isField && isInstance(layer) && globals[found->second].decl)
    if (VariableId definition = program.declared.at(layers[layer].definition, globals[found->second].decl); definition.isValid()) {
      needVariableType(definition);
      checkInitialiser(definition);
    }
  NominalId owner = isField ? program[variable].owner : globals[found->second].owner;
  FileContext &file = isField ? *detail(owner).file : *globals[found->second].file;
  uint32_t row = isField ? 0 : found->second;
  const TypeNode *node = isField ? nullptr : globals[row].typeNode;
  Enter enter(*this, file, owner, program[variable].layer);
  cx->inInitialiser = true;
  cx->allowsLate = true;
  const Expr *init = program[variable].init;
  if (node)
    needVariableType(variable);
  if (init) {
    TypeId type = program[variable].type;
    if (type.isValid()) {
      checkTo(init, type);
    } else {
      type = llvm::isa<InitializerList>(init) ? check(init) : checkValue(init);
      if (type == types::Null) {
        report(DiagId::NullNeedsType, init->range) << program[variable].name.text();
        type = types::Error;
      } else if (type == types::Void || type == types::Never) {
        report(DiagId::VoidValue, init->range);
        type = types::Error;
      }
      if (types.isView(type))
        type = checkStorable(type, program[variable].range, isField ? "a field" : "a module variable") ? type : types::Error;
      if (!program[variable].type.isValid())
        program[variable].type = type;
    }
    if (!isField && program[variable].type != types::Error) {
      ConstValue value = constantValue(program, init);
      if (value)
        program[variable].constant = value;
      else if (program[variable].kind == VariableKind::Constant && program.exprs.get(init).type != types::Error)
        report(DiagId::NotConstant, init->range) << program[variable].name.text();
    }
  }
  if (init)
    checkMoves(init, true);
  if (isField) {
    TypeDetail &type = detail(owner);
    type.initEdges.append(cx->edges.begin(), cx->edges.end());
    type.initThrows |= cx->throwsItself;
  } else {
    globals[row].edges.append(cx->edges.begin(), cx->edges.end());
    globals[row].type = Progress::Done;
  }
}

/// True if there was something to do.
bool Checker::checkGlobals() {
  bool any = false;
  for (size_t i = 0; i < globals.size(); ++i) {
    LayerId layer = program[globals[i].variable].layer;
    if ((isOnDemand(*globals[i].file) || isInstance(layer)) && (!globals[i].isUsed || isOpaque(layer)))
      continue;
    VariableId variable = globals[i].variable;
    any |= globals[i].type == Progress::NotStarted;
    needVariableType(variable);
    checkInitialiser(variable);
  }
  return any;
}

//===-- The program -------------------------------------------------------------------------------------------===//

/// Statements at top level become the body of a function of their own.
void Checker::checkTopLevel() {
  if (topLevel.empty())
    return;
  FileContext &file = *topLevel.front().first;
  for (auto &[other, stmt] : topLevel)
    if (other != &file) {
      report(DiagId::StatementsInTwoFiles, stmt->range).note(topLevel.front().second->range, "the program's statements begin here");
      break;
    }
  FunctionId id = newFunction(FunctionKind::Main, names.intern("main"), topLevel.front().second->range, file, nullptr, {});
  program[id].isStatic = true;
  giveSymbol(id, modules[file.module.index].path, "main");
  detail(id).signature = detail(id).body = Progress::Done;
  detail(id).isQueued = true;
  program.entry = id;
  Enter enter(*this, file, {}, 0);
  cx->function = id;
  for (auto &[other, stmt] : topLevel)
    if (other == &file)
      program.mainStatements.push_back(stmt);
  // Variables declared after the first statement are initialised in order with the statements.
  for (Global &global : globals) {
    if (global.file != &file || global.owner.isValid() || !global.decl || program[global.variable].kind == VariableKind::Constant)
      continue;
    size_t index = std::partition_point(program.mainStatements.begin(), program.mainStatements.end(),
                                        [&](const Stmt *stmt) { return stmt->range.begin < global.decl->range.begin; }) -
                   program.mainStatements.begin();
    if (index > 0) {
      program.mainInitialisers.push_back({index, global.variable});
      program[global.variable].constant = {};
      global.isInMain = true;
    }
  }
  checkList(program.mainStatements);
  for (const Stmt *stmt : program.mainStatements) {
    checkMoves(stmt, false);
    checkViews(stmt);
  }
  warnUnused();
  keepFlow(id);
}

void Checker::findEntry() {
  llvm::SmallVector<FunctionId, 2> mains;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    const FunctionInfo &info = program.functions[i];
    bool isPlain = info.kind == FunctionKind::Plain && info.name.text() == "main";
    bool isStaticMember = info.kind == FunctionKind::Method && info.isStatic && info.owner.isValid() && (info.name.text() == "main" || info.name.text() == "Main");
    if ((isPlain || isStaticMember) && !functionDetails[i].file->isLibrary && !info.layer)
      mains.push_back(FunctionId(i));
  }
  if (program.entry.isValid()) {
    for (FunctionId other : mains)
      if (program[other].kind == FunctionKind::Plain)
        report(DiagId::MainAndStatements, program[other].range).note(program[program.entry].range, "the program's statements begin here");
    return;
  }
  // A function at top level before a static method.
  bool hasPlain = llvm::any_of(mains, [&](FunctionId f) { return program[f].kind == FunctionKind::Plain; });
  if (hasPlain)
    llvm::erase_if(mains, [&](FunctionId f) { return program[f].kind != FunctionKind::Plain; });
  if (mains.empty())
    return;
  FunctionId main = mains.front();
  if (mains.size() > 1) {
    auto diag = report(DiagId::TwoMains, program[mains[1]].range);
    diag.note(program[main].range, "the other one is here");
    return;
  }
  needResult(main, program[main].range);
  const FunctionInfo &info = program[main];
  bool resultFits = info.result == types::Void || info.result == types::Int32 || info.result == types::Error;
  bool paramsFit = info.params.empty();
  if (info.params.size() == 1) {
    const VariableInfo &args = program[info.params[0].variable];
    paramsFit = args.mode == PassMode::Value && (args.type == types.array(types::String) || args.type == types::Error);
  }
  if (!resultFits || !paramsFit)
    report(DiagId::MainSignature, info.range) << signature(main);
  program.entry = main;
}

void Checker::findTests() {
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    auto *decl = llvm::dyn_cast_or_null<ast::FuncDecl>(program.functions[i].decl);
    if (!decl || functionDetails[i].file->isLibrary)
      continue;
    for (const ast::Attribute *attribute : decl->attributes) {
      llvm::StringRef name = attribute->path.size() == 1 ? attribute->path[0].text() : "";
      if (name != "Test" && name != "Bench")
        continue;
      needResult(FunctionId(i), program.functions[i].range);
      const FunctionInfo &info = program.functions[i];
      bool isFunction = info.kind == FunctionKind::Plain || (info.kind == FunctionKind::Method && info.isStatic);
      if (!isFunction || !info.params.empty() || (info.result != types::Void && info.result != types::Error))
        report(DiagId::TestSignature, info.range) << info.name.text() << (name == "Test" ? "test" : "benchmark");
      else
        program.tests.push_back({FunctionId(i), name == "Bench"});
    }
  }
}

/// The module variable that is marked [GlobalAllocator].
void Checker::findAllocator() {
  TypeId interface = program.knownTypes[size_t(Known::IAllocator)];
  for (const Global &global : globals) {
    if (!global.decl || global.file->isLibrary || llvm::none_of(global.decl->attributes, [](const ast::Attribute *one) {
          return one->path.size() == 1 && one->path[0].text() == "GlobalAllocator";
        }))
      continue;
    const VariableInfo &info = program[global.variable];
    if (info.type == types::Error)
      continue;
    auto refuseIt = [&](const llvm::Twine &why) {
      auto diag = report(DiagId::AllocatorNotHere, info.range);
      diag << info.name.text() << why;
      return diag;
    };
    auto conformance = llvm::find_if(program.conformances, [&](const Conformance &one) { return one.type == info.type && one.interface == interface; });
    if (program.allocator.variable.isValid()) {
      refuseIt("there is one already").note(program[program.allocator.variable].range, "it is here");
    } else if (info.kind != VariableKind::Global || types.kind(info.type) != TypeKind::Struct || conformance == program.conformances.end() ||
               detail(types[info.type].nominal).generic.isValid()) {
      refuseIt("it must be a module variable of a struct that is an 'IAllocator'");
    } else if (!types.isPlain(info.type)) {
      refuseIt("it would need memory itself: its fields must be numbers, pointers and the like");
    } else if (info.init) {
      refuseIt("it has an initialiser, and there are allocations before that runs").note(info.init->range, "without one it begins as zeros");
    } else {
      program.allocator = {global.variable, conformance->methods[0], conformance->methods[1]};
      for (FunctionId method : conformance->methods)
        if (program[method].mayThrow)
          refuseIt("'" + program[method].name.text() + "' may throw").note(program[method].range, "declared here");
    }
  }
}

} // namespace dream::sema
