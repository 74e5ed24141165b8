// Functions with `yield`. Calling one makes an iterator and runs nothing: the body is a function of its own, which the
// iterator's MoveNext and Dispose run. Whatever the body calls or throws is theirs.
#include "compiler/sema/checker.h"
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

/// Lambdas and local functions have bodies of their own.
static const YieldStmt *findYield(const Node *node) {
  if (llvm::isa<LambdaExpr, FuncStmt>(node))
    return nullptr;
  if (auto *yield = llvm::dyn_cast<YieldStmt>(node))
    return yield;
  const YieldStmt *found = nullptr;
  forEachChild(node, [&](const Node *child) {
    if (!found)
      found = findYield(child);
  });
  return found;
}

TypeId Checker::instanceOf(Known generic, TypeId arg) {
  TypeId type = program.knownTypes[size_t(generic)];
  return type.isValid() ? instantiate(types[type].nominal, arg, useRange.isValid() ? useRange : SourceRange()) : types::Error;
}

/// The methods of an interface and of those that it inherits.
void Checker::forEachSlot(TypeId interface, llvm::function_ref<void(FunctionId)> visit) {
  for (FunctionId method : detail(types[interface].nominal).slots)
    visit(method);
  for (TypeId inherited : types.info(interface).interfaces)
    for (FunctionId method : detail(types[inherited].nominal).slots)
      visit(method);
}

void Checker::beginIterator(FunctionId function, const BlockStmt *block) {
  const YieldStmt *yield = findYield(block);
  if (!yield)
    return;
  cx->isIterator = true;
  cx->yielded = types::Error;
  cx->infers = false;
  FunctionKind kind = program[function].kind;
  if (kind == FunctionKind::Constructor || kind == FunctionKind::Destructor || kind == FunctionKind::Setter) {
    report(DiagId::YieldWhere, yield->range)
        << (kind == FunctionKind::Constructor ? "a constructor" : kind == FunctionKind::Destructor ? "a destructor" : "a setter");
    return;
  }
  IteratorFacts facts;
  facts.maker = function;
  TypeId result = program[function].result;
  if (detail(function).infersResult && !result.isValid())
    program[function].result = result = types::Void;
  if (result == types::Error)
    return;
  if (types.kind(result) == TypeKind::Interface) {
    const TypeDetail &declared = detail(types[result].nominal);
    auto isInstanceOf = [&](Known generic) {
      TypeId known = program.knownTypes[size_t(generic)];
      return known.isValid() && declared.generic == types[known].nominal;
    };
    bool isEnumerable = isInstanceOf(Known::IEnumerable);
    if (isEnumerable || isInstanceOf(Known::IEnumerator)) {
      facts.element = declared.args.front();
      facts.enumerable = isEnumerable ? result : TypeId();
    }
  }
  if (!facts.element.isValid()) {
    report(DiagId::YieldResult, program[function].range).operator<<(program[function].name.text()).note(yield->range, "the 'yield' is here");
    return;
  }
  cx->yielded = facts.element;
  facts.enumerator = facts.enumerable.isValid() ? instanceOf(Known::IEnumerator, facts.element) : result;
  if (facts.enumerator == types::Error)
    return;
  for (TypeId type : {facts.enumerable, facts.enumerator})
    if (type.isValid())
      forEachSlot(type, [&](FunctionId method) { needSignature(method); });
  for (const ParameterInfo &param : program[function].params) {
    const VariableInfo &variable = program[param.variable];
    llvm::StringRef reason = variable.mode != PassMode::Value ? "the caller's variable may be gone when the iterator runs"
                             : types.isView(variable.type) ? "what it looks into may be gone when the iterator runs"
                             : variable.isOwn || isMoveOnly(variable.type) ? "it moves, but an iterator may be started more than once"
                                                                            : "";
    if (!reason.empty())
      report(DiagId::IteratorParameter, variable.range).operator<<(variable.name.text()).operator<<(reason).note(yield->range, "the 'yield' is here");
  }
  FunctionId body = newFunction(FunctionKind::Iterator, program[function].name, program[function].range, *detail(function).file, nullptr, {});
  giveSymbol(body, program[function].symbol, "MoveNext");
  program[body].isStatic = true;
  program[body].result = types::Bool;
  FunctionDetail &row = detail(body);
  row.signature = row.body = Progress::Done;
  row.isQueued = true;
  facts.body = body;
  program[function].iterator = program[body].iterator = program.iterators.size();
  program.iterators.push_back(facts);
}

void Checker::checkYield(const YieldStmt *stmt) {
  auto refuseIn = [&](llvm::StringRef where) { report(DiagId::YieldWhere, stmt->range) << where; };
  bool isLambda = cx->function.isValid() && program[cx->function].kind == FunctionKind::Lambda;
  if (!cx->isIterator)
    refuseIn(isLambda ? "a lambda; a local function may hold it" : "the program's statements; a function may hold it");
  else if (!cx->arenas.empty())
    refuseIn("an arena, which ends before the iterator goes on");
  else if (cx->finallyDepth)
    refuseIn(("a " + cx->finallyWord).str());
  else if (!stmt->isBreak && cx->catchDepth)
    refuseIn("a 'catch' block");
  else if (!stmt->isBreak && cx->handlerDepth)
    refuseIn("a 'try' block with a 'catch'");
  else if (!stmt->isBreak && cx->unsafeDepth)
    refuseIn("unsafe code");
  else if (!stmt->isBreak && cx->noGcDepth)
    refuseIn("a 'nogc' block");
  if (stmt->value && cx->yielded.isValid() && cx->yielded != types::Error)
    checkTo(stmt->value, cx->yielded, "as element");
  else if (stmt->value)
    checkValue(stmt->value);
  if (stmt->isBreak)
    markUnreachable();
}

} // namespace dream::sema
