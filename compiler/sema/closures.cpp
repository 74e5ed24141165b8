// Lambdas and what they capture. A lambda is checked where it stands, once its target is known, as a function of its own
// that sees the names around it. A variable of the function around is captured where it is first named: the closure gets
// a variable of its own for it, which starts every call with the value that the outer one had when the closure was made.
// Captures pass through every closure between a variable and its use. What moves is taken over by the closure, which looks
// at it in place: it can neither be changed nor moved on, because the closure may be called again.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Types -------------------------------------------------------------------------------------------------===//

/// The function that stands for all closures that are called alike.
FunctionId Checker::shapeOf(TypeId func) {
  std::vector<PassMode> modes = types[func].modes.vec();
  auto found = program.shapes.find(modes);
  if (found != program.shapes.end())
    return found->second;
  FunctionId id = newFunction(FunctionKind::Shape, names.intern("a closure"), {}, *cx->file, nullptr, {});
  program[id].isStatic = program[id].isLibrary = true;
  program[id].layer = 0;
  FunctionDetail &detail = this->detail(id);
  detail.signature = detail.body = Progress::Done;
  detail.isQueued = true;
  program.shapes[modes] = id;
  return id;
}

/// The func type of a function whose signature is known.
TypeId Checker::funcTypeOf(FunctionId function) {
  const FunctionInfo &info = program[function];
  llvm::SmallVector<TypeId, 4> params;
  llvm::SmallVector<PassMode, 4> modes;
  bool isGood = info.result.isValid() && info.result != types::Error && info.result != types::Never;
  for (const ParameterInfo &param : info.params) {
    params.push_back(program[param.variable].type);
    modes.push_back(program[param.variable].mode);
    isGood &= params.back() != types::Error;
  }
  return isGood ? types.func(info.result, params, modes) : types::Error;
}

bool Checker::hasParamTypes(const LambdaExpr *expr) const {
  return llvm::all_of(expr->params, [](const ParamDecl *param) { return param->type != nullptr; });
}

/// Number, modes and written types of the parameters agree with the type.
bool Checker::lambdaFits(const LambdaExpr *expr, TypeId target) const {
  const Type &type = types[target];
  if (type.args.size() != expr->params.size())
    return false;
  for (size_t i = 0; i < expr->params.size(); ++i) {
    const ParamDecl *param = expr->params[i];
    if (passMode(param->mode) != type.modes[i])
      return false;
    if (!param->type)
      continue;
    TypeId written = program.typeNodes.get(param->type);
    if (written.isValid() && written != types::Error && written != type.args[i])
      return false;
  }
  return true;
}

void Checker::reportLambdaMisfit(const LambdaExpr *expr, TypeId target) {
  const Type type = types[target];
  static constexpr llvm::StringRef words[] = {"by value", "by 'ref'", "by 'in'", "by 'out'"};
  if (type.args.size() != expr->params.size()) {
    auto count = [](size_t n) { return std::to_string(n) + (n == 1 ? " parameter" : " parameters"); };
    report(DiagId::LambdaShape, expr->range) << spell(target) << "it has " + count(expr->params.size()) + ", not " + std::to_string(type.args.size());
    return;
  }
  for (size_t i = 0; i < expr->params.size(); ++i) {
    const ParamDecl *param = expr->params[i];
    std::string name = "'" + param->name.text().str() + "'";
    if (passMode(param->mode) != type.modes[i]) {
      report(DiagId::LambdaShape, param->range) << spell(target) << name + " is taken " + words[unsigned(param->mode)].str() + ", not " + words[unsigned(type.modes[i])].str();
      return;
    }
    TypeId written = param->type ? program.typeNodes.get(param->type) : TypeId();
    if (written.isValid() && written != types::Error && written != type.args[i]) {
      report(DiagId::LambdaShape, param->range) << spell(target) << name + " is a '" + spell(written) + "', not a '" + spell(type.args[i]) + "'";
      return;
    }
  }
}

//===-- Lambdas -----------------------------------------------------------------------------------------------===//

/// Its body waits until the target is known, or until it is clear that none will come.
TypeId Checker::checkLambda(const LambdaExpr *expr, TypeId hint) {
  for (const ParamDecl *param : expr->params)
    if (param->type)
      checkStorable(resolveHere(param->type), param->type->range, "a parameter", param->mode == ParamMode::Value);
  if (!hint.isValid() || hint == types::Error)
    return {};
  TypeId func = types.kind(hint) == TypeKind::Optional ? types[hint].element : hint;
  if (types.kind(func) != TypeKind::Func || !lambdaFits(expr, func))
    return {};
  return lambdaToFunc(expr, func);
}

/// Checks the body, for a func type that the lambda fits; without one, for what its parameters (as written, or as `given`)
/// and results say; for an error, so that what it declares exists.
TypeId Checker::lambdaToFunc(const LambdaExpr *expr, TypeId target, llvm::ArrayRef<TypeId> given) {
  if (FunctionId known = program.declaredFunctions.get(expr); known.isValid())
    return setType(expr, program.exprs.get(expr).type.isValid() ? program.exprs.get(expr).type : types::Error);
  bool isBroken = target == types::Error;
  if (!target.isValid() && given.empty() && !hasParamTypes(expr)) {
    report(DiagId::LambdaNeedsTypes, expr->range).note(expr->params.front()->range, "write the types: '(int x) => …'");
    isBroken = true;
  }
  FunctionId id = newFunction(FunctionKind::Lambda, names.intern("lambda"), expr->range, *cx->file, nullptr, cx->type);
  program[id].isStatic = true;
  program[id].lambda = expr;
  program.declaredFunctions[expr] = id;
  FunctionDetail &detail = this->detail(id);
  detail.enclosing = cx->function;
  detail.signature = Progress::Done;
  detail.body = Progress::Running;
  detail.isQueued = true;
  std::string prefix = cx->function.isValid() ? program[cx->function].symbol
                       : cx->type.isValid()   ? types.info(cx->type).qualifiedName
                                              : modules[cx->file->module.index].path;
  giveSymbol(id, prefix, "lambda");
  bool hasTarget = target.isValid() && !isBroken;
  for (size_t i = 0; i < expr->params.size(); ++i) {
    const ParamDecl *param = expr->params[i];
    TypeId type = param->type ? resolveHere(param->type) : hasTarget ? types[target].args[i] : i < given.size() ? given[i] : types::Error;
    if (type == types::Void)
      type = types::Error;
    ParameterInfo row;
    row.variable = newVariable(VariableKind::Parameter, param->name, type, param->nameRange.isValid() ? param->nameRange : param->range);
    program[row.variable].mode = passMode(param->mode);
    program[row.variable].isReadOnly = param->mode == ParamMode::In;
    program.declared[param] = row.variable;
    program[id].params.push_back(row);
    for (const Attribute *attribute : param->attributes)
      refuse(attribute->range, "an attribute of a parameter");
    if (param->defaultValue || param->isParams)
      refuse(param->range, param->isParams ? "'params' in a lambda" : "a default value of a lambda's parameter");
  }
  detail.infersResult = !hasTarget && !isBroken;
  program[id].result = hasTarget ? types[target].element : isBroken ? types::Error : TypeId();

  BodyContext context = contextInside();
  BodyContext *saved = cx;
  context.unsafeDepth = saved->unsafeDepth;
  context.function = id;
  context.inInitialiser = saved->inInitialiser;
  context.infers = !hasTarget && !isBroken;
  context.result = program[id].result;
  captureThis(context, id);
  cx = &context;
  {
    Scope scope(*this);
    declareCaptures(expr);
    for (const ParameterInfo &param : program[id].params) {
      if (variableUses.size() <= param.variable.index)
        variableUses.resize(param.variable.index + 1 + param.variable.index / 2);
      Local local;
      local.variable = param.variable;
      if (program[param.variable].name && program[param.variable].name.text() != "_")
        declareLocal(program[param.variable].name, local, program[param.variable].range);
    }
    checkFunctionBody(id, expr->block, expr->expr);
    keepFlow(id);
  }
  cx = saved;
  finishCaptures(context, id);
  this->detail(id).body = Progress::Done;
  // Whoever makes the closure has not called it yet.
  cx->edges.push_back({id, true, false});
  TypeId type = isBroken ? types::Error : hasTarget ? target : funcTypeOf(id);
  if (type != types::Error)
    shapeOf(type);
  return setType(expr, type);
}

//===-- Captures ----------------------------------------------------------------------------------------------===//

/// For the body of a lambda or local function where it stands.
BodyContext Checker::contextInside() const {
  BodyContext context;
  context.outer = cx;
  context.file = cx->file;
  context.type = cx->type;
  context.extendedType = cx->extendedType;
  context.isChecked = cx->isChecked;
  context.localDepth = cx->localDepth + 1;
  return context;
}

/// Inside of a closure `this` is the closure's own; whether it is captured is known when the body has been checked.
void Checker::captureThis(BodyContext &inner, FunctionId function) {
  if (!cx->thisType.isValid() || !cx->thisVariable.isValid())
    return;
  VariableId own = newVariable(VariableKind::This, program[cx->thisVariable].name, cx->thisType, program[function].range);
  program[own].mode = types.kind(cx->thisType) == TypeKind::Struct ? PassMode::Ref : PassMode::Value;
  inner.thisType = cx->thisType;
  inner.thisVariable = own;
}

void Checker::finishCaptures(BodyContext &inner, FunctionId function) {
  if (!inner.usesThis || !inner.thisVariable.isValid())
    return;
  cx->usesThis = true;
  if (types.isView(program[inner.thisVariable].type))
    report(DiagId::ViewCaptured, program[function].range) << "this" << spell(program[inner.thisVariable].type);
  program[function].captures.push_back({cx->thisVariable, inner.thisVariable, false, program[function].range});
  captureOf[inner.thisVariable] = {cx->thisVariable, function};
}

/// `[x, ref y]`.
void Checker::declareCaptures(const LambdaExpr *expr) {
  for (const LambdaExpr::Capture &entry : expr->captures) {
    auto found = locals.find(entry.name);
    bool isVariable = found != locals.end() && found->second.variable.isValid();
    if (!isVariable || program[found->second.variable].kind == VariableKind::Constant) {
      bool isPoisoned = found != locals.end() && !found->second.variable.isValid() && !found->second.function.isValid();
      if (!isPoisoned)
        report(DiagId::CaptureOfWhat, entry.range) << entry.name.text();
      continue;
    }
    Local local = found->second;
    if (local.depth >= cx->localDepth) {
      report(DiagId::CaptureTwice, entry.range) << entry.name.text();
      continue;
    }
    VariableId outer = capturedBy(*cx->outer, local.variable, local.depth, entry.range);
    bool isTwice = llvm::any_of(program[cx->function].captures, [&](const Capture &other) { return other.outer == outer; });
    if (isTwice) {
      report(DiagId::CaptureTwice, entry.range) << entry.name.text();
      continue;
    }
    VariableId inner = capturedBy(*cx, local.variable, local.depth, entry.range);
    if (entry.mode == LambdaExpr::CaptureMode::Move) {
      program[cx->function].captures.back().isMoved = true;
      BodyContext *saved = std::exchange(cx, cx->outer);
      forget(outer);
      cx = saved;
    }
    if (entry.mode != LambdaExpr::CaptureMode::Ref)
      continue;
    // What is known of the variable's type may change with every call.
    program[cx->function].captures.back().byRef = true;
    program[inner].type = program[outer].type;
    program[inner].isRefLocal = true;
    program[inner].isReadOnly = program[outer].isReadOnly;
    BodyContext *saved = std::exchange(cx, cx->outer);
    forget(outer);
    cx = saved;
  }
}

/// The body's own name for a variable that was declared in a body `depth` closures deep.
VariableId Checker::captured(VariableId variable, unsigned depth, SourceRange range) { return capturedBy(*cx, variable, depth, range); }

VariableId Checker::capturedBy(BodyContext &body, VariableId variable, unsigned depth, SourceRange range) {
  if (body.localDepth <= depth || !body.outer || !body.function.isValid())
    return variable;
  // A local function has its own environment at hand.
  if (program[body.function].closure == variable)
    return variable;
  if (types.isView(program[variable].type))
    report(DiagId::ViewCaptured, range) << program[variable].name.text() << spell(program[variable].type);
  VariableId outer = capturedBy(*body.outer, variable, depth, range);
  for (const Capture &known : program[body.function].captures)
    if (known.outer == outer)
      return known.inner;
  if (variableUses.size() <= outer.index)
    variableUses.resize(outer.index + 1 + outer.index / 2);
  ++variableUses[outer.index];
  // It is what it is known to be where the closure is made.
  TypeId type = body.outer->now.find(path(0, outer.index));
  VariableId inner = newVariable(VariableKind::Local, program[outer].name, type.isValid() ? type : program[outer].type, program[outer].range);
  program[inner].isReadOnly = program[outer].isReadOnly || isMoveOnly(program[inner].type);
  if (loopVariables.contains(outer))
    loopVariables.insert(inner);
  if (variableUses.size() <= inner.index)
    variableUses.resize(inner.index + 1 + inner.index / 2);
  program[body.function].captures.push_back({outer, inner, false, range});
  captureOf[inner] = {outer, body.function};
  return inner;
}

/// A part of a captured variable is written: of its copy, unless it is captured by reference.
void Checker::noteCaptureWrite(VariableId variable, SourceRange range) {
  auto found = captureOf.find(variable);
  if (found == captureOf.end() || program[variable].isReadOnly)
    return;
  FunctionId function = found->second.second;
  for (Capture &capture : program[function].captures)
    if (capture.inner == variable) {
      if (capture.byRef)
        return;
      capture.isChanged = true;
    }
  auto diag = report(DiagId::CaptureChanged, range);
  diag << program[variable].name.text();
  const LambdaExpr *lambda = program[function].lambda;
  if (program[variable].kind == VariableKind::This || !lambda)
    return;
  std::string name = "ref " + program[variable].name.text().str();
  for (const LambdaExpr::Capture &entry : lambda->captures)
    if (entry.name == program[variable].name) {
      diag.note(entry.range, "captured by reference, it would be the variable itself").fix(entry.range, name);
      return;
    }
  SourceLoc at = lambda->range.begin;
  if (lambda->hasCaptureList)
    at.offset += 1;
  diag.note(lambda->range, "captured by reference, it would be the variable itself")
      .fix({at, at}, !lambda->hasCaptureList ? "[" + name + "] " : lambda->captures.empty() ? name : name + ", ");
}

} // namespace dream::sema
