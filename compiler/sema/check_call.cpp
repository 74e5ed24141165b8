// Calls and `new`.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- What a call means for the whole program ---------------------------------------------------------------===//

uint32_t Checker::addCall(CallFacts &&call) {
  program.calls.push_back(std::move(call));
  return program.calls.size() - 1;
}

/// Remembers that the body at hand calls a function, for what is inferred over the program.
void Checker::noteCall(FunctionId callee, Dispatch dispatch) {
  enqueue(callee);
  if (!cx)
    return;
  cx->edges.push_back({callee, cx->swallowing > 0, dispatch == Dispatch::Virtual || dispatch == Dispatch::Interface});
}

Dispatch Checker::dispatchOf(FunctionId function, TypeId receiverType, bool isBase) {
  const FunctionInfo &info = program[function];
  if (isBase || info.isStatic || !info.slot || !info.owner.isValid())
    return Dispatch::Direct;
  if (types.info(info.owner).kind == NominalKind::Interface)
    return Dispatch::Interface;
  return Dispatch::Virtual;
}

void Checker::noteProperty(PropertyId property, bool isWrite, const Expr *at, bool isBase) {
  FunctionId accessor = isWrite ? program[property].setter : program[property].getter;
  if (!accessor.isValid()) {
    report(isWrite ? DiagId::PropertyNotWritable : DiagId::PropertyNotReadable, at->range).operator<<(program[property].name.text())
        .note(program[property].range, "declared here");
    return;
  }
  if (detail(accessor).visibility != propertyVisibility[property.index])
    checkFunctionVisible(accessor, at->range);
  noteCall(accessor, dispatchOf(accessor, {}, isBase));
  auto *member = llvm::dyn_cast<MemberExpr>(at);
  noteMethodOnPlace(accessor, member ? member->object : llvm::isa<IndexExpr>(at) ? llvm::cast<IndexExpr>(at)->object : nullptr,
                    program.exprs.get(at).implicitThis);
}

void Checker::noteExceptionOfText() {
  TypeId exception = program.knownTypes[size_t(Known::Exception)];
  for (FunctionId constructor : detail(types[exception].nominal).constructors)
    noteCall(constructor, Dispatch::Direct);
}

/// The name in a callee.
static SourceRange nameRangeOf(const Expr *callee) {
  auto *member = llvm::dyn_cast<MemberExpr>(stripParens(callee));
  return member ? member->nameRange : callee->range;
}

//===-- Calls -------------------------------------------------------------------------------------------------===//

TypeId Checker::checkCall(const CallExpr *expr, TypeId hint) {
  bool inChain = std::exchange(openChain, false);
  auto giveUp = [&] {
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    chainIsOpen = false;
    return types::Error;
  };
  const Expr *inner = stripParens(expr->callee);
  if (!llvm::isa<NameExpr, MemberExpr>(inner)) {
    TypeId type = check(expr->callee);
    bool isOpen = chainIsOpen;
    type = finish(expr->callee);
    if (types.kind(type) == TypeKind::Func)
      return checkFuncCall(expr, type, isOpen, inChain);
    if (type != types::Error)
      report(DiagId::NotCallable, expr->callee->range) << spell(type);
    return giveUp();
  }
  // `(N)(x)` reads as a call, and is a cast when N names a type.
  bool mayCast = inner != expr->callee && expr->args.size() == 1 && expr->args[0]->value && expr->args[0]->mode == ParamMode::Value;
  if (auto *name = llvm::dyn_cast<NameExpr>(inner); mayCast && name)
    if (TypeId type = namesake(name); type.isValid())
      return checkCast(expr, type, inner->range, expr->args[0]->value);
  openChain = true; // a call continues the chain of its callee
  calledName = inner;
  Resolved callee = resolve(inner, hint);
  openChain = false;
  if (mayCast && callee.kind == Resolved::Kind::Type)
    return checkCast(expr, callee.type, inner->range, expr->args[0]->value);
  switch (callee.kind) {
  case Resolved::Kind::Error:
    return giveUp();
  case Resolved::Kind::Type:
    report(DiagId::TypeCalled, expr->callee->range).operator<<(spell(callee.type))
        .note(expr->range, "an object is made with 'new'").fix({expr->range.begin, expr->range.begin}, "new ");
    return giveUp();
  case Resolved::Kind::Module:
    report(DiagId::ModuleAsValue, expr->callee->range) << modules[callee.module.index].path;
    return giveUp();
  case Resolved::Kind::Value: {
    if (program.exprs.get(inner).entity == EntityKind::Variant)
      return checkVariantCall(expr, inner, hint);
    openChain = false;
    callee.inChain = true; // a call continues the chain of its callee
    TypeId type = valueOf(inner, callee);
    bool isOpen = chainIsOpen;
    if (types.kind(type) == TypeKind::Func) {
      for (const Expr *outer = expr->callee; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
        setType(outer, type);
      return checkFuncCall(expr, type, isOpen, inChain);
    }
    if (type != types::Error) {
      auto diag = report(DiagId::NotCallable, expr->callee->range);
      diag << spell(type);
      if (types.kind(type) == TypeKind::Optional && types.kind(types[type].element) == TypeKind::Func)
        diag.note(expr->callee->range, "it may be null: test it first, or assert with '!'");
      EntityKind entity = program.exprs.get(inner).entity;
      if (expr->args.empty() && (entity == EntityKind::Property || entity == EntityKind::Length || entity == EntityKind::Field))
        diag.note(expr->callee->range, "it is read without parentheses").fix({expr->callee->range.end, expr->range.end}, "");
    }
    return giveUp();
  }
  case Resolved::Kind::Functions:
    break;
  }
  return finishCall(expr, callee, expr->args, inChain);
}

/// A call of one of the functions that were found; `callee` says by which way.
TypeId Checker::finishCall(const CallExpr *expr, Resolved &callee, llvm::ArrayRef<const Argument *> args, bool inChain) {
  if (FunctionId meant = pinned(expr, callee.receiverType); meant.isValid() && meant != program.knownFunctions[size_t(Known::ObjectToString)]) {
    callee.functions.assign(1, meant);
    callee.isObjectMember = false;
  }
  if (callee.isObjectMember)
    return callObjectMember(expr, callee, inChain);
  bool isPinned = isInstance(program.layer);
  for (FunctionId function : callee.functions)
    needSignature(function);
  if (!callee.typeArgs.empty() && !isPinned) {
    // Those that take as many type arguments, with these.
    llvm::SmallVector<FunctionId, 4> instances;
    llvm::SmallVector<FunctionId, 4> generic;
    for (FunctionId function : callee.functions)
      if (detail(function).isGeneric)
        generic.push_back(function);
    bool failed = false;
    for (FunctionId function : generic) {
      if (generic.size() > 1 && llvm::cast<FuncDecl>(program[function].decl)->typeParams.size() != callee.typeArgs.size())
        continue;
      FunctionId instance = explicitInstance(function, callee.typeArgs, nameRangeOf(expr->callee));
      failed |= !instance.isValid();
      if (instance.isValid())
        instances.push_back(instance);
    }
    if (instances.empty()) {
      if (generic.empty())
        report(DiagId::NotGeneric, nameRangeOf(expr->callee)) << callee.name.text();
      else if (!failed)
        report(DiagId::TypeArgumentCount, nameRangeOf(expr->callee)) << callee.name.text() << "other numbers of type arguments" << int64_t(callee.typeArgs.size());
      checkArguments({}, args);
      abandonArguments(args);
      return types::Error;
    }
    callee.functions.assign(instances.begin(), instances.end());
    for (FunctionId function : callee.functions)
      needSignature(function);
  }
  // What is hidden does not take part, unless there is nothing else.
  llvm::SmallVector<FunctionId, 4> visible;
  for (FunctionId function : callee.functions) {
    const FunctionInfo &info = program[function];
    if (!info.owner.isValid() || canSee(detail(function).visibility, info.owner, detail(function).file->module, cx->type, *cx->file))
      visible.push_back(function);
  }
  if (visible.empty() && !callee.functions.empty()) {
    checkFunctionVisible(callee.functions.front(), nameRangeOf(expr->callee));
    checkArguments({}, args);
    abandonArguments(args);
    return types::Error;
  }
  checkArguments(visible, args);
  CallFacts call;
  // With its own parameters as type arguments, the function itself is the instance.
  llvm::SmallVector<FunctionId, 1> own;
  if (!callee.typeArgs.empty() || isPinned)
    for (FunctionId function : visible)
      if (detail(function).isGeneric && ownInstances.insert(function).second)
        own.push_back(function);
  FunctionId function = chooseOverload(visible, args, expr->range, callee.name, call.args);
  for (FunctionId one : own)
    ownInstances.erase(one);
  if (!function.isValid() || detail(function).isPoisoned)
    return types::Error;
  const FunctionInfo &info = program[function];
  setType(expr->callee, types::Void); // a method group has no type of its own
  SourceRange nameRange = nameRangeOf(expr->callee);
  bool isMember = info.owner.isValid() || info.extendedType.isValid();
  if (isMember && info.isStatic && callee.receiver) {
    report(DiagId::StaticThroughObject, nameRange).operator<<(callee.name.text()).operator<<(spell(callee.receiverType))
        .note(info.range, "declared here").fix(callee.receiver->range, spell(callee.receiverType));
  } else if (isMember && !info.isStatic && !callee.receiver && !callee.implicitThis) {
    report(DiagId::NeedsObject, nameRange).operator<<(callee.name.text())
        .note(info.range, "declared here; it belongs to each object, not to the type");
    return types::Error;
  }
  call.function = function;
  call.closure = callee.closure;
  if (!info.isStatic) {
    if (callee.implicitThis)
      cx->usesThis = true;
    call.receiver = callee.receiver;
    call.implicitThis = callee.implicitThis;
    call.isBase = callee.isBase;
    call.dispatch = dispatchOf(function, callee.receiverType, callee.isBase);
    if (callee.isBase && info.isAbstract)
      report(DiagId::AbstractBaseCall, nameRange).operator<<(callee.name.text()).note(info.range, "it is abstract here");
    if (callee.receiver && !callee.isBase)
      coerceReceiver(callee.receiver, callee.receiverType, info.owner);
    // An extension of a base or an interface takes the object as that.
    if (info.extendedType.isValid() && info.extendedType != callee.receiverType && callee.receiver)
      if (std::optional<Conversion> upcast = implicitConversion(callee.receiverType, info.extendedType); upcast && upcast->kind != ConversionKind::None)
        program.exprs[callee.receiver].conversion = *upcast;
    // Through a constraint a struct's method works on a copy, where the place is read-only.
    call.copiesReceiver = callee.receiver && wasOfParam(callee.receiver) && types.kind(callee.receiverType) == TypeKind::Struct &&
                          isReadOnly(callee.receiver);
    if (isViewMaker(function))
      checkViewed(callee.receiver, callee.receiverType, expr->range);
    else if (!call.copiesReceiver)
      noteMethodOnPlace(function, callee.receiver, callee.implicitThis);
  }
  noteCall(function, call.dispatch);
  uint32_t row = addCall(std::move(call));
  program.exprs[expr].call = row;
  needResult(function, expr->range);
  return endChain(expr, program[function].result, callee.isConditional, inChain);
}

/// Equals and GetHashCode of types that do not write their own: what `==` compares, and a hash that fits it. Of a type
/// parameter too; which function it is, instances know. And HasFlag of enums, GetLength of rectangular arrays.
TypeId Checker::callValueMember(const CallExpr *expr, Resolved &callee, bool inChain) {
  TypeId type = callee.receiverType;
  TypeKind kind = types.kind(type);
  bool isEquals = callee.name.text() == "Equals", isHash = callee.name.text() == "GetHashCode", isLength = callee.name.text() == "GetLength";
  bool takesOne = !isHash;
  TypeId wanted = isLength ? types::Int32 : type;
  if (expr->args.size() != takesOne) {
    report(DiagId::WrongArgumentCount, expr->range) << (callee.name.text() + (takesOne ? "(" + spell(wanted) + ")" : "()")) << (takesOne ? "1 argument" : "0 arguments")
                                                    << int64_t(expr->args.size());
    abandonArguments(expr->args);
    return types::Error;
  }
  if (callee.implicitThis || !callee.receiver) {
    abandonArguments(expr->args);
    refuse(expr->range, "'" + callee.name.text() + "' without an object");
    return types::Error;
  }
  if (takesOne && !expr->args[0]->value) {
    abandonArguments(expr->args);
    report(DiagId::CannotConvert, expr->args[0]->range) << "out" << spell(wanted) << "";
    return types::Error;
  }
  if (takesOne)
    coerce(expr->args[0]->value, wanted);
  const ConstValue &dimension = takesOne ? constantOf(stripParens(expr->args[0]->value)) : ConstValue();
  if (isLength && dimension.kind == ConstValue::Kind::Int && dimension.bits >= types[type].count) {
    report(DiagId::NoSuchDimension, expr->args[0]->range).operator<<(spell(type)).operator<<(int64_t(dimension.bits));
    return types::Error;
  }
  if (kind != TypeKind::TypeParam && (isEquals || isHash) && !hasValueEquality(type)) {
    report(DiagId::NoSuchMember, expr->callee->range) << spell(type) << callee.name.text();
    return types::Error;
  }
  ExprFacts &facts = program.exprs[expr];
  facts.operandType = type;
  TypeId inner = kind == TypeKind::Optional ? types[type].element : type;
  facts.op = isHash ? OperatorKind::Hash : isLength ? OperatorKind::DimensionLength : OperatorKind::HasFlag;
  if (isEquals)
    facts.op = types.isClassRef(inner) ? OperatorKind::ReferenceCompare : OperatorKind::ValueCompare;
  setType(expr->callee, types::Void);
  return endChain(expr, takesOne && !isLength ? types::Bool : types::Int32, callee.isConditional, inChain);
}

/// ToString, Equals and GetHashCode of types that do not write their own.
TypeId Checker::callObjectMember(const CallExpr *expr, Resolved &callee, bool inChain) {
  TypeId ofEnum = callee.name.text() == "HasFlag" ? callee.receiverType : TypeId();
  if (ofEnum.isValid() && expr->args.size() == 1 && expr->args[0]->value)
    check(expr->args[0]->value, ofEnum); // a case by its bare name, too
  else
    checkArguments({}, expr->args);
  if (callee.name.text() != "ToString")
    return callValueMember(expr, callee, inChain);
  abandonArguments(expr->args);
  FunctionId function = program.knownFunctions[size_t(Known::ObjectToString)];
  if (!function.isValid()) {
    refuse(expr->range, "'ToString' of the type '" + spell(callee.receiverType) + "'");
    return types::Error;
  }
  if (!expr->args.empty()) {
    report(DiagId::WrongArgumentCount, expr->args[0]->range) << "ToString()" << "0 arguments" << int64_t(expr->args.size());
    return types::Error;
  }
  if (callee.implicitThis || !callee.receiver) {
    refuse(expr->range, "'ToString' without an object");
    return types::Error;
  }
  std::optional<Conversion> toObject = implicitConversion(callee.receiverType, types::Object);
  if (!toObject) {
    report(DiagId::NoSuchMember, expr->callee->range) << spell(callee.receiverType) << "ToString";
    return types::Error;
  }
  if (!hasText(callee.receiverType)) {
    report(DiagId::NoText, expr->range) << spell(callee.receiverType);
    return types::Error;
  }
  program.exprs[callee.receiver].conversion = toObject->kind == ConversionKind::None ? Conversion() : *toObject;
  setType(expr->callee, types::Void);
  CallFacts call;
  call.function = function;
  call.args.resize(1);
  call.args[0].value = callee.receiver;
  noteCall(function, Dispatch::Direct);
  uint32_t row = addCall(std::move(call));
  program.exprs[expr].call = row;
  return endChain(expr, types::String, callee.isConditional, inChain);
}

//===-- new ---------------------------------------------------------------------------------------------------===//

TypeId Checker::checkNew(const NewObject *expr, TypeId hint) {
  checkRegion(expr->region, /*isObject=*/true);
  if (!expr->type) {
    // `new(…)`: the arguments can be checked, the rest waits for the target.
    checkArguments({}, expr->args);
    if (hint.isValid() && hint != types::Error) {
      TypeId object = types.kind(hint) == TypeKind::Optional ? types[hint].element : hint;
      if (types.kind(object) == TypeKind::Class || types.kind(object) == TypeKind::Struct)
        return construct(expr, object);
    }
    return {};
  }
  TypeId type = resolveHere(expr->type);
  if (type == types::Error) {
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    return types::Error;
  }
  TypeKind kind = types.kind(type);
  if (type == types::String && !expr->init) {
    // `new string('x', 3)` is what the library's string.Create makes.
    llvm::SmallVector<FunctionId, 4> makers;
    gatherMethods(type, names.intern("Create"), makers);
    checkArguments(makers, expr->args);
    CallFacts call;
    FunctionId maker = chooseOverload(makers, expr->args, expr->range, names.intern("string"), call.args);
    if (!maker.isValid() || detail(maker).isPoisoned)
      return types::Error;
    call.function = maker;
    noteCall(maker, Dispatch::Direct);
    uint32_t row = addCall(std::move(call));
    program.exprs[expr].call = row;
    return type;
  }
  // `new T()`, where T promises it; in instances, a value that is no struct is its zero.
  bool isPromised = kind == TypeKind::TypeParam && (needBounds(type).isNew || needBounds(type).isStruct);
  bool isZero = isInstance(program.layer) && kind != TypeKind::Class && kind != TypeKind::Struct;
  if ((isPromised || isZero) && expr->args.empty() && !expr->init)
    return type;
  if (kind != TypeKind::Class && kind != TypeKind::Struct) {
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    auto diag = report(DiagId::CannotConstruct, expr->range);
    diag << spell(type);
    if (kind == TypeKind::Interface)
      diag.note(types.info(type).range, "an interface is made by making a class that implements it");
    if (kind == TypeKind::TypeParam && expr->args.empty())
      diag.note(paramInfo(type).decl->range, "'where " + spell(type) + " : new()' promises that it can be made without arguments");
    return types::Error;
  }
  checkArguments(constructorsFor(expr, types[type].nominal), expr->args);
  return construct(expr, type);
}

/// Chooses the constructor; the arguments have been checked.
TypeId Checker::construct(const NewObject *expr, TypeId type) {
  setType(expr, types::Error);
  if (type == types::Error || (types.kind(type) != TypeKind::Class && types.kind(type) != TypeKind::Struct)) {
    abandonArguments(expr->args);
    return types::Error;
  }
  if (expr->region && types.kind(type) == TypeKind::Struct)
    report(DiagId::PlacedStruct, expr->region->range) << spell(type);
  NominalId id = types[type].nominal;
  const NominalInfo &info = types.info(id);
  if (info.isAbstract) {
    auto diag = report(DiagId::AbstractInstance, expr->range);
    diag << info.name.text() << (detail(id).isStatic ? "static" : "abstract");
    diag.note(info.range, "declared here");
    abandonArguments(expr->args);
    return types::Error;
  }
  if (expr->init)
    if (!checkObjectInit(expr->init, type)) {
      abandonArguments(expr->args);
      return types::Error;
    }
  uint32_t row = callConstructor(id, expr->args, expr->range, expr);
  program.exprs[expr].call = row;
  return setType(expr, row ? type : types::Error);
}

/// The type's constructors; in an instance, the one that the definition has chosen at this node: a `new`, or a constructor
/// that calls another one.
llvm::SmallVector<FunctionId, 4> Checker::constructorsFor(const Node *at, NominalId type) {
  llvm::SmallVector<FunctionId, 4> all(detail(type).constructors.begin(), detail(type).constructors.end());
  if (!isInstance(program.layer) || !at)
    return all;
  LayerId definition = layers[program.layer].definition;
  uint32_t row = llvm::isa<Expr>(at) ? program.exprs.at(definition, at).call : program.constructorChains.at(definition, at);
  if (!row)
    return all;
  FunctionId meant = counterpart(program.calls[row].function, program.layer);
  if (!meant.isValid() || program[meant].owner != type)
    return all;
  return {meant};
}

/// A call of one of the type's constructors, by arguments that have been checked. 0 after an error.
uint32_t Checker::callConstructor(NominalId type, llvm::ArrayRef<const Argument *> args, SourceRange range, const Node *at) {
  const NominalInfo &info = types.info(type);
  CallFacts call;
  llvm::SmallVector<FunctionId, 4> visible;
  for (FunctionId constructor : constructorsFor(at, type))
    if (canSee(detail(constructor).visibility, type, detail(type).file->module, cx->type, *cx->file))
      visible.push_back(constructor);
  if (visible.empty()) {
    if (!detail(type).constructors.empty())
      checkFunctionVisible(detail(type).constructors.front(), range);
    abandonArguments(args);
    return 0;
  }
  // A struct can always be made without arguments: of zeros and initialisers.
  FunctionId constructor = chooseOverload(visible, args, range, info.name, call.args);
  if (!constructor.isValid() || detail(constructor).isPoisoned)
    return 0;
  call.function = constructor;
  noteCall(constructor, Dispatch::Direct);
  return addCall(std::move(call));
}

} // namespace dream::sema
