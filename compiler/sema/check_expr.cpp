// Expressions: the dispatch, literals and the small kinds. An expression is checked once, bottom up, and gets its natural
// type; its context then converts it (coercions.cpp). What has no type of its own (`[]`, `default`, `new(…)`) has an
// invalid one until then.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::sema {

using namespace ast;

//===-- Entrances ---------------------------------------------------------------------------------------------===//

TypeId Checker::check(const Expr *expr, TypeId hint) {
  TypeId type = readWeak(expr, dispatch(expr, hint));
  program.exprs[expr].type = type;
  if (auto *open = type.isValid() ? nullptr : openVariant(expr); open && expr == stripParens(expr))
    if (TypeId wanted = instanceWanted(open->generic, hint); wanted.isValid() && types[wanted].nominal != open->generic)
      return settleVariant(expr, wanted);
  return type;
}

/// Reading a weak reference gives its object, if that lives.
TypeId Checker::readWeak(const Expr *expr, TypeId type) {
  if (!type.isValid() || types.kind(type) != TypeKind::Weak)
    return type;
  program.exprs[expr].readsWeak = true;
  return setType(expr, types.read(type));
}

TypeId Checker::checkValue(const Expr *expr, TypeId hint) {
  check(expr, hint);
  return finish(expr);
}

TypeId Checker::checkTo(const Expr *expr, TypeId to, llvm::StringRef context) {
  if (auto *list = llvm::dyn_cast<InitializerList>(expr))
    return checkInitList(list, to);
  check(expr, to);
  return coerce(expr, to, context);
}

TypeId Checker::dispatch(const Expr *expr, TypeId hint) {
  bool inChain = std::exchange(openChain, false);
  chainIsOpen = false;
  switch (expr->kind) {
  case NodeKind::IntLiteral:
    return checkLiteral(llvm::cast<IntLiteral>(expr), false);
  case NodeKind::FloatLiteral: {
    auto *literal = llvm::cast<FloatLiteral>(expr);
    TypeId type = literal->isSingle ? types::Float32 : types::Float64;
    setConstant(expr, makeFloat(literal->value, type));
    return type;
  }
  case NodeKind::CharLiteral: {
    ConstValue value;
    value.kind = ConstValue::Kind::Char;
    value.bits = llvm::cast<CharLiteral>(expr)->value;
    setConstant(expr, value);
    return types::Char;
  }
  case NodeKind::StringLiteral: {
    ConstValue value;
    value.kind = ConstValue::Kind::String;
    value.text = llvm::cast<StringLiteral>(expr)->value;
    setConstant(expr, value);
    return types::String;
  }
  case NodeKind::BoolLiteral:
    setConstant(expr, makeBool(llvm::cast<BoolLiteral>(expr)->value));
    return types::Bool;
  case NodeKind::NullLiteral: {
    ConstValue value;
    value.kind = ConstValue::Kind::Null;
    setConstant(expr, value);
    return types::Null;
  }
  case NodeKind::InterpolatedString:
    return checkInterpolated(llvm::cast<InterpolatedString>(expr));
  case NodeKind::ParenExpr: {
    auto *inner = llvm::cast<ParenExpr>(expr)->inner;
    TypeId type = check(inner, hint);
    uint32_t constant = program.exprs.get(inner).constant;
    program.exprs[expr].constant = constant;
    return type;
  }
  case NodeKind::NameExpr:
  case NodeKind::BuiltinTypeExpr:
  case NodeKind::BaseExpr: {
    Resolved resolved = resolve(expr, hint);
    return valueOf(expr, resolved, true);
  }
  case NodeKind::MemberExpr: {
    openChain = inChain;
    Resolved resolved = resolve(expr, hint);
    return valueOf(expr, resolved, true);
  }
  case NodeKind::ThisExpr:
    return checkThis(expr);
  case NodeKind::ArrayLiteral:
    return checkArrayLiteral(llvm::cast<ArrayLiteral>(expr), hint);
  case NodeKind::SpreadExpr:
    return checkValue(llvm::cast<SpreadExpr>(expr)->value); // only in array literals, which look for it themselves
  case NodeKind::InitializerList:
    if (hint.isValid() && hint != types::Error)
      return checkInitList(llvm::cast<InitializerList>(expr), hint);
    for (auto &element : llvm::cast<InitializerList>(expr)->elements)
      if (element.value && !llvm::isa<InitializerList>(element.value))
        checkValue(element.value);
    report(DiagId::NeedsTarget, expr->range) << "{ … }";
    return types::Error;
  case NodeKind::NewObject:
    return checkNew(llvm::cast<NewObject>(expr), hint);
  case NodeKind::NewArray:
    return checkNewArray(llvm::cast<NewArray>(expr), hint);
  case NodeKind::DefaultExpr: {
    auto *zero = llvm::cast<DefaultExpr>(expr);
    if (!zero->type)
      return {};
    TypeId type = resolveHere(zero->type);
    if (type == types::Void) {
      report(DiagId::VoidVariable, zero->type->range) << "a value" << "void";
      return types::Error;
    }
    if (type != types::Error && !hasZeroValue(type) && !cx->file->isLibrary) { // the library clears places with it
      reportNoZero(expr->range, type);
      return types::Error;
    }
    setConstant(expr, zeroConstant(type));
    return type;
  }
  case NodeKind::TypeQueryExpr:
    return checkTypeQuery(llvm::cast<TypeQueryExpr>(expr));
  case NodeKind::NameofExpr:
    return checkNameof(llvm::cast<NameofExpr>(expr));
  case NodeKind::CheckedExpr: {
    auto *checked = llvm::cast<CheckedExpr>(expr);
    bool saved = std::exchange(cx->isChecked, checked->isChecked);
    TypeId type = check(checked->value, hint);
    cx->isChecked = saved;
    if (!type.isValid())
      type = finish(checked->value);
    uint32_t constant = program.exprs.get(checked->value).constant;
    program.exprs[expr].constant = constant;
    return type;
  }
  case NodeKind::AssignExpr:
    return checkAssign(llvm::cast<AssignExpr>(expr));
  case NodeKind::ConditionalExpr:
    return checkConditional(llvm::cast<ConditionalExpr>(expr), hint);
  case NodeKind::BinaryExpr:
    return checkBinary(llvm::cast<BinaryExpr>(expr), hint);
  case NodeKind::UnaryExpr:
    return checkUnary(llvm::cast<UnaryExpr>(expr), hint);
  case NodeKind::PostfixExpr:
    return checkPostfix(llvm::cast<PostfixExpr>(expr));
  case NodeKind::CastExpr: {
    auto *cast = llvm::cast<CastExpr>(expr);
    return checkCast(expr, resolveHere(cast->type), cast->type->range, cast->operand);
  }
  case NodeKind::IsExpr: {
    Narrowing whenTrue, whenFalse;
    checkBool(expr, whenTrue, whenFalse);
    return program.exprs.get(expr).type;
  }
  case NodeKind::AsExpr:
    return checkAs(llvm::cast<AsExpr>(expr));
  case NodeKind::IndexExpr:
    openChain = inChain;
    return checkIndex(llvm::cast<IndexExpr>(expr), true, false);
  case NodeKind::CallExpr:
    openChain = inChain;
    return checkCall(llvm::cast<CallExpr>(expr), hint);
  case NodeKind::ThrowExpr:
    return checkThrow(llvm::cast<ThrowExpr>(expr)->value, expr->range);
  case NodeKind::RangeExpr: {
    auto *range = llvm::cast<RangeExpr>(expr);
    for (const Expr *end : {range->begin, range->end})
      if (end)
        checkValue(end);
    refuse(expr->range, "a range as a value");
    return types::Error;
  }
  case NodeKind::TupleExpr:
    return checkTuple(llvm::cast<TupleExpr>(expr), hint);
  case NodeKind::MatchExpr:
    return checkMatch(llvm::cast<MatchExpr>(expr), hint);
  case NodeKind::LambdaExpr:
    return checkLambda(llvm::cast<LambdaExpr>(expr), hint);
  default: // ErrorExpr: the parser has reported it
    return types::Error;
  }
}

//===-- Literals ----------------------------------------------------------------------------------------------===//

/// The first of int, uint, long, ulong that holds it, from where its suffix allows. A minus before it counts.
TypeId Checker::checkLiteral(const IntLiteral *expr, bool isNegated) {
  uint64_t value = expr->value;
  TypeId type;
  if (expr->isUnsigned && expr->isLong)
    type = types::UInt64;
  else if (expr->isUnsigned)
    type = value >> 32 ? types::UInt64 : types::UInt32;
  else if (expr->isLong)
    type = value <= uint64_t(INT64_MAX) + isNegated ? types::Int64 : types::UInt64;
  else if (value <= uint64_t(INT32_MAX) + isNegated)
    type = types::Int32;
  else if (!(value >> 32) && !isNegated)
    type = types::UInt32;
  else if (value <= uint64_t(INT64_MAX) + isNegated)
    type = types::Int64;
  else
    type = types::UInt64;
  setConstant(expr, makeInt(types, value, type));
  return setType(expr, type);
}

void Checker::reportNoZero(SourceRange range, TypeId type) {
  auto diag = report(DiagId::NoZeroValue, range);
  diag << spell(type);
  if (types.kind(type) == TypeKind::TypeParam)
    diag.note(paramInfo(type).decl->range, "any type may stand for it: 'where " + spell(type) + " : struct' promises a zero value, and a '" + spell(type) +
                                               "?' may be null");
}

ConstValue Checker::zeroConstant(TypeId type) const {
  if (types.isInteger(type))
    return makeInt(types, 0, type);
  if (types.isFloat(type))
    return makeFloat(0, type);
  ConstValue value;
  switch (types.kind(type)) {
  case TypeKind::Bool: value.kind = ConstValue::Kind::Bool; break;
  case TypeKind::Char: value.kind = ConstValue::Kind::Char; break;
  case TypeKind::String: value.kind = ConstValue::Kind::String; break;
  case TypeKind::Optional: case TypeKind::Weak: case TypeKind::Pointer: value.kind = ConstValue::Kind::Null; break;
  default: break;
  }
  return value;
}

TypeId Checker::checkInterpolated(const InterpolatedString *expr) {
  for (auto &part : expr->parts) {
    if (!part.hole)
      continue;
    checkValue(part.hole);
    if (part.width) {
      checkTo(part.width, types::Int32, "for the width");
      if (!constantOf(stripParens(part.width)) && program.exprs.get(part.width).type != types::Error)
        report(DiagId::WidthNotConstant, part.width->range);
    }
    TypeId type = program.exprs.get(part.hole).type;
    if (part.format.empty() || type == types::Error)
      coerceToString(part.hole);
    else
      checkFormat(part.hole, type, part.format, part.formatRange.isValid() ? part.formatRange : part.hole->range);
  }
  return types::String;
}

/// Numbers know formats of their own: one of D F E G N P X B with up to three digits (D, X and B are for integers), or a
/// picture like `#,##0.00`, which has places for digits. Other values are asked for their ToString(string).
void Checker::checkFormat(const Expr *hole, TypeId type, llvm::StringRef format, SourceRange range) {
  if (!types.isNumeric(type)) {
    TypeId value = types.kind(type) == TypeKind::Optional ? types[type].element : type;
    FunctionId function = formattingOf(value);
    if (!function.isValid()) {
      report(DiagId::FormatOfNonNumber, range) << format << spell(type);
      return;
    }
    noteCall(function, dispatchOf(function, value, false));
    program.exprs[hole].conversion = {ConversionKind::ToString, types::String, function};
    return;
  }
  coerceToString(hole);
  llvm::StringRef letters = types.isInteger(type) ? "DFEGNPXB" : "FEGNP";
  llvm::StringRef digits = format.drop_front();
  bool isLetter = llvm::isAlpha(format[0]) && llvm::all_of(digits, llvm::isDigit);
  if (isLetter ? letters.contains(llvm::toUpper(format[0])) && digits.size() <= 3 : format.find_first_of("0#") != llvm::StringRef::npos)
    return;
  report(DiagId::NoSuchFormat, range) << format << spell(type) << (types.isInteger(type) ? "D, F, E, G, N, P, X or B" : "F, E, G, N or P");
}

/// The type's own `ToString(string)`, which takes a format.
FunctionId Checker::formattingOf(TypeId type) {
  llvm::SmallVector<FunctionId, 4> methods;
  gatherMethods(type, names.intern("ToString"), methods);
  for (FunctionId method : methods) {
    needSignature(method);
    const FunctionInfo &info = program[method];
    if (info.isStatic || info.params.size() != 1 || info.result != types::String || detail(method).isPoisoned || detail(method).isGeneric)
      continue;
    TypeId param = program[info.params[0].variable].type;
    if (param == types::String || param == types.optional(types::String))
      return method;
  }
  return {};
}

//===-- Small kinds -------------------------------------------------------------------------------------------===//

TypeId Checker::checkThis(const Expr *expr) {
  if (!cx->thisType.isValid()) {
    report(DiagId::NoThis, expr->range) << (cx->inInitialiser ? "an initialiser" : "something static");
    return types::Error;
  }
  cx->usesThis = true;
  ExprFacts &facts = program.exprs[expr];
  facts.entity = EntityKind::Variable;
  facts.variable = cx->thisVariable;
  return cx->thisType;
}

TypeId Checker::checkTypeQuery(const TypeQueryExpr *expr) {
  TypeId type = resolveHere(expr->type);
  if (type == types::Error)
    return types::Error;
  if (type == types::Void) {
    report(DiagId::VoidVariable, expr->type->range) << "a value" << "void";
    return types::Error;
  }
  if (mentionsParam(type))
    return types::Int32; // known in instances only
  needLayoutOf(type);
  uint64_t value = 0;
  switch (expr->query) {
  case TypeQuery::SizeOf:
    value = types.layout(type).size;
    break;
  case TypeQuery::AlignOf:
    value = types.layout(type).align;
    break;
  case TypeQuery::OffsetOf: {
    TypeKind kind = types.kind(type);
    if (kind == TypeKind::Tuple) {
      if (std::optional<unsigned> part = tupleElement(type, expr->field)) {
        value = types.fieldOffset(type, *part);
        break;
      }
    }
    if (kind != TypeKind::Struct && kind != TypeKind::Class) {
      report(DiagId::NoSuchMember, expr->fieldRange) << spell(type) << expr->field.text();
      return types::Error;
    }
    const NominalInfo &info = types.info(type);
    unsigned index = 0;
    while (index < info.fields.size() && info.fields[index].name != expr->field)
      ++index;
    if (index == info.fields.size()) {
      report(DiagId::NoSuchMember, expr->fieldRange) << spell(type) << expr->field.text();
      return types::Error;
    }
    value = types.fieldOffset(type, index);
    break;
  }
  }
  TypeId number = value <= 0x7FFFFFFF ? types::Int32 : types::Int64;
  setConstant(expr, makeInt(types, value, number));
  return number;
}

/// Lays out the structs that a type holds by value.
void Checker::needLayoutOf(TypeId type) {
  if (types.kind(type) == TypeKind::Class)
    needLayout(types[type].nominal);
  else
    needInlineLayouts(type);
}

TypeId Checker::checkNameof(const NameofExpr *expr) {
  const Expr *value = stripParens(expr->value);
  ConstValue text;
  text.kind = ConstValue::Kind::String;
  if (auto *name = llvm::dyn_cast<NameExpr>(value)) {
    Resolved resolved = resolve(value);
    if (resolved.kind == Resolved::Kind::Error)
      return types::Error;
    text.text = name->name.text();
  } else if (auto *member = llvm::dyn_cast<MemberExpr>(value)) {
    Resolved resolved = resolve(value);
    if (resolved.kind == Resolved::Kind::Error)
      return types::Error;
    text.text = member->name.text();
  } else {
    checkValue(value);
    report(DiagId::NameofWhat, expr->value->range);
    return types::Error;
  }
  setConstant(expr, text);
  return types::String;
}

/// `throw e`, as statement or expression.
TypeId Checker::checkThrow(const Expr *value, SourceRange range) {
  TypeId exception = program.knownTypes[size_t(Known::Exception)];
  if (!cx->swallowing)
    cx->throwsItself = true;
  if (!value)
    return types::Never;
  TypeId type = checkValue(value);
  if (type == types::Error || !exception.isValid())
    return types::Never;
  if (type == types::String) {
    noteExceptionOfText();
    program.exprs[value].conversion = {ConversionKind::StringToException, exception, {}};
    return types::Never;
  }
  if (!types.isSubtype(type, exception)) {
    auto diag = report(DiagId::NotAnException, value->range);
    diag << spell(type);
    if (types.kind(type) == TypeKind::Class)
      diag.note(types.info(type).range, "'" + spell(type) + "' does not inherit from 'Exception'");
    return types::Never;
  }
  return types::Never;
}

TypeId Checker::checkConditional(const ConditionalExpr *expr, TypeId hint) {
  Narrowing whenTrue, whenFalse;
  checkCondition(expr->condition, whenTrue, whenFalse);
  cx->now = whenTrue;
  check(expr->whenTrue, hint);
  Narrowing after = cx->now;
  bool firstLeaves = program.exprs.get(stripParens(expr->whenTrue)).type == types::Never;
  cx->now = whenFalse;
  check(expr->whenFalse, hint);
  bool secondLeaves = program.exprs.get(stripParens(expr->whenFalse)).type == types::Never;
  if (secondLeaves)
    cx->now = after;
  else if (!firstLeaves)
    cx->now.meet(after);
  const Expr *ways[] = {expr->whenTrue, expr->whenFalse};
  TypeId a = program.exprs.get(stripParens(expr->whenTrue)).type, b = program.exprs.get(stripParens(expr->whenFalse)).type;
  if (a == types::Error || b == types::Error) {
    finish(expr->whenTrue);
    finish(expr->whenFalse);
    return types::Error;
  }
  TypeId common = commonType(ways);
  if (!common.isValid())
    return {}; // the target decides, or finish() reports
  bool isNullOnly = common == types::Null;
  if (isNullOnly)
    return {};
  coerce(expr->whenTrue, common);
  coerce(expr->whenFalse, common);
  bool truth;
  if (constantBool(expr->condition, truth)) {
    ConstValue value = constantValue(program, truth ? expr->whenTrue : expr->whenFalse);
    if (constantOf(stripParens(expr->whenTrue)) && constantOf(stripParens(expr->whenFalse)))
      setConstant(expr, value);
  }
  return common;
}

} // namespace dream::sema
