// Views (Span, ReadOnlySpan) are second-class (core-calculus.md, rule 1): none outlives what it looks into. Fields, elements,
// type arguments and captures of such types are refused where they are declared (checkStorable). What is left are variables,
// parameters and results, and for these one number is enough: what a view looks into ends with the block of some variable, or
// is there as long as the function runs. A view that looks into what its caller keeps may be returned, and a view may be
// assigned to a variable that ends no later than what it looks into.
#include "compiler/sema/checker.h"
#include "compiler/sema/places.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

//===-- Making views ------------------------------------------------------------------------------------------===//

/// Of what a ReadOnlySpan can be made of without a word: the type of its elements.
TypeId Checker::viewableElement(TypeId type) const {
  switch (types.kind(type)) {
  case TypeKind::Array: case TypeKind::FixedArray: return types[type].element;
  case TypeKind::String: return types::UInt8;
  case TypeKind::Struct: return types.viewElement(type);
  default: // nothing else lies in one piece
    return {};
  }
}

std::optional<Conversion> Checker::viewConversion(TypeId from, TypeId to) {
  TypeId element = types.viewElement(to);
  if (element.isValid() && types.info(to).isReadOnlyView && viewableElement(from) == element)
    return Conversion{ConversionKind::ToView, to, {}};
  return std::nullopt;
}

bool Checker::isViewMaker(FunctionId function) const {
  return program[function].kind == FunctionKind::Intrinsic && program[function].symbol == "as_span";
}

/// `a.AsSpan()`: the array is changed through it.
void Checker::checkViewed(const Expr *receiver, TypeId type, SourceRange range) {
  TypeId element = viewableElement(type);
  if (types.kind(type) == TypeKind::String)
    return;
  if (!receiver) {
    if (types.kind(type) != TypeKind::Class)
      report(DiagId::ReadOnlyPlace, range) << "'this'" << "changed through a view";
    return;
  }
  if (element.isValid() && isMoveOnly(element)) {
    report(DiagId::ViewedAlone, range) << spell(element);
    return;
  }
  if (types.kind(type) == TypeKind::Class)
    return; // a list: its own array is meant
  Place place = placeOf(receiver);
  if (place.root == Place::Root::Temporary)
    return; // it lives as long as the view
  checkWritable(receiver, "changed through a view");
  if (types.kind(type) == TypeKind::FixedArray && place.root != Place::Root::Variable)
    checkViewedAlone(element, receiver->range);
  // As with `ref`, a borrowed array belongs to the caller.
  if (place.root == Place::Root::Variable && place.variable.isValid()) {
    const VariableInfo &variable = program[place.variable];
    if (variable.kind == VariableKind::Parameter && variable.mode == PassMode::Value && !place.steps && !variable.isOwn &&
        !assignedParams.contains(place.variable) && types.kind(type) == TypeKind::Array)
      report(DiagId::ElementOfParameter, receiver->range).operator<<(variable.name.text())
          .note(variable.range, "the caller keeps its array; take it by 'ref' to change it, or as a 'ReadOnlySpan' to read it");
  }
  noteWrite(receiver);
}

/// What holds an array or moves is used through a reference alone; an element of a view can be reached through others.
void Checker::checkViewedAlone(TypeId element, SourceRange range) {
  if (element.isValid() && element != types::Error && (isMoveOnly(element) || types.holdsArray(element)))
    report(DiagId::ViewedAlone, range) << spell(element);
}

//===-- What views look into ----------------------------------------------------------------------------------===//

/// What a reference to the place, or a view of what lies there, looks into.
Checker::ViewSource Checker::placeSource(const Expr *expr) {
  Place place = placeOf(expr);
  bool isCallers = false;
  if (place.root == Place::Root::Variable && place.variable.isValid()) {
    const VariableInfo &variable = program[place.variable];
    // In a closure `this` is a copy of the closure's own.
    bool isParameter = variable.kind == VariableKind::Parameter || (variable.kind == VariableKind::This && !cx->outer);
    isCallers = isParameter && variable.mode != PassMode::Value;
  }
  return {isCallers ? 0 : ViewSource::kHere, true};
}

/// The result of a call looks into what views and references among its arguments look into: a function can return no other.
Checker::ViewSource Checker::viewSourceOfCall(const CallFacts &call) {
  ViewSource result;
  auto isConstant = [&](const Expr *expr) { return bool(constantOf(stripParens(expr))); };
  if (call.function.isValid() && isViewMaker(call.function)) {
    if (call.receiver && isConstant(call.receiver))
      return {};
    TypeId type = call.receiver ? program.exprs.get(call.receiver).type : TypeId();
    bool isPlace = type.isValid() && types.kind(type) != TypeKind::String && types.kind(type) != TypeKind::Class;
    return isPlace ? placeSource(call.receiver) : ViewSource{ViewSource::kHere, true};
  }
  const FunctionInfo *callee = call.function.isValid() ? &program[call.function] : nullptr;
  for (size_t i = 0; i < call.args.size(); ++i) {
    const Expr *value = call.args[i].value;
    if (!value)
      continue;
    PassMode mode = PassMode::Value;
    if (callee && i < callee->params.size())
      mode = program[callee->params[i].variable].mode;
    if (mode != PassMode::Value)
      result = ViewSource::join(result, placeSource(value));
    else
      result = ViewSource::join(result, viewSource(value));
  }
  if (!callee) // a value of func type: its references are written at the call
    return result;
  if (!callee->thisVariable.isValid() || program[callee->thisVariable].mode == PassMode::Value)
    return result;
  if (call.receiver && types.isView(program.exprs.get(call.receiver).type))
    return ViewSource::join(result, viewSource(call.receiver));
  if (call.receiver)
    return ViewSource::join(result, placeSource(call.receiver));
  if (types.isView(program[callee->thisVariable].type))
    return result;
  return ViewSource::join(result, {cx->outer ? ViewSource::kHere : 0, true});
}

Checker::ViewSource Checker::viewSource(const Expr *expr) {
  const ExprFacts facts = program.exprs.get(expr);
  bool makes = facts.conversion.kind == ConversionKind::ToView || facts.cast.kind == ConversionKind::ToView;
  if (facts.conversion.kind == ConversionKind::ToView && !types.isView(facts.type))
    return constantOf(stripParens(expr)) ? ViewSource() : ViewSource{ViewSource::kHere, true};
  if (!makes && !(facts.type.isValid() && types.isView(facts.type)))
    return {};
  switch (expr->kind) {
  case NodeKind::ParenExpr: return viewSource(llvm::cast<ParenExpr>(expr)->inner);
  case NodeKind::CheckedExpr: return viewSource(llvm::cast<CheckedExpr>(expr)->value);
  case NodeKind::CastExpr: {
    const Expr *operand = llvm::cast<CastExpr>(expr)->operand;
    TypeId from = program.exprs.get(operand).type;
    return from.isValid() && types.isView(from) ? viewSource(operand) : ViewSource{ViewSource::kHere, true};
  }
  case NodeKind::ConditionalExpr: {
    auto *conditional = llvm::cast<ConditionalExpr>(expr);
    return ViewSource::join(viewSource(conditional->whenTrue), viewSource(conditional->whenFalse));
  }
  case NodeKind::AssignExpr: return viewSource(llvm::cast<AssignExpr>(expr)->value);
  case NodeKind::IndexExpr: return viewSource(llvm::cast<IndexExpr>(expr)->object);
  case NodeKind::CallExpr:
    if (facts.call)
      return viewSourceOfCall(program.calls[facts.call]);
    return llvm::cast<CallExpr>(expr)->args.empty() ? ViewSource() : viewSource(llvm::cast<CallExpr>(expr)->args.front()->value); // `(T)(x)`
  case NodeKind::NameExpr:
  case NodeKind::MemberExpr:
    if (facts.entity == EntityKind::Variable && program[facts.variable].kind == VariableKind::Local)
      return {viewRanks.lookup(facts.variable), false};
    return {};
  default: // operators; `default`, `new`
    return facts.call ? viewSourceOfCall(program.calls[facts.call]) : ViewSource();
  }
}

//===-- Where views go ----------------------------------------------------------------------------------------===//

void Checker::checkViewResult(const Expr *value) {
  if (value && viewSource(value).rank)
    report(DiagId::ViewLeaves, value->range) << spell(cx->result.isValid() && cx->result != types::Void ? cx->result : program.exprs.get(value).type);
}

/// After a body has been checked. Lambdas and local functions are bodies of their own.
void Checker::checkViews(const Node *node) {
  if (!node)
    return;
  auto rest = [&] { forEachChild(node, [&](const Node *child) { checkViews(child); }); };
  switch (node->kind) {
  case NodeKind::LambdaExpr:
  case NodeKind::FuncStmt:
    return;
  case NodeKind::VarStmt:
  case NodeKind::ForStmt:
  case NodeKind::UsingStmt: {
    auto *var = llvm::dyn_cast<VarStmt>(node);
    auto *loop = llvm::dyn_cast<ForStmt>(node);
    const VariablesDecl *decl = var ? var->decl : loop ? loop->vars : llvm::cast<UsingStmt>(node)->vars;
    for (size_t i = 0; decl && i < decl->variables.size(); ++i) {
      const VariableDecl *variable = decl->variables[i];
      VariableId id = program.declared.get(variable);
      if (!id.isValid() || !variable->init || !types.isView(program[id].type))
        continue;
      ViewSource source = viewSource(variable->init);
      viewRanks[id] = source.rank == ViewSource::kHere ? id.index + 1 : source.rank;
    }
    return rest();
  }
  case NodeKind::ReturnStmt:
    checkViewResult(llvm::cast<ReturnStmt>(node)->value);
    return rest();
  case NodeKind::ConditionalExpr: {
    auto *conditional = llvm::cast<ConditionalExpr>(node);
    for (const Expr *arm : {conditional->whenTrue, conditional->whenFalse})
      if (viewSource(arm).opens)
        report(DiagId::ViewInBranch, arm->range);
    return rest();
  }
  case NodeKind::MatchExpr:
    if (TypeId type = program.exprs.get(llvm::cast<MatchExpr>(node)).type; type.isValid() && types.isView(type))
      refuse(llvm::cast<MatchExpr>(node)->range, "a 'match' that gives a view");
    return rest();
  case NodeKind::AssignExpr: {
    auto *assign = llvm::cast<AssignExpr>(node);
    const ExprFacts target = program.exprs.get(stripParens(assign->target));
    if (target.type.isValid() && types.isView(target.type)) {
      uint32_t least = target.entity == EntityKind::Variable ? viewRanks.lookup(target.variable) : 0;
      bool isThis = llvm::isa<ThisExpr>(stripParens(assign->target)); // a variable of the caller's
      if (isThis || viewSource(assign->value).rank > least)
        report(DiagId::ViewOutlives, assign->value->range) << sources.text(assign->target->range);
    }
    return rest();
  }
  default:
    return rest();
  }
}

} // namespace dream::sema
