// Tuples: literals, their parts, conversions part by part, and taking them apart into variables.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Literals ----------------------------------------------------------------------------------------------===//

/// `(a, b)`: a tuple of what its parts are; if one of them waits for a target, so does the tuple.
TypeId Checker::checkTuple(const TupleExpr *expr, TypeId hint) {
  TypeId wanted = hint.isValid() && types.kind(hint) == TypeKind::Optional ? types[hint].element : hint;
  bool hasHint = wanted.isValid() && types.kind(wanted) == TypeKind::Tuple && types[wanted].args.size() == expr->elements.size();
  llvm::SmallVector<TypeId, 4> parts;
  llvm::SmallVector<Name, 4> partNames;
  bool waits = false, failed = false;
  for (size_t i = 0; i < expr->elements.size(); ++i) {
    auto &element = expr->elements[i];
    TypeId type = element.value ? check(element.value, hasHint ? types[wanted].args[i] : TypeId()) : types::Error;
    if (element.name && llvm::is_contained(partNames, element.name))
      report(DiagId::PartTwice, element.value->range) << element.name.text();
    waits |= !type.isValid() || type == types::Null;
    if (type == types::Void) {
      report(DiagId::VoidValue, element.value->range);
      type = types::Error;
    }
    if (type.isValid() && types.isView(type) && !checkStorable(type, element.value->range, "a part of a tuple"))
      type = types::Error;
    failed |= type == types::Error;
    parts.push_back(type);
    partNames.push_back(element.name);
  }
  if (failed)
    return types::Error;
  return waits ? TypeId() : types.tuple(parts, partNames);
}

bool Checker::tupleLiteralConverts(const TupleExpr *tuple, TypeId to) {
  const Type &target = types[to];
  if (target.kind == TypeKind::Optional)
    return tupleLiteralConverts(tuple, target.element);
  if (target.kind != TypeKind::Tuple || target.args.size() != tuple->elements.size())
    return false;
  for (size_t i = 0; i < tuple->elements.size(); ++i)
    if (!converts(tuple->elements[i].value, target.args[i]))
      return false;
  return true;
}

void Checker::retargetTuple(const TupleExpr *tuple, TypeId to) {
  TypeId inner = types.kind(to) == TypeKind::Optional ? types[to].element : to;
  for (size_t i = 0; i < tuple->elements.size(); ++i)
    coerce(tuple->elements[i].value, types[inner].args[i]);
  setType(tuple, inner);
  if (inner != to)
    program.exprs[tuple].conversion = {ConversionKind::ToOptional, to, {}};
}

//===-- Conversions -------------------------------------------------------------------------------------------===//

/// Part by part; names do not matter.
std::optional<Conversion> Checker::tupleConversion(TypeId from, TypeId to, bool isExplicit) {
  if (types[from].args.size() != types[to].args.size())
    return std::nullopt;
  std::vector<Conversion> parts;
  for (size_t i = 0; i < types[from].args.size(); ++i) {
    TypeId source = types[from].args[i], target = types[to].args[i];
    std::optional<Conversion> part = isExplicit ? explicitConversion(source, target) : implicitConversion(source, target);
    if (part && isMoveOnly(from) && part->kind != ConversionKind::None)
      return std::nullopt; // parts that move stay what they are
    if (!part)
      return std::nullopt;
    parts.push_back(*part);
  }
  program.tupleConversions.push_back(std::move(parts));
  Conversion whole{ConversionKind::TupleParts, to, {}};
  whole.parts = program.tupleConversions.size() - 1;
  return whole;
}

//===-- Parts -------------------------------------------------------------------------------------------------===//

/// The part that a member names: `Item1` and so on, or its own name.
std::optional<unsigned> Checker::tupleElement(TypeId type, Name name) const {
  const Type &row = types[type];
  for (unsigned i = 0; i < row.names.size(); ++i)
    if (row.names[i] && row.names[i] == name)
      return i;
  llvm::StringRef text = name.text();
  unsigned number;
  if (!text.consume_front("Item") || text.starts_with("0") || text.getAsInteger(10, number) || number == 0 || number > row.args.size())
    return std::nullopt;
  return number - 1;
}

/// `_` where no variable has that name.
bool Checker::isDiscard(const Expr *expr) {
  auto *name = llvm::dyn_cast<NameExpr>(stripParens(expr));
  return name && name->name.text() == "_" && !locals.count(name->name);
}

/// The tuple that the targets of `(a, (b, c)) = …` make; invalid parts take whatever comes.
TypeId Checker::targetParts(const TupleExpr *target) {
  llvm::SmallVector<TypeId, 4> parts;
  for (auto &element : target->elements) {
    const Expr *place = stripParens(element.value);
    if (auto *inner = llvm::dyn_cast<TupleExpr>(place)) {
      parts.push_back(targetParts(inner));
    } else if (isDiscard(place)) {
      setType(place, types::Void); // takes nothing
      parts.push_back(types::Never);
    } else {
      parts.push_back(checkTarget(element.value, false));
    }
  }
  llvm::SmallVector<Name, 4> none(parts.size());
  return types.tuple(parts, none);
}

/// What takes anything takes the part of the value's own type.
TypeId Checker::fillParts(TypeId wanted, TypeId natural) {
  if (wanted == types::Never)
    return natural.isValid() ? natural : types::Error;
  if (types.kind(wanted) != TypeKind::Tuple)
    return wanted;
  bool fits = natural.isValid() && types.kind(natural) == TypeKind::Tuple && types[natural].args.size() == types[wanted].args.size();
  llvm::SmallVector<TypeId, 4> parts;
  for (size_t i = 0; i < types[wanted].args.size(); ++i)
    parts.push_back(fillParts(types[wanted].args[i], fits ? types[natural].args[i] : TypeId()));
  llvm::SmallVector<Name, 4> none(parts.size());
  return types.tuple(parts, none);
}

static bool holdsError(const TypeTable &types, TypeId type) {
  return type == types::Error ||
         (types.kind(type) == TypeKind::Tuple && llvm::any_of(types[type].args, [&](TypeId part) { return holdsError(types, part); }));
}

/// The value can be taken apart into so many parts, all the way down.
static bool sameShape(const TypeTable &types, TypeId wanted, TypeId natural) {
  if (types.kind(wanted) != TypeKind::Tuple || natural == types::Error)
    return true;
  if (types.kind(natural) != TypeKind::Tuple || types[natural].args.size() != types[wanted].args.size())
    return false;
  for (size_t i = 0; i < types[wanted].args.size(); ++i)
    if (!sameShape(types, types[wanted].args[i], types[natural].args[i]))
      return false;
  return true;
}

/// `(a, b) = e`
TypeId Checker::checkTupleAssign(const AssignExpr *expr) {
  auto *target = llvm::cast<TupleExpr>(expr->target);
  if (expr->op != AssignOp::Assign) {
    checkValue(expr->value);
    report(DiagId::NotAPlace, expr->target->range);
    return types::Error;
  }
  TypeId wanted = targetParts(target);
  TypeId natural = check(expr->value, wanted);
  if (natural.isValid() && natural != types::Error && !sameShape(types, wanted, natural)) {
    if (types.kind(natural) == TypeKind::Tuple)
      report(DiagId::TupleCount, expr->target->range) << spell(natural) << int64_t(target->elements.size());
    else
      report(DiagId::NotATuple, expr->value->range) << spell(natural);
    return types::Error;
  }
  TypeId filled = fillParts(wanted, natural);
  if (holdsError(types, filled)) {
    finish(expr->value);
    return types::Error;
  }
  coerce(expr->value, filled);
  if (isMoveOnly(filled) && !llvm::isa<TupleExpr>(stripParens(expr->value)))
    refuse(expr->range, "assigning the parts of a tuple that moves");
  std::function<void(const TupleExpr *)> write = [&](const TupleExpr *tuple) {
    for (auto &element : tuple->elements) {
      const Expr *place = stripParens(element.value);
      if (auto *inner = llvm::dyn_cast<TupleExpr>(place)) {
        write(inner);
      } else if (program.exprs.get(place).type != types::Void) {
        noteStore(element.value, "assigned");
      }
    }
  };
  write(target);
  setType(target, filled);
  return types::Void;
}

//===-- Declaring several variables ---------------------------------------------------------------------------===//

/// The tuple of the declared types; parts declared with `var` take whatever comes.
TypeId Checker::partsOfNames(const NamesTree *names) {
  if (names->children.empty()) {
    if (!names->variable || !names->variable->type)
      return types::Never;
    TypeId type = resolveHere(names->variable->type);
    return checkStorable(type, names->variable->type->range, "a variable") ? type : types::Error;
  }
  llvm::SmallVector<TypeId, 4> parts;
  for (const NamesTree *child : names->children)
    parts.push_back(partsOfNames(child));
  llvm::SmallVector<Name, 4> none(parts.size());
  return types.tuple(parts, none);
}

void Checker::declareParts(const NamesTree *names, TypeId type, bool isReadOnly) {
  if (names->children.empty()) {
    if (!names->variable || names->variable->name.text() == "_")
      return;
    if (type == types::Null) {
      report(DiagId::NullNeedsType, names->range) << names->variable->name.text();
      type = types::Error;
    }
    VariableId id = declareLocalVariable(VariableKind::Local, names->variable->name, type, names->variable->nameRange);
    program[id].isReadOnly = isReadOnly || names->variable->keyword == VarKeyword::Let;
    program.declared[names->variable] = id;
    return;
  }
  for (size_t i = 0; i < names->children.size(); ++i) {
    bool fits = types.kind(type) == TypeKind::Tuple && i < types[type].args.size();
    declareParts(names->children[i], fits ? types[type].args[i] : types::Error, isReadOnly);
  }
}

/// `var (a, b) = e;`, `(int a, var b) = e;`
/// What takes a value that is no tuple apart: its method `Deconstruct(out …)` with so many parameters.
Conversion Checker::deconstruction(TypeId type, size_t count) {
  if (!type.isValid() || !isNominal(types.kind(type)) || isMoveOnly(type))
    return {};
  llvm::SmallVector<FunctionId, 2> methods;
  gatherMethods(type, names.intern("Deconstruct"), methods);
  for (FunctionId method : methods) {
    needSignature(method);
    const FunctionInfo &info = program[method];
    bool isFit = !info.isStatic && !detail(method).isGeneric && info.params.size() == count &&
                 llvm::all_of(info.params, [&](const ParameterInfo &param) { return program[param.variable].mode == PassMode::Out; });
    if (!isFit)
      continue;
    noteCall(method, dispatchOf(method, type, false));
    llvm::SmallVector<TypeId, 4> parts;
    for (const ParameterInfo &param : info.params)
      parts.push_back(program[param.variable].type);
    llvm::SmallVector<Name, 4> none(parts.size());
    return {ConversionKind::Deconstruct, types.tuple(parts, none), method};
  }
  return {};
}

void Checker::checkDeconstruct(const DeconstructStmt *stmt) {
  TypeId wanted = partsOfNames(stmt->names);
  TypeId natural = check(stmt->value, wanted);
  if (!natural.isValid() && holdsError(types, fillParts(wanted, natural)))
    natural = finish(stmt->value);
  if (Conversion apart = deconstruction(natural, stmt->names->children.size()); apart.function.isValid()) {
    setType(stmt->value, natural);
    TypeId filled = fillParts(wanted, apart.to);
    if (filled != apart.to) {
      report(DiagId::CannotConvert, stmt->names->range) << spell(apart.to) << spell(filled) << "";
      return poisonNames(stmt->names);
    }
    program.exprs[stmt->value].conversion = apart;
    return declareParts(stmt->names, filled, stmt->isLet);
  }
  if (natural.isValid() && natural != types::Error && !sameShape(types, wanted, natural)) {
    if (types.kind(natural) == TypeKind::Tuple)
      report(DiagId::TupleCount, stmt->names->range) << spell(natural) << int64_t(stmt->names->children.size());
    else
      report(DiagId::NotATuple, stmt->value->range) << spell(natural);
    return poisonNames(stmt->names);
  }
  TypeId filled = fillParts(wanted, natural);
  if (natural == types::Error || holdsError(types, filled) || coerce(stmt->value, filled) == types::Error)
    return poisonNames(stmt->names);
  declareParts(stmt->names, filled, stmt->isLet);
}

} // namespace dream::sema
