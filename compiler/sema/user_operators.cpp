// Operators that types declare: the one that is meant by operands.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

/// Uses an operator that one of the operands' types declares. Invalid if there is none; Error after an error.
TypeId Checker::userOperator(const Expr *expr, llvm::StringRef spelling, llvm::ArrayRef<const Expr *> operands) {
  llvm::SmallVector<FunctionId, 4> candidates;
  auto gather = [&](llvm::ArrayRef<FunctionId> list) {
    for (FunctionId function : list) {
      if (program[function].name.text() != spelling)
        continue;
      needSignature(function);
      const FunctionInfo &info = program[function];
      if (info.name.text() == spelling && info.params.size() == operands.size() && !detail(function).isPoisoned && !llvm::is_contained(candidates, function))
        candidates.push_back(function);
    }
  };
  bool mayHave = false;
  for (const Expr *operand : operands) {
    TypeId type = program.exprs.get(operand).type;
    if (!type.isValid())
      continue;
    if (types.kind(type) == TypeKind::Optional)
      type = types[type].element;
    TypeKind kind = types.kind(type);
    if (kind == TypeKind::Class || kind == TypeKind::Struct || kind == TypeKind::Enum) {
      mayHave = true;
      for (NominalId level = types[type].nominal; level.isValid();) {
        gather(detail(level).operators);
        const NominalInfo &info = types.info(level);
        level = info.base.isValid() ? types[info.base].nominal : NominalId();
      }
    }
    if (kind == TypeKind::TypeParam)
      for (TypeId bound : needBounds(type).bounds) {
        mayHave = true;
        gather(detail(types[bound].nominal).operators);
        for (TypeId inherited : types.info(bound).interfaces)
          gather(detail(types[inherited].nominal).operators);
      }
    if (kind >= TypeKind::String)
      for (Extension *found : extensionsOf(type, false)) {
        mayHave = true;
        gather(found->operators);
      }
  }
  if (!mayHave || candidates.empty())
    return {};
  auto param = [&](FunctionId function, size_t i) { return program[program[function].params[i].variable].type; };
  llvm::SmallVector<FunctionId, 4> viable;
  for (FunctionId function : candidates) {
    bool fits = true;
    for (size_t i = 0; i < operands.size(); ++i)
      fits &= converts(operands[i], param(function, i));
    if (fits)
      viable.push_back(function);
  }
  if (viable.empty())
    return {};
  auto better = [&](FunctionId x, FunctionId y) {
    bool wins = false;
    for (size_t i = 0; i < operands.size(); ++i) {
      if (betterConversion(operands[i], param(y, i), param(x, i)))
        return false;
      wins |= betterConversion(operands[i], param(x, i), param(y, i));
    }
    return wins;
  };
  FunctionId best = viable[0];
  for (FunctionId function : viable)
    if (better(function, best))
      best = function;
  for (FunctionId function : viable)
    if (function != best && !better(best, function)) {
      report(DiagId::AmbiguousCall, expr->range).operator<<(("operator " + spelling).str())
          .note(program[best].range, "it may mean '" + signature(best) + "'").note(program[function].range, "it may mean '" + signature(function) + "'");
      return types::Error;
    }
  CallFacts call;
  call.function = best;
  for (size_t i = 0; i < operands.size(); ++i) {
    coerce(operands[i], param(best, i));
    BoundArgument arg;
    arg.value = operands[i];
    call.args.push_back(arg);
  }
  noteCall(best, Dispatch::Direct);
  needResult(best, expr->range);
  uint32_t row = addCall(std::move(call));
  ExprFacts &facts = program.exprs[expr];
  facts.op = OperatorKind::User;
  facts.call = row;
  return program[best].result;
}

} // namespace dream::sema
