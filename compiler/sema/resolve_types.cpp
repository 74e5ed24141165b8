// Types as written to types: names are looked up from the innermost type outwards; what belongs to later versions is
// refused here, at the place where it is written.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

TypeId Checker::builtinType(Builtin builtin) {
  switch (builtin) {
  case Builtin::Void: return types::Void;
  case Builtin::Bool: return types::Bool;
  case Builtin::Char: return types::Char;
  case Builtin::String: return types::String;
  case Builtin::Object: return types::Object;
  case Builtin::SByte: return types::Int8;
  case Builtin::Byte: return types::UInt8;
  case Builtin::Short: return types::Int16;
  case Builtin::UShort: return types::UInt16;
  case Builtin::Int: return types::Int32;
  case Builtin::UInt: return types::UInt32;
  case Builtin::Long: return types::Int64;
  case Builtin::ULong: return types::UInt64;
  case Builtin::NInt: return types::NInt;
  case Builtin::NUInt: return types::NUInt;
  case Builtin::Float: return types::Float32;
  case Builtin::Double: return types::Float64;
  }
  return types::Error;
}

TypeId Checker::resolveType(const TypeNode *node, FileContext &file, NominalId scope) {
  if (TypeId known = program.typeNodes.get(node); known.isValid())
    return known;
  TypeId type = types::Error;
  auto element = [&](const TypeNode *inner) {
    TypeId result = resolveType(inner, file, scope);
    return checkStorable(result, inner->range, "an element") ? result : types::Error;
  };
  switch (node->kind) {
  case NodeKind::BuiltinType:
    type = builtinType(llvm::cast<BuiltinType>(node)->builtin);
    break;
  case NodeKind::NamedType:
    type = resolveNamed(llvm::cast<NamedType>(node), file, scope);
    break;
  case NodeKind::OptionalType: {
    auto *optional = llvm::cast<OptionalType>(node);
    TypeId inner = element(optional->element);
    if (inner == types::Error)
      break;
    if (types.kind(inner) == TypeKind::Pointer)
      report(DiagId::OptionalPointer, node->range).operator<<(spell(inner)).fix({optional->element->range.end, node->range.end}, "");
    else
      type = types.optional(inner);
    break;
  }
  case NodeKind::PointerType: {
    auto *pointer = llvm::cast<PointerType>(node);
    TypeId inner = resolveType(pointer->element, file, scope);
    if (inner != types::Error)
      type = types.pointer(inner, pointer->isConst);
    break;
  }
  case NodeKind::ArrayType: {
    auto *array = llvm::cast<ArrayType>(node);
    TypeId inner = element(array->element);
    if (inner != types::Error)
      type = array->rank == 1 ? types.array(inner) : types.rect(inner, array->rank);
    break;
  }
  case NodeKind::FixedArrayType: {
    auto *array = llvm::cast<FixedArrayType>(node);
    TypeId inner = element(array->element);
    std::optional<uint64_t> size = arraySize(array->size, file, scope);
    if (inner != types::Error && size)
      type = types.fixedArray(inner, *size);
    break;
  }
  case NodeKind::TupleType: {
    llvm::SmallVector<TypeId, 4> parts;
    llvm::SmallVector<Name, 4> partNames;
    bool isGood = true;
    for (auto &part : llvm::cast<TupleType>(node)->elements) {
      TypeId inner = element(part.type);
      isGood &= inner != types::Error;
      if (part.name && llvm::is_contained(partNames, part.name))
        report(DiagId::PartTwice, part.type->range) << part.name.text();
      parts.push_back(inner);
      partNames.push_back(part.name);
    }
    if (isGood)
      type = types.tuple(parts, partNames);
    break;
  }
  case NodeKind::FuncType: {
    auto *func = llvm::cast<FuncType>(node);
    TypeId result = resolveType(func->result, file, scope);
    bool isGood = result != types::Error;
    if (func->returnsRef) {
      refuse(node->range, "a function type that returns a reference");
      isGood = false;
    }
    llvm::SmallVector<TypeId, 4> params;
    llvm::SmallVector<PassMode, 4> modes;
    for (auto &param : func->params) {
      TypeId one = resolveType(param.type, file, scope);
      isGood &= checkStorable(one, param.type->range, "a parameter", param.mode == ParamMode::Value);
      params.push_back(one);
      modes.push_back(passMode(param.mode));
    }
    if (isGood)
      type = types.func(result, params, modes);
    break;
  }
  case NodeKind::OwnType:
    type = resolveType(llvm::cast<OwnType>(node)->element, file, scope);
    if (isInstance(program.layer))
      break; // of a type that may stand for `T` in `own T`, nothing is asked
    if (layoutsAreKnown)
      checkOwnType(type, node->range);
    else
      ownTypes.push_back({type, node->range});
    break;
  case NodeKind::WeakType:
    type = weakType(llvm::cast<WeakType>(node), file, scope);
    break;
  default: // ErrorType, ConstArgType: the parser has reported it
    break;
  }
  program.typeNodes[node] = type;
  return type;
}

/// `weak C?`: of a class or interface whose objects are counted.
TypeId Checker::weakType(const WeakType *node, FileContext &file, NominalId scope) {
  TypeId written = resolveType(node->element, file, scope);
  if (written == types::Error)
    return types::Error;
  bool isOptional = types.kind(written) == TypeKind::Optional;
  TypeId target = isOptional ? types[written].element : written;
  TypeKind kind = types.kind(target);
  const char *problem = nullptr;
  if (kind == TypeKind::Class ? types.info(target).isOwn : kind == TypeKind::TypeParam && !satisfies(target, WhereClause::BoundKind::Class, {}))
    problem = kind == TypeKind::Class ? "it has one owner, and moves" : "it may stand for a type that is no class; constrain it with 'class'";
  else if (kind != TypeKind::Class && kind != TypeKind::Interface && kind != TypeKind::TypeParam)
    problem = "only an object of a class has an end that others can look for";
  if (problem) {
    auto diag = report(DiagId::WeakWhat, node->range);
    diag << spell(target) << problem;
    if (TypeId element = types[target].element; kind == TypeKind::Array && types.isClassRef(types.kind(element) == TypeKind::Optional ? types[element].element : element))
      diag.note(node->range, "an array of weak references is written with parentheses: '(weak " + spell(types.optional(element)) + ")[]'");
    return types::Error;
  }
  if (!isOptional) {
    report(DiagId::WeakNotOptional, node->range).operator<<(spell(target)).fix({node->range.end, node->range.end}, "?");
    return types::Error;
  }
  return types.weak(target);
}

/// False, with an error, for types that no variable can have.
bool Checker::checkStorable(TypeId type, SourceRange range, llvm::StringRef what, bool mayView) {
  if (types.isView(type) && !mayView) {
    report(DiagId::ViewStored, range) << spell(type) << what;
    return false;
  }
  if (type == types::Void || type == types::Never) {
    report(DiagId::VoidVariable, range) << what << spell(type);
    return false;
  }
  return type != types::Error;
}

/// The names of all types in sight, to suggest one of them.
void Checker::collectTypes(FileContext &file, NominalId scope, std::vector<llvm::StringRef> &candidates) {
  for (NominalId level = scope; level.isValid(); level = detail(level).outer)
    for (Name member : detail(level).memberOrder)
      if (detail(level).members[member].kind == Symbol::Kind::Type)
        candidates.push_back(member.text());
  auto addTypes = [&](ModuleId id) {
    for (auto &[name, entry] : modules[id.index].members)
      if (entry.kind == Symbol::Kind::Type && lookupModule(id, name, file))
        candidates.push_back(name.text());
  };
  addTypes(file.module);
  for (ModuleId id : file.imports)
    addTypes(id);
  for (ModuleId id : libraryModules)
    addTypes(id);
  for (unsigned builtin = 0; builtin <= unsigned(Builtin::Double); ++builtin)
    candidates.push_back(spelling(Builtin(builtin)));
  std::sort(candidates.begin(), candidates.end());
}

TypeId Checker::resolveNamed(const NamedType *node, FileContext &file, NominalId scope) {
  auto &first = node->parts.front();
  const AssocSource *source = std::exchange(assocSource, nullptr); // not for its arguments
  if (const TypeBinding *binding = findBinding(first.name); binding && node->parts.size() == 2 && !binding->constant.isValid()) {
    TypeId found = binding->arg == types::Error ? types::Error : assocType(binding->arg, node->parts[1].name);
    if (!found.isValid() && !isInstance(program.layer)) // of an instance, its constraints tell
      report(DiagId::UnknownType, node->parts[1].range) << (spell(binding->arg) + "." + node->parts[1].name.text().str());
    return found.isValid() ? found : types::Error;
  }
  if (const TypeBinding *binding = findBinding(first.name); binding && node->parts.size() == 1) {
    if (!first.args.empty()) {
      report(DiagId::NotGeneric, first.range) << first.name.text();
      return types::Error;
    }
    if (binding->constant.isValid()) {
      report(DiagId::NotAType, first.range).operator<<(first.name.text()).note(program[binding->constant].range, "declared here");
      return types::Error;
    }
    return binding->arg;
  }
  Symbol symbol;
  NominalId owner;
  for (NominalId level = scope; level.isValid() && !symbol; level = detail(level).outer) {
    Symbol found = lookupMember(level, first.name, &owner);
    if (found.kind == Symbol::Kind::Type || found.kind == Symbol::Kind::Poisoned)
      symbol = found;
    else if (TypeId alias = node->parts.size() == 1 && first.args.empty() ? aliasIn(level, first.name) : TypeId(); alias.isValid())
      return alias;
  }
  size_t next = 1;
  ModuleId module;
  if (!symbol && node->parts.size() > 1 && (module = moduleNamed(file, first.name)).isValid()) {
    symbol = lookupModule(module, node->parts[1].name, file);
    next = 2;
    if (!symbol) {
      report(DiagId::NotInModule, node->parts[1].range) << modules[module.index].path << node->parts[1].name.text();
      return types::Error;
    }
  } else if (!symbol) {
    symbol = lookupGlobal(file, first.name, first.range);
  }
  auto &named = node->parts[next - 1];
  if (!symbol) {
    std::vector<std::string> args;
    bool isSpelled = node->parts.size() == 1;
    for (auto &part : node->parts)
      for (const TypeNode *arg : part.args)
        if (!llvm::isa<ConstArgType>(arg)) {
          TypeId type = resolveType(arg, file, scope);
          isSpelled &= type != types::Error;
          args.push_back(spell(type));
        }
    if (file.hasBrokenImports)
      return types::Error; // it may come from the module that was not found
    auto diag = report(DiagId::UnknownType, named.range);
    diag << named.name.text();
    if (suggestForeign(diag, isSpelled ? node->range : named.range, named.name, isSpelled ? args : std::vector<std::string>()) || !maySuggest())
      return types::Error;
    std::vector<llvm::StringRef> candidates;
    collectTypes(file, scope, candidates);
    suggest(diag, named.range, named.name, candidates);
    for (const Module &other : modules)
      if (auto found = other.members.find(named.name); found != other.members.end() && found->second.kind == Symbol::Kind::Type)
        diag.note(found->second.range, found->second.visibility == Visibility::Public
                                           ? "module '" + other.path + "' has one; import it"
                                           : "module '" + other.path + "' has one, but does not export it");
    return types::Error;
  }
  NominalId type;
  auto apply = [&](const NamedType::Part &part) {
    if (symbol.kind == Symbol::Kind::Type)
      type = applyTypeArgs(NominalId(symbol.index), part.args, part.name, part.range, file, scope, source);
    return type.isValid();
  };
  if (symbol.kind == Symbol::Kind::Type && !apply(named))
    return types::Error;
  for (; symbol.kind == Symbol::Kind::Type && next < node->parts.size(); ++next) {
    auto &part = node->parts[next];
    NominalId outer = type;
    Symbol inner = lookupMember(outer, part.name, &owner);
    if (TypeId assoc = !inner && next + 1 == node->parts.size() ? assocType(types.info(outer).type, part.name) : TypeId(); assoc.isValid())
      return assoc;
    if (inner.kind != Symbol::Kind::Type && inner.kind != Symbol::Kind::Poisoned) {
      report(DiagId::UnknownType, part.range) << (types.info(outer).name.text() + "." + part.name.text());
      return types::Error;
    }
    if (!canSee(inner.visibility, owner, detail(owner).file->module, scope, file))
      report(DiagId::NotVisible, part.range).operator<<(part.name.text()).operator<<("private").note(inner.range, "declared here");
    symbol = inner;
    if (symbol.kind == Symbol::Kind::Type && !apply(part))
      return types::Error;
  }
  if (symbol.kind == Symbol::Kind::Poisoned)
    return types::Error;
  if (symbol.kind != Symbol::Kind::Type) {
    report(DiagId::NotAType, named.range).operator<<(named.name.text()).note(symbol.range, "declared here");
    return types::Error;
  }
  return types.info(type).type;
}

/// The instance that a name with type arguments means; the type itself where it is not generic. Invalid after an error.
NominalId Checker::applyTypeArgs(NominalId type, llvm::ArrayRef<const TypeNode *> nodes, Name name, SourceRange range, FileContext &file,
                                 NominalId scope, const AssocSource *source) {
  NominalId generic = detail(type).generic;
  if (!generic.isValid()) {
    if (nodes.empty())
      return type;
    report(DiagId::NotGeneric, range) << name.text();
    return {};
  }
  const Decl *decl = detail(generic).decl;
  llvm::SmallVector<TypeId, 4> args;
  if (!resolveTypeArgs(nodes, typeParamsOf(decl), name.text(), range, file, scope, args))
    return {};
  if (!addAssocArgs(generic, source, name, range, args))
    return {};
  TypeId instance = instantiate(generic, args, range);
  if (instance == types::Error)
    return {};
  NominalId id = types[instance].nominal;
  requireConstraints(detail(id).layer, range, decl, *detail(generic).file, detail(generic).outer);
  return id;
}

} // namespace dream::sema
