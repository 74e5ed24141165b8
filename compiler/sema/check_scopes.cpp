// What runs when a scope ends: `using` and `defer`; and the lists in braces that set up a new object.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"

namespace dream::sema {

using namespace ast;

//===-- defer and using ---------------------------------------------------------------------------------------===//

/// The body runs later, when anything may have been assigned: nothing that tests say here holds in it. What it assigns
/// itself is never narrowed: it may run on any way out of the scope.
void Checker::checkDefer(const DeferStmt *stmt) {
  Narrowing before = std::exchange(cx->now, Narrowing());
  bool wasReachable = cx->reachable;
  unsigned savedCatch = std::exchange(cx->catchDepth, 0);
  llvm::StringRef savedWord = std::exchange(cx->finallyWord, "'defer' statement");
  ++cx->finallyDepth;
  checkEmbedded(stmt->body);
  --cx->finallyDepth;
  cx->finallyWord = savedWord;
  cx->catchDepth = savedCatch;
  cx->reachable = wasReachable;
  cx->now = before;
  forEachAssigned(stmt->body, [&](VariableId variable) {
    assignedByDefer.insert(variable);
    forget(variable);
  });
}

/// How a value of the type is disposed of: its own `Dispose()`, or nothing but the end of its life.
bool Checker::findDispose(TypeId type, SourceRange range, UsingFacts &facts) {
  if (type == types::Error)
    return false;
  TypeId object = types.kind(type) == TypeKind::Optional ? types[type].element : type;
  llvm::SmallVector<FunctionId, 4> methods;
  gatherMethods(object, names.intern("Dispose"), methods);
  for (FunctionId method : methods) {
    needSignature(method);
    if (program[method].isStatic || !program[method].params.empty() || detail(method).isPoisoned || detail(method).isGeneric)
      continue;
    checkFunctionVisible(method, range);
    facts.dispose = method;
    facts.dispatch = dispatchOf(method, object, false);
    noteCall(method, facts.dispatch);
    return true;
  }
  if (isMoveOnly(type))
    return true;
  report(DiagId::NothingToDispose, range) << spell(type);
  return false;
}

void Checker::checkUsing(const UsingStmt *stmt) {
  auto checkResources = [&] {
    if (!stmt->vars) {
      UsingFacts facts;
      TypeId type = checkValue(stmt->expr);
      findDispose(type, stmt->expr->range, facts);
      program.usings[stmt] = facts;
      return;
    }
    for (const VariableDecl *decl : stmt->vars->variables)
      if (!decl->init && decl->type)
        report(DiagId::LetNeedsValue, decl->nameRange) << decl->name.text();
    checkVars(stmt->vars);
    for (const VariableDecl *decl : stmt->vars->variables) {
      VariableId variable = program.declared.get(decl);
      if (!variable.isValid())
        continue;
      ++variableUses[variable.index];
      program[variable].isReadOnly = true;
      usingVariables.insert(variable);
      UsingFacts facts;
      facts.variable = variable;
      findDispose(program[variable].type, decl->nameRange, facts);
      program.usings[decl] = facts;
    }
  };
  if (!stmt->body)
    return checkResources();
  Scope scope(*this);
  checkResources();
  checkEmbedded(stmt->body);
}

//===-- arena -------------------------------------------------------------------------------------------------===//

constexpr llvm::StringRef kHeap = "heap"; ///< `in heap` names no arena.

void Checker::checkArena(const ArenaStmt *stmt) {
  if (stmt->name.text() == kHeap)
    report(DiagId::ArenaName, stmt->nameRange) << "'in heap' means no arena";
  else if (stmt->name && llvm::is_contained(cx->arenas, stmt->name))
    report(DiagId::ArenaName, stmt->nameRange) << "another one of that name is open around it";
  if (stmt->size)
    checkTo(stmt->size, types::Int64, "as the size of an arena");
  cx->arenas.push_back(stmt->name);
  checkBlock(stmt->body);
  cx->arenas.pop_back();
}

/// Something that has a value is called so here.
bool Checker::namesValue(Name name, SourceRange range) {
  if (auto found = locals.find(name); found != locals.end())
    return found->second.variable.isValid();
  auto isValue = [](const Symbol &symbol) { return symbol.kind == Symbol::Kind::Variable || symbol.kind == Symbol::Kind::Property; };
  for (NominalId level = cx->type; level.isValid(); level = detail(level).outer)
    if (Symbol symbol = lookupMember(level, name))
      return isValue(symbol);
  return isValue(lookupGlobal(*cx->file, name, range));
}

/// `new … in NAME`: an arena that is open, or a value of type `Arena`, which has its facts then.
void Checker::checkRegion(const NameExpr *expr, bool isObject) {
  if (!expr || expr->name.empty() || expr->name.text() == kHeap || llvm::is_contained(cx->arenas, expr->name))
    return;
  Name region = expr->name;
  SourceRange range = expr->range;
  if (namesValue(region, range)) {
    TypeId type = checkValue(expr);
    if (type != types::Error && type != program.knownTypes[size_t(Known::Arena)])
      report(DiagId::NoArenaValue, range) << spell(type);
    else if (type != types::Error && !isObject)
      report(DiagId::ArrayInArena, range);
    return;
  }
  auto diag = report(DiagId::UnknownArena, range);
  diag << region.text();
  for (const BodyContext *outer = cx->outer; outer; outer = outer->outer)
    if (llvm::is_contained(outer->arenas, region)) {
      diag.note(range, "a lambda or local function may run when the arenas around it are closed");
      return;
    }
  llvm::SmallVector<llvm::StringRef> candidates{kHeap};
  for (Name arena : cx->arenas)
    if (arena)
      candidates.push_back(arena.text());
  suggest(diag, range, region, candidates);
}

//===-- Object initialisers -----------------------------------------------------------------------------------===//

/// `{ X = 1, … }`, `{ a, b }` or `{ [k] = v }` after `new T(…)`: members set, elements added, indexers called.
bool Checker::checkObjectInit(const InitializerList *init, TypeId type) {
  NominalId id = types[type].nominal;
  bool isFine = true, canAdd = true;
  for (auto &element : init->elements) {
    if (!element.value)
      continue;
    MemberInit facts;
    if (!canAdd && !element.name && !element.index) { // That is said already.
      if (!llvm::isa<InitializerList>(element.value))
        checkValue(element.value);
      continue;
    }
    bool ok = element.name    ? initMember(element, id, facts)
              : element.index ? initIndexer(element, init, type, facts)
                              : initElement(element, type, facts);
    program.memberInits[element.value] = facts;
    isFine &= ok;
    canAdd &= ok || element.name || element.index || facts.add.isValid();
  }
  return isFine;
}

bool Checker::initMember(const InitializerList::Element &element, NominalId type, MemberInit &facts) {
  NominalId owner;
  Symbol symbol = lookupMember(type, element.name, &owner);
  auto abandon = [&] {
    if (!llvm::isa<InitializerList>(element.value))
      checkValue(element.value);
    return false;
  };
  if (symbol.kind == Symbol::Kind::Poisoned)
    return abandon();
  if (!symbol) {
    auto diag = report(DiagId::NoSuchMember, element.nameRange);
    diag << types.info(type).name.text() << element.name.text();
    std::vector<llvm::StringRef> candidates;
    collectMembers(types.info(type).type, candidates);
    suggest(diag, element.nameRange, element.name, candidates);
    return abandon();
  }
  bool isField = symbol.kind == Symbol::Kind::Variable && program[VariableId(symbol.index)].kind == VariableKind::Field;
  bool isProperty = symbol.kind == Symbol::Kind::Property && !program[PropertyId(symbol.index)].isStatic;
  if (!isField && !isProperty) {
    report(DiagId::NotSettable, element.nameRange).operator<<(element.name.text()).note(symbol.range, "declared here");
    return abandon();
  }
  bool isVisible = checkVisible(symbol.visibility, owner, detail(owner).file->module, element.name, element.nameRange, symbol.range);
  TypeId to;
  if (isField) {
    VariableId field(symbol.index);
    needVariableType(field);
    facts.field = field;
    to = program[field].type;
    if (program[field].isReadOnly)
      report(DiagId::ReadOnlyPlace, element.nameRange).operator<<(("'" + element.name.text() + "' is a 'let' field").str()).operator<<("assigned")
          .note(program[field].range, "declared here");
  } else {
    PropertyId property(symbol.index);
    facts.property = property;
    to = propertyType(property);
    FunctionId setter = program[property].setter;
    if (!setter.isValid()) {
      report(DiagId::PropertyNotWritable, element.nameRange).operator<<(element.name.text()).note(symbol.range, "declared here");
      return abandon();
    }
    if (detail(setter).visibility != propertyVisibility[property.index])
      checkFunctionVisible(setter, element.nameRange);
    noteCall(setter, dispatchOf(setter, {}, false));
  }
  return checkTo(element.value, to) != types::Error && isVisible;
}

/// `a` of `{ a, b }` is added by `Add(a)`, `{ k, v }` of `{ { k, v } }` by `Add(k, v)`.
bool Checker::initElement(const InitializerList::Element &element, TypeId type, MemberInit &facts) {
  auto *list = llvm::dyn_cast<InitializerList>(element.value);
  llvm::SmallVector<FunctionId, 4> methods, severals;
  gatherMethods(type, names.intern("Add"), methods);
  llvm::erase_if(methods, [&](FunctionId method) {
    needSignature(method);
    if (program[method].isStatic || detail(method).isPoisoned || detail(method).isGeneric)
      return true;
    size_t count = program[method].params.size();
    if (list && count > 1 && count == list->elements.size())
      severals.push_back(method);
    return count != 1;
  });
  bool isParts = !severals.empty() && llvm::all_of(list->elements, [](const InitializerList::Element &part) { return part.value && !part.name && !part.index; });
  if (isParts)
    methods = severals;
  if (isInstance(program.layer)) // as the definition has chosen
    if (FunctionId add = program.memberInits.at(layers[program.layer].definition, element.value).add; add.isValid())
      if (FunctionId meant = counterpart(add, program.layer); meant.isValid()) {
        needSignature(meant);
        methods.assign(1, meant);
      }
  if (methods.empty()) {
    report(DiagId::ListForWhat, element.value->range).operator<<(spell(type)).note(types.info(type).range, "it has no method 'Add' that takes this");
    if (!list)
      checkValue(element.value);
    return false;
  }
  auto parameter = [&](FunctionId method, size_t index) { return program[program[method].params[index].variable].type; };
  FunctionId chosen = methods.front();
  if (methods.size() > 1 && !list) {
    check(element.value);
    for (FunctionId method : llvm::reverse(methods))
      if (converts(element.value, parameter(method, 0)))
        chosen = method;
  }
  facts.add = chosen;
  facts.dispatch = dispatchOf(chosen, type, false);
  checkFunctionVisible(chosen, element.value->range);
  noteCall(chosen, facts.dispatch);
  if (isParts) {
    bool isFine = true;
    for (size_t i = 0; i < list->elements.size(); ++i)
      isFine &= checkTo(list->elements[i].value, parameter(chosen, i)) != types::Error;
    setType(list, types::Void);
    return isFine;
  }
  TypeId done = methods.size() > 1 && !list ? coerce(element.value, parameter(chosen, 0)) : checkTo(element.value, parameter(chosen, 0));
  return done != types::Error;
}

bool Checker::initIndexer(const InitializerList::Element &element, const InitializerList *init, TypeId type, MemberInit &facts) {
  for (NominalId level = types[type].nominal; level.isValid();) {
    for (PropertyId indexer : detail(level).indexers) {
      FunctionId setter = program[indexer].setter;
      if (!setter.isValid())
        continue;
      needSignature(setter);
      if (program[setter].params.size() != 2)
        continue;
      facts.property = indexer;
      noteCall(setter, dispatchOf(setter, {}, false));
      TypeId index = checkTo(element.index, program[program[setter].params[0].variable].type);
      TypeId value = checkTo(element.value, propertyType(indexer));
      return index != types::Error && value != types::Error;
    }
    TypeId base = types.info(level).base;
    level = base.isValid() ? types[base].nominal : NominalId();
  }
  report(DiagId::NotIndexable, element.index->range) << spell(type);
  checkValue(element.index);
  if (!llvm::isa<InitializerList>(element.value))
    checkValue(element.value);
  return false;
}

} // namespace dream::sema
