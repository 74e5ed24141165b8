// Patterns, and `is`: names, null, constants, comparisons, ranges, types, cases of enums, tuples, members, and, or, not.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

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
  ConstValue value = constantValue(program, expr);
  if (!value || value.kind == ConstValue::Kind::Parts) {
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
  if (types.isView(type) && !checkStorable(type, pattern->range, "a name in a pattern"))
    type = types::Error;
  if (isMoveOnly(type)) {
    if (binding != Binding::Takes) {
      auto diag = report(DiagId::MovesByBinding, pattern->range);
      diag << spell(type);
      if (binding == Binding::Guarded)
        diag.note(pattern->range, "an arm with a guard takes nothing; test inside of the arm");
      else if (inMatch)
        diag.note(pattern->range, "'match (move …)' gives the value away, and its parts move into their names");
      type = types::Error;
    }
  }
  program.patterns[pattern].variable = declareLocalVariable(VariableKind::Local, name, type, range);
}

/// `var (a, b)`: names for the parts of a tuple.
void Checker::bindNames(const Pattern *pattern, const NamesTree *names, TypeId type, bool mayBind) {
  if (names->children.empty()) {
    if (!names->variable || names->variable->name.text() == "_")
      return;
    bindPattern(pattern, names->variable->name, names->variable->nameRange, type, mayBind);
    program.declared[names->variable] = program.patterns.get(pattern).variable;
    return;
  }
  bool fits = type != types::Error && types.kind(type) == TypeKind::Tuple && types[type].args.size() == names->children.size();
  if (!fits && type != types::Error) {
    if (types.kind(type) == TypeKind::Tuple)
      report(DiagId::TupleCount, names->range) << spell(type) << int64_t(names->children.size());
    else
      report(DiagId::NotATuple, names->range) << spell(type);
  }
  for (size_t i = 0; i < names->children.size(); ++i)
    bindNames(pattern, names->children[i], fits ? types[type].args[i] : types::Error, mayBind);
}

/// The parts of a case or tuple, one pattern for each.
void Checker::checkParts(const Pattern *pattern, llvm::ArrayRef<const Pattern *> parts, llvm::ArrayRef<TypeId> partTypes, llvm::StringRef what,
                         bool mayBind) {
  if (parts.size() != partTypes.size())
    report(DiagId::PatternCount, pattern->range).operator<<(what).operator<<(int64_t(partTypes.size())).operator<<(int64_t(parts.size()));
  for (size_t i = 0; i < parts.size(); ++i)
    checkPattern(parts[i], i < partTypes.size() ? partTypes[i] : types::Error, mayBind);
}

/// `{ x: > 0, name: var n }`: members of the value that is matched.
void Checker::checkProperties(const TypePattern *pattern, TypeId type, bool mayBind) {
  std::vector<PatternMember> members;
  for (auto &property : pattern->properties) {
    PatternMember member;
    member.type = types::Error;
    auto unknown = [&] {
      auto diag = report(DiagId::NoSuchMember, property.range);
      diag << spell(type) << property.name.text();
      std::vector<llvm::StringRef> candidates;
      collectMembers(type, candidates);
      suggest(diag, property.range, property.name, candidates);
    };
    TypeKind kind = types.kind(type);
    NominalId owner;
    Symbol symbol;
    if (isNominal(kind)) {
      needLayout(types[type].nominal);
      symbol = lookupMember(types[type].nominal, property.name, &owner);
    }
    if (type == types::Error || symbol.kind == Symbol::Kind::Poisoned) {
      // silent
    } else if (kind == TypeKind::Tuple) {
      if (std::optional<unsigned> part = tupleElement(type, property.name)) {
        member.entity = EntityKind::TupleElement;
        member.index = *part;
        member.type = types[type].args[*part];
      } else {
        unknown();
      }
    } else if (property.name.text() == "Length" && hasLength(type)) {
      member.entity = EntityKind::Length;
      member.type = types::Int32;
    } else if (symbol.kind == Symbol::Kind::Variable && program[VariableId(symbol.index)].kind == VariableKind::Field) {
      if (checkVisible(symbol.visibility, owner, detail(owner).file->module, property.name, property.range, symbol.range)) {
        needVariableType(VariableId(symbol.index));
        const VariableInfo &field = program[VariableId(symbol.index)];
        member.entity = EntityKind::Field;
        member.field = VariableId(symbol.index);
        member.index = field.fieldIndex;
        member.type = field.type;
      }
    } else if (symbol.kind == Symbol::Kind::Property && !program[PropertyId(symbol.index)].isStatic) {
      PropertyId found(symbol.index);
      FunctionId getter = program[found].getter;
      if (!getter.isValid()) {
        report(DiagId::PropertyNotReadable, property.range) << property.name.text();
      } else if (checkVisible(symbol.visibility, owner, detail(owner).file->module, property.name, property.range, symbol.range)) {
        noteCall(getter, dispatchOf(getter, type, false));
        member.entity = EntityKind::Property;
        member.property = found;
        member.type = program[found].type;
      }
    } else {
      unknown();
    }
    members.push_back(member);
    checkPattern(property.pattern, member.type, mayBind);
  }
  program.patterns[pattern].members = std::move(members);
}

/// `mayBind`: a binding is assigned wherever the whole pattern has matched.
void Checker::checkPattern(const Pattern *pattern, TypeId type, bool mayBind) {
  program.patterns[pattern].of = type;
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
      if (kind == TypeKind::Weak)
        refuse(pattern->range, "a test of a weak reference inside of a pattern");
      else if (kind != TypeKind::Optional && kind != TypeKind::Pointer && type != types::Error) {
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
    if (TypeId inner = type != types::Error && types.kind(type) == TypeKind::Optional ? types[type].element : type;
        inner != types::Error && !types.isNumeric(inner) && inner != types::Char)
      report(DiagId::PatternNeedsNumber, pattern->range) << spell(type);
    program.patterns[pattern].test = PatternTest::Relational;
    program.patterns[pattern].constant = row;
    return;
  }
  case NodeKind::RangePattern: {
    auto *range = llvm::cast<RangePattern>(pattern);
    uint32_t low = range->low ? patternConstant(range->low, type) : 0, high = range->high ? patternConstant(range->high, type) : 0;
    if (TypeId inner = type != types::Error && types.kind(type) == TypeKind::Optional ? types[type].element : type;
        inner != types::Error && !types.isNumeric(inner) && inner != types::Char)
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
    if (binding->names)
      bindNames(pattern, binding->names, type, mayBind);
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
  TypeId matched = type != types::Error && types.kind(type) == TypeKind::Optional ? types[type].element : type;
  // What follows the type, of a value that is one: its parts, its properties, and a name for it.
  auto rest = [&](TypeId of) {
    if (pattern->hasParts) {
      bool isTuple = of != types::Error && types.kind(of) == TypeKind::Tuple;
      if (!isTuple && of != types::Error)
        report(DiagId::NothingToTakeApart, pattern->range) << spell(of);
      if (isTuple)
        program.patterns[pattern].test = PatternTest::Tuple;
      llvm::SmallVector<TypeId, 4> partTypes(pattern->parts.size(), types::Error);
      if (isTuple)
        partTypes.assign(types[of].args.begin(), types[of].args.end());
      checkParts(pattern, pattern->parts, partTypes, "'" + spell(of) + "'", mayBind);
    }
    if (pattern->hasProperties)
      checkProperties(pattern, of, mayBind);
    bindPattern(pattern, pattern->designator, pattern->designatorRange, of, mayBind);
  };
  if (!pattern->type) {
    program.patterns[pattern].type = matched;
    return rest(matched);
  }
  auto *named = llvm::dyn_cast<NamedType>(pattern->type);
  bool isBare = named && named->parts.size() == 1 && named->parts[0].args.empty();
  // A case of the enum: by its name, or with the enum's before it.
  if (named && named->parts.back().args.empty() && matched != types::Error) {
    std::optional<unsigned> variant;
    TypeId holder = matched;
    if (isBare) {
      variant = variantNamed(matched, named->parts[0].name);
    } else if (TypeId prefix = typeBefore(named); prefix.isValid() && types.kind(prefix) == TypeKind::Enum) {
      if (NominalId generic = detail(types[prefix].nominal).generic; generic == types[prefix].nominal)
        if (TypeId wanted = instanceWanted(generic, matched); wanted.isValid())
          prefix = wanted; // `Option.Some(x)`: the value tells the type arguments
      holder = prefix;
      variant = variantNamed(prefix, named->parts.back().name);
      if (prefix != matched && prefix != types::Error && variant) {
        report(DiagId::NeverOfType, pattern->range) << spell(type) << spell(prefix);
        variant.reset();
        holder = types::Error;
      } else if (!variant && prefix != types::Error && !lookupMember(types[prefix].nominal, named->parts.back().name)) {
        auto diag = report(DiagId::NoSuchVariant, named->parts.back().range);
        diag << spell(prefix) << named->parts.back().name.text();
        std::vector<llvm::StringRef> candidates;
        for (const EnumCase &one : types.info(prefix).cases)
          candidates.push_back(one.name.text());
        suggest(diag, named->parts.back().range, named->parts.back().name, candidates);
        holder = types::Error;
      }
      if (!variant && holder == types::Error) {
        for (const Pattern *part : pattern->parts)
          checkPattern(part, types::Error, mayBind);
        program.patterns[pattern].type = types::Error;
        return;
      }
    }
    if (variant) {
      program.patterns[pattern].test = PatternTest::Variant;
      program.patterns[pattern].variant = *variant;
      program.patterns[pattern].type = holder;
      const EnumCase one = types.info(holder).cases[*variant];
      llvm::SmallVector<TypeId, 4> partTypes;
      for (const FieldInfo &part : one.parts)
        partTypes.push_back(part.type);
      if (pattern->hasParts)
        checkParts(pattern, pattern->parts, partTypes, ("'" + one.name.text() + "'").str(), mayBind);
      if (pattern->hasProperties)
        checkProperties(pattern, holder, mayBind);
      bindPattern(pattern, pattern->designator, pattern->designatorRange, holder, mayBind);
      return;
    }
  }
  // A bare name may be a constant; one that means nothing is a new variable.
  VariableId dotted;
  if (named && !isBare && named->parts.back().args.empty())
    if (TypeId prefix = typeBefore(named); prefix.isValid() && isNominal(types.kind(prefix))) {
      Symbol symbol = lookupMember(types[prefix].nominal, named->parts.back().name);
      if (symbol.kind == Symbol::Kind::Variable)
        dotted = VariableId(symbol.index);
    }
  const TypeBinding *param = isBare ? findBinding(named->parts[0].name) : nullptr;
  bool isTypeParam = param && !param->constant.isValid() && !locals.count(named->parts[0].name);
  if ((isBare || dotted.isValid()) && !isTypeParam && !pattern->designator && !pattern->hasParts && !pattern->hasProperties) {
    Name name = named->parts[0].name;
    VariableId constant;
    if (dotted.isValid()) {
      constant = dotted;
    } else if (auto found = locals.find(name); found != locals.end()) {
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
      bool isField = constant.isValid() && program[constant].kind != VariableKind::Constant;
      if (!symbol || symbol.kind == Symbol::Kind::Functions || symbol.kind == Symbol::Kind::Property || isField) {
        program.patterns[pattern].test = PatternTest::Always;
        if (!name.text().empty() && llvm::isUpper(name.text().front()) && type != types::Error) {
          auto diag = report(DiagId::BindsCapitalised, pattern->range);
          diag << name.text();
          std::vector<llvm::StringRef> candidates;
          collectTypes(*cx->file, cx->type, candidates);
          TypeId inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
          if (types.kind(inner) == TypeKind::Enum)
            for (const EnumCase &variant : types.info(inner).cases)
              candidates.push_back(variant.name.text());
          suggest(diag, pattern->range, name, candidates);
        }
        return bindPattern(pattern, name, pattern->range, type, mayBind);
      }
    }
    if (constant.isValid()) {
      if (program[constant].kind != VariableKind::Constant || program[constant].constant.kind == ConstValue::Kind::Parts) {
        report(DiagId::PatternNotConstant, pattern->range).note(program[constant].range, "declared here; compare with '=='");
        return;
      }
      if (globalRows.count(constant))
        needConstant(constant);
      TypeId from = program[constant].type, inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
      ConstValue value = from.isValid() ? convertConstant(types, program[constant].constant, from, inner) : ConstValue();
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
      bool looksFurther = pattern->hasParts || pattern->hasProperties || inMatch;
      if (types.kind(type) != TypeKind::Optional && !looksFurther)
        report(DiagId::AlwaysOfType, pattern->range) << spell(type) << spell(wanted);
    }
  }
  if (!pattern->hasParts && !pattern->hasProperties)
    return bindPattern(pattern, pattern->designator, pattern->designatorRange, wanted, mayBind);
  rest(wanted);
}

/// The type in `Shape.Circle`, `shapes.Shape.Circle`; invalid if what stands before the last name is none.
TypeId Checker::typeBefore(const NamedType *node) {
  Symbol symbol;
  NominalId owner;
  auto &first = node->parts.front();
  // A member that is no type may have a type's name.
  for (NominalId level = cx->type; level.isValid() && symbol.kind != Symbol::Kind::Type; level = detail(level).outer)
    symbol = lookupMember(level, first.name, &owner);
  if (symbol.kind != Symbol::Kind::Type)
    symbol = lookupGlobal(*cx->file, first.name, {});
  size_t next = 1;
  if (!symbol) {
    ModuleId module = moduleNamed(*cx->file, first.name);
    if (!module.isValid() || node->parts.size() < 3)
      return {};
    symbol = lookupModule(module, node->parts[1].name, *cx->file);
    next = 2;
  }
  for (; next + 1 < node->parts.size() && symbol.kind == Symbol::Kind::Type; ++next)
    symbol = lookupMember(NominalId(symbol.index), node->parts[next].name, &owner);
  if (symbol.kind != Symbol::Kind::Type)
    return {};
  NominalId type(symbol.index);
  if (auto &last = node->parts[next - 1]; !last.args.empty())
    type = applyTypeArgs(type, last.args, last.name, last.range, *cx->file, cx->type);
  return type.isValid() ? types.info(type).type : types::Error;
}

} // namespace dream::sema
