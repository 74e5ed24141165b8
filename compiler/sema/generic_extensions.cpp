// `extend<T> …`: what a generic extension gives to the types that it fits. Members are declared for a type when somebody asks it for
// one that it does not have.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"

namespace dream::sema {

using namespace ast;

void Checker::declareGenericExtend(const PendingExtend &pending) {
  const ExtendDecl *decl = pending.decl;
  llvm::SmallVector<TypeId, 2> own = ownParams(decl->typeParams, decl->wheres);
  GenericExtension row{decl, pending.file, newLayer(decl->typeParams, own, 0, 0), {}};
  layers[row.layer].name = "extend";
  In in(*this, row.layer);
  describeParams(decl->typeParams, decl->wheres, *pending.file, {}, row.layer);
  row.pattern = resolveType(decl->extended, *pending.file, {});
  if (row.pattern == types::Error)
    return;
  TypeKind kind = types.kind(row.pattern);
  bool isFit = mentionsParam(row.pattern) && kind != TypeKind::Optional && kind != TypeKind::Pointer;
  if (!isFit) {
    report(DiagId::CannotExtend, decl->extended->range) << spell(row.pattern);
    return;
  }
  genericExtensions.push_back(row);
  typesWithExtensions.clear();
  typesWithAddedInterfaces.clear();
  extensionInstance(row, own);
  if (!decl->bases.empty())
    for (uint32_t i = 0; i < types.nominalCount(); ++i)
      applyExtension(row, types.info(NominalId(i)).type);
}

/// The extension with arguments for its parameters: its members, declared for the type that it then extends. 0 if the
/// arguments do not meet its constraints.
LayerId Checker::extensionInstance(const GenericExtension &row, llvm::ArrayRef<TypeId> args) {
  const ExtendDecl *decl = row.decl;
  llvm::SmallVector<Name, 2> noNames(args.size());
  std::pair<LayerId, TypeId> key{row.layer, types.tuple(args, noNames)};
  if (auto found = extensionInstances.find(key); found != extensionInstances.end())
    return found->second;
  bool isDefinition = args == llvm::ArrayRef<TypeId>(ownParams(decl->typeParams));
  LayerId layer = isDefinition ? row.layer : newLayer(decl->typeParams, args, 0, row.layer);
  layers[layer].usedAt = useRange.isValid() ? useRange : decl->extended->range;
  layers[layer].name = "extend" + spellArgs(args);
  In in(*this, layer);
  if (!isDefinition)
    for (const WhereClause *where : decl->wheres)
      for (const WhereClause::Bound &bound : where->bounds) {
        for (const TypeBinding &binding : layers[layer].bindings) {
          if (binding.name != where->param)
            continue;
          TypeId type = bound.kind == WhereClause::BoundKind::Type ? resolveBound(bound.type, binding.param, binding.arg, *row.file, {}) : TypeId();
          if (!satisfies(binding.arg, bound.kind, type))
            return extensionInstances[key] = 0;
        }
      }
  extensionInstances[key] = layer;
  TypeId extended = substitute(row.pattern, layer);
  std::unique_ptr<Extension> &extension = (isWide(row) ? wideExtensions : extensions)[extended];
  if (!extension)
    extension = std::make_unique<Extension>();
  declareMembers(*row.file, {}, decl->members, extension.get(), extended);
  return layer;
}

/// Gives the type the members of the extension, if the extension fits it or one of its bases. False if it fits neither.
bool Checker::applyExtension(const GenericExtension &row, TypeId type) {
  llvm::SmallVector<std::pair<TypeId, TypeId>, 4> bound;
  for (TypeId param : ownParams(row.decl->typeParams))
    bound.push_back({param, TypeId()});
  if (!unify(row.pattern, type, bound))
    return false;
  inferFromBounds(bound);
  llvm::SmallVector<TypeId, 2> args;
  for (auto &[param, arg] : bound) {
    if (!arg.isValid())
      return false;
    args.push_back(arg);
  }
  LayerId layer = extensionInstance(row, args);
  if (!layer)
    return false;
  TypeId extended = substitute(row.pattern, layer);
  if (extended != type) {
    auto &bases = inheritedExtensions[type];
    if (!llvm::is_contained(bases, extended))
      bases.push_back(extended);
    return true;
  }
  In in(*this, layer);
  for (const TypeNode *base : row.decl->bases) {
    TypeId interface = resolveBase(base, row.decl, *row.file, {}, {});
    if (interface == types::Error)
      continue;
    if (types.kind(interface) != TypeKind::Interface) {
      report(DiagId::CannotInherit, base->range) << spell(interface) << "'extend' adds interfaces only";
      continue;
    }
    for (TypeId inherited : types.info(interface).interfaces)
      addInterface(type, inherited, base->range, true);
    addInterface(type, interface, base->range, true);
  }
  return true;
}

/// Those that add interfaces to the type; or those that only give it members, of which a type that nobody asks for a member
/// has no need: a sequence would get hundreds of them, whose results are sequences again.
void Checker::applyExtensions(TypeId type, bool addInterfaces) {
  TypeKind kind = types.kind(type);
  if (kind == TypeKind::Error || kind == TypeKind::Void || kind == TypeKind::Null || kind == TypeKind::Never)
    return;
  // Those of any type that meets a constraint come last: the others may make it meet that.
  for (bool forAny : {false, true})
    for (size_t i = 0; i < genericExtensions.size(); ++i)
      if (GenericExtension row = genericExtensions[i]; isForAny(row) == forAny && !row.decl->bases.empty() == addInterfaces)
        applyExtension(row, type);
}
void Checker::needAddedInterfaces(TypeId type) {
  if (!genericExtensions.empty() && typesWithAddedInterfaces.insert(type).second)
    applyExtensions(type, true);
}
void Checker::needExtensions(TypeId type) {
  if (genericExtensions.empty() || !typesWithExtensions.insert(type).second)
    return;
  needAddedInterfaces(type);
  applyExtensions(type, false);
}

/// What `extend` has written for the type itself, or to make it implement an interface.
Extension *Checker::findExtension(TypeId type) {
  needExtensions(type);
  auto found = extensions.find(type);
  return found == extensions.end() ? nullptr : found->second.get();
}

/// All extensions that give members to the type; the first one that has a member wins.
llvm::SmallVector<Extension *, 4> Checker::extensionsOf(TypeId type, bool withInherited) {
  needExtensions(type);
  llvm::SmallVector<Extension *, 4> all;
  auto add = [&](TypeId of) {
    for (auto *table : {&extensions, &wideExtensions})
      if (auto found = table->find(of); found != table->end() && found->second)
        all.push_back(found->second.get());
  };
  add(type);
  if (auto inherited = inheritedExtensions.find(type); withInherited && inherited != inheritedExtensions.end())
    for (TypeId base : inherited->second)
      add(base);
  return all;
}

} // namespace dream::sema
