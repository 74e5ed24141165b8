// Narrowing: what tests against null say about variables afterwards. The state is a short list of paths with their
// types, changed by tests and assignments and met where control flow joins.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "compiler/sema/walk.h"

namespace dream::sema {

using namespace ast;

void Narrowing::set(PathId path, TypeId type) {
  for (auto &[p, known] : known)
    if (p == path) {
      known = type;
      return;
    }
  known.push_back({path, type});
}

void Narrowing::meet(const Narrowing &other) {
  llvm::erase_if(known, [&](const std::pair<PathId, TypeId> &entry) { return other.find(entry.first) != entry.second; });
}

PathId Checker::path(PathId parent, uint32_t element) {
  auto [place, isNew] = pathIds.try_emplace({parent, element}, PathId(paths.size()));
  if (isNew)
    paths.push_back({parent, element});
  return place->second;
}

/// The path that a checked expression names; 0 if it names none that stays the same between two reads.
PathId Checker::pathOf(const Expr *expr) {
  expr = stripParens(expr);
  const ExprFacts &facts = program.exprs.get(expr);
  if (llvm::isa<ThisExpr>(expr))
    return facts.variable.isValid() ? path(0, facts.variable.index) : 0;
  if (!llvm::isa<NameExpr, MemberExpr>(expr) || facts.readsWeak)
    return 0;
  if (facts.entity == EntityKind::Variable) {
    const VariableInfo &variable = program[facts.variable];
    bool isStable = (variable.kind != VariableKind::Global || variable.isReadOnly) && !assignedByDefer.contains(facts.variable);
    return isStable ? path(0, facts.variable.index) : 0;
  }
  if (facts.entity != EntityKind::Field || !program[facts.variable].isReadOnly)
    return 0;
  PathId object = 0;
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr))
    object = member->access == MemberAccess::Dot ? pathOf(member->object) : 0;
  else if (cx->thisVariable.isValid())
    object = path(0, cx->thisVariable.index);
  return object ? path(object, facts.variable.index) : 0;
}

/// An assignment: nothing is known of the variable and its parts any more.
void Checker::forget(VariableId root) {
  llvm::erase_if(cx->now.known, [&](const std::pair<PathId, TypeId> &entry) {
    PathId path = entry.first;
    while (paths[path].parent)
      path = paths[path].parent;
    return paths[path].element == root.index;
  });
}

/// Before a loop or a handler: what the code there assigns is not known at its start.
void Checker::forgetAssigned(const Node *node) {
  if (!cx->now.known.empty() && node)
    forEachAssigned(node, [&](VariableId variable) { forget(variable); });
}

/// The locals that the code assigns by name, as a whole or in part.
void Checker::forEachAssigned(const Node *node, llvm::function_ref<void(VariableId)> visit) {
  std::function<void(const Expr *)> forgetTarget = [&](const Expr *target) {
    target = stripParens(target);
    if (auto *tuple = llvm::dyn_cast<TupleExpr>(target)) {
      for (auto &element : tuple->elements)
        if (element.value)
          forgetTarget(element.value);
      return;
    }
    while (llvm::isa<IndexExpr, MemberExpr>(target))
      target = stripParens(llvm::isa<IndexExpr>(target) ? llvm::cast<IndexExpr>(target)->object : llvm::cast<MemberExpr>(target)->object);
    if (auto *name = llvm::dyn_cast<NameExpr>(target))
      if (auto found = locals.find(name->name); found != locals.end() && found->second.variable.isValid())
        visit(found->second.variable);
  };
  llvm::SmallVector<const Node *, 32> work{node};
  while (!work.empty()) {
    const Node *next = work.pop_back_val();
    if (auto *assign = llvm::dyn_cast<AssignExpr>(next))
      forgetTarget(assign->target);
    else if (auto *unary = llvm::dyn_cast<UnaryExpr>(next); unary && (unary->op == UnaryOp::PreInc || unary->op == UnaryOp::PreDec || unary->op == UnaryOp::AddressOf))
      forgetTarget(unary->operand);
    else if (auto *postfix = llvm::dyn_cast<PostfixExpr>(next); postfix && (postfix->op == PostfixOp::Inc || postfix->op == PostfixOp::Dec))
      forgetTarget(postfix->operand);
    else if (auto *arg = llvm::dyn_cast<Argument>(next); arg && arg->value && (arg->mode == ParamMode::Ref || arg->mode == ParamMode::Out))
      forgetTarget(arg->value);
    else if (auto *lambda = llvm::dyn_cast<LambdaExpr>(next))
      for (const LambdaExpr::Capture &capture : lambda->captures)
        if (auto found = locals.find(capture.name);
            capture.mode == LambdaExpr::CaptureMode::Ref && found != locals.end() && found->second.variable.isValid())
          forget(found->second.variable);
    forEachChild(next, [&](const Node *child) { work.push_back(child); });
  }
}

//===-- Conditions --------------------------------------------------------------------------------------------===//

/// A condition of a statement or `?:`: what holds where it is true, and where it is false.
void Checker::checkCondition(const Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse) {
  checkBool(expr, whenTrue, whenFalse);
  coerceCondition(expr);
  if (auto *assign = llvm::dyn_cast<AssignExpr>(expr); assign && assign->op == AssignOp::Assign && program.exprs.get(expr).type == types::Bool)
    report(DiagId::AssignmentAsCondition, assign->opRange).fix(assign->opRange, "==");
}

/// As a value: behind it holds what holds either way.
void Checker::checkBool(const Expr *expr) {
  Narrowing whenTrue, whenFalse;
  checkBool(expr, whenTrue, whenFalse);
  whenTrue.meet(whenFalse);
  cx->now = whenTrue;
}
void Checker::checkBool(const Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse) {
  if (auto *paren = llvm::dyn_cast<ParenExpr>(expr)) {
    checkBool(paren->inner, whenTrue, whenFalse);
    program.exprs[expr].constant = uint32_t(program.exprs.get(paren->inner).constant);
    setType(expr, TypeId(program.exprs.get(paren->inner).type));
    return;
  }
  if (auto *unary = llvm::dyn_cast<UnaryExpr>(expr); unary && unary->op == UnaryOp::Not) {
    checkBool(unary->operand, whenFalse, whenTrue);
    TypeId operand = finish(unary->operand);
    const Expr *operands[] = {unary->operand};
    if (TypeId result = userOperator(expr, "!", operands); result.isValid()) {
      setType(expr, result);
      return;
    }
    coerceCondition(unary->operand);
    program.exprs[expr].op = OperatorKind::Logical;
    program.exprs[expr].operandType = types::Bool;
    setType(expr, types::Bool);
    if (operand == types::Bool)
      foldUnary(unary, types::Bool);
    return;
  }
  auto *binary = llvm::dyn_cast<BinaryExpr>(expr);
  if (binary && (binary->op == BinaryOp::LogicalAnd || binary->op == BinaryOp::LogicalOr)) {
    bool isAnd = binary->op == BinaryOp::LogicalAnd;
    Narrowing leftTrue, leftFalse, rightTrue, rightFalse;
    checkBool(binary->lhs, leftTrue, leftFalse);
    coerceCondition(binary->lhs);
    cx->now = isAnd ? leftTrue : leftFalse;
    checkBool(binary->rhs, rightTrue, rightFalse);
    coerceCondition(binary->rhs);
    if (isAnd) {
      whenTrue = rightTrue;
      rightFalse.meet(leftFalse);
      whenFalse = rightFalse;
    } else {
      whenFalse = rightFalse;
      rightTrue.meet(leftTrue);
      whenTrue = rightTrue;
    }
    program.exprs[expr].op = OperatorKind::Logical;
    program.exprs[expr].operandType = types::Bool;
    setType(expr, types::Bool);
    foldBinary(binary, types::Bool, false);
    return;
  }
  if (auto *is = llvm::dyn_cast<IsExpr>(expr)) {
    setType(expr, checkIs(is));
    whenTrue = whenFalse = cx->now;
    narrowByTest(expr, whenTrue, whenFalse);
    return;
  }
  check(expr);
  whenTrue = whenFalse = cx->now;
  if (binary || program.exprs.get(expr).entity == EntityKind::HasValue)
    narrowByTest(expr, whenTrue, whenFalse);
}

/// `x == null`, `x != null`, `x is T`, `x is null`, `x is not null`.
void Checker::narrowByTest(const Expr *expr, Narrowing &whenTrue, Narrowing &whenFalse) {
  auto nonNull = [&](const Expr *value, Narrowing &where) {
    TypeId type = program.exprs.get(stripParens(value)).type;
    if (types.kind(type) != TypeKind::Optional)
      return;
    if (PathId path = pathOf(value))
      where.set(path, types[type].element);
    // `(x = f()) != null` tells about x.
    if (auto *assign = llvm::dyn_cast<AssignExpr>(stripParens(value)))
      if (PathId path = pathOf(assign->target))
        where.set(path, types[type].element);
  };
  if (auto *binary = llvm::dyn_cast<BinaryExpr>(expr)) {
    if (binary->op != BinaryOp::Equal && binary->op != BinaryOp::NotEqual)
      return;
    if (program.exprs.get(expr).op == OperatorKind::User)
      return;
    Narrowing &different = binary->op == BinaryOp::Equal ? whenFalse : whenTrue;
    Narrowing &equal = binary->op == BinaryOp::Equal ? whenTrue : whenFalse;
    auto isNull = [&](const Expr *side) { return program.exprs.get(stripParens(side)).type == types::Null; };
    if (isNull(binary->rhs))
      nonNull(binary->lhs, different);
    else if (isNull(binary->lhs))
      nonNull(binary->rhs, different);
    else {
      // Equal to something that is never null.
      auto isSolid = [&](const Expr *side) { return types.kind(program.exprs.get(stripParens(side)).type) != TypeKind::Optional; };
      if (isSolid(binary->rhs))
        nonNull(binary->lhs, equal);
      else if (isSolid(binary->lhs))
        nonNull(binary->rhs, equal);
    }
    return;
  }
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr)) // x.HasValue
    return nonNull(member->object, whenTrue);
  auto *is = llvm::cast<IsExpr>(expr);
  const Pattern *pattern = is->pattern;
  bool negated = false;
  while (auto *inverse = llvm::dyn_cast<NotPattern>(pattern)) {
    negated = !negated;
    pattern = inverse->inner;
  }
  const PatternFacts &facts = program.patterns.get(pattern);
  if (facts.test == PatternTest::Null)
    nonNull(is->value, negated ? whenTrue : whenFalse);
  else if (facts.test == PatternTest::Type || facts.test == PatternTest::Constant)
    nonNull(is->value, negated ? whenFalse : whenTrue);
}

} // namespace dream::sema
