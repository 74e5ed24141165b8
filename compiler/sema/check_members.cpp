// Member accesses: what `x.M` and `T.M` stand for.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

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
    if (program.exprs.get(stripParens(expr->object)).readsWeak)
      diag.note(expr->object->range, ("the object may die between a test and this: bind it, as in 'if (" + sources.text(expr->object->range) + " is " +
                                      spell(types[type].element) + " c)'").str());
    else
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
  if (!checkVisible(symbol, owner, expr))
    return result;
  if (symbol.kind == Symbol::Kind::None || symbol.kind == Symbol::Kind::Poisoned)
    return result;
  if (symbol.kind == Symbol::Kind::Type || isStaticValue(symbol)) {
    report(DiagId::StaticThroughObject, expr->nameRange).operator<<(expr->name.text()).operator<<(spell(type))
        .note(symbol.range, "declared here").fix(expr->object->range, spell(type));
    return result;
  }
  if (symbol.kind == Symbol::Kind::Property)
    coerceReceiver(expr->object, type, program[PropertyId(symbol.index)].owner);
  useMember(expr, type, symbol, result);
  return result;
}

/// A property or variable that belongs to its type, not to each object.
bool Checker::isStaticValue(const Symbol &symbol) const {
  return (symbol.kind == Symbol::Kind::Property && program[PropertyId(symbol.index)].isStatic) ||
         (symbol.kind == Symbol::Kind::Variable && program[VariableId(symbol.index)].kind != VariableKind::Field);
}

/// The methods of that name, or the value of the property or variable.
void Checker::useMember(const MemberExpr *expr, TypeId type, const Symbol &symbol, Resolved &result, bool isOpenEnum) {
  switch (symbol.kind) {
  case Symbol::Kind::None:
  case Symbol::Kind::Poisoned:
  case Symbol::Kind::Type:
    return;
  case Symbol::Kind::Functions:
    gatherMethods(type, expr->name, result.functions);
    keepCallable(result.functions, result.isStaticAccess);
    result.kind = Resolved::Kind::Functions;
    program.exprs[expr].entity = EntityKind::Functions;
    return;
  case Symbol::Kind::Property: {
    PropertyId property(symbol.index);
    ExprFacts &facts = program.exprs[expr];
    facts.entity = EntityKind::Property;
    facts.property = property;
    result.kind = Resolved::Kind::Value;
    result.type = setType(expr, propertyType(property));
    return;
  }
  case Symbol::Kind::Variable:
    result.type = useVariable(expr, VariableId(symbol.index), isOpenEnum);
    result.kind = result.type == types::Error ? Resolved::Kind::Error : Resolved::Kind::Value;
    return;
  }
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
  if (!checkVisible(symbol, owner, expr))
    return result;
  if (symbol.kind == Symbol::Kind::Type) {
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
  bool isValue = symbol.kind == Symbol::Kind::Property || symbol.kind == Symbol::Kind::Variable;
  if (isValue && !isStaticValue(symbol)) {
    report(DiagId::NeedsObject, expr->nameRange).operator<<(expr->name.text())
        .note(symbol.range, "declared here; it belongs to each object, not to the type");
    return result;
  }
  useMember(expr, type, symbol, result, isOpenEnum);
  return result;
}

} // namespace dream::sema
