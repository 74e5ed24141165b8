// Names: what they stand for, and reading what was found as a value.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Resolving ---------------------------------------------------------------------------------------------===//

Resolved Checker::resolve(const Expr *expr, TypeId hint) {
  if (auto *name = llvm::dyn_cast<NameExpr>(expr))
    return resolveName(name, hint);
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr))
    return resolveMember(member);
  Resolved result;
  if (auto *builtin = llvm::dyn_cast<BuiltinTypeExpr>(expr)) {
    result.kind = Resolved::Kind::Type;
    result.type = builtinType(builtin->builtin);
    setType(expr, result.type);
    program.exprs[expr].entity = EntityKind::Type;
    return result;
  }
  if (llvm::isa<BaseExpr>(expr)) {
    report(DiagId::BaseAlone, expr->range);
    setType(expr, types::Error);
    return result;
  }
  result.type = checkValue(expr, hint);
  result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
  return result;
}

Resolved Checker::resolveName(const NameExpr *expr, TypeId hint) {
  Resolved result;
  result.name = expr->name;
  bool isBeforeDot = std::exchange(beforeDot, false);
  if (auto found = locals.find(expr->name); found != locals.end()) {
    const Local &local = found->second;
    if (!expr->typeArgs.empty() && (local.function.isValid() || local.variable.isValid())) {
      report(DiagId::NotGeneric, expr->range) << expr->name.text();
      setType(expr, types::Error);
      return result;
    }
    if (local.function.isValid()) {
      FunctionId function = local.function;
      result.kind = Resolved::Kind::Functions;
      result.functions.push_back(function);
      // What it captures lies in its environment; one that captures nothing needs none.
      bool hasEnvironment = detail(function).body != Progress::Done || !program[function].captures.empty();
      if (hasEnvironment && program[function].closure.isValid())
        result.closure = captured(program[function].closure, local.depth, expr->range);
      return result;
    }
    if (local.variable.isValid()) {
      VariableId variable = local.variable;
      if (local.depth != cx->localDepth && program[variable].kind != VariableKind::Constant)
        variable = captured(variable, local.depth, expr->range);
      result.type = useVariable(expr, variable);
      result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
      return result;
    }
    setType(expr, types::Error);
    return result;
  }
  if (const TypeBinding *binding = findBinding(expr->name)) {
    if (!expr->typeArgs.empty()) {
      report(DiagId::NotGeneric, expr->range) << expr->name.text();
      setType(expr, types::Error);
      return result;
    }
    if (binding->constant.isValid()) {
      result.type = useVariable(expr, binding->constant);
      result.kind = Resolved::Kind::Value;
      return result;
    }
    result.kind = Resolved::Kind::Type;
    result.type = setType(expr, binding->arg);
    program.exprs[expr].entity = EntityKind::Type;
    return result;
  }
  // Members of the type around, and of the types around that.
  NominalId owner;
  for (NominalId level = cx->type; level.isValid(); level = detail(level).outer)
    if (Symbol symbol = lookupMember(level, expr->name, &owner)) {
      beforeDot = isBeforeDot;
      return useSymbol(expr, symbol, expr->name, expr->range, owner, level, false);
    }
  if (cx->extendedType.isValid()) {
    TypeKind kind = types.kind(cx->extendedType);
    if (isNominal(kind)) {
      NominalId extended = types[cx->extendedType].nominal;
      if (Symbol symbol = lookupMember(extended, expr->name, &owner))
        return useSymbol(expr, symbol, expr->name, expr->range, owner, extended, false);
    }
    if (Symbol symbol = lookupExtension(cx->extendedType, expr->name))
      return useSymbol(expr, symbol, expr->name, expr->range, {}, {}, false);
  }
  if (expr->name.text() == "Length" && cx->thisType.isValid() && hasLength(cx->thisType)) {
    ExprFacts &facts = program.exprs[expr];
    facts.entity = EntityKind::Length;
    facts.implicitThis = true;
    cx->usesThis = true;
    result.kind = Resolved::Kind::Value;
    result.type = types::Int32;
    return result;
  }
  // A case of the enum that is wanted here stands behind everything but types.
  if (hint.isValid() && types.kind(hint) == TypeKind::Optional)
    hint = types[hint].element;
  std::optional<unsigned> wanted = expr->typeArgs.empty() && !isBeforeDot ? variantNamed(hint, expr->name) : std::nullopt;
  if (Symbol symbol = lookupGlobal(*cx->file, expr->name, expr->range); symbol && !(wanted && symbol.kind == Symbol::Kind::Type)) {
    beforeDot = isBeforeDot;
    return useSymbol(expr, symbol, expr->name, expr->range, {}, {}, false);
  }
  if (ModuleId module = moduleNamed(*cx->file, expr->name); module.isValid() && !wanted) {
    result.kind = Resolved::Kind::Module;
    result.module = module;
    program.exprs[expr].entity = EntityKind::Module;
    return result;
  }
  if (wanted) {
    Symbol symbol = lookupMember(types[hint].nominal, expr->name, &owner);
    result = useSymbol(expr, symbol, expr->name, expr->range, owner, owner, true);
    if (owner == detail(owner).generic) // one of a generic function's own instances is wanted
      result.type = useVariant(expr, owner, *wanted, true);
    return result;
  }
  if (auto variant = preludeVariant(expr->name)) {
    useVariant(expr, variant->first, variant->second, true);
    result.kind = Resolved::Kind::Value;
    return result;
  }
  setType(expr, types::Error);
  if (cx->file->hasBrokenImports)
    return result; // it may come from the module that was not found
  reportUnknownName(expr);
  return result;
}

/// `Color Color { get; set; }`: where a member has its type's name, `Color.Red` means the type if Red is static, and `(Color)(x)`
/// (no `member`) is a cast.
TypeId Checker::namesake(const NameExpr *expr, Name member) {
  if (!expr->typeArgs.empty() || !cx->type.isValid() || locals.count(expr->name))
    return {};
  Symbol own = lookupMember(cx->type, expr->name);
  if (own.kind != Symbol::Kind::Property && own.kind != Symbol::Kind::Variable)
    return {};
  Symbol global = lookupGlobal(*cx->file, expr->name, expr->range);
  if (global.kind != Symbol::Kind::Type)
    return {};
  TypeId type = types.info(NominalId(global.index)).type, declared;
  if (own.kind == Symbol::Kind::Property) {
    declared = propertyType(PropertyId(own.index));
  } else {
    needVariableType(VariableId(own.index));
    declared = program[VariableId(own.index)].type;
  }
  if (types.kind(declared) == TypeKind::Optional)
    declared = types[declared].element;
  if (declared != type)
    return {};
  if (member.empty())
    return type;
  Symbol found = lookupMember(NominalId(global.index), member);
  bool isStatic = false;
  switch (found.kind) {
  case Symbol::Kind::Type: isStatic = true; break;
  case Symbol::Kind::Property: isStatic = program[PropertyId(found.index)].isStatic; break;
  case Symbol::Kind::Variable: isStatic = program[VariableId(found.index)].kind != VariableKind::Field; break;
  case Symbol::Kind::Functions: {
    llvm::SmallVector<FunctionId, 4> functions;
    gatherMethods(type, member, functions);
    isStatic = llvm::all_of(functions, [&](FunctionId function) { return program[function].isStatic; });
    break;
  }
  case Symbol::Kind::None:
  case Symbol::Kind::Poisoned: break;
  }
  return isStatic ? type : TypeId();
}

bool Checker::hasLength(TypeId type) const {
  TypeKind kind = types.kind(type);
  return kind == TypeKind::String || kind == TypeKind::Array || kind == TypeKind::FixedArray || kind == TypeKind::Rect || types.isView(type);
}

static List<const TypeNode *> typeArgsOf(const Expr *expr) {
  if (auto *name = llvm::dyn_cast<NameExpr>(expr))
    return name->typeArgs;
  if (auto *member = llvm::dyn_cast<MemberExpr>(expr))
    return member->typeArgs;
  return {};
}

/// A symbol found by a bare name: `level` is the type in whose scope it was found.
Resolved Checker::useSymbol(const Expr *expr, Symbol symbol, Name name, SourceRange range, NominalId owner, NominalId level, bool isQualified) {
  bool isBeforeDot = std::exchange(beforeDot, false);
  Resolved result;
  result.name = name;
  ModuleId declaredIn = owner.isValid() ? detail(owner).file->module : ModuleId();
  // Instance members need an object: `this`, if it is of that type.
  bool hasThis = cx->thisType.isValid() && !isQualified &&
                 (!level.isValid() || level == cx->type || (cx->extendedType.isValid() && types.info(level).type == cx->extendedType));
  auto implicit = [&] {
    if (hasThis) {
      cx->usesThis = true;
      return true;
    }
    report(DiagId::NeedsObject, range).operator<<(name.text())
        .note(symbol.range, "declared here; it belongs to each object, not to the type");
    setType(expr, types::Error);
    return false;
  };
  result.typeArgs = typeArgsOf(expr);
  if (!result.typeArgs.empty() && (symbol.kind == Symbol::Kind::Property || symbol.kind == Symbol::Kind::Variable)) {
    report(DiagId::NotGeneric, range) << name.text();
    setType(expr, types::Error);
    return result;
  }
  switch (symbol.kind) {
  case Symbol::Kind::None:
  case Symbol::Kind::Poisoned:
    setType(expr, types::Error);
    return result;
  case Symbol::Kind::Type: {
    NominalId type(symbol.index);
    if (owner.isValid())
      checkVisible(symbol.visibility, owner, declaredIn, name, range, symbol.range);
    result.isOpenEnum = isBeforeDot && result.typeArgs.empty() && detail(type).generic.isValid() && types.info(type).kind == NominalKind::Enum;
    if (!result.isOpenEnum)
      type = applyTypeArgs(type, result.typeArgs, name, range, *cx->file, cx->type);
    if (!type.isValid()) {
      setType(expr, types::Error);
      return result;
    }
    result.kind = Resolved::Kind::Type;
    result.type = types.info(type).type;
    setType(expr, result.type);
    program.exprs[expr].entity = EntityKind::Type;
    return result;
  }
  case Symbol::Kind::Functions:
    result.kind = Resolved::Kind::Functions;
    if (owner.isValid())
      gatherMethods(types.info(level).type, name, result.functions);
    else
      for (FunctionId function : overloads[symbol.index])
        if (detail(function).visibility == Visibility::Public || detail(function).file->module == cx->file->module || program[function].owner.isValid())
          result.functions.push_back(function);
    result.implicitThis = hasThis && (owner.isValid() || cx->extendedType.isValid());
    result.receiverType = result.implicitThis ? cx->thisType : TypeId();
    result.isStaticAccess = !result.implicitThis;
    program.exprs[expr].entity = EntityKind::Functions;
    return result;
  case Symbol::Kind::Property: {
    PropertyId property(symbol.index);
    if (owner.isValid() && !checkVisible(symbol.visibility, owner, declaredIn, name, range, symbol.range)) {
      setType(expr, types::Error);
      return result;
    }
    if (!program[property].isStatic && !implicit())
      return result;
    ExprFacts &facts = program.exprs[expr];
    facts.entity = EntityKind::Property;
    facts.property = property;
    facts.implicitThis = !program[property].isStatic;
    result.kind = Resolved::Kind::Value;
    result.type = setType(expr, propertyType(property));
    return result;
  }
  case Symbol::Kind::Variable: {
    VariableId variable(symbol.index);
    if (owner.isValid() && !checkVisible(symbol.visibility, owner, declaredIn, name, range, symbol.range)) {
      setType(expr, types::Error);
      return result;
    }
    if (program[variable].kind == VariableKind::Field) {
      if (!implicit())
        return result;
      program.exprs[expr].implicitThis = true;
    }
    result.type = useVariable(expr, variable, !isQualified);
    result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
    return result;
  }
  }
  return result;
}

/// Marks the expression as a use of the variable, and gives its type: the narrowed one, where a test has narrowed it.
/// `isOpen`: of a case, nobody has said which instance of its enum is meant.
TypeId Checker::useVariable(const Expr *expr, VariableId variable, bool isOpen) {
  VariableKind kind = program[variable].kind;
  if (kind == VariableKind::Variant)
    return useVariant(expr, program[variable].owner, program[variable].fieldIndex, isOpen);
  if (kind == VariableKind::Field || kind == VariableKind::Global || (kind == VariableKind::Constant && globalRows.count(variable)))
    needVariableType(variable);
  if (kind == VariableKind::Constant && globalRows.count(variable))
    needConstant(variable);
  if (kind == VariableKind::Constant && program[variable].owner.isValid() && types.info(program[variable].owner).kind == NominalKind::Enum)
    needVariants(program[variable].owner);
  if (kind == VariableKind::Global)
    globals[globalRows.lookup(variable)].isUsed = true;
  if (kind == VariableKind::Local || kind == VariableKind::Parameter || kind == VariableKind::Constant)
    if (variable.index < variableUses.size())
      ++variableUses[variable.index];
  const VariableInfo &info = program[variable];
  ExprFacts &facts = program.exprs[expr];
  facts.variable = variable;
  facts.entity = kind == VariableKind::Field ? EntityKind::Field : kind == VariableKind::Constant ? EntityKind::Constant : EntityKind::Variable;
  if (kind == VariableKind::Constant && info.constant)
    setConstant(expr, info.constant);
  TypeId type = info.type.isValid() ? info.type : types::Error;
  setType(expr, type);
  if (!cx->now.known.empty())
    if (TypeId narrowed = cx->now.find(pathOf(expr)); narrowed.isValid())
      type = narrowed;
  return setType(expr, type);
}

//===-- Reading -----------------------------------------------------------------------------------------------===//

/// What was resolved, read as a value.
TypeId Checker::valueOf(const Expr *expr, Resolved &resolved, bool mayWait) {
  chainIsOpen = false;
  switch (resolved.kind) {
  case Resolved::Kind::Error:
    return setType(expr, types::Error);
  case Resolved::Kind::Type:
    report(DiagId::TypeIsNoValue, expr->range) << spell(resolved.type);
    return setType(expr, types::Error);
  case Resolved::Kind::Module:
    report(DiagId::ModuleAsValue, expr->range) << modules[resolved.module.index].path;
    return setType(expr, types::Error);
  case Resolved::Kind::Functions:
    groups[expr] = resolved;
    setType(expr, TypeId());
    return mayWait ? TypeId() : finishGroup(expr);
  case Resolved::Kind::Value:
    break;
  }
  if (program.exprs.get(expr).entity == EntityKind::Variant) {
    needVariantParts(expr);
    TypeId type = program.exprs.get(expr).type;
    return type.isValid() || mayWait ? type : finish(expr);
  }
  PropertyId property = program.exprs.get(expr).entity == EntityKind::Property ? program.exprs.get(expr).property : PropertyId();
  if (property.isValid())
    noteProperty(property, false, expr, resolved.isBase);
  return readWeak(expr, endChain(expr, resolved.type, resolved.isConditional, resolved.inChain));
}

/// The value of a member access, call or index that may be part of a `?.` chain: the outermost wraps its type.
TypeId Checker::endChain(const Expr *expr, TypeId type, bool isOpen, bool inChain) {
  chainIsOpen = isOpen && inChain;
  if (!isOpen || inChain || type == types::Error)
    return setType(expr, type);
  program.exprs[expr].endsChain = true;
  if (type == types::Void || type == types::Never)
    return setType(expr, type);
  if (types.kind(type) == TypeKind::Pointer || types.isView(type)) {
    refuse(expr->range, "'?.' to a value of type '" + spell(type) + "'");
    return setType(expr, types::Error);
  }
  return setType(expr, types.optional(type));
}

} // namespace dream::sema
