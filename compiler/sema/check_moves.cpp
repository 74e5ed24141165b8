// What moves: own structs, own classes, structs with destructors, and what holds them. A value of such a type that is
// taken over by a variable, a field, an element, a result or an `own` parameter leaves its place, so that place must be one
// that may be left empty: a variable of this function, or an optional. Whether a variable is used after it was moved is
// decided later, along the paths (definite_init).
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

//===-- Types -------------------------------------------------------------------------------------------------===//

bool Checker::settleKind(TypeId type) {
  const Type &row = types[type];
  switch (row.kind) {
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional:
    return settleKind(row.element);
  case TypeKind::Tuple:
    return llvm::all_of(row.args, [&](TypeId part) { return settleKind(part); });
  case TypeKind::Enum: {
    NominalId id = row.nominal;
    if (!isPayloadEnum(type) || settledKinds.contains(id))
      return true;
    needVariants(id);
    if (detail(id).layout != Progress::Done)
      return false;
    settledKinds.insert(id);
    bool done = llvm::all_of(types.info(id).cases, [&](const EnumCase &one) {
      return llvm::all_of(one.parts, [&](const FieldInfo &part) { return settleKind(part.type); });
    });
    if (!done)
      settledKinds.erase(id);
    return done;
  }
  case TypeKind::Struct: {
    NominalId id = row.nominal;
    if (settledKinds.contains(id))
      return true;
    needLayout(id);
    if (detail(id).layout != Progress::Done)
      return false;
    settledKinds.insert(id);
    llvm::SmallVector<TypeId, 8> parts;
    for (const FieldInfo &field : types.info(id).fields)
      parts.push_back(field.type);
    bool done = llvm::all_of(parts, [&](TypeId part) { return settleKind(part); });
    if (!done)
      settledKinds.erase(id);
    return done;
  }
  default: // what is known at once
    return true;
  }
}

bool Checker::isMoveOnly(TypeId type) {
  return type.isValid() && type != types::Error && settleKind(type) && types.isMoveOnly(type);
}

void Checker::checkOwnType(TypeId type, SourceRange range) {
  if (type != types::Error && !isMoveOnly(type))
    report(DiagId::DoesNotMove, range) << spell(type);
}

/// A struct that moves is passed by address unless it is taken over: `in`, which calls need not say.
void Checker::settleParameter(VariableId param) {
  VariableInfo &info = program[param];
  if (info.mode == PassMode::Value && !info.isOwn && isMoveOnly(info.type) && !types.isCounted(info.type)) {
    info.mode = PassMode::In;
    info.isReadOnly = true;
  }
}

/// Once all fields are known, and with them what moves.
void Checker::settleOwnership() {
  layoutsAreKnown = true;
  for (auto [type, range] : ownTypes)
    checkOwnType(type, range);
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    const FunctionInfo &function = program.functions[i];
    if (function.kind == FunctionKind::Extern || function.kind == FunctionKind::Runtime)
      continue;
    if (function.kind == FunctionKind::Setter && !function.params.empty() && isMoveOnly(program[function.params.back().variable].type))
      program[function.params.back().variable].isOwn = true;
    for (const ParameterInfo &param : function.params)
      settleParameter(param.variable);
  }
  for (const PropertyInfo &property : program.properties)
    if (property.backing.isValid() && isMoveOnly(property.type))
      report(DiagId::PropertyMoves, property.range).operator<<(property.name.text()).operator<<(spell(property.type))
          .note(property.range, "a field, or a method that takes it, says what is meant");
  for (uint32_t i = 0; i < types.nominalCount(); ++i) {
    const NominalInfo &info = types.info(NominalId(i));
    if (info.kind != NominalKind::Class || !info.base.isValid() || types.kind(info.base) != TypeKind::Class)
      continue;
    const NominalInfo &base = types.info(info.base);
    if (info.isOwn != base.isOwn)
      report(DiagId::OwnBase, info.range).operator<<(info.name.text()).operator<<(info.isOwn ? "moves" : "is shared")
          .operator<<(base.name.text()).operator<<(base.isOwn ? "moves" : "is shared").note(base.range, "declared here");
  }
}

//===-- Places that are moved from ----------------------------------------------------------------------------===//

/// A part of a local variable, or of what this function has taken over, that may be moved out: the rest dies with that. No
/// destructor may be left without a part of its struct.
bool Checker::isLocalPart(const Expr *expr) {
  expr = stripParens(expr);
  while (true) {
    const ExprFacts &facts = program.exprs.get(expr);
    auto *member = llvm::dyn_cast<MemberExpr>(expr);
    if (!member || facts.implicitThis || member->access != MemberAccess::Dot ||
        (facts.entity != EntityKind::Field && facts.entity != EntityKind::TupleElement))
      break;
    expr = stripParens(member->object);
    TypeId holder = program.exprs.get(expr).type;
    bool isTuple = types.kind(holder) == TypeKind::Tuple;
    if (!isTuple && (types.kind(holder) != TypeKind::Struct || types.info(holder).hasDestructor))
      return false;
  }
  const ExprFacts &facts = program.exprs.get(expr);
  if (facts.entity != EntityKind::Variable || !llvm::isa<NameExpr>(expr))
    return false;
  const VariableInfo &variable = program[facts.variable];
  if (types.kind(variable.type) == TypeKind::Optional || loopVariables.contains(facts.variable) || usingVariables.contains(facts.variable))
    return false;
  bool isOurs = variable.kind == VariableKind::Local ? !variable.isRefLocal : variable.kind == VariableKind::Parameter && variable.isOwn;
  if (isOurs)
    forget(facts.variable);
  return isOurs;
}

/// A variable gives its value away: it must be one that belongs to this function. `fromShared` says so if others have it, too.
void Checker::checkMovedVariable(VariableId id, SourceRange range, bool moves, llvm::function_ref<void(llvm::StringRef where)> fromShared) {
  const VariableInfo &variable = program[id];
  llvm::StringRef name = variable.name.text();
  switch (variable.kind) {
  case VariableKind::Local:
    if (variable.isRefLocal)
      return fromShared("what it refers to");
    if (loopVariables.contains(id) || usingVariables.contains(id))
      report(DiagId::MovedVariable, range).operator<<(name).operator<<(loopVariables.contains(id) ? "foreach" : "using")
          .note(variable.range, "declared here");
    else if (auto capture = captureOf.find(id); capture != captureOf.end() && moves)
      report(DiagId::MovedOutOfClosure, range).operator<<(name).note(program[capture->second.first].range, "declared here");
    else
      forget(id);
    return;
  case VariableKind::Parameter: {
    if (variable.isOwn)
      return forget(id);
    const TypeNode *written = paramTypes.lookup(id);
    bool wasWritten = variable.mode == PassMode::Ref || variable.mode == PassMode::Out ||
                      (variable.mode == PassMode::In && types.isCounted(variable.type));
    if (wasWritten) {
      report(DiagId::MovedFromReference, range).operator<<(name).operator<<(variable.mode == PassMode::Ref   ? "ref"
                                                                            : variable.mode == PassMode::Out ? "out"
                                                                                                              : "in")
          .note(variable.range, "declared here");
      return;
    }
    auto diag = report(DiagId::MovedFromBorrowed, range);
    diag << name;
    diag.note(variable.range, "as an 'own' parameter it would belong to this function");
    if (written && moves)
      diag.fix({written->range.begin, written->range.begin}, "own ");
    return;
  }
  case VariableKind::Global: return fromShared("a module variable");
  case VariableKind::This: report(DiagId::MovedThis, range); return;
  case VariableKind::Field:
  case VariableKind::Constant:
  case VariableKind::Variant: return;
  }
}

/// What a closure takes over: what moves, and what its list says `move` of.
void Checker::checkMovedCaptures(FunctionId closure) {
  for (const Capture &capture : program[closure].captures) {
    const VariableInfo &outer = program[capture.outer];
    bool moves = isMoveOnly(program[capture.inner].type);
    if (capture.byRef || (!moves && !capture.isMoved))
      continue;
    if (types.isPlain(outer.type))
      report(DiagId::MovesPlain, capture.range) << spell(outer.type);
    else
      checkMovedVariable(capture.outer, capture.range, moves, [&](llvm::StringRef where) {
        report(DiagId::MovedFromShared, capture.range) << outer.name.text() << where;
      });
  }
}

void Checker::checkMovedPlace(const Expr *expr, bool isExplicit) {
  const Expr *inner = stripParens(expr);
  const ExprFacts facts = program.exprs.get(inner);
  if (facts.type == types::Error || !facts.type.isValid())
    return;
  bool moves = isMoveOnly(facts.type);
  if (!moves && isInstance(program.layer)) {
    // What moves in the definition is copied here; a place that would be left empty is.
    if (isExplicit && types.canBeEmptied(declaredType(inner)) && facts.entity != EntityKind::Variable)
      noteWrite(inner);
    return;
  }
  auto noValue = [&] {
    if (isExplicit)
      report(DiagId::NothingToMove, expr->range);
  };
  if (facts.constant)
    return noValue();
  if (llvm::isa<ThisExpr>(inner)) {
    if (moves)
      report(DiagId::MovedThis, expr->range);
    else if (isExplicit)
      report(DiagId::NothingToMove, expr->range);
    return;
  }
  auto fromShared = [&](llvm::StringRef name, llvm::StringRef where, SourceRange declared) {
    TypeId type = declaredType(inner);
    if (isExplicit && moves && types.canBeEmptied(type)) {
      checkWritable(inner, "moved from"); // null, or the empty case, stays behind
      noteWrite(inner);
      return;
    }
    if (moves && !types.canBeEmptied(type) && isLocalPart(inner)) {
      if (isExplicit)
        return;
      report(DiagId::PartNeedsMove, expr->range).operator<<(name)
          .note(expr->range, "'move' takes it, and what else is there dies").fix({expr->range.begin, expr->range.begin}, "move ");
      return;
    }
    auto diag = report(moves ? DiagId::MovedFromShared : DiagId::NothingToMove, expr->range);
    if (!moves)
      return;
    diag << name << where;
    if (types.canBeEmptied(type))
      diag.note(expr->range, types.kind(type) == TypeKind::Optional ? "'move' takes it and leaves null"
                                                                    : "'move' takes it and leaves '" + types.info(type).cases.front().name.text().str() + "'")
          .fix({expr->range.begin, expr->range.begin}, "move ");
    else if (declared.isValid())
      diag.note(declared, "as '" + spell(type) + "?' it could be moved with 'move', which leaves null; to look at it, pass it by 'in' or 'ref'");
  };
  switch (facts.entity) {
  case EntityKind::Variable: {
    const VariableInfo &variable = program[facts.variable];
    llvm::StringRef name = variable.name.text();
    if (!moves && isExplicit && types.isPlain(facts.type)) {
      report(DiagId::MovesPlain, expr->range) << spell(facts.type);
      return;
    }
    if (!moves && !isExplicit)
      return;
    return checkMovedVariable(facts.variable, expr->range, moves, [&](llvm::StringRef where) { fromShared(name, where, variable.range); });
  }
  case EntityKind::Field: {
    if (!moves && !isExplicit)
      return;
    const VariableInfo &field = program[facts.variable];
    auto *member = llvm::dyn_cast<MemberExpr>(inner);
    TypeId holder = member && !facts.implicitThis ? program.exprs.get(stripParens(member->object)).type : cx->thisType;
    bool isObject = holder.isValid() && types.isCounted(holder);
    fromShared(field.name.text(), isObject ? "an object" : "a struct that goes on to exist", field.range);
    return;
  }
  case EntityKind::TupleElement:
    if (moves || isExplicit)
      fromShared(sources.text(expr->range), "a tuple that goes on to exist", {});
    return;
  case EntityKind::ArrayElement:
  case EntityKind::FixedElement:
  case EntityKind::RectElement:
    if (moves || isExplicit)
      fromShared(sources.text(expr->range), "an array", {});
    return;
  case EntityKind::ViewElement:
    if (moves || isExplicit)
      fromShared(sources.text(expr->range), "what a view looks into", {});
    return;
  case EntityKind::PointerElement:
    if (moves || isExplicit)
      fromShared(sources.text(expr->range), "what a pointer points to", {});
    return;
  case EntityKind::None:
    if (auto *unary = llvm::dyn_cast<UnaryExpr>(inner); unary && unary->op == UnaryOp::Deref) {
      if (moves || isExplicit)
        fromShared(sources.text(expr->range), "what a pointer points to", {});
      return;
    }
    return noValue();
  default: // results of calls, properties and operators
    return noValue();
  }
}

//===-- Where values go ---------------------------------------------------------------------------------------===//

void Checker::checkMovesOfArguments(const CallFacts &call, const Node *node) {
  llvm::DenseSet<const Expr *> taken;
  for (size_t i = 0; i < call.args.size() && call.function.isValid(); ++i) {
    if (i < program[call.function].params.size() && program[program[call.function].params[i].variable].isOwn && call.args[i].value)
      taken.insert(call.args[i].value);
    for (const Expr *element : call.args[i].paramsArray)
      taken.insert(element);
  }
  forEachChild(node, [&](const Node *child) {
    auto *arg = llvm::dyn_cast<Argument>(child);
    if (!arg)
      return checkMoves(child, false);
    if (arg->value)
      checkMoves(arg->value, taken.contains(arg->value));
  });
}

/// `isConsumed`: the value of the expression is taken over by whoever asked for it.
void Checker::checkMoves(const Node *node, bool isConsumed) {
  if (!node)
    return;
  auto rest = [&] { forEachChild(node, [&](const Node *child) { checkMoves(child, false); }); };
  if (auto *expr = llvm::dyn_cast<Expr>(node)) {
    const ExprFacts facts = program.exprs.get(expr);
    bool moves = isMoveOnly(facts.type);
    switch (expr->kind) {
    case NodeKind::LambdaExpr:
      if (FunctionId closure = program.declaredFunctions.get(expr); closure.isValid())
        checkMovedCaptures(closure);
      return;
    case NodeKind::NameExpr:
    case NodeKind::MemberExpr:
      if (facts.entity == EntityKind::Functions && facts.call) { // a method as a value takes over what it is called on
        const CallFacts &group = program.calls[facts.call];
        if (group.receiver)
          return checkMoves(group.receiver, true);
        if (group.implicitThis && isMoveOnly(cx->thisType))
          report(DiagId::MovedThis, expr->range);
        return;
      }
      rest();
      break;
    case NodeKind::ParenExpr: return checkMoves(llvm::cast<ParenExpr>(expr)->inner, isConsumed);
    case NodeKind::CheckedExpr: return checkMoves(llvm::cast<CheckedExpr>(expr)->value, isConsumed);
    case NodeKind::CastExpr: return checkMoves(llvm::cast<CastExpr>(expr)->operand, isConsumed);
    case NodeKind::AsExpr: return checkMoves(llvm::cast<AsExpr>(expr)->value, true);
    case NodeKind::ConditionalExpr: {
      auto *conditional = llvm::cast<ConditionalExpr>(expr);
      checkMoves(conditional->condition, false);
      checkMoves(conditional->whenTrue, true);
      checkMoves(conditional->whenFalse, true);
      return;
    }
    case NodeKind::BinaryExpr: {
      auto *binary = llvm::cast<BinaryExpr>(expr);
      bool takes = facts.op == OperatorKind::Coalesce;
      checkMoves(binary->lhs, takes);
      checkMoves(binary->rhs, takes);
      return;
    }
    case NodeKind::UnaryExpr:
      if (auto *unary = llvm::cast<UnaryExpr>(expr); unary->op == UnaryOp::Move) {
        checkMovedPlace(unary->operand, true);
        const Expr *operand = stripParens(unary->operand);
        forEachChild(operand, [&](const Node *child) { checkMoves(child, false); });
        return;
      }
      return rest();
    case NodeKind::AssignExpr: {
      auto *assign = llvm::cast<AssignExpr>(expr);
      if (moves && statementExpr != assign)
        report(DiagId::ValueOfMove, expr->range) << spell(facts.type);
      checkMoves(assign->target, false);
      checkMoves(assign->value, assign->op == AssignOp::Assign || assign->op == AssignOp::Coalesce);
      return;
    }
    case NodeKind::CallExpr:
    case NodeKind::NewObject:
    case NodeKind::IndexExpr:
      if (facts.call && facts.entity == EntityKind::Variant) {
        for (const BoundArgument &part : program.calls[facts.call].args)
          checkMoves(part.value, true);
      } else if (facts.call) {
        checkMovesOfArguments(program.calls[facts.call], expr);
        if (auto *made = llvm::dyn_cast<NewObject>(expr); !made || !made->init)
          break;
      } else {
        rest();
      }
      break;
    case NodeKind::ArrayLiteral:
      for (const Expr *element : llvm::cast<ArrayLiteral>(expr)->elements)
        checkMoves(element, true);
      return;
    case NodeKind::InitializerList:
      for (auto &element : llvm::cast<InitializerList>(expr)->elements) {
        checkMoves(element.index, false);
        const MemberInit &init = program.memberInits.get(element.value);
        bool takes = true;
        if (init.add.isValid())
          takes = program[program[init.add].params[0].variable].isOwn;
        checkMoves(element.value, takes);
      }
      return;
    case NodeKind::TupleExpr:
      for (const TupleExpr::Element &element : llvm::cast<TupleExpr>(expr)->elements)
        checkMoves(element.value, true);
      return;
    case NodeKind::MatchExpr: {
      auto *match = llvm::cast<MatchExpr>(expr);
      for (const Expr *value : match->values)
        checkMoves(value, false);
      for (const MatchArm *arm : match->arms) {
        checkMoves(arm->guard, false);
        if (arm->expr)
          checkMoves(arm->expr, moves);
        else if (arm->block)
          checkMoves(arm->block, false);
        checkMoves(arm->blockValue, moves);
      }
      return;
    }
    case NodeKind::PostfixExpr:
      if (auto *postfix = llvm::cast<PostfixExpr>(expr); postfix->op == PostfixOp::Propagate)
        return checkMoves(postfix->operand, true); // what it holds goes on
      rest();
      break;
    default:
      rest();
      break;
    }
    if (isConsumed && moves)
      checkMovedPlace(expr, false);
    return;
  }
  auto variables = [&](const VariablesDecl *decl) {
    if (decl)
      for (const VariableDecl *variable : decl->variables)
        checkMoves(variable->init, !variable->isRef);
  };
  auto statement = [&](const Expr *expr) {
    const Node *saved = std::exchange(statementExpr, expr ? stripParens(expr) : nullptr);
    checkMoves(expr, false);
    statementExpr = saved;
  };
  switch (node->kind) {
  case NodeKind::VarStmt: return variables(llvm::cast<VarStmt>(node)->decl);
  case NodeKind::UsingStmt: {
    auto *use = llvm::cast<UsingStmt>(node);
    variables(use->vars);
    checkMoves(use->expr, true);
    return checkMoves(use->body, false);
  }
  case NodeKind::ForStmt: {
    auto *loop = llvm::cast<ForStmt>(node);
    variables(loop->vars);
    for (const Expr *init : loop->inits)
      statement(init);
    checkMoves(loop->condition, false);
    checkMoves(loop->body, false);
    for (const Expr *step : loop->steps)
      statement(step);
    return;
  }
  case NodeKind::ExprStmt: return statement(llvm::cast<ExprStmt>(node)->expr);
  case NodeKind::ReturnStmt: return checkMoves(llvm::cast<ReturnStmt>(node)->value, !llvm::cast<ReturnStmt>(node)->byRef);
  case NodeKind::YieldStmt: return checkMoves(llvm::cast<YieldStmt>(node)->value, true);
  case NodeKind::DeconstructStmt: return checkMoves(llvm::cast<DeconstructStmt>(node)->value, true);
  case NodeKind::FuncStmt: // its body was checked where it stands
    if (FunctionId closure = program.declaredFunctions.get(llvm::cast<FuncStmt>(node)->func); closure.isValid())
      checkMovedCaptures(closure);
    return;
  default: return rest();
  }
}

} // namespace dream::sema
