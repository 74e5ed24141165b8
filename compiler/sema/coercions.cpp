// Expressions in their context: converted to what is wanted there, or reported; settled where nothing is wanted.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// Gives an expression that waits for its target, or a literal, another type.
void Checker::retarget(const Expr *expr, TypeId to) {
  if (openVariant(expr) && expr == stripParens(expr)) {
    if (TypeId type = settleVariant(expr, to); type != to && type != types::Error)
      program.exprs[expr].conversion = {ConversionKind::ToOptional, to, {}};
    return;
  }
  switch (expr->kind) {
  case NodeKind::ParenExpr:
    retarget(llvm::cast<ParenExpr>(expr)->inner, to);
    break;
  case NodeKind::DefaultExpr:
    if (cx->file->isLibrary) // clears places with it
      break;
    if (types.kind(to) == TypeKind::TypeParam ? !hasZeroValue(to) : !types.hasZeroValue(to) && !cx->allowsLate && !isInstance(program.layer))
      reportNoZero(expr->range, to);
    break;
  case NodeKind::ArrayLiteral:
    retargetArray(llvm::cast<ArrayLiteral>(expr), to);
    return;
  case NodeKind::TupleExpr:
    retargetTuple(llvm::cast<TupleExpr>(expr), to);
    return;
  case NodeKind::MatchExpr:
    forEachArmValue(llvm::cast<MatchExpr>(expr), [&](const Expr *value) { coerce(value, to); });
    break;
  case NodeKind::NewObject:
    construct(llvm::cast<NewObject>(expr), types.kind(to) == TypeKind::Optional ? types[to].element : to);
    if (types.kind(to) == TypeKind::Optional && program.exprs.get(expr).type != types::Error)
      program.exprs[expr].conversion = {ConversionKind::ToOptional, to, {}};
    return;
  case NodeKind::ConditionalExpr: {
    auto *conditional = llvm::cast<ConditionalExpr>(expr);
    coerce(conditional->whenTrue, to);
    coerce(conditional->whenFalse, to);
    break;
  }
  case NodeKind::LambdaExpr:
  case NodeKind::NameExpr:
  case NodeKind::MemberExpr: {
    TypeId func = types.kind(to) == TypeKind::Optional ? types[to].element : to;
    TypeId type = types::Error;
    if (auto *lambda = llvm::dyn_cast<LambdaExpr>(expr))
      type = lambdaToFunc(lambda, func);
    else if (groups.count(expr))
      type = groupToFunc(expr, func);
    if (func != to && type != types::Error)
      program.exprs[expr].conversion = {ConversionKind::ToOptional, to, {}};
    return;
  }
  default:
    break;
  }
  setType(expr, to);
}

/// Converts a checked expression implicitly, or reports that it cannot be. Gives the type it then has.
TypeId Checker::coerce(const Expr *expr, TypeId to, llvm::StringRef context) {
  const Expr *inner = stripParens(expr);
  TypeId from = program.exprs.get(inner).type;
  if (to == types::Error || !to.isValid()) {
    if (auto *lambda = llvm::dyn_cast<LambdaExpr>(inner))
      lambdaToFunc(lambda, types::Error);
    else if (!from.isValid())
      finish(expr);
    return types::Error;
  }
  if (from == types::Error)
    return types::Error;
  bool isTuple = llvm::isa<TupleExpr>(inner), isLiteral = llvm::isa<ArrayLiteral>(inner) || isTuple;
  if (TypeId array = llvm::isa<ArrayLiteral>(inner) ? arrayOfSequence(to) : TypeId(); array.isValid()) {
    if (coerce(expr, array, context) == types::Error)
      return types::Error;
    if (std::optional<Conversion> whole = sequenceConversion(array, to)) {
      noteCall(whole->function, Dispatch::Direct);
      program.exprs[expr].conversion = *whole;
      return to;
    }
  }
  if (!from.isValid() && (llvm::isa<LambdaExpr>(inner) || groups.count(inner)) && !converts(expr, to)) {
    // What does not fit is said of the lambda or group itself.
    TypeId func = types.kind(to) == TypeKind::Optional ? types[to].element : to;
    if (types.kind(func) == TypeKind::Func) {
      if (auto *lambda = llvm::dyn_cast<LambdaExpr>(inner)) {
        reportLambdaMisfit(lambda, func);
        lambdaToFunc(lambda, types::Error);
      } else {
        groupToFunc(inner, func);
      }
      for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
        setType(outer, types::Error);
      return types::Error;
    }
  }
  if ((!from.isValid() || isLiteral) && from != to) {
    TypeKind kind = types.kind(types.kind(to) == TypeKind::Optional ? types[to].element : to);
    bool fits = isTuple ? kind == TypeKind::Tuple && types[types.kind(to) == TypeKind::Optional ? types[to].element : to].args.size() == llvm::cast<TupleExpr>(inner)->elements.size()
                : !isLiteral || literalTarget(to) != (types.kind(to) == TypeKind::Optional ? types[to].element : to) || kind == TypeKind::Array || kind == TypeKind::FixedArray || kind == TypeKind::Rect;
    // Of a choice, each part that does not fit is told.
    bool isChoice = !from.isValid() && llvm::isa<ConditionalExpr, MatchExpr>(inner);
    if (fits && (isLiteral || isChoice || converts(expr, to))) {
      retarget(inner, to);
      const ExprFacts &facts = program.exprs.get(inner);
      TypeId type = facts.type;
      Conversion conversion = facts.conversion;
      if (inner != expr) {
        program.exprs[inner].conversion = {};
        for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
          setType(outer, type);
        program.exprs[expr].conversion = conversion;
      }
      return to;
    }
    if (!from.isValid())
      from = finish(expr);
    if (from == types::Error)
      return types::Error;
  }
  std::optional<Conversion> conversion = implicitConversion(from, to, expr);
  if (!conversion) {
    if (llvm::isa<ConditionalExpr, MatchExpr>(inner) && converts(inner, to)) {
      retarget(inner, to);
      if (inner != expr)
        for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
          setType(outer, to);
      return to;
    }
    reportMismatch(expr, from, to, context);
    return types::Error;
  }
  if (conversion->kind == ConversionKind::ToWeak && llvm::isa<NewObject>(inner))
    report(DiagId::WeakToNew, expr->range);
  if ((conversion->kind == ConversionKind::Upcast || conversion->kind == ConversionKind::Box || conversion->kind == ConversionKind::ToWeak) &&
      isMoveOnly(from) && !isMoveOnly(to)) {
    report(DiagId::OwnAsShared, expr->range) << spell(from) << spell(to);
    return types::Error;
  }
  if (conversion->kind == ConversionKind::User)
    noteCall(conversion->function, Dispatch::Direct);
  program.exprs[expr].conversion = conversion->kind == ConversionKind::None ? Conversion() : *conversion;
  return to;
}

void Checker::reportMismatch(const Expr *expr, TypeId from, TypeId to, llvm::StringRef context) {
  const ConstValue value = constantOf(stripParens(expr));
  if (value.kind == ConstValue::Kind::Int && types.isInteger(from) && types.isInteger(to) && !constantFits(value, to)) {
    report(DiagId::ConstantDoesNotFit, expr->range)
        << (value.isUnsigned ? llvm::Twine(value.bits) : llvm::Twine(int64_t(value.bits))) << spell(to);
    return;
  }
  if (from == types::Null) {
    auto diag = report(DiagId::NullToNonOptional, expr->range);
    diag << spell(to);
    if (isInstanceOf(to, Known::Option))
      diag.note(expr->range, "an 'Option' without a value is 'None'").fix(expr->range, "None");
    else if (types.kind(to) != TypeKind::Void)
      diag.note(expr->range, "a variable that may be null has the type '" + spell(to) + "?'");
    return;
  }
  auto diag = report(DiagId::CannotConvert, expr->range);
  diag << spell(from) << spell(to) << (context.empty() ? "" : (" " + context).str());
  if (from == types::Void) {
    diag.note(expr->range, "this gives no value");
  } else if (types.kind(from) == TypeKind::Optional && implicitConversion(types[from].element, to)) {
    diag.note(expr->range, "it may be null: test it first, give a default with '?" "?', or assert with '!'");
  } else if (isInstanceOf(from, Known::Option) || isInstanceOf(from, Known::Result)) {
    diag.note(expr->range, "'match' takes both cases, 'UnwrapOr(…)' gives a default, 'Unwrap()' asserts");
  } else if (isInstanceOf(to, Known::Option) && implicitConversion(from, detail(types[to].nominal).args.front())) {
    diag.note(expr->range, "'Some(…)' holds it").fix({expr->range.begin, expr->range.begin}, "Some(").fix({expr->range.end, expr->range.end}, ")");
  } else if (explicitConversion(from, to)) {
    bool isSimple = llvm::isa<NameExpr, MemberExpr, CallExpr, IndexExpr, IntLiteral, FloatLiteral, ParenExpr>(expr);
    diag.note(expr->range, "a cast converts it").fix({expr->range.begin, expr->range.begin}, "(" + spell(to) + ")" + (isSimple ? "" : "("));
    if (!isSimple)
      diag.fix({expr->range.end, expr->range.end}, ")");
  } else if (types.kind(from) == TypeKind::Array && types.kind(to) == TypeKind::Array) {
    diag.note(expr->range, "arrays of different elements are different types; copy the elements into a new one");
  } else if (to == types::String) {
    diag.note(expr->range, "'.ToString()' gives its text");
  }
}

/// Settles what still waits for a target when none will come.
TypeId Checker::finish(const Expr *expr) {
  const Expr *inner = stripParens(expr);
  TypeId type = program.exprs.get(inner).type;
  if (type.isValid())
    return type;
  if (openVariant(inner)) {
    type = finishVariant(inner);
    for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
      setType(outer, type);
    return type;
  }
  switch (inner->kind) {
  case NodeKind::ArrayLiteral:
    report(DiagId::EmptyLiteral, expr->range);
    break;
  case NodeKind::TupleExpr:
    for (auto &element : llvm::cast<TupleExpr>(inner)->elements) {
      TypeId part = element.value ? finish(element.value) : types::Error;
      if (part == types::Null)
        report(DiagId::NeedsTarget, element.value->range) << "null";
    }
    break;
  case NodeKind::MatchExpr: {
    TypeId a, b;
    const Expr *other = nullptr;
    forEachArmValue(llvm::cast<MatchExpr>(inner), [&](const Expr *value) {
      TypeId one = program.exprs.get(stripParens(value)).type;
      if (!one.isValid())
        finish(value), a = types::Error;
      else if (!a.isValid())
        a = one;
      else if (!b.isValid() && one != a)
        b = one, other = value;
    });
    if (b.isValid() && a != types::Error && b != types::Error)
      report(DiagId::NoCommonType, other->range) << spell(a) << spell(b);
    else if (a == types::Null && !b.isValid())
      report(DiagId::NeedsTarget, expr->range) << "null";
    break;
  }
  case NodeKind::DefaultExpr:
    report(DiagId::NeedsTarget, expr->range).operator<<("default").note(expr->range, "'default(T)' says its type");
    break;
  case NodeKind::NewObject:
    report(DiagId::NeedsTarget, expr->range).operator<<("new(…)").note(expr->range, "'new T(…)' says its type");
    break;
  case NodeKind::LambdaExpr:
  case NodeKind::NameExpr:
  case NodeKind::MemberExpr: {
    auto *lambda = llvm::dyn_cast<LambdaExpr>(inner);
    if (!lambda && !groups.count(inner))
      break;
    type = lambda ? lambdaToFunc(lambda, {}) : finishGroup(inner);
    for (const Expr *outer = expr; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
      setType(outer, type);
    return type;
  }
  case NodeKind::ConditionalExpr: {
    auto *conditional = llvm::cast<ConditionalExpr>(inner);
    TypeId a = program.exprs.get(stripParens(conditional->whenTrue)).type, b = program.exprs.get(stripParens(conditional->whenFalse)).type;
    if (a.isValid() && b.isValid())
      report(DiagId::NoCommonType, expr->range) << spell(a) << spell(b);
    else {
      finish(conditional->whenTrue);
      finish(conditional->whenFalse);
    }
    break;
  }
  default:
    break;
  }
  setType(inner, types::Error);
  return setType(expr, types::Error);
}

/// A condition: bool, or an integer with a warning.
void Checker::coerceCondition(const Expr *expr) {
  TypeId type = finish(expr);
  if (type == types::Bool || type == types::Error)
    return;
  if (types.isInteger(type)) {
    report(DiagId::IntegerCondition, expr->range).operator<<(spell(type)).note(expr->range, "non-zero is true; '!= 0' says so");
    program.exprs[expr].conversion = {ConversionKind::IntToBool, types::Bool, {}};
    return;
  }
  if (std::optional<Conversion> conversion = implicitConversion(type, types::Bool, expr)) {
    coerce(expr, types::Bool);
    return;
  }
  auto diag = report(DiagId::NotACondition, expr->range);
  diag << spell(type);
  bool canBeNull = types.kind(type) == TypeKind::Optional || types.kind(type) == TypeKind::Pointer;
  if (canBeNull)
    diag.note(expr->range, "compare it with null").fix({expr->range.end, expr->range.end}, " != null");
  if (auto *assign = llvm::dyn_cast<AssignExpr>(stripParens(expr)); assign && assign->op == AssignOp::Assign)
    diag.note(assign->opRange, "'=' assigns; did you mean '=='?").fix(assign->opRange, "==");
}

/// In `+` with a string, and in holes of interpolated strings.
void Checker::coerceToString(const Expr *expr) {
  TypeId type = finish(expr);
  if (type == types::Error || type == types::String)
    return;
  if (type == types::Null) {
    program.exprs[expr].conversion = {ConversionKind::ToString, types::String, {}};
    return;
  }
  if (type == types::Void || type == types::Never) {
    report(DiagId::VoidValue, expr->range);
    setType(expr, types::Error);
    return;
  }
  TypeId value = types.kind(type) == TypeKind::Optional ? types[type].element : type;
  if (!hasText(value)) {
    report(DiagId::NoText, expr->range) << spell(type);
    setType(expr, types::Error);
    return;
  }
  program.exprs[expr].conversion = {ConversionKind::ToString, types::String, toStringOf(value)};
}

} // namespace dream::sema
