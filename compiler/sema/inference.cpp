// Working out the type arguments of a call from its arguments, and from the types written behind the name.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// Makes the parameters in `pattern` stand for what makes it equal to `actual`, or a base of it. False if nothing does;
/// parts that say nothing are no failure.
bool Checker::unify(TypeId pattern, TypeId actual, llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound) {
  if (!pattern.isValid() || !actual.isValid() || actual == types::Error || !mentionsParam(pattern))
    return true;
  const Type &row = types[pattern], &other = types[actual];
  if (row.kind == TypeKind::TypeParam) {
    for (auto &[param, type] : bound) {
      if (param != pattern)
        continue;
      if (!type.isValid() || implicitConversion(type, actual)) {
        type = actual;
        return true;
      }
      return implicitConversion(actual, type).has_value();
    }
    return true; // a parameter of something around the call
  }
  auto parts = [&](llvm::ArrayRef<TypeId> ours, llvm::ArrayRef<TypeId> theirs) {
    if (ours.size() != theirs.size())
      return false;
    for (size_t i = 0; i < ours.size(); ++i)
      if (!unify(ours[i], theirs[i], bound))
        return false;
    return true;
  };
  switch (row.kind) {
  case TypeKind::Optional:
    return unify(row.element, other.kind == TypeKind::Optional ? other.element : actual, bound);
  case TypeKind::Weak:
    return unify(row.element, other.kind == TypeKind::Weak || other.kind == TypeKind::Optional ? other.element : actual, bound);
  case TypeKind::Array:
    return (other.kind == TypeKind::Array || other.kind == TypeKind::FixedArray) && unify(row.element, other.element, bound);
  case TypeKind::FixedArray:
    if (other.kind != TypeKind::FixedArray || !unify(row.element, other.element, bound))
      return false;
    for (auto &[param, type] : bound) // the length may be a parameter, too
      if (row.count == (uint64_t(1) << 63) + types[param].count) {
        if (type.isValid() && type != types.constArg(other.count))
          return false;
        type = types.constArg(other.count);
      }
    return true;
  case TypeKind::Rect:
    return other.kind == TypeKind::Rect && other.count == row.count && unify(row.element, other.element, bound);
  case TypeKind::Pointer:
    return other.kind == TypeKind::Pointer && unify(row.element, other.element, bound);
  case TypeKind::Func:
    return other.kind == TypeKind::Func && unify(row.element, other.element, bound) && parts(row.args, other.args);
  case TypeKind::Tuple:
    return other.kind == TypeKind::Tuple && parts(row.args, other.args);
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum: {
    const TypeDetail &wanted = detail(row.nominal);
    auto tryType = [&](TypeId candidate) -> std::optional<bool> {
      if (!candidate.isValid() || !isNominal(types.kind(candidate)))
        return std::nullopt;
      const TypeDetail &given = detail(types[candidate].nominal);
      if (given.decl != wanted.decl || !given.generic.isValid())
        return std::nullopt;
      return parts(wanted.args, given.args);
    };
    if (TypeId element = types.viewElement(pattern); element.isValid() && types.info(pattern).isReadOnlyView)
      if (TypeId given = viewableElement(actual); given.isValid())
        return unify(element, given, bound);
    if (other.kind == TypeKind::Optional)
      return unify(pattern, other.element, bound);
    for (TypeId level = actual; level.isValid() && isNominal(types.kind(level)); level = types.info(level).base)
      if (std::optional<bool> result = tryType(level))
        return *result;
    llvm::ArrayRef<TypeId> interfaces;
    if (isNominal(other.kind))
      interfaces = types.info(actual).interfaces;
    else if (other.kind == TypeKind::TypeParam)
      for (TypeId type : needBounds(actual).bounds) {
        if (std::optional<bool> result = tryType(type))
          return *result;
        for (TypeId inherited : types.info(type).interfaces)
          if (std::optional<bool> result = tryType(inherited))
            return *result;
      }
    for (TypeId interface : interfaces)
      if (std::optional<bool> result = tryType(interface))
        return *result;
    needAddedInterfaces(actual);
    if (auto added = addedInterfaces.find(actual); added != addedInterfaces.end())
      for (TypeId interface : added->second)
        if (std::optional<bool> result = tryType(interface))
          return *result;
    return false;
  }
  default: // the kinds without parts
    return true;
  }
}

/// What is known of some parameters tells others by their constraints: with `where S : IEnumerable<T>`, S tells T.
void Checker::inferFromBounds(llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound) {
  auto known = [&] { return llvm::count_if(bound, [](auto &one) { return one.second.isValid(); }); };
  for (auto before = known(); size_t(before) < bound.size();) {
    for (size_t i = 0; i < bound.size(); ++i) {
      auto [param, actual] = bound[i];
      if (actual.isValid())
        for (TypeId constraint : needBounds(param).bounds)
          unify(constraint, actual, bound);
    }
    if (known() == before)
      return;
    before = known();
  }
}

/// The type with what its parameters have been found to stand for; invalid while one of them is not known.
TypeId Checker::substituteBound(TypeId type, llvm::ArrayRef<std::pair<TypeId, TypeId>> bound) {
  if (!mentionsParam(type))
    return type;
  const Type row = types[type];
  auto element = [&] { return substituteBound(row.element, bound); };
  switch (row.kind) {
  case TypeKind::TypeParam:
    for (auto &[param, actual] : bound)
      if (param == type)
        return actual;
    if (TypeId base = paramInfo(type).projectionOf; base.isValid())
      if (TypeId actual = substituteBound(base, bound); actual != base)
        return actual.isValid() ? assocType(actual, paramInfo(type).decl->name) : TypeId();
    return type; // of something around the call
  case TypeKind::Array:
    return element().isValid() ? types.array(element()) : TypeId();
  case TypeKind::Optional:
    return element().isValid() ? types.optional(element()) : TypeId();
  case TypeKind::Weak:
    return element().isValid() ? types.weak(element()) : TypeId();
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum: {
    const TypeDetail &wanted = detail(row.nominal);
    NominalId generic = wanted.generic.isValid() ? wanted.generic : row.nominal;
    llvm::SmallVector<TypeId, 2> args;
    for (TypeId arg : wanted.args) {
      args.push_back(substituteBound(arg, bound));
      if (!args.back().isValid())
        return {};
    }
    return instantiate(generic, args, useRange);
  }
  default: // seldom written as the parameter of a function's parameter
    return {};
  }
}

/// Lambdas and names of functions among the arguments: once the types of their parameters are known, they tell their results.
/// False if one does not fit.
bool Checker::inferFromFunctions(FunctionId generic, llvm::ArrayRef<const Argument *> args,
                                 llvm::SmallVectorImpl<std::pair<TypeId, TypeId>> &bound) {
  const FunctionInfo &info = program[generic];
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < args.size() && i < info.params.size(); ++i) {
      const Expr *inner = args[i]->value && !args[i]->name ? stripParens(args[i]->value) : nullptr;
      TypeId pattern = program[info.params[i].variable].type;
      if (!inner || types.kind(pattern) != TypeKind::Func || !mentionsParam(pattern) || program.exprs.get(inner).type.isValid())
        continue;
      auto *lambda = llvm::dyn_cast<LambdaExpr>(inner);
      auto group = groups.find(inner);
      if (!lambda && group == groups.end())
        continue;
      const Type func = types[pattern];
      llvm::SmallVector<TypeId, 4> params;
      bool known = true;
      for (TypeId param : func.args) {
        params.push_back(substituteBound(param, bound));
        known &= params.back().isValid();
      }
      TypeId type;
      if (lambda) {
        if (lambda->params.size() != params.size())
          return false;
        if (!known && !hasParamTypes(lambda))
          continue;
        for (size_t j = 0; j < params.size(); ++j)
          if (passMode(lambda->params[j]->mode) != func.modes[j])
            return false;
        type = lambdaToFunc(lambda, {}, known ? llvm::ArrayRef<TypeId>(params) : llvm::ArrayRef<TypeId>());
        for (const Expr *outer = args[i]->value; outer != inner; outer = llvm::cast<ParenExpr>(outer)->inner)
          setType(outer, type);
      } else {
        // The one function of the group that takes these types, or the only one.
        FunctionId only;
        for (FunctionId function : group->second.functions) {
          needSignature(function);
          const FunctionInfo &candidate = program[function];
          bool fits = candidate.params.size() == params.size() && detail(function).args.empty();
          for (size_t j = 0; fits && known && j < params.size(); ++j)
            fits = program[candidate.params[j].variable].type == params[j];
          if (fits && only.isValid())
            return true; // not told by this argument
          if (fits)
            only = function;
        }
        if (!only.isValid())
          continue;
        needResult(only, inner->range);
        type = funcTypeOf(only);
      }
      if (type == types::Error)
        continue;
      if (!unify(pattern, type, bound))
        return false;
      again |= lambda != nullptr;
    }
  }
  return true;
}

/// What parameters are bound to, if all are (else `missing` is one of them), and none to a view.
bool Checker::chosenArgs(llvm::ArrayRef<std::pair<TypeId, TypeId>> bound, Name *missing, llvm::SmallVectorImpl<TypeId> &args) {
  for (auto &[param, type] : bound) {
    if (!type.isValid()) {
      *missing = paramInfo(param).decl->name;
      return false;
    }
    if (types.isView(type))
      return false;
    args.push_back(type);
  }
  return true;
}

/// The instance of a generic function that arguments ask for; they have been checked. Invalid if some type argument cannot
/// be told from them (`missing` is then its name) or nothing fits (`missing` is empty).
FunctionId Checker::inferInstance(FunctionId generic, llvm::ArrayRef<const Argument *> args, SourceRange range, Name *missing) {
  needSignature(generic);
  const FunctionInfo &info = program[generic];
  llvm::SmallVector<std::pair<TypeId, TypeId>, 4> bound;
  for (TypeId param : detail(generic).args)
    bound.push_back({param, TypeId()});
  for (size_t i = 0; i < args.size(); ++i) {
    size_t index = i;
    if (args[i]->name) {
      index = 0;
      while (index < info.params.size() && program[info.params[index].variable].name != args[i]->name)
        ++index;
    }
    if (index >= info.params.size() && !info.params.empty() && info.params.back().isParams)
      index = info.params.size() - 1;
    if (index >= info.params.size())
      return {};
    TypeId pattern = program[info.params[index].variable].type, actual;
    if (args[i]->outVariable)
      actual = args[i]->outVariable->type ? program.typeNodes.get(args[i]->outVariable->type) : TypeId();
    else if (args[i]->value && openVariant(args[i]->value)) {
      if (!unifyVariant(args[i]->value, pattern, bound))
        return {};
    } else if (args[i]->value)
      actual = program.exprs.get(stripParens(args[i]->value)).type;
    if (!actual.isValid() || actual == types::Null || actual == types::Error || actual == types::Never || actual == types::Void)
      continue;
    bool isElement = info.params[index].isParams && index + 1 == info.params.size() && types.kind(pattern) == TypeKind::Array &&
                     types.kind(actual) != TypeKind::Array && types.kind(actual) != TypeKind::FixedArray;
    if (!unify(isElement ? types[pattern].element : pattern, actual, bound))
      return {};
  }
  inferFromBounds(bound);
  if (!inferFromFunctions(generic, args, bound))
    return {};
  inferFromBounds(bound);
  llvm::SmallVector<TypeId, 4> chosen;
  if (!chosenArgs(bound, missing, chosen))
    return {};
  FunctionId instance = instantiate(generic, chosen, range);
  if (instance.isValid() && instance != generic)
    needSignature(instance);
  return instance;
}

/// `F<int>`: the instance with the types as written; invalid after an error.
FunctionId Checker::explicitInstance(FunctionId generic, List<const TypeNode *> nodes, SourceRange range) {
  auto *decl = llvm::cast<FuncDecl>(program[generic].decl);
  llvm::SmallVector<TypeId, 4> args;
  if (!resolveTypeArgs(nodes, decl->typeParams, decl->name.text(), range, *cx->file, cx->type, args))
    return {};
  return instantiate(generic, args, range);
}

/// Among parameters that fit equally well, the one that says more: `T[]` before `T`.
bool Checker::isMoreSpecific(TypeId a, TypeId b) {
  if (!a.isValid() || !b.isValid() || a == b)
    return false;
  const Type &x = types[a], &y = types[b];
  if (y.kind == TypeKind::TypeParam)
    return x.kind != TypeKind::TypeParam;
  if (x.kind != y.kind)
    return false;
  if (isNominal(x.kind)) {
    const TypeDetail &p = detail(x.nominal), &q = detail(y.nominal);
    if (p.decl != q.decl || p.args.size() != q.args.size())
      return false;
    for (size_t i = 0; i < p.args.size(); ++i)
      if (isMoreSpecific(p.args[i], q.args[i]))
        return true;
    return false;
  }
  if (x.element.isValid() && y.element.isValid())
    return isMoreSpecific(x.element, y.element);
  return false;
}

} // namespace dream::sema
