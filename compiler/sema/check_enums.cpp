// Enums whose cases carry values: their parts, and making their values.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// Asked by the declaration: the cases themselves may not be known yet.
bool Checker::isPayloadEnum(TypeId type) const {
  if (!type.isValid() || types.kind(type) != TypeKind::Enum)
    return false;
  auto *decl = llvm::dyn_cast_or_null<EnumDecl>(typeDetails[types[type].nominal.index].decl);
  return decl && llvm::any_of(decl->variants, [](const EnumVariantDecl *variant) { return variant->hasParts; });
}

/// The structs and enums that a value of the type holds in place are laid out first. One that is still at it would contain
/// itself: it is given back.
NominalId Checker::needInlineLayouts(TypeId part) {
  const Type &row = types[part];
  switch (row.kind) {
  case TypeKind::FixedArray:
  case TypeKind::Optional:
    return needInlineLayouts(row.element);
  case TypeKind::Tuple: {
    for (TypeId element : row.args)
      if (NominalId found = needInlineLayouts(element); found.isValid())
        return found;
    return {};
  }
  case TypeKind::Struct:
  case TypeKind::Enum:
    if (detail(row.nominal).layout == Progress::Running && (row.kind == TypeKind::Struct || isPayloadEnum(part)))
      return row.nominal;
    needLayout(row.nominal);
    return {};
  default:
    return {};
  }
}

/// The cases of an enum with payloads, and the types of their parts.
void Checker::declareVariantParts(NominalId type, const EnumDecl *decl) {
  FileContext &file = *detail(type).file;
  NominalInfo &info = types.info(type);
  size_t count = decl->variants.size();
  info.underlying = count <= 256 ? types::UInt8 : count <= 65536 ? types::UInt16 : types::UInt32;
  if (decl->underlying) {
    TypeId underlying = resolveType(decl->underlying, file, type);
    if (underlying != types::Error && !types.isInteger(underlying))
      report(DiagId::EnumUnderlying, decl->underlying->range) << spell(underlying);
    else if (types.isInteger(underlying) && types.bits(underlying) >= types.bits(info.underlying))
      info.underlying = underlying;
  }
  for (const EnumVariantDecl *variant : decl->variants) {
    if (variant->value)
      report(DiagId::NumberedPayload, variant->value->range);
    EnumCase one;
    one.name = variant->name;
    one.value = int64_t(info.cases.size());
    for (auto &part : variant->parts) {
      TypeId partType = resolveType(part.type, file, type);
      if (!checkStorable(partType, part.type->range, "a part"))
        partType = types::Error;
      if (part.name && llvm::any_of(one.parts, [&](const FieldInfo &other) { return other.name == part.name; }))
        report(DiagId::PartTwice, part.type->range) << part.name.text();
      one.parts.push_back({part.name, partType, part.type->range});
    }
    types.info(type).cases.push_back(std::move(one));
  }
  for (EnumCase &one : types.info(type).cases)
    for (FieldInfo &part : one.parts)
      if (NominalId inner = needInlineLayouts(part.type); inner.isValid()) {
        report(DiagId::EnumContainsItself, part.range).operator<<(types.info(inner).name.text())
            .note(types.info(inner).range, "declared here; a class, an array or a 'Box' would hold a reference");
        part.type = types::Error;
        detail(type).hasErrors = true;
      }
}

std::optional<unsigned> Checker::variantNamed(TypeId enumType, Name name) {
  if (!enumType.isValid() || types.kind(enumType) != TypeKind::Enum)
    return std::nullopt;
  needVariants(types[enumType].nominal);
  const NominalInfo &info = types.info(enumType);
  for (unsigned i = 0; i < info.cases.size(); ++i)
    if (info.cases[i].name == name)
      return i;
  return std::nullopt;
}

/// "Circle(double r)"
std::string Checker::variantShape(NominalId type, unsigned variant) {
  const EnumCase &one = types.info(type).cases[variant];
  std::string text = one.name.text().str();
  for (size_t i = 0; i < one.parts.size(); ++i) {
    text += (i ? ", " : "(") + spell(one.parts[i].type);
    if (one.parts[i].name)
      text += " " + one.parts[i].name.text().str();
  }
  return one.parts.empty() ? text : text + ")";
}

/// A case that was named: a value, if it has no parts; else it waits for its call. `isOpen`: without the type arguments
/// of its enum.
TypeId Checker::useVariant(const Expr *expr, NominalId type, unsigned variant, bool isOpen) {
  needVariants(type);
  ExprFacts &facts = program.exprs[expr];
  facts.entity = EntityKind::Variant;
  facts.index = variant;
  if (NominalId generic = detail(type).generic; isOpen && generic.isValid()) {
    openVariants[expr] = {generic, variant};
    return setType(expr, TypeId());
  }
  openVariants.erase(expr);
  return setType(expr, types.info(type).type);
}

/// A case that is read as it is must have no parts.
void Checker::needVariantParts(const Expr *expr) {
  const ExprFacts &facts = program.exprs.get(expr);
  auto open = openVariants.find(expr);
  if (facts.entity != EntityKind::Variant || facts.type == types::Error)
    return;
  NominalId type = open != openVariants.end() ? open->second.generic : types[facts.type].nominal;
  needVariants(type);
  if (facts.index < types.info(type).cases.size() && !types.info(type).cases[facts.index].parts.empty()) {
    report(DiagId::VariantNeedsParts, expr->range) << types.info(type).cases[facts.index].name.text() << variantShape(type, facts.index);
    openVariants.erase(expr);
    setType(expr, types::Error);
  }
}

/// The part that each argument is, and none after an error. Tells what is wrong with the list.
std::optional<llvm::SmallVector<unsigned, 4>> Checker::bindParts(const CallExpr *expr, NominalId type, unsigned variant) {
  const std::vector<FieldInfo> &parts = types.info(type).cases[variant].parts;
  llvm::SmallVector<unsigned, 4> partOf;
  llvm::SmallBitVector given(parts.size());
  bool isBound = expr->args.size() == parts.size();
  if (!isBound)
    report(DiagId::VariantArguments, expr->range) << variantShape(type, variant) << (llvm::Twine(parts.size()) + (parts.size() == 1 ? " part" : " parts")) << int64_t(expr->args.size());
  for (const Argument *arg : expr->args) {
    size_t index = partOf.size();
    if (arg->name) {
      auto found = llvm::find_if(parts, [&](const FieldInfo &part) { return part.name == arg->name; });
      index = size_t(found - parts.begin());
      if (found == parts.end()) {
        report(DiagId::NoSuchPart, arg->range) << variantShape(type, variant) << arg->name.text();
        isBound = false;
      }
    }
    partOf.push_back(index);
    if (!arg->value || arg->mode != ParamMode::Value) {
      report(DiagId::PartByRef, arg->range);
      isBound = false;
    } else if (index < parts.size() && given[index]) {
      report(DiagId::PartTwice, arg->range) << (parts[index].name ? parts[index].name.text() : llvm::StringRef("?"));
      isBound = false;
    }
    if (index < parts.size())
      given.set(index);
  }
  if (isBound)
    return partOf;
  return std::nullopt;
}

/// `Shape.Circle(2)`; the callee has been resolved.
TypeId Checker::checkVariantCall(const CallExpr *expr, const Expr *callee, TypeId hint) {
  const ExprFacts named = program.exprs.get(callee);
  if (auto open = openVariants.find(callee); open != openVariants.end()) {
    OpenVariant variant = open->second;
    TypeId wanted = instanceWanted(variant.generic, hint);
    if (!wanted.isValid() || types[wanted].nominal == variant.generic) {
      bool isBound = bindParts(expr, variant.generic, variant.variant).has_value();
      checkArguments({}, expr->args);
      if (!isBound) {
        abandonArguments(expr->args);
        return types::Error;
      }
      ExprFacts &facts = program.exprs[expr];
      facts.entity = EntityKind::Variant;
      facts.index = variant.variant;
      openVariants[expr] = variant;
      return setType(expr, TypeId());
    }
    openVariants.erase(callee);
    setType(callee, wanted);
    return makeVariant(expr, types[wanted].nominal, named.index, false);
  }
  return makeVariant(expr, types[named.type].nominal, named.index, false);
}

TypeId Checker::makeVariant(const CallExpr *expr, NominalId type, unsigned variant, bool areChecked) {
  needVariants(type);
  std::vector<FieldInfo> parts = types.info(type).cases[variant].parts;
  std::optional<llvm::SmallVector<unsigned, 4>> partOf = bindParts(expr, type, variant);
  CallFacts call;
  call.args.resize(parts.size());
  for (size_t i = 0; i < expr->args.size(); ++i) {
    const Argument *arg = expr->args[i];
    size_t part = partOf ? (*partOf)[i] : i;
    if (!arg->value)
      continue;
    if (!partOf && (part >= parts.size() || arg->name || arg->mode != ParamMode::Value)) {
      checkValue(arg->value);
      continue;
    }
    if (areChecked)
      coerce(arg->value, parts[part].type);
    else
      checkTo(arg->value, parts[part].type);
    call.args[part].value = arg->value;
  }
  if (!partOf)
    return types::Error;
  uint32_t row = addCall(std::move(call));
  ExprFacts &facts = program.exprs[expr];
  facts.call = row;
  facts.entity = EntityKind::Variant;
  facts.index = variant;
  return setType(expr, types.info(type).type);
}

//===-- Cases whose enum has type parameters ------------------------------------------------------------------===//

/// The instance of the generic enum that the type is, or holds as an optional; invalid if it is none.
TypeId Checker::instanceWanted(NominalId generic, TypeId type) {
  if (type.isValid() && types.kind(type) == TypeKind::Optional)
    type = types[type].element;
  if (!type.isValid() || types.kind(type) != TypeKind::Enum)
    return {};
  const TypeDetail &row = detail(types[type].nominal);
  return row.generic.isValid() && row.generic == generic ? type : TypeId();
}

/// `None` and `Some` of the enum `Option`, `Ok` and `Err` of `Result`, whichever these names mean here: they need no enum
/// before them.
std::optional<std::pair<NominalId, unsigned>> Checker::preludeVariant(Name name) {
  for (llvm::StringRef text : {"Option", "Result"}) {
    Symbol symbol = lookupGlobal(*cx->file, names.intern(text), {});
    if (symbol.kind != Symbol::Kind::Type || !detail(NominalId(symbol.index)).generic.isValid())
      continue;
    if (std::optional<unsigned> variant = variantNamed(types.info(NominalId(symbol.index)).type, name))
      return std::pair(NominalId(symbol.index), *variant);
  }
  return std::nullopt;
}

const OpenVariant *Checker::openVariant(const Expr *expr) const {
  auto found = openVariants.find(stripParens(expr));
  return found == openVariants.end() ? nullptr : &found->second;
}

/// Whether the case can be one of the type, as its parts are.
bool Checker::variantConverts(const Expr *expr, TypeId to) {
  const OpenVariant open = *openVariant(expr);
  TypeId wanted = instanceWanted(open.generic, to);
  if (!wanted.isValid())
    return false;
  auto *call = llvm::dyn_cast<CallExpr>(expr);
  needVariants(types[wanted].nominal);
  const std::vector<FieldInfo> parts = types.info(wanted).cases[open.variant].parts;
  for (size_t i = 0; call && i < call->args.size(); ++i)
    if (!converts(call->args[i]->value, partOf(call, i, parts).type))
      return false;
  return true;
}

const FieldInfo &Checker::partOf(const CallExpr *call, size_t index, const std::vector<FieldInfo> &parts) {
  const Argument *arg = call->args[index];
  if (!arg->name)
    return parts[index];
  return *llvm::find_if(parts, [&](const FieldInfo &part) { return part.name == arg->name; });
}

/// The target tells the type arguments.
TypeId Checker::settleVariant(const Expr *expr, TypeId to) {
  const OpenVariant open = openVariants.lookup(expr);
  openVariants.erase(expr);
  TypeId wanted = instanceWanted(open.generic, to);
  if (!wanted.isValid()) {
    if (auto *call = llvm::dyn_cast<CallExpr>(expr))
      abandonArguments(call->args);
    return setType(expr, types::Error);
  }
  if (auto *call = llvm::dyn_cast<CallExpr>(expr)) {
    const Expr *callee = stripParens(call->callee);
    openVariants.erase(callee);
    setType(callee, wanted);
    return makeVariant(call, types[wanted].nominal, open.variant, true);
  }
  return setType(expr, wanted);
}

/// What the parts tell of the type parameters in `pattern`, an instance of the enum.
bool Checker::unifyVariant(const Expr *expr, TypeId pattern, llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound) {
  const OpenVariant open = *openVariant(expr);
  TypeId wanted = instanceWanted(open.generic, pattern);
  auto *call = llvm::dyn_cast<CallExpr>(stripParens(expr));
  if (!wanted.isValid() || !call)
    return true;
  needVariants(types[wanted].nominal);
  const std::vector<FieldInfo> parts = types.info(wanted).cases[open.variant].parts;
  for (size_t i = 0; i < call->args.size(); ++i) {
    const Expr *value = call->args[i]->value;
    TypeId part = partOf(call, i, parts).type, actual = program.exprs.get(stripParens(value)).type;
    if (openVariant(value)) {
      if (!unifyVariant(value, part, bound))
        return false;
    } else if (actual.isValid() && actual != types::Null && actual != types::Never && actual != types::Void) {
      if (!unify(part, actual, bound))
        return false;
    }
  }
  return true;
}

/// The instance that the parts alone tell; invalid, and `missing` a parameter, if they do not tell all.
TypeId Checker::naturalInstance(const Expr *expr, Name *missing) {
  const OpenVariant open = *openVariant(expr);
  llvm::SmallVector<std::pair<TypeId, TypeId>, 2> bound;
  for (TypeId param : detail(open.generic).args)
    bound.push_back({param, TypeId()});
  if (!unifyVariant(expr, types.info(open.generic).type, bound))
    return {};
  llvm::SmallVector<TypeId, 2> args;
  if (!chosenArgs(bound, missing, args)) // of a view it is told where the parts are finished
    return {};
  return instantiate(open.generic, args, expr->range);
}

/// No target will come: the parts must tell.
TypeId Checker::finishVariant(const Expr *expr) {
  const OpenVariant open = *openVariant(expr);
  if (auto *call = llvm::dyn_cast<CallExpr>(expr))
    for (const Argument *arg : call->args)
      if (TypeId part = finish(arg->value); part == types::Error || (types.isView(part) && !checkStorable(part, arg->range, "a part")))
        return settleVariant(expr, types::Error);
  Name missing;
  TypeId type = naturalInstance(expr, &missing);
  if (type.isValid())
    return settleVariant(expr, type);
  if (missing) {
    std::string name = types.info(open.generic).cases[open.variant].name.text().str(), generic = detail(open.generic).plainName.text().str();
    report(DiagId::CannotInferVariant, expr->range).operator<<(missing.text()).operator<<(generic).operator<<(name)
        .note(expr->range, "write it: '" + generic + "<…>." + name + (llvm::isa<CallExpr>(expr) ? "(…)'" : "'"));
  }
  return settleVariant(expr, types::Error);
}

} // namespace dream::sema
