// `is`, and the patterns it takes today: types with a binding, null, constants, comparisons, ranges, and, or, not.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

TypeId Checker::checkIs(const IsExpr *expr) {
  TypeId type = checkValue(expr->value);
  checkPattern(expr->pattern, type, true);
  PatternFacts facts = program.patterns.get(expr->pattern);
  if (facts.test == PatternTest::Type && facts.type.isValid() && type != types::Error)
    if (std::optional<Conversion> conversion = explicitConversion(type, facts.type))
      program.exprs[expr].cast = *conversion;
  return types::Bool;
}

/// A constant to compare a value of the type with; its row, or 0 after an error.
uint32_t Checker::patternConstant(const Expr *expr, TypeId type) {
  TypeId inner = type != types::Error && types.kind(type) == TypeKind::Optional ? types[type].element : type;
  if (checkTo(expr, inner, "to compare with") == types::Error)
    return 0;
  if (type == types::Error)
    return 0;
  ConstValue value = converted(expr);
  if (!value) {
    report(DiagId::PatternNotConstant, expr->range);
    return 0;
  }
  program.constants.push_back(value);
  return program.constants.size() - 1;
}

void Checker::bindPattern(const Pattern *pattern, Name name, SourceRange range, TypeId type, bool mayBind) {
  if (!name)
    return;
  if (!mayBind) {
    report(DiagId::BindingNotHere, range) << name.text();
    type = types::Error;
  }
  program.patterns[pattern].variable = declareLocalVariable(VariableKind::Local, name, type, range);
}

/// `mayBind`: a binding is assigned wherever the whole pattern has matched.
void Checker::checkPattern(const Pattern *pattern, TypeId type, bool mayBind) {
  auto bad = [&] { program.patterns[pattern].test = PatternTest::Always; };
  switch (pattern->kind) {
  case NodeKind::WildcardPattern:
    return bad();
  case NodeKind::ConstantPattern: {
    auto *constant = llvm::cast<ConstantPattern>(pattern);
    if (llvm::isa<NullLiteral>(constant->value)) {
      checkValue(constant->value);
      program.patterns[pattern].test = PatternTest::Null;
      TypeKind kind = types.kind(type);
      if (kind != TypeKind::Optional && kind != TypeKind::Pointer && type != types::Error) {
        if (types.isCounted(type))
          report(DiagId::NullTestConstant, pattern->range) << spell(type) << "false";
        else
          report(DiagId::NullToNonOptional, pattern->range) << spell(type);
      }
      return;
    }
    uint32_t row = patternConstant(constant->value, type);
    program.patterns[pattern].test = PatternTest::Constant;
    program.patterns[pattern].constant = row;
    return;
  }
  case NodeKind::RelationalPattern: {
    uint32_t row = patternConstant(llvm::cast<RelationalPattern>(pattern)->value, type);
    if (type != types::Error && !types.isNumeric(type) && type != types::Char)
      report(DiagId::PatternNeedsNumber, pattern->range) << spell(type);
    program.patterns[pattern].test = PatternTest::Relational;
    program.patterns[pattern].constant = row;
    return;
  }
  case NodeKind::RangePattern: {
    auto *range = llvm::cast<RangePattern>(pattern);
    uint32_t low = range->low ? patternConstant(range->low, type) : 0, high = range->high ? patternConstant(range->high, type) : 0;
    if (type != types::Error && !types.isNumeric(type) && type != types::Char)
      report(DiagId::PatternNeedsNumber, pattern->range) << spell(type);
    program.patterns[pattern].test = PatternTest::Range;
    program.patterns[pattern].constant = low;
    program.patterns[pattern].high = high;
    return;
  }
  case NodeKind::NotPattern:
    checkPattern(llvm::cast<NotPattern>(pattern)->inner, type, mayBind);
    program.patterns[pattern].test = PatternTest::Not;
    return;
  case NodeKind::BinaryPattern: {
    auto *both = llvm::cast<BinaryPattern>(pattern);
    checkPattern(both->lhs, type, mayBind && both->isAnd);
    // `T and …` goes on with a T; what is no reference and holds some is not taken out of its box for that.
    const Pattern *leftmost = both->lhs;
    for (auto *inner = llvm::dyn_cast<BinaryPattern>(leftmost); inner && inner->isAnd; inner = llvm::dyn_cast<BinaryPattern>(leftmost))
      leftmost = inner->lhs;
    PatternFacts first = program.patterns.get(leftmost);
    bool narrows = both->isAnd && first.test == PatternTest::Type && first.type.isValid() && first.type != types::Error &&
                   type != types::Error && (types.isCounted(first.type) || types.isPlain(first.type));
    checkPattern(both->rhs, narrows ? first.type : type, mayBind && both->isAnd);
    program.patterns[pattern].test = both->isAnd ? PatternTest::And : PatternTest::Or;
    return;
  }
  case NodeKind::VarPattern: {
    auto *binding = llvm::cast<VarPattern>(pattern);
    program.patterns[pattern].test = PatternTest::Always;
    if (!binding->names || !binding->names->variable) {
      refuse(pattern->range, "a pattern with parts");
      return;
    }
    bindPattern(pattern, binding->names->variable->name, binding->names->variable->nameRange, type, mayBind);
    program.declared[binding->names->variable] = program.patterns.get(pattern).variable;
    return;
  }
  case NodeKind::TypePattern:
    return checkTypePattern(llvm::cast<TypePattern>(pattern), type, mayBind);
  default:
    return bad();
  }
}

void Checker::checkTypePattern(const TypePattern *pattern, TypeId type, bool mayBind) {
  program.patterns[pattern].test = PatternTest::Type;
  if (!pattern->type || pattern->hasParts || pattern->hasProperties) {
    refuse(pattern->range, "a pattern with parts");
    bindPattern(pattern, pattern->designator, pattern->designatorRange, types::Error, mayBind);
    return;
  }
  // A bare name may be a constant.
  auto *named = llvm::dyn_cast<NamedType>(pattern->type);
  if (named && named->parts.size() == 1 && named->parts[0].args.empty() && !pattern->designator) {
    Name name = named->parts[0].name;
    VariableId constant;
    if (auto found = locals.find(name); found != locals.end()) {
      if (found->second.variable.isValid())
        constant = found->second.variable;
    } else {
      Symbol symbol;
      for (NominalId level = cx->type; level.isValid() && !symbol; level = detail(level).outer)
        symbol = lookupMember(level, name);
      if (!symbol)
        symbol = lookupGlobal(*cx->file, name, {});
      if (symbol.kind == Symbol::Kind::Variable)
        constant = VariableId(symbol.index);
    }
    if (constant.isValid()) {
      if (program[constant].kind != VariableKind::Constant) {
        report(DiagId::PatternNotConstant, pattern->range).note(program[constant].range, "declared here; compare with '=='");
        return;
      }
      if (globalRows.count(constant))
        needConstant(constant);
      TypeId from = program[constant].type, inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
      ConstValue value = from.isValid() ? convertConstant(program[constant].constant, from, inner) : ConstValue();
      if (!value && type != types::Error && from != types::Error)
        report(DiagId::CannotConvert, pattern->range) << spell(from) << spell(inner) << "";
      program.constants.push_back(value);
      program.patterns[pattern].test = PatternTest::Constant;
      program.patterns[pattern].constant = program.constants.size() - 1;
      return;
    }
  }
  TypeId wanted = resolveHere(pattern->type);
  if (wanted != types::Error && types.kind(wanted) == TypeKind::Optional)
    wanted = types[wanted].element;
  program.patterns[pattern].type = wanted;
  if (wanted != types::Error && type != types::Error) {
    std::optional<Conversion> conversion = explicitConversion(type, wanted);
    bool isTest = conversion && (conversion->kind == ConversionKind::None || conversion->kind == ConversionKind::Upcast ||
                                 conversion->kind == ConversionKind::Downcast || conversion->kind == ConversionKind::Unbox ||
                                 conversion->kind == ConversionKind::Box || conversion->kind == ConversionKind::UnwrapOptional);
    if (!isTest) {
      report(DiagId::NeverOfType, pattern->range) << spell(type) << spell(wanted);
    } else if (conversion->kind == ConversionKind::None || conversion->kind == ConversionKind::Upcast || conversion->kind == ConversionKind::Box) {
      if (types.kind(type) != TypeKind::Optional)
        report(DiagId::AlwaysOfType, pattern->range) << spell(type) << spell(wanted);
    }
  }
  bindPattern(pattern, pattern->designator, pattern->designatorRange, wanted, mayBind);
}

} // namespace dream::sema
