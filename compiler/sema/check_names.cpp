// Names and member accesses: what they stand for, and reading them as values.
#include "compiler/sema/checker.h"

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

void Checker::reportUnknownName(const NameExpr *expr) {
  auto diag = report(DiagId::UnknownName, expr->range);
  diag << expr->name.text();
  if (suggestForeign(diag, expr->range, expr->name, {}) || !maySuggest())
    return;
  std::vector<llvm::StringRef> candidates;
  collectNames(*cx->file, cx->type, candidates);
  suggest(diag, expr->range, expr->name, candidates);
  for (const Module &other : modules) {
    auto found = other.members.find(expr->name);
    if (found == other.members.end() || other.isLibrary)
      continue;
    bool isVisible = found->second.visibility == Visibility::Public;
    SourceRange where = found->second.range;
    if (found->second.kind == Symbol::Kind::Functions)
      isVisible = llvm::any_of(overloads[found->second.index], [&](FunctionId f) { return detail(f).visibility == Visibility::Public; });
    diag.note(where, isVisible ? "module '" + other.path + "' has one; import it"
                               : "module '" + other.path + "' has one, but does not export it");
  }
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

//===-- Members -----------------------------------------------------------------------------------------------===//

Resolved Checker::resolveMember(const MemberExpr *expr) {
  Resolved result;
  result.name = expr->name;
  bool inChain = std::exchange(openChain, false);
  if (llvm::isa<BaseExpr>(expr->object)) {
    setType(expr, types::Error);
    if (!cx->thisType.isValid() || types.kind(cx->thisType) != TypeKind::Class) {
      report(DiagId::NoThis, expr->object->range) << "something without a base class";
      return result;
    }
    TypeId base = types.info(cx->thisType).base;
    if (!base.isValid()) {
      report(DiagId::NoSuchMember, expr->nameRange) << "object" << expr->name.text();
      return result;
    }
    cx->usesThis = true;
    ExprFacts &facts = program.exprs[expr->object];
    facts.entity = EntityKind::Variable;
    facts.variable = cx->thisVariable;
    facts.type = base;
    result = memberOfValue(expr, base);
    result.isBase = true;
    return result;
  }
  if (auto *name = llvm::dyn_cast<NameExpr>(expr->object))
    if (TypeId type = namesake(name, expr->name); type.isValid()) {
      program.exprs[name].entity = EntityKind::Type;
      setType(name, type);
      return memberOfType(expr, type);
    }
  Resolved object;
  bool isBeforeDot = std::exchange(beforeDot, false);
  openChain = true;
  if (llvm::isa<NameExpr, MemberExpr, BuiltinTypeExpr>(expr->object)) {
    beforeDot = true;
    object = resolve(expr->object);
    if (object.kind == Resolved::Kind::Value && llvm::isa<MemberExpr>(expr->object))
      object.type = valueOf(expr->object, object); // reads a property
    else if (object.kind == Resolved::Kind::Value)
      object.type = valueOf(expr->object, object);
    if (object.kind == Resolved::Kind::Value && object.type == types::Error)
      object.kind = Resolved::Kind::Error;
  } else {
    object.type = check(expr->object);
    bool wasOpen = chainIsOpen;
    object.type = finish(expr->object);
    chainIsOpen = wasOpen;
    object.kind = object.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
  }
  openChain = beforeDot = false;
  bool isOpen = std::exchange(chainIsOpen, false);
  switch (object.kind) {
  case Resolved::Kind::Error:
    setType(expr, types::Error);
    return result;
  case Resolved::Kind::Module: {
    Symbol symbol = lookupModule(object.module, expr->name, *cx->file);
    if (!symbol) {
      auto diag = report(DiagId::NotInModule, expr->nameRange);
      diag << modules[object.module.index].path << expr->name.text();
      auto hidden = modules[object.module.index].members.find(expr->name);
      if (hidden != modules[object.module.index].members.end()) {
        diag.note(hidden->second.range, "it is declared here, without 'export'");
      } else {
        std::vector<llvm::StringRef> candidates;
        for (auto &[name, member] : modules[object.module.index].members)
          candidates.push_back(name.text());
        std::sort(candidates.begin(), candidates.end());
        suggest(diag, expr->nameRange, expr->name, candidates);
      }
      setType(expr, types::Error);
      return result;
    }
    beforeDot = isBeforeDot;
    return useSymbol(expr, symbol, expr->name, expr->nameRange, {}, {}, true);
  }
  case Resolved::Kind::Type:
    beforeDot = isBeforeDot;
    return memberOfType(expr, object.type, object.isOpenEnum);
  case Resolved::Kind::Functions:
    report(DiagId::FunctionNotCalled, expr->object->range).operator<<(object.name.text()).fix({expr->object->range.end, expr->object->range.end}, "()");
    setType(expr, types::Error);
    return result;
  case Resolved::Kind::Value:
    break;
  }
  TypeId type = object.type;
  if (expr->access == MemberAccess::Arrow) {
    if (types.kind(type) != TypeKind::Pointer) {
      report(DiagId::ArrowOnValue, expr->range).operator<<(spell(type));
      setType(expr, types::Error);
      return result;
    }
    needUnsafe(expr->range, "following a pointer");
    type = types[type].element;
  } else if (expr->access == MemberAccess::Conditional) {
    if (isInstanceOf(type, Known::Result) || isInstanceOf(type, Known::Option)) {
      type = propagate(expr->object, {expr->object->range.begin, {expr->object->range.end.offset + 1}});
      if (type == types::Error) {
        setType(expr, types::Error);
        return result;
      }
    } else if (types.kind(type) != TypeKind::Optional) {
      // Not an error: it just never skips.
      report(DiagId::NeverNull, expr->object->range) << spell(type);
    } else {
      type = types[type].element;
      isOpen = true;
    }
  }
  result = memberOfValue(expr, type);
  result.isConditional = isOpen;
  result.inChain = inChain;
  return result;
}

void Checker::needUnsafe(SourceRange range, llvm::StringRef what) {
  if (!cx->unsafeDepth)
    report(DiagId::NeedsUnsafe, range) << what;
}

TypeId Checker::checkObject(const Expr *expr) {
  if (llvm::isa<NameExpr, MemberExpr, BuiltinTypeExpr>(expr)) {
    Resolved resolved = resolve(expr);
    return resolved.kind == Resolved::Kind::Value ? valueOf(expr, resolved) : types::Error;
  }
  return checkValue(expr);
}

/// A member of a value; the object has been checked.
Resolved Checker::memberOfValue(const MemberExpr *expr, TypeId type) {
  Resolved result;
  result.name = expr->name;
  result.receiver = expr->object;
  result.receiverType = type;
  setType(expr, types::Error);
  TypeKind kind = types.kind(type);
  bool isValueMember = expr->name.text() == "Equals" || expr->name.text() == "GetHashCode";
  if (kind == TypeKind::Optional && isValueMember && wasOfParam(expr->object)) {
    result.kind = Resolved::Kind::Functions;
    result.isObjectMember = true;
    return result;
  }
  // `.HasValue` and `.Value`; after a test the optional stands for its value, but they are there still.
  bool asksOptional = expr->access == MemberAccess::Dot && (expr->name.text() == "HasValue" || expr->name.text() == "Value");
  if (asksOptional && (kind == TypeKind::Optional || types.kind(declaredType(expr->object)) == TypeKind::Optional)) {
    TypeId inner = kind == TypeKind::Optional ? types[type].element : type;
    bool hasOwn = (isNominal(types.kind(inner)) && lookupMember(types[inner].nominal, expr->name)) || lookupExtension(inner, expr->name);
    if (!hasOwn) {
      bool isTest = expr->name.text() == "HasValue";
      program.exprs[expr].entity = isTest ? EntityKind::HasValue : EntityKind::OptionalValue;
      result.kind = Resolved::Kind::Value;
      result.type = setType(expr, isTest ? types::Bool : inner);
      return result;
    }
  }
  if (kind == TypeKind::Optional) {
    auto diag = report(DiagId::MemberOfOptional, expr->nameRange);
    diag << spell(type) << expr->name.text();
    SourceLoc dot = expr->object->range.end;
    diag.note(expr->object->range, "test it against null first, or use '?.'").fix({dot, dot}, "?");
    return result;
  }
  if (kind == TypeKind::Null || type == types::Void || type == types::Never) {
    if (type != types::Never)
      report(DiagId::NoSuchMember, expr->nameRange) << spell(type) << expr->name.text();
    return result;
  }
  if (kind == TypeKind::Pointer && expr->access != MemberAccess::Arrow) {
    report(DiagId::DotOnPointer, expr->range).operator<<(spell(type)).fix({expr->object->range.end, expr->nameRange.begin}, "->");
    return result;
  }
  if (kind == TypeKind::Tuple)
    if (std::optional<unsigned> part = tupleElement(type, expr->name)) {
      ExprFacts &facts = program.exprs[expr];
      facts.entity = EntityKind::TupleElement;
      facts.index = *part;
      result.kind = Resolved::Kind::Value;
      result.type = setType(expr, types[type].args[*part]);
      return result;
    }
  if (expr->name.text() == "Length" && hasLength(type)) {
    program.exprs[expr].entity = EntityKind::Length;
    result.kind = Resolved::Kind::Value;
    result.type = setType(expr, types::Int32);
    const ConstValue &whole = constantOf(stripParens(expr->object));
    if (kind == TypeKind::FixedArray)
      setConstant(expr, makeInt(types, types[type].count, types::Int32));
    else if (whole.kind == ConstValue::Kind::Parts || whole.kind == ConstValue::Kind::String)
      setConstant(expr, makeInt(types, whole.parts ? whole.parts->size() : whole.text.size(), types::Int32));
    return result;
  }
  result.typeArgs = expr->typeArgs;
  Symbol symbol;
  NominalId owner;
  if (isNominal(kind))
    symbol = lookupMember(types[type].nominal, expr->name, &owner);
  if (kind == TypeKind::TypeParam)
    symbol = lookupBoundMember(type, expr->name, &owner);
  if (!symbol)
    symbol = lookupExtension(type, expr->name);
  // What is no function cannot be called: `list.Count(…)` means the method of that name.
  bool isValue = symbol.kind == Symbol::Kind::Property || symbol.kind == Symbol::Kind::Variable;
  if (isValue && expr == calledName) {
    TypeId called = symbol.kind == Symbol::Kind::Property ? propertyType(PropertyId(symbol.index)) : program[VariableId(symbol.index)].type;
    Symbol method = lookupExtension(type, expr->name);
    if (method.kind == Symbol::Kind::Functions && called.isValid() && types.kind(called) != TypeKind::Func) {
      symbol = method;
      owner = {};
    }
  }
  if (!result.typeArgs.empty() && (symbol.kind == Symbol::Kind::Property || symbol.kind == Symbol::Kind::Variable)) {
    report(DiagId::NotGeneric, expr->nameRange) << expr->name.text();
    return result;
  }
  if (wasOfParam(expr->object) && program.exprs.at(layers[program.layer].definition, expr).entity == EntityKind::Functions) {
    // A method of a constraint: the call takes the one that the definition means.
    result.kind = Resolved::Kind::Functions;
    program.exprs[expr].entity = EntityKind::Functions;
    return result;
  }
  if (!symbol) {
    bool isOfKind = (expr->name.text() == "HasFlag" && isPlainEnum(type)) || (expr->name.text() == "GetLength" && kind == TypeKind::Rect);
    if (expr->name.text() == "ToString" || expr->name.text() == "Equals" || expr->name.text() == "GetHashCode" || isOfKind) {
      result.kind = Resolved::Kind::Functions;
      result.isObjectMember = true;
      return result;
    }
    reportUnknownMember(expr, type);
    return result;
  }
  ModuleId declaredIn = owner.isValid() ? detail(owner).file->module : ModuleId();
  if (symbol.kind != Symbol::Kind::Functions && owner.isValid() &&
      !checkVisible(symbol.visibility, owner, declaredIn, expr->name, expr->nameRange, symbol.range))
    return result;
  auto refuseStatic = [&](bool isStatic) {
    if (!isStatic)
      return false;
    report(DiagId::StaticThroughObject, expr->nameRange).operator<<(expr->name.text()).operator<<(spell(type))
        .note(symbol.range, "declared here").fix(expr->object->range, spell(type));
    return true;
  };
  switch (symbol.kind) {
  case Symbol::Kind::None:
  case Symbol::Kind::Poisoned:
    return result;
  case Symbol::Kind::Type:
    refuseStatic(true);
    return result;
  case Symbol::Kind::Functions:
    gatherMethods(type, expr->name, result.functions);
    keepCallable(result.functions, /*isStatic=*/false);
    result.kind = Resolved::Kind::Functions;
    program.exprs[expr].entity = EntityKind::Functions;
    return result;
  case Symbol::Kind::Property: {
    PropertyId property(symbol.index);
    if (refuseStatic(program[property].isStatic))
      return result;
    ExprFacts &facts = program.exprs[expr];
    facts.entity = EntityKind::Property;
    facts.property = property;
    coerceReceiver(expr->object, type, program[property].owner);
    result.kind = Resolved::Kind::Value;
    result.type = setType(expr, propertyType(property));
    return result;
  }
  case Symbol::Kind::Variable: {
    VariableId variable(symbol.index);
    if (refuseStatic(program[variable].kind != VariableKind::Field))
      return result;
    result.type = useVariable(expr, variable);
    result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
    return result;
  }
  }
  return result;
}

/// Where there are static methods and methods of objects of that name: those that the access can mean.
void Checker::keepCallable(llvm::SmallVectorImpl<FunctionId> &functions, bool isStatic) {
  auto isOther = [&](FunctionId function) { return program[function].isStatic != isStatic; };
  if (!llvm::all_of(functions, isOther))
    llvm::erase_if(functions, isOther);
}

/// A default method of an interface, called on a class or struct: the object becomes the interface first.
void Checker::coerceReceiver(const Expr *object, TypeId type, NominalId owner) {
  if (!owner.isValid() || types.info(owner).kind != NominalKind::Interface || types.kind(type) == TypeKind::Interface ||
      types.kind(type) == TypeKind::TypeParam)
    return;
  TypeId interface = types.info(owner).type;
  bool boxes = !types.isCounted(type);
  if (!boxes && !types.isClassRef(type)) {
    refuse(object->range, "a default method of an interface on the type '" + spell(type) + "'");
    return;
  }
  program.exprs[object].conversion = {boxes ? ConversionKind::Box : ConversionKind::Upcast, interface, {}};
}

Resolved Checker::memberOfType(const MemberExpr *expr, TypeId type, bool isOpenEnum) {
  bool isBeforeDot = std::exchange(beforeDot, false);
  Resolved result;
  result.name = expr->name;
  result.isStaticAccess = true;
  result.receiverType = type;
  result.typeArgs = expr->typeArgs;
  setType(expr, types::Error);
  TypeKind kind = types.kind(type);
  Symbol symbol;
  NominalId owner;
  bool hasMembers = isNominal(kind);
  if (kind == TypeKind::TypeParam)
    symbol = lookupBoundMember(type, expr->name, &owner);
  if (hasMembers)
    symbol = lookupMember(types[type].nominal, expr->name, &owner);
  if (!symbol)
    symbol = lookupExtension(type, expr->name);
  if (!symbol) {
    reportUnknownMember(expr, type);
    return result;
  }
  bool isVariant = symbol.kind == Symbol::Kind::Variable && program[VariableId(symbol.index)].kind == VariableKind::Variant;
  if (isOpenEnum && !isVariant) { // only a case can wait for the type arguments
    applyTypeArgs(types[type].nominal, {}, detail(types[type].nominal).plainName, expr->object->range, *cx->file, cx->type);
    return result;
  }
  ModuleId declaredIn = owner.isValid() ? detail(owner).file->module : ModuleId();
  if (symbol.kind != Symbol::Kind::Functions && owner.isValid() &&
      !checkVisible(symbol.visibility, owner, declaredIn, expr->name, expr->nameRange, symbol.range))
    return result;
  auto refuseInstance = [&](bool isStatic) {
    if (isStatic)
      return false;
    report(DiagId::NeedsObject, expr->nameRange).operator<<(expr->name.text())
        .note(symbol.range, "declared here; it belongs to each object, not to the type");
    return true;
  };
  switch (symbol.kind) {
  case Symbol::Kind::None:
  case Symbol::Kind::Poisoned:
    return result;
  case Symbol::Kind::Type: {
    NominalId nested(symbol.index);
    result.isOpenEnum = isBeforeDot && expr->typeArgs.empty() && detail(nested).generic.isValid() && types.info(nested).kind == NominalKind::Enum;
    if (!result.isOpenEnum)
      nested = applyTypeArgs(nested, expr->typeArgs, expr->name, expr->nameRange, *cx->file, cx->type);
    if (!nested.isValid())
      return result;
    result.kind = Resolved::Kind::Type;
    result.type = setType(expr, types.info(nested).type);
    program.exprs[expr].entity = EntityKind::Type;
    return result;
  }
  case Symbol::Kind::Functions:
    gatherMethods(type, expr->name, result.functions);
    keepCallable(result.functions, /*isStatic=*/true);
    result.kind = Resolved::Kind::Functions;
    program.exprs[expr].entity = EntityKind::Functions;
    return result;
  case Symbol::Kind::Property: {
    PropertyId property(symbol.index);
    if (refuseInstance(program[property].isStatic))
      return result;
    ExprFacts &facts = program.exprs[expr];
    facts.entity = EntityKind::Property;
    facts.property = property;
    result.kind = Resolved::Kind::Value;
    result.type = setType(expr, propertyType(property));
    return result;
  }
  case Symbol::Kind::Variable: {
    VariableId variable(symbol.index);
    if (refuseInstance(program[variable].kind != VariableKind::Field))
      return result;
    result.type = useVariable(expr, variable, isOpenEnum);
    result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
    return result;
  }
  }
  return result;
}

void Checker::reportUnknownMember(const MemberExpr *expr, TypeId type) {
  auto diag = report(DiagId::NoSuchMember, expr->nameRange);
  diag << spell(type) << expr->name.text();
  if (!maySuggest())
    return;
  TypeKind kind = types.kind(type);
  if (kind == TypeKind::Func && expr->name.text() == "Invoke") {
    diag.note(expr->object->range, "the value itself is called").fix({expr->object->range.end, expr->nameRange.end}, "");
    return;
  }
  std::vector<llvm::StringRef> candidates;
  collectMembers(type, candidates);
  // What C# calls one thing here and another there.
  static constexpr std::pair<llvm::StringRef, llvm::StringRef> twins[] = {{"Length", "Count"}, {"Count", "Length"}};
  for (auto [wrong, right] : twins)
    if (expr->name.text() == wrong && llvm::is_contained(candidates, right)) {
      diag.note(expr->nameRange, "did you mean '" + right + "'?").fix(expr->nameRange, right);
      return;
    }
  suggest(diag, expr->nameRange, expr->name, candidates);
  if (isNominal(kind))
    if (types.info(type).range.isValid() && !detail(types[type].nominal).file->isLibrary)
      diag.note(types.info(type).range, "'" + spell(type) + "' is declared here");
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
  return endChain(expr, resolved.type, resolved.isConditional, resolved.inChain);
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
