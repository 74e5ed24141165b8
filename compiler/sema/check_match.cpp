// `match`: its arms, what they bind and give. Whether they cover everything is worked out in match_coverage.cpp.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// A value that belongs to nobody else: what is moved, or was just made.
bool Checker::givesAway(const Expr *expr) {
  expr = stripParens(expr);
  if (auto *unary = llvm::dyn_cast<UnaryExpr>(expr))
    return unary->op == UnaryOp::Move;
  return llvm::isa<CallExpr, NewObject, MatchExpr, ConditionalExpr, TupleExpr>(expr);
}

/// A pattern for several values that asks each of them by itself.
bool Checker::looksAtEach(const Pattern *pattern) {
  if (auto *both = llvm::dyn_cast<BinaryPattern>(pattern))
    return !both->isAnd && looksAtEach(both->lhs) && looksAtEach(both->rhs);
  auto *typed = llvm::dyn_cast<TypePattern>(pattern);
  return llvm::isa<WildcardPattern>(pattern) ||
         (typed && program.patterns.get(pattern).test == PatternTest::Tuple && !typed->designator && !typed->hasProperties);
}

TypeId Checker::checkMatch(const MatchExpr *expr, TypeId hint) {
  bool isStatement = std::exchange(matchIsStatement, false);
  unsigned errorsBefore = diags.errorCount();
  llvm::SmallVector<TypeId, 2> columns;
  for (const Expr *value : expr->values) {
    TypeId type = checkValue(value);
    if (type == types::Void || type == types::Never || type == types::Null || (type != types::Error && types.kind(type) == TypeKind::Func)) {
      if (type != types::Never)
        report(DiagId::MatchOnWhat, value->range) << spell(type);
      type = types::Error;
    }
    if (type != types::Error)
      needLayoutOf(type);
    columns.push_back(type);
  }
  // Several values are matched like the parts of a tuple.
  TypeId matched = types::Error;
  if (columns.size() == 1)
    matched = columns.front();
  else if (!llvm::is_contained(columns, types::Error)) {
    llvm::SmallVector<Name, 4> none(columns.size());
    matched = types.tuple(columns, none);
  }

  Narrowing before = cx->now, after;
  bool wasReachable = cx->reachable, anyEnds = false, failed = matched == types::Error;
  llvm::SmallVector<const Expr *, 8> values;
  bool allVoid = true, someVoid = false, nullIsTaken = false;
  for (const MatchArm *arm : expr->arms) {
    Scope scope(*this);
    cx->now = before;
    cx->reachable = wasReachable;
    bool outer = std::exchange(inMatch, true);
    // An arm's pattern may bind what moves if the value is given away.
    bool takes = expr->values.size() == 1 && matched != types::Error && isMoveOnly(matched) && givesAway(expr->values[0]);
    Binding outerBinding = std::exchange(binding, !takes ? Binding::Copies : arm->guard ? Binding::Guarded : Binding::Takes);
    auto *constant = llvm::dyn_cast<ConstantPattern>(arm->pattern);
    bool isNull = constant && llvm::isa<NullLiteral>(constant->value);
    checkPattern(arm->pattern, nullIsTaken && !isNull ? types[matched].element : matched, true);
    inMatch = outer;
    binding = outerBinding;
    if (columns.size() > 1 && matched != types::Error && isMoveOnly(matched) && !looksAtEach(arm->pattern))
      refuse(arm->pattern->range, "a pattern that looks at several values together, of which one moves,");
    if (arm->guard) {
      Narrowing whenTrue, whenFalse;
      checkCondition(arm->guard, whenTrue, whenFalse);
      cx->now = whenTrue;
    } else if (program.patterns.get(arm->pattern).test == PatternTest::Null && expr->values.size() == 1) {
      // The arms below see a value that is there.
      nullIsTaken = matched != types::Error && types.kind(matched) == TypeKind::Optional;
      if (PathId path = pathOf(expr->values[0]); path && matched != types::Error && types.kind(matched) == TypeKind::Optional)
        before.set(path, types[matched].element);
    }
    TypeId type = types::Void;
    const Expr *value = arm->expr;
    if (arm->expr) {
      matchIsStatement = isStatement && llvm::isa<MatchExpr>(stripParens(arm->expr));
      type = check(arm->expr, hint);
      if (type == types::Never)
        cx->reachable = false;
    } else if (arm->block) {
      checkList(arm->block->statements);
      value = arm->blockValue;
      if (value) {
        if (!cx->reachable && !cx->warnedUnreachable) {
          report(DiagId::UnreachableCode, value->range);
          cx->warnedUnreachable = true;
        }
        matchIsStatement = isStatement && llvm::isa<MatchExpr>(stripParens(value));
        type = check(value, hint);
        if (type == types::Never)
          cx->reachable = false;
      } else if (!cx->reachable && wasReachable) {
        type = types::Never;
      }
    }
    if (isStatement && value && type.isValid() == false)
      type = finish(value);
    if (cx->reachable) {
      if (!anyEnds)
        after = cx->now;
      else
        after.meet(cx->now);
      anyEnds = true;
    }
    failed |= type == types::Error;
    if (type == types::Never)
      continue;
    if (type == types::Void) {
      someVoid = true;
      if (!isStatement && !allVoid)
        report(DiagId::ArmWithoutValue, value ? value->range : arm->range), failed = true;
    } else {
      if (!isStatement && someVoid && allVoid)
        report(DiagId::ArmWithoutValue, arm->range), failed = true;
      allVoid = false;
      if (value)
        values.push_back(value);
    }
  }
  program.exprs[expr].matchTakes = expr->values.size() == 1 && matched != types::Error && isMoveOnly(matched) && givesAway(expr->values[0]);
  cx->now = anyEnds ? after : before;
  cx->reachable = wasReachable && (anyEnds || !wasReachable);
  if (!failed && diags.errorCount() == errorsBefore)
    checkCoverage(expr, columns);
  auto settleAll = [&] {
    for (const Expr *value : values)
      finish(value);
  };
  if (failed) {
    settleAll();
    cx->reachable = wasReachable;
    return types::Error;
  }
  if (isStatement)
    return anyEnds || !wasReachable ? types::Void : types::Never;
  if (values.empty())
    return someVoid ? types::Void : types::Never;
  TypeId common = commonType(values);
  if (!common.isValid() || common == types::Null)
    return {}; // the target decides, or finish() reports
  if (common == types::Error) {
    settleAll();
    return types::Error;
  }
  for (const Expr *value : values)
    coerce(value, common);
  return common;
}

} // namespace dream::sema
