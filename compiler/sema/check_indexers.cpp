// Indexers: `x[i]` of a class, struct or extended type. `x[^i]` and `x[i..j]` count from what `x` itself says of its elements, as in C#.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// An indexer of a class, struct or extended type.
TypeId Checker::checkIndexer(const IndexExpr *expr, TypeId type, bool isRead, bool isWritten) {
  llvm::SmallVector<PropertyId, 4> indexers;
  TypeKind kind = types.kind(type);
  if (isNominal(kind)) {
    for (NominalId level = types[type].nominal; level.isValid();) {
      indexers.append(detail(level).indexers);
      const NominalInfo &info = types.info(level);
      level = info.base.isValid() ? types[info.base].nominal : NominalId();
    }
    for (TypeId interface : types.info(type).interfaces)
      indexers.append(detail(types[interface].nominal).indexers);
  }
  if (kind == TypeKind::TypeParam)
    for (TypeId bound : needBounds(type).bounds) {
      indexers.append(detail(types[bound].nominal).indexers);
      for (TypeId inherited : types.info(bound).interfaces)
        indexers.append(detail(types[inherited].nominal).indexers);
    }
  for (Extension *found : extensionsOf(type, false))
    indexers.append(found->indexers);
  llvm::SmallVector<FunctionId, 4> accessors;
  for (PropertyId indexer : indexers) {
    // Chosen by its getter; a write-only one by its setter, without the value.
    FunctionId accessor = program[indexer].getter.isValid() ? program[indexer].getter : program[indexer].setter;
    if (accessor.isValid() && llvm::none_of(accessors, [&](FunctionId other) { return sameParams(accessor, other); }))
      accessors.push_back(accessor);
  }
  if (accessors.empty()) {
    auto diag = report(DiagId::NotIndexable, expr->range);
    diag << spell(type);
    if (kind == TypeKind::Optional)
      diag.note(expr->object->range, "test it against null first, or use '?['");
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    return setType(expr, types::Error);
  }
  if (FunctionId meant = pinned(expr, type); meant.isValid())
    accessors.assign(1, meant);
  if (auto *range = countingRange(expr))
    return checkSlice(expr, range, type);
  if (auto *fromEnd = countingIndex(expr); fromEnd && !countFromEnd(fromEnd, expr, type))
    return setType(expr, types::Error);
  bool writeOnly = program[accessors.front()].kind == FunctionKind::Setter;
  if (writeOnly) {
    checkArguments({}, expr->args);
    abandonArguments(expr->args);
    refuse(expr->range, "an indexer without 'get'");
    return setType(expr, types::Error);
  }
  checkArguments(accessors, expr->args);
  CallFacts call;
  FunctionId getter = chooseOverload(accessors, expr->args, expr->range, names.intern("this[]"), call.args);
  if (!getter.isValid())
    return setType(expr, types::Error);
  PropertyId property = program[getter].property;
  call.function = getter;
  call.receiver = expr->object;
  call.isBase = llvm::isa<BaseExpr>(expr->object);
  call.dispatch = dispatchOf(getter, type, call.isBase);
  coerceReceiver(expr->object, type, program[getter].owner);
  uint32_t row = addCall(std::move(call));
  ExprFacts &facts = program.exprs[expr];
  facts.entity = EntityKind::Indexer;
  facts.property = property;
  facts.call = row;
  if (isRead)
    noteProperty(property, false, expr, llvm::isa<BaseExpr>(expr->object));
  if (isWritten)
    noteProperty(property, true, expr, llvm::isa<BaseExpr>(expr->object));
  return setType(expr, propertyType(property));
}

//===-- From the end, and ranges ------------------------------------------------------------------------------===//

static const Expr *onlyIndex(const IndexExpr *expr) {
  if (expr->args.size() != 1 || !expr->args[0]->value || expr->args[0]->mode != ParamMode::Value || expr->args[0]->name)
    return nullptr;
  return stripParens(expr->args[0]->value);
}

const UnaryExpr *Checker::countingIndex(const IndexExpr *expr) {
  auto *fromEnd = llvm::dyn_cast_or_null<UnaryExpr>(onlyIndex(expr));
  return fromEnd && fromEnd->op == UnaryOp::FromEnd ? fromEnd : nullptr;
}

const RangeExpr *Checker::countingRange(const IndexExpr *expr) { return llvm::dyn_cast_or_null<RangeExpr>(onlyIndex(expr)); }

/// The getter of the int property `Length`, else `Count`, of the type.
FunctionId Checker::countGetter(TypeId type) {
  TypeKind kind = types.kind(type);
  for (llvm::StringRef spelling : {"Length", "Count"}) {
    Name name = names.intern(spelling);
    NominalId owner;
    Symbol symbol;
    if (isNominal(kind))
      symbol = lookupMember(types[type].nominal, name, &owner);
    else if (kind == TypeKind::TypeParam)
      symbol = lookupBoundMember(type, name, &owner);
    if (!symbol)
      symbol = lookupExtension(type, name);
    if (symbol.kind != Symbol::Kind::Property)
      continue;
    PropertyId property(symbol.index);
    FunctionId getter = program[property].getter;
    if (getter.isValid() && !program[property].isStatic && propertyType(property) == types::Int32 && servesIndexing(getter, type))
      return getter;
  }
  return {};
}

/// An instance method that can be seen here, and called on the object as it is.
bool Checker::servesIndexing(FunctionId function, TypeId type) {
  const FunctionInfo &info = program[function];
  if (info.isStatic || detail(function).isGeneric || (info.extendedType.isValid() && info.extendedType != type))
    return false;
  if (!info.owner.isValid())
    return true;
  TypeKind kind = types.kind(type);
  bool isDefault = types.info(info.owner).kind == NominalKind::Interface && kind != TypeKind::Interface && kind != TypeKind::TypeParam;
  return !isDefault && canSee(detail(function).visibility, info.owner, detail(info.owner).file->module, cx->type, *cx->file);
}

/// A call on what is indexed; its facts lie at `at`. Arguments, if any, are added where it is generated.
void Checker::noteIndexing(const Expr *at, FunctionId function, const IndexExpr *expr, TypeId type) {
  CallFacts call;
  call.function = function;
  call.receiver = expr->object;
  call.isBase = llvm::isa<BaseExpr>(expr->object);
  call.dispatch = dispatchOf(function, type, call.isBase);
  noteCall(function, call.dispatch);
  noteMethodOnPlace(function, expr->object, false);
  uint32_t row = addCall(std::move(call));
  program.exprs[at].call = row;
}

/// The number of elements, for `^n` or a range at `at`.
bool Checker::noteCount(const Expr *at, const IndexExpr *expr, TypeId type) {
  FunctionId getter = pinned(at, type);
  if (!getter.isValid())
    getter = countGetter(type);
  if (!getter.isValid()) {
    report(DiagId::CountMissing, at->range) << spell(type);
    return false;
  }
  noteIndexing(at, getter, expr, type);
  return true;
}

/// `^n` in the brackets of an indexer: the number that the element has from the front.
bool Checker::countFromEnd(const UnaryExpr *fromEnd, const IndexExpr *expr, TypeId type) {
  setType(fromEnd, types::Int32);
  bool isInt = checkTo(fromEnd->operand, types::Int32, "for an index") != types::Error;
  return noteCount(fromEnd, expr, type) && isInt;
}

/// x[i..j]: `x.Slice(i, j - i)`.
TypeId Checker::checkSlice(const IndexExpr *expr, const RangeExpr *range, TypeId type) {
  setType(range, types::Void);
  setType(expr->args[0]->value, types::Void);
  bool isRight = noteCount(range, expr, type);
  for (const Expr *end : {range->begin, range->end}) {
    auto *fromEnd = llvm::dyn_cast_or_null<UnaryExpr>(end ? stripParens(end) : nullptr);
    if (fromEnd && fromEnd->op == UnaryOp::FromEnd) {
      setType(end, types::Int32);
      isRight &= checkTo(fromEnd->operand, types::Int32, "for an index") != types::Error;
    } else if (end) {
      isRight &= checkTo(end, types::Int32, "for an index") != types::Error;
    }
  }
  if (!isRight)
    return setType(expr, types::Error);
  FunctionId slice = pinned(expr, type);
  if (!slice.isValid()) {
    llvm::SmallVector<FunctionId, 4> methods;
    gatherMethods(type, names.intern("Slice"), methods);
    auto takesTwo = [&](FunctionId method) {
      needSignature(method);
      const std::vector<ParameterInfo> &params = program[method].params;
      return params.size() == 2 && llvm::all_of(params, [&](const ParameterInfo &param) {
               return program[param.variable].type == types::Int32 && program[param.variable].mode == PassMode::Value && !param.isParams;
             }) && servesIndexing(method, type);
    };
    if (auto found = llvm::find_if(methods, takesTwo); found != methods.end())
      slice = *found;
  }
  if (!slice.isValid()) {
    report(DiagId::SliceMissing, range->range) << spell(type);
    return setType(expr, types::Error);
  }
  noteIndexing(expr, slice, expr, type);
  needResult(slice, expr->range);
  program.exprs[expr].entity = EntityKind::MethodSlice;
  return setType(expr, program[slice].result);
}

} // namespace dream::sema
