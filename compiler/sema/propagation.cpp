// Postfix `?`: the value inside of a `Result` or `Option`; where there is none, the function around gives back the error,
// or `None`, at once. `e?.m` on such a value is `(e?).m`. Which function that is, and whether its result can carry what is
// given back, is said here; a result that is inferred takes part in it.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

bool Checker::isInstanceOf(TypeId type, Known generic) const {
  TypeId known = program.knownTypes[size_t(generic)];
  return type.isValid() && known.isValid() && types.kind(type) == TypeKind::Enum && detail(types[type].nominal).generic == types[known].nominal;
}

/// The checked operand's value inside; an error's type after an error.
TypeId Checker::propagate(const Expr *operand, SourceRange range) {
  TypeId type = program.exprs.get(operand).type;
  if (type == types::Error)
    return type;
  if (!isInstanceOf(type, Known::Result) && !isInstanceOf(type, Known::Option)) {
    auto diag = report(DiagId::PropagatesWhat, range);
    diag << spell(type);
    if (types.kind(type) == TypeKind::Optional)
      diag.note(operand->range, "of what may be null, '?" "?' gives a default, '!' asserts, and a test narrows");
    return types::Error;
  }
  if (cx->finallyDepth)
    report(DiagId::LeavesFinally, range) << "?" << cx->finallyWord;
  TypeId inner = detail(types[type].nominal).args[0];
  Propagation one{operand, type, range};
  if (!cx->infers)
    return settlePropagation(one, cx->result) ? inner : types::Error;
  // Its result will be known in the end.
  cx->propagations.push_back(one);
  program.exprs[operand].conversion = {ConversionKind::Propagate, inner, {}};
  return inner;
}

/// The function's result is known: what is given back becomes a part of it.
bool Checker::settlePropagation(const Propagation &one, TypeId result) {
  if (result == types::Error)
    return false;
  bool isResult = isInstanceOf(one.source, Known::Result);
  TypeId inner = detail(types[one.source].nominal).args[0], error = isResult ? detail(types[one.source].nominal).args[1] : TypeId();
  bool fits = cx->function.isValid() && isInstanceOf(result, isResult ? Known::Result : Known::Option);
  TypeId wanted = fits && isResult ? detail(types[result].nominal).args[1] : TypeId();
  std::optional<Conversion> conversion = isResult && fits ? implicitConversion(error, wanted) : Conversion();
  if (fits && conversion) {
    if (conversion->kind == ConversionKind::User)
      noteCall(conversion->function, Dispatch::Direct);
    program.tupleConversions.push_back({*conversion});
    program.exprs[one.operand].conversion = {ConversionKind::Propagate, inner, {}, uint32_t(program.tupleConversions.size() - 1)};
    return true;
  }
  reportPropagation(one, result, wanted);
  return false;
}

void Checker::reportPropagation(const Propagation &one, TypeId result, TypeId wanted) {
  bool isResult = isInstanceOf(one.source, Known::Result);
  std::string gives = isResult ? "an error of type '" + spell(detail(types[one.source].nominal).args[1]) + "'" : "'None'";
  std::string name = !cx->function.isValid()                                       ? "an initialiser"
                     : program[cx->function].kind == FunctionKind::Lambda          ? "this lambda"
                     : program[cx->function].kind == FunctionKind::Main            ? "the program"
                                                                                   : "'" + program[cx->function].name.text().str() + "'";
  std::string but = wanted.isValid() ? "an error of " + name + " is '" + spell(wanted) + "'"
                    : !cx->function.isValid() || result == types::Void ? name + " gives nothing back"
                                                                       : name + " gives '" + spell(result) + "'";
  auto diag = report(DiagId::PropagationMisfit, one.range);
  diag << gives << but;
  if (cx->function.isValid() && program[cx->function].kind != FunctionKind::Main) {
    auto *func = llvm::dyn_cast_or_null<FuncDecl>(program[cx->function].decl);
    SourceRange where = func && func->result ? func->result->range : program[cx->function].range;
    diag.note(where, func && func->result ? "its result is written here" : "its result is that of its body");
  }
  SourceLoc end = one.operand->range.end;
  if (isResult && isInstanceOf(result, Known::Option))
    diag.note(one.operand->range, "'ToOption()' leaves the error out").fix({end, end}, ".ToOption()");
  else if (!isResult && isInstanceOf(result, Known::Result))
    diag.note(one.operand->range, "'OkOr(…)' gives 'None' an error");
  else if (wanted.isValid())
    diag.note(one.operand->range, "'MapErr(…)' makes another error of it, and so does an 'implicit operator'");
  else
    diag.note(one.operand->range, "'match' takes both cases, 'UnwrapOr(…)' gives a default, 'Unwrap()' asserts");
}

/// The result of a function whose values are all cases without type arguments, as `Ok(n)`: what they hold tells one, and
/// what `?` gives back the other. Invalid if that is not enough.
TypeId Checker::propagatedResult(llvm::ArrayRef<const Expr *> values) {
  if (cx->propagations.empty())
    return {};
  TypeId source = cx->propagations.front().source;
  NominalId generic = detail(types[source].nominal).generic;
  llvm::SmallVector<std::pair<TypeId, TypeId>, 2> bound;
  for (TypeId param : detail(generic).args)
    bound.push_back({param, TypeId()});
  if (isInstanceOf(source, Known::Result))
    bound[1].second = detail(types[source].nominal).args[1];
  llvm::SmallVector<TypeId, 2> args;
  for (const Expr *value : values)
    if (!openVariant(value) || !unifyVariant(value, types.info(generic).type, bound))
      return {};
  for (auto &[param, type] : bound) {
    if (!type.isValid())
      return {};
    args.push_back(type);
  }
  return instantiate(generic, args, cx->propagations.front().range);
}

} // namespace dream::sema
