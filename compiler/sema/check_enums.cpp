// Enums whose cases carry values: their parts, and making their values.
#include "compiler/sema/checker.h"

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

/// A case that was named: a value, if it has no parts; else it waits for its call.
TypeId Checker::useVariant(const Expr *expr, NominalId type, unsigned variant) {
  needVariants(type);
  ExprFacts &facts = program.exprs[expr];
  facts.entity = EntityKind::Variant;
  facts.index = variant;
  return setType(expr, types.info(type).type);
}

/// A case that is read as it is must have no parts.
void Checker::needVariantParts(const Expr *expr) {
  const ExprFacts &facts = program.exprs.get(expr);
  if (facts.entity != EntityKind::Variant || facts.type == types::Error)
    return;
  NominalId type = types[facts.type].nominal;
  if (facts.index < types.info(type).cases.size() && !types.info(type).cases[facts.index].parts.empty()) {
    report(DiagId::VariantNeedsParts, expr->range) << types.info(type).cases[facts.index].name.text() << variantShape(type, facts.index);
    setType(expr, types::Error);
  }
}

/// `Shape.Circle(2)`; the callee has been resolved.
TypeId Checker::checkVariantCall(const CallExpr *expr, const Expr *callee) {
  ExprFacts named = program.exprs.get(callee);
  NominalId type = types[named.type].nominal;
  std::vector<FieldInfo> parts = types.info(type).cases[named.index].parts;
  CallFacts call;
  call.args.resize(parts.size());
  bool isBound = expr->args.size() == parts.size();
  if (!isBound)
    report(DiagId::VariantArguments, expr->range) << variantShape(type, named.index) << int64_t(parts.size()) << int64_t(expr->args.size());
  size_t position = 0;
  for (const Argument *arg : expr->args) {
    size_t index = position++;
    if (arg->name) {
      auto found = llvm::find_if(parts, [&](const FieldInfo &part) { return part.name == arg->name; });
      index = size_t(found - parts.begin());
      if (found == parts.end()) {
        report(DiagId::NoSuchPart, arg->range) << variantShape(type, named.index) << arg->name.text();
        isBound = false;
      }
    }
    if (!arg->value || arg->mode != ParamMode::Value) {
      if (arg->value)
        checkValue(arg->value);
      report(DiagId::PartByRef, arg->range);
      isBound = false;
      continue;
    }
    if (index >= parts.size()) {
      checkValue(arg->value);
      continue;
    }
    if (call.args[index].value) {
      report(DiagId::PartTwice, arg->range) << (parts[index].name ? parts[index].name.text() : llvm::StringRef("?"));
      isBound = false;
    }
    checkTo(arg->value, parts[index].type);
    call.args[index].value = arg->value;
  }
  if (!isBound)
    return types::Error;
  uint32_t row = addCall(std::move(call));
  ExprFacts &facts = program.exprs[expr];
  facts.call = row;
  facts.entity = EntityKind::Variant;
  facts.index = named.index;
  return setType(expr, named.type);
}

} // namespace dream::sema
