// Associated types. An interface with `type Item;` has one parameter more than is written: whoever implements it says what
// that is by `type Item = …`, and where it constrains a `T`, it is `T.Item`, a parameter that follows from T. So every
// instance of the interface has methods with the right types, like that of any generic interface.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

static List<const Decl *> membersIn(const Decl *decl) {
  if (auto *cls = llvm::dyn_cast_or_null<ClassDecl>(decl))
    return cls->members;
  if (auto *enumeration = llvm::dyn_cast_or_null<EnumDecl>(decl))
    return enumeration->members;
  if (auto *extend = llvm::dyn_cast_or_null<ExtendDecl>(decl))
    return extend->members;
  return {};
}

/// The type parameters as written, and behind them one for each associated type of an interface.
List<const TypeParamDecl *> Checker::paramsOf(const Decl *decl) {
  auto *cls = llvm::dyn_cast<ClassDecl>(decl);
  if (!cls || cls->classKind != ClassKind::Interface)
    return typeParamsOf(decl);
  auto [place, isNew] = interfaceParams.try_emplace(decl, cls->typeParams);
  if (!isNew)
    return place->second;
  llvm::SmallVector<const TypeParamDecl *, 4> all(cls->typeParams.begin(), cls->typeParams.end());
  for (const Decl *member : cls->members) {
    auto *assoc = llvm::dyn_cast<AssocTypeDecl>(member);
    if (!assoc)
      continue;
    auto *param = new (program.texts.Allocate<TypeParamDecl>()) TypeParamDecl();
    param->kind = NodeKind::TypeParamDecl;
    param->id = assoc->id;
    param->range = param->nameRange = assoc->nameRange.isValid() ? assoc->nameRange : assoc->range;
    param->name = assoc->name;
    assocDecls[param] = assoc;
    all.push_back(param);
  }
  return place->second = llvm::ArrayRef<const TypeParamDecl *>(all).copy(program.texts);
}

/// What `type Item = …` says in the declaration at hand; invalid if it says nothing.
TypeId Checker::declaredAssoc(const Decl *decl, Name name, FileContext &file, NominalId scope) {
  if (!decl)
    return {};
  auto [place, isNew] = assocMembers.try_emplace(decl);
  if (isNew)
    for (const Decl *member : membersIn(decl))
      if (auto *assoc = llvm::dyn_cast<AssocTypeDecl>(member))
        place->second.push_back(assoc);
  for (const AssocTypeDecl *assoc : llvm::SmallVector<const AssocTypeDecl *, 1>(place->second))
    if (assoc->name == name && assoc->value)
      return resolveType(assoc->value, file, scope);
  return {};
}

/// The same, by a type's own declaration or that of a base class.
TypeId Checker::aliasIn(NominalId type, Name name) {
  for (NominalId level = type; level.isValid();) {
    const TypeDetail &row = detail(level);
    if (types.info(level).kind != NominalKind::Interface && row.decl) {
      In in(*this, row.layer);
      if (TypeId found = declaredAssoc(row.decl, name, *row.file, level); found.isValid())
        return found;
    }
    TypeId base = types.info(level).base;
    level = base.isValid() ? types[base].nominal : NominalId();
  }
  return {};
}

/// All interfaces that a value of the type has.
llvm::SmallVector<TypeId, 8> Checker::interfacesOf(TypeId type) {
  llvm::SmallVector<TypeId, 8> result;
  auto add = [&](TypeId interface) {
    if (types.kind(interface) == TypeKind::Interface)
      result.push_back(interface);
    result.append(types.info(interface).interfaces.begin(), types.info(interface).interfaces.end());
  };
  if (types.kind(type) == TypeKind::TypeParam)
    for (TypeId bound : needBounds(type).bounds)
      add(bound);
  else if (isNominal(types.kind(type))) {
    needBases(types[type].nominal);
    add(type);
  }
  if (auto added = addedInterfaces.find(type); added != addedInterfaces.end())
    result.append(added->second.begin(), added->second.end());
  return result;
}

/// `T.Item`: what the type says, or promises, that the associated type is. Invalid if it has none of that name.
TypeId Checker::assocType(TypeId type, Name name) {
  if (isNominal(types.kind(type)))
    if (TypeId alias = aliasIn(types[type].nominal, name); alias.isValid())
      return alias;
  for (TypeId interface : interfacesOf(type)) {
    const TypeDetail &row = detail(types[interface].nominal);
    List<const TypeParamDecl *> params = paramsOf(row.decl);
    for (size_t i = typeParamsOf(row.decl).size(); i < params.size(); ++i)
      if (params[i]->name == name)
        return row.args[i];
  }
  return {};
}

/// The associated type of a type parameter, while nothing more is known of it.
TypeId Checker::projection(TypeId param, const TypeParamDecl *assoc) {
  TypeId &known = projections[{param, assoc}];
  if (!known.isValid()) {
    known = types.typeParam(typeParams.size(), names.intern(spell(param) + "." + assoc->name.text().str()));
    TypeParamInfo info;
    info.decl = assoc;
    info.type = known;
    info.layer = program.layer;
    info.projectionOf = param;
    typeParams.push_back(info);
  }
  return known;
}

/// What an associated type must be, as the interface says.
void Checker::needAssocBounds(TypeParamInfo &info) {
  auto add = [&](LayerId layer, FileContext &file, NominalId scope) {
    In in(*this, layer);
    for (const TypeNode *node : assocDecls.lookup(info.decl)->bounds)
      if (TypeId type = resolveType(node, file, scope); type != types::Error)
        info.bounds.push_back(type);
  };
  if (!info.projectionOf.isValid())
    return add(info.layer, *info.file, info.scope);
  for (TypeId interface : interfacesOf(info.projectionOf)) {
    const TypeDetail &row = detail(types[interface].nominal);
    if (llvm::is_contained(paramsOf(row.decl), info.decl))
      return add(row.layer, *row.file, types[interface].nominal);
  }
}

/// What stands for the parameters of an interface that are not written; false after an error. `source` knows where the
/// interface was named.
bool Checker::addAssocArgs(NominalId generic, const AssocSource *source, Name name, SourceRange range, llvm::SmallVectorImpl<TypeId> &args) {
  const Decl *decl = detail(generic).decl;
  List<const TypeParamDecl *> params = paramsOf(decl);
  llvm::SmallVector<TypeId, 2> own = ownParams(params), written(args.begin(), args.end());
  for (size_t i = written.size(); i < params.size(); ++i) {
    if (!source) {
      report(DiagId::AssocInterfaceAsType, range).operator<<(name.text()).note(params[i]->range, "'" + params[i]->name.text() + "' is another type in each that implements it");
      return false;
    }
    TypeId arg;
    if (source->param.isValid()) {
      // The constraint of a type parameter, or of what stands for it.
      if (TypeId actual = source->actual; actual == source->param) {
        arg = projection(actual, params[i]);
      } else {
        for (TypeId interface : interfacesOf(actual)) {
          const TypeDetail &row = detail(types[interface].nominal);
          if (row.generic == generic && llvm::ArrayRef<TypeId>(row.args).take_front(written.size()) == llvm::ArrayRef<TypeId>(written))
            arg = row.args[i];
        }
        if (!arg.isValid())
          arg = own[i]; // it does not implement the interface, which is told where that is asked
      }
    } else {
      arg = declaredAssoc(source->decl, params[i]->name, *source->file, source->scope);
      if (const TypeBinding *binding = findBinding(params[i]->name); !arg.isValid() && binding && llvm::isa<ClassDecl>(source->decl))
        arg = binding->arg; // an interface that has it, too
      if (const TypeNode *value = assocDecls.lookup(params[i])->value; !arg.isValid() && value) {
        In in(*this, detail(generic).layer);
        arg = resolveType(value, *detail(generic).file, generic);
      }
      if (!arg.isValid()) {
        report(DiagId::MissingAssocType, range).operator<<(params[i]->name.text()).operator<<(name.text())
            .note(params[i]->range, "'type " + params[i]->name.text() + " = …;' says what it is");
        return false;
      }
    }
    if (arg == types::Error)
      return false;
    args.push_back(arg);
  }
  return true;
}

TypeId Checker::resolveFor(const AssocSource &source, const TypeNode *node, FileContext &file, NominalId scope) {
  const AssocSource *saved = std::exchange(assocSource, &source);
  TypeId type = resolveType(node, file, scope);
  assocSource = saved;
  return type;
}

/// An interface as written behind the `:` of a type or extension, which may say its associated types.
TypeId Checker::resolveBase(const TypeNode *node, const Decl *decl, FileContext &file, NominalId scope, NominalId inside) {
  AssocSource source;
  source.decl = decl;
  source.file = &file;
  source.scope = inside;
  return resolveFor(source, node, file, scope);
}

/// The same, behind the `:` of a constraint on `param`, for which `actual` stands.
TypeId Checker::resolveBound(const TypeNode *node, TypeId param, TypeId actual, FileContext &file, NominalId scope) {
  AssocSource source;
  source.param = param;
  source.actual = actual;
  return resolveFor(source, node, file, scope);
}

} // namespace dream::sema
