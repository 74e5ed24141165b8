// Type arguments as written, and `where`: what a definition may do with its type parameters, and which types an instance
// may have for them.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;
using BoundKind = WhereClause::BoundKind;

//===-- Arguments ---------------------------------------------------------------------------------------------===//

/// False after an error.
bool Checker::resolveTypeArgs(llvm::ArrayRef<const TypeNode *> nodes, List<const TypeParamDecl *> params, llvm::StringRef name,
                              SourceRange range, FileContext &file, NominalId scope, llvm::SmallVectorImpl<TypeId> &out) {
  if (nodes.size() != params.size()) {
    std::string wanted = std::to_string(params.size()) + (params.size() == 1 ? " type argument" : " type arguments");
    report(DiagId::TypeArgumentCount, range) << name << wanted << int64_t(nodes.size());
    for (const TypeNode *node : nodes)
      if (!llvm::isa<ConstArgType>(node))
        resolveType(node, file, scope);
    return false;
  }
  bool isFine = true;
  for (size_t i = 0; i < nodes.size(); ++i) {
    TypeId type;
    if (params[i]->constType) {
      auto *builtin = llvm::dyn_cast<BuiltinType>(params[i]->constType);
      type = resolveConstArg(nodes[i], builtin ? builtinType(builtin->builtin) : types::Error, file, scope);
    } else if (llvm::isa<ConstArgType>(nodes[i])) {
      report(DiagId::TypeArgumentWanted, nodes[i]->range) << params[i]->name.text() << name;
      type = types::Error;
    } else {
      type = resolveType(nodes[i], file, scope);
      if (type != types::Error && types.isConstArg(type)) {
        report(DiagId::TypeArgumentWanted, nodes[i]->range) << params[i]->name.text() << name;
        type = types::Error;
      } else if (!checkStorable(type, nodes[i]->range, "a type argument")) {
        type = types::Error;
      }
    }
    isFine &= type != types::Error;
    out.push_back(type);
  }
  return isFine;
}

/// A number for `const int N`: written, or the name of a constant or of another such parameter.
TypeId Checker::resolveConstArg(const TypeNode *node, TypeId type, FileContext &file, NominalId scope) {
  if (type == types::Error)
    return type;
  auto wrong = [&] {
    report(DiagId::ConstArgumentWanted, node->range) << spell(type);
    return types::Error;
  };
  auto fitting = [&](const ConstValue &value) {
    if (value.kind != ConstValue::Kind::Int)
      return wrong();
    if (!constantFits(value, type)) {
      report(DiagId::ConstantDoesNotFit, node->range) << int64_t(value.bits) << spell(type);
      return types::Error;
    }
    return types.constArg(value.bits);
  };
  if (auto *constant = llvm::dyn_cast<ConstArgType>(node)) {
    Enter enter(*this, file, scope, program.layer);
    if (checkValue(constant->value) == types::Error)
      return types::Error;
    ConstValue value = constantOf(stripParens(constant->value));
    return fitting(value);
  }
  auto *named = llvm::dyn_cast<NamedType>(node);
  if (!named || named->parts.size() != 1 || !named->parts[0].args.empty())
    return wrong();
  Name name = named->parts[0].name;
  if (const TypeBinding *binding = findBinding(name))
    return binding->constant.isValid() ? binding->arg : wrong();
  Symbol symbol;
  for (NominalId level = scope; level.isValid() && !symbol; level = detail(level).outer)
    symbol = lookupMember(level, name);
  if (!symbol)
    symbol = lookupGlobal(file, name, node->range);
  if (symbol.kind != Symbol::Kind::Variable || program[VariableId(symbol.index)].kind != VariableKind::Constant)
    return wrong();
  VariableId variable(symbol.index);
  if (globalRows.count(variable)) {
    needVariableType(variable);
    needConstant(variable);
  }
  ConstValue value = program[variable].constant;
  return fitting(value);
}

//===-- What a parameter is known to be -----------------------------------------------------------------------===//

TypeParamInfo &Checker::needBounds(TypeId param) {
  TypeParamInfo &info = paramInfo(param);
  if (info.progress != Progress::NotStarted)
    return info;
  info.progress = Progress::Running;
  In in(*this, info.layer);
  if (assocDecls.count(info.decl))
    needAssocBounds(info);
  for (const WhereClause *where : info.wheres) {
    if (where->param != info.decl->name)
      continue;
    if (info.decl->constType) {
      report(DiagId::BadConstraint, where->paramRange) << info.decl->name.text() << "it is a number";
      continue;
    }
    for (const WhereClause::Bound &bound : where->bounds) {
      switch (bound.kind) {
      case BoundKind::Class: info.isClass = true; break;
      case BoundKind::Struct: info.isStruct = true; break;
      case BoundKind::New: info.isNew = true; break;
      case BoundKind::Own: break; // ownParams has seen it
      case BoundKind::Type: {
        TypeId type = resolveBound(bound.type, param, param, *info.file, info.scope);
        TypeKind kind = types.kind(type);
        if (type == types::Error)
          break;
        if (kind != TypeKind::Interface && kind != TypeKind::Class) {
          report(DiagId::BadConstraint, bound.type->range) << info.decl->name.text() << ("'" + spell(type) + "' is no class or interface");
          break;
        }
        if (!llvm::is_contained(info.bounds, type))
          info.bounds.push_back(type);
        break;
      }
      }
    }
  }
  if (info.isClass && info.isStruct)
    report(DiagId::BadConstraint, info.decl->range) << info.decl->name.text() << "it cannot be a class and a struct";
  info.progress = Progress::Done;
  return info;
}

/// A member that the constraints promise.
Symbol Checker::lookupBoundMember(TypeId param, Name name, NominalId *owner) {
  for (TypeId bound : needBounds(param).bounds)
    if (Symbol symbol = lookupMember(types[bound].nominal, name, owner))
      return symbol;
  return {};
}

/// The type is a subtype of the interface or class, by what its declaration, an `extend` or a constraint says.
bool Checker::conforms(TypeId type, TypeId interface) {
  if (types.isSubtype(type, interface))
    return true;
  if (types.kind(type) == TypeKind::TypeParam)
    return llvm::any_of(needBounds(type).bounds, [&](TypeId bound) { return types.isSubtype(bound, interface); });
  needAddedInterfaces(type);
  auto added = addedInterfaces.find(type);
  return added != addedInterfaces.end() && llvm::is_contained(added->second, interface);
}

/// As the table knows it, and of type parameters by their constraints.
bool Checker::hasZeroValue(TypeId type) {
  if (types.kind(type) == TypeKind::TypeParam)
    return needBounds(type).isStruct;
  if (types.kind(type) == TypeKind::FixedArray)
    return hasZeroValue(types[type].element);
  if (types.kind(type) == TypeKind::Struct && mentionsParam(type))
    return llvm::all_of(types.info(type).fields, [&](const FieldInfo &field) { return hasZeroValue(field.type); });
  return types.hasZeroValue(type);
}

//===-- What an argument must be ------------------------------------------------------------------------------===//

bool Checker::satisfies(TypeId arg, BoundKind kind, TypeId bound) {
  TypeKind argKind = types.kind(arg);
  const TypeParamInfo *param = argKind == TypeKind::TypeParam ? &needBounds(arg) : nullptr;
  // Asked for only where it matters: it needs the fields of structs, which an instance that is being declared has not yet.
  auto isValue = [&] { return !types.isCounted(arg) && argKind != TypeKind::Optional && hasZeroValue(arg); };
  switch (kind) {
  case BoundKind::Type:
    return conforms(arg, bound);
  case BoundKind::Class:
    if (param)
      return param->isClass || llvm::any_of(param->bounds, [&](TypeId type) { return types.kind(type) == TypeKind::Class; });
    return types.isCounted(arg) && argKind != TypeKind::Optional;
  case BoundKind::Struct:
    return param ? param->isStruct : isValue();
  case BoundKind::Own:
    return true; // it permits more, and asks nothing
  case BoundKind::New: {
    if (param)
      return param->isNew || param->isStruct;
    if (argKind != TypeKind::Class && argKind != TypeKind::Struct)
      return isValue();
    if (types.info(arg).isAbstract)
      return false;
    const TypeDetail &row = detail(types[arg].nominal);
    for (FunctionId constructor : row.constructors) {
      needSignature(constructor);
      bool takesNothing = llvm::all_of(program[constructor].params, [](const ParameterInfo &param) { return param.defaultValue || param.isParams; });
      if (takesNothing && detail(constructor).visibility == Visibility::Public)
        return true;
    }
    return row.constructors.empty();
  }
  }
  return true;
}

/// Remembers to check the arguments of an instance that was named in written code.
void Checker::requireConstraints(LayerId layer, SourceRange range, const Decl *decl, FileContext &file, NominalId scope) {
  if (isInstance(program.layer))
    return; // the definition has named it with its own parameters, which satisfied the constraints
  pendingConstraints.push_back({layer, range, decl, &file, scope, program.layer});
  if (typesAreComplete)
    flushConstraints();
}

void Checker::flushConstraints() {
  while (!pendingConstraints.empty()) {
    std::vector<PendingConstraints> work;
    std::swap(work, pendingConstraints);
    for (const PendingConstraints &one : work)
      checkConstraints(one);
  }
}

void Checker::checkConstraints(const PendingConstraints &pending) {
  // What was said an associated type is.
  for (const TypeBinding &one : layers[pending.layer].bindings)
    if (mentionsParam(one.param) && assocDecls.count(paramInfo(one.param).decl) && one.arg != one.param)
      for (const TypeNode *node : assocDecls.lookup(paramInfo(one.param).decl)->bounds) {
        TypeId type;
        {
          In in(*this, pending.layer);
          type = resolveType(node, *pending.file, pending.scope);
        }
        if (type == types::Error || conforms(one.arg, type))
          continue;
        In in(*this, pending.usedIn);
        layers[pending.layer].hasFailed = true; // what follows from it is no news
        report(DiagId::ConstraintNotMet, pending.range).operator<<(spell(one.arg)).operator<<("does not implement '" + spell(type) + "'")
            .operator<<(one.name.text()).note(node->range, "the constraint is here");
        return;
      }
  // What stands for a parameter is copied like anything else in there, if nothing else is said.
  for (const TypeBinding &one : layers[pending.layer].bindings) {
    if (one.constant.isValid() || !isMoveOnly(one.arg) || types[one.param].isConst || llvm::isa<EnumDecl>(pending.decl))
      continue; // cases hold anything; methods that would copy it fail when they are called
    In in(*this, pending.usedIn);
    layers[pending.layer].hasFailed = true;
    report(DiagId::ConstraintNotMet, pending.range) << spell(one.arg) << "moves and cannot be copied" << one.name.text();
    return;
  }
  for (const WhereClause *where : wheresOf(pending.decl)) {
    const TypeBinding *binding = nullptr;
    for (const TypeBinding &one : layers[pending.layer].bindings)
      if (one.name == where->param)
        binding = &one;
    if (!binding || binding->constant.isValid() || binding->arg == types::Error)
      continue;
    TypeId arg = binding->arg;
    for (const WhereClause::Bound &bound : where->bounds) {
      TypeId type;
      if (bound.kind == BoundKind::Type) {
        In in(*this, pending.layer);
        type = resolveBound(bound.type, binding->param, arg, *pending.file, pending.scope);
        if (type == types::Error)
          continue;
      }
      if (satisfies(arg, bound.kind, type))
        continue;
      std::string reason;
      switch (bound.kind) {
      case BoundKind::Type:
        reason = (types.kind(type) == TypeKind::Interface ? "does not implement '" : "does not inherit from '") + spell(type) + "'";
        break;
      case BoundKind::Class: reason = "is no reference"; break;
      case BoundKind::Struct: reason = "is no struct or number"; break;
      case BoundKind::New: reason = "cannot be made without arguments"; break;
      case BoundKind::Own: break;
      }
      In in(*this, pending.usedIn);
      layers[pending.layer].hasFailed = true;
      auto diag = report(DiagId::ConstraintNotMet, pending.range);
      diag << spell(arg) << reason << where->param.text();
      diag.note(bound.kind == BoundKind::Type ? bound.type->range : where->paramRange, "the constraint is here");
      return;
    }
  }
}

} // namespace dream::sema
