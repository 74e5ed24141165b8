// Instances of generic types and functions. An instance is the same declaration declared again, in a layer of facts of its
// own that says what the type parameters stand for; it is a nominal type, or a function, like any other, and nobody behind
// the checker knows that it came from a template. The declaration as written is the instance whose arguments are its own
// parameters: only there errors are reported. Instances are made when they are first named; bodies are checked when called.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

//===-- Layers ------------------------------------------------------------------------------------------------===//

/// The types that stand for type parameters in their own declaration: the same whenever it is declared again. Who declares
/// it first says what `where` asks, because a parameter that admits what moves is another kind of type.
llvm::SmallVector<TypeId, 2> Checker::ownParams(List<const TypeParamDecl *> params, List<const WhereClause *> wheres) {
  auto admitsOwn = [&](const TypeParamDecl *param) {
    return llvm::any_of(wheres, [&](const WhereClause *where) {
      return where->param == param->name &&
             llvm::any_of(where->bounds, [](const WhereClause::Bound &bound) { return bound.kind == WhereClause::BoundKind::Own; });
    });
  };
  llvm::SmallVector<TypeId, 2> result;
  for (const TypeParamDecl *param : params) {
    TypeId &type = typeParamTypes[param];
    if (!type.isValid()) {
      type = types.typeParam(typeParams.size(), param->name, admitsOwn(param));
      typeParams.emplace_back();
      typeParams.back().decl = param;
      typeParams.back().type = type;
    }
    result.push_back(type);
  }
  return result;
}

/// `definition` is 0 for the declaration itself.
LayerId Checker::newLayer(List<const TypeParamDecl *> params, llvm::ArrayRef<TypeId> args, LayerId parent, LayerId definition) {
  LayerId id = layers.size();
  layers.emplace_back();
  Layer &layer = layers.back();
  layer.parent = parent;
  layer.definition = definition ? definition : id;
  layer.isOpaque = layers[parent].isOpaque || llvm::any_of(args, [&](TypeId arg) { return mentionsParam(arg); });
  layer.usedIn = program.layer;
  llvm::SmallVector<TypeId, 2> own = ownParams(params);
  for (size_t i = 0; i < own.size(); ++i) {
    TypeBinding binding{params[i]->name, own[i], args[i], {}};
    if (params[i]->constType) {
      auto *builtin = llvm::dyn_cast<BuiltinType>(params[i]->constType);
      TypeId type = builtin ? builtinType(builtin->builtin) : types::Error;
      if (type != types::Error && !types.isInteger(type))
        type = types::Error;
      binding.constant = newVariable(VariableKind::Constant, params[i]->name, type, params[i]->range);
      program[binding.constant].isReadOnly = true;
      if (types.isConstArg(args[i]) && type != types::Error)
        program[binding.constant].constant = makeInt(types, wrap(types, types[args[i]].count, type), type);
    }
    layer.bindings.push_back(binding);
  }
  return id;
}

/// Remembers where the parameters' constraints are, and reports what is wrong with the list itself.
void Checker::describeParams(List<const TypeParamDecl *> params, List<const WhereClause *> wheres, FileContext &file, NominalId scope,
                             LayerId layer) {
  for (size_t i = 0; i < params.size(); ++i) {
    TypeParamInfo &info = paramInfo(typeParamTypes[params[i]]);
    if (!info.layer) {
      info.layer = layer;
      info.file = &file;
      info.scope = scope;
      info.wheres = wheres;
    }
    for (size_t j = 0; j < i; ++j)
      if (params[i]->name && params[j]->name == params[i]->name)
        report(DiagId::DuplicateName, params[i]->range).operator<<(params[i]->name.text()).note(params[j]->range, "the other one is here");
    if (params[i]->constType && program[layers[layer].bindings[i].constant].type == types::Error)
      report(DiagId::ConstParamType, params[i]->constType->range) << params[i]->name.text();
  }
  for (const WhereClause *where : wheres)
    if (where->param && llvm::none_of(params, [&](const TypeParamDecl *param) { return param->name == where->param; }))
      report(DiagId::WhereUnknown, where->paramRange) << where->param.text();
}

const TypeBinding *Checker::findBinding(Name name) const {
  for (LayerId layer = program.layer; layer; layer = layers[layer].parent)
    for (const TypeBinding &binding : layers[layer].bindings)
      if (binding.name == name)
        return &binding;
  return nullptr;
}

std::string Checker::spellArgs(llvm::ArrayRef<TypeId> args) const {
  std::string text;
  for (size_t i = 0; i < args.size(); ++i)
    text += (i ? ", " : "<") + spell(args[i]);
  return args.empty() ? text : text + ">";
}

/// An instance did not pass, although its definition did: told once, where written code asks for the instance.
void Checker::reportFailure(LayerId layer, const Diagnostic &first) {
  if (layers[layer].isOpaque || layers[layer].hasFailed || layers[layers[layer].definition].hasErrors)
    return;
  layers[layer].hasFailed = true;
  LayerId outermost = layer;
  while (isInstance(layers[outermost].usedIn)) {
    outermost = layers[outermost].usedIn;
    if (layers[outermost].hasFailed)
      return; // What follows from it is no news.
  }
  bool saved = std::exchange(diags.isMuted, false);
  report(DiagId::InstanceFails, layers[outermost].usedAt).operator<<(layers[layer].name).operator<<(first.message).note(first.range, "this is where it fails");
  diags.isMuted = saved;
}

//===-- Type parameters in types ------------------------------------------------------------------------------===//

/// A fixed array whose length is known only in instances: the top bit is set, and the rest tells the parameter.
static constexpr uint64_t kOpaqueLength = uint64_t(1) << 63;

bool Checker::mentionsParam(TypeId type) const {
  const Type &row = types[type];
  switch (row.kind) {
  case TypeKind::TypeParam:
    return true;
  case TypeKind::FixedArray:
    return row.element != types::Void && (row.count >= kOpaqueLength || mentionsParam(row.element));
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::Optional: case TypeKind::Weak: case TypeKind::Pointer:
    return mentionsParam(row.element);
  case TypeKind::Func:
    return mentionsParam(row.element) || llvm::any_of(row.args, [&](TypeId arg) { return mentionsParam(arg); });
  case TypeKind::Tuple:
    return llvm::any_of(row.args, [&](TypeId arg) { return mentionsParam(arg); });
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum:
    return row.nominal.index < typeDetails.size() && isOpaque(detail(row.nominal).layer);
  default: // the kinds without parts
    return false;
  }
}

/// The type with what the layer's parameters stand for in their place.
TypeId Checker::substitute(TypeId type, LayerId layer) {
  if (!type.isValid() || !mentionsParam(type))
    return type;
  const Type &row = types[type];
  auto argOf = [&](uint64_t number) -> TypeId {
    for (LayerId at = layer; at; at = layers[at].parent)
      for (const TypeBinding &binding : layers[at].bindings)
        if (types[binding.param].count == number)
          return binding.arg;
    return {};
  };
  llvm::SmallVector<TypeId, 4> args;
  auto substituteArgs = [&] {
    for (TypeId arg : row.args)
      args.push_back(substitute(arg, layer));
  };
  switch (row.kind) {
  case TypeKind::TypeParam: {
    TypeId arg = argOf(row.count);
    if (TypeId base = paramInfo(type).projectionOf; !arg.isValid() && base.isValid())
      if (TypeId actual = substitute(base, layer); actual != base) {
        arg = assocType(actual, paramInfo(type).decl->name);
        return arg.isValid() ? arg : types::Error;
      }
    return arg.isValid() ? arg : type;
  }
  case TypeKind::FixedArray: {
    uint64_t count = row.count;
    if (count >= kOpaqueLength)
      if (TypeId arg = argOf(count - kOpaqueLength); arg.isValid())
        count = types.isConstArg(arg) ? types[arg].count : types.kind(arg) == TypeKind::TypeParam ? kOpaqueLength + types[arg].count : count;
    return types.fixedArray(substitute(row.element, layer), count);
  }
  case TypeKind::Array:
    return types.array(substitute(row.element, layer));
  case TypeKind::Rect:
    return types.rect(substitute(row.element, layer), row.count);
  case TypeKind::Optional:
    return types.optional(substitute(row.element, layer));
  case TypeKind::Weak:
    return types.weak(substitute(row.element, layer));
  case TypeKind::Pointer:
    return types.pointer(substitute(row.element, layer), row.isConst);
  case TypeKind::Func: {
    substituteArgs();
    return types.func(substitute(row.element, layer), args, row.modes, row.returnsRef);
  }
  case TypeKind::Tuple:
    substituteArgs();
    return types.tuple(args, row.names);
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum: {
    NominalId other = counterpart(row.nominal, layer);
    return other.isValid() ? types.info(other).type : types::Error;
  }
  default: // the kinds without parts
    return type;
  }
}

//===-- What a definition's types and functions are in an instance --------------------------------------------===//

NominalId Checker::counterpart(NominalId type, LayerId layer) {
  const TypeDetail &row = detail(type);
  if (!isOpaque(row.layer))
    return type;
  NominalId outer = row.outer.isValid() ? counterpart(row.outer, layer) : NominalId();
  NominalId declared = row.generic.isValid() ? row.generic : type;
  if (outer.isValid() && outer != row.outer)
    declared = declaredTypes.at(detail(outer).layer, row.decl);
  if (!row.generic.isValid() || !declared.isValid())
    return declared;
  llvm::SmallVector<TypeId, 2> args;
  for (TypeId arg : row.args)
    args.push_back(substitute(arg, layer));
  TypeId instance = instantiate(declared, args, useRange.isValid() ? useRange : layers[layer].usedAt);
  return instance == types::Error ? NominalId() : types[instance].nominal;
}

/// The member of an instance that has the same declaration.
FunctionId Checker::memberOf(NominalId type, FunctionId like) {
  if (const Decl *decl = program[like].decl)
    return program.declaredFunctions.at(detail(type).layer, decl);
  for (FunctionId constructor : detail(type).constructors)
    if (!program[constructor].decl)
      return constructor;
  return {};
}

FunctionId Checker::counterpart(FunctionId function, LayerId layer) {
  const FunctionInfo &info = program[function];
  if (!isOpaque(info.layer))
    return function;
  if (info.kind == FunctionKind::Local) {
    FunctionId here = program.declaredFunctions.at(layer, info.decl);
    return here.isValid() ? here : function;
  }
  const FunctionDetail &row = detail(function);
  FunctionId declared = row.generic.isValid() ? row.generic : function;
  NominalId owner = info.owner;
  if (owner.isValid()) {
    NominalId other = counterpart(owner, layer);
    if (!other.isValid())
      return {};
    if (other != owner)
      declared = memberOf(other, declared);
  } else if (info.extendedType.isValid()) {
    LayerId around = detail(declared).isGeneric ? layers[program[declared].layer].parent : program[declared].layer;
    if (around && isOpaque(around)) {
      llvm::SmallVector<TypeId, 2> args;
      for (const TypeBinding &binding : layers[around].bindings)
        args.push_back(substitute(binding.arg, layer));
      for (size_t i = 0; i < genericExtensions.size(); ++i)
        if (genericExtensions[i].layer == layers[around].definition)
          if (LayerId instance = extensionInstance(genericExtensions[i], args))
            declared = program.declaredFunctions.at(instance, info.decl);
    }
  }
  if (!declared.isValid() || row.args.empty())
    return declared;
  llvm::SmallVector<TypeId, 2> args;
  for (TypeId arg : row.args)
    args.push_back(substitute(arg, layer));
  return instantiate(declared, args, useRange.isValid() ? useRange : layers[layer].usedAt);
}

/// The function as it was written, which is the one that is checked with diagnostics.
FunctionId Checker::definitionOf(FunctionId function) {
  const FunctionInfo &info = program[function];
  if (!isInstance(info.layer))
    return function;
  FunctionId declared = detail(function).generic.isValid() ? detail(function).generic : function;
  if (!info.owner.isValid()) {
    if (!info.extendedType.isValid())
      return declared;
    LayerId around = detail(declared).isGeneric ? layers[program[declared].layer].parent : program[declared].layer;
    return isInstance(around) ? program.declaredFunctions.at(layers[around].definition, info.decl) : declared;
  }
  const TypeDetail &owner = detail(info.owner);
  if (!isInstance(owner.layer))
    return declared;
  NominalId definition = declaredTypes.at(layers[owner.layer].definition, owner.decl);
  return definition.isValid() ? memberOf(definition, declared) : FunctionId();
}

/// In the body of an instance: the function that a call means, because the definition's call means it. A method of a
/// constraint's interface is the method by which the actual type implements it.
FunctionId Checker::pinned(const Expr *node, TypeId receiverType) {
  if (!isInstance(program.layer))
    return {};
  uint32_t row = program.exprs.at(layers[program.layer].definition, node).call;
  if (!row || !program.calls[row].function.isValid())
    return {};
  SourceRange saved = std::exchange(useRange, node->range);
  FunctionId function = counterpart(program.calls[row].function, program.layer);
  useRange = saved;
  if (!function.isValid())
    return {};
  NominalId owner = program[function].owner;
  if (owner.isValid() && program[function].isStatic && program[function].isAbstract && receiverType.isValid())
    return staticImplementation(receiverType, function);
  bool isConstraint = owner.isValid() && types.info(owner).kind == NominalKind::Interface && receiverType.isValid() &&
                      !program[function].isStatic && types.kind(receiverType) != TypeKind::Interface;
  TypeKind kind = receiverType.isValid() ? types.kind(receiverType) : TypeKind::Error;
  if (isConstraint && isNominal(kind)) {
    FunctionId clash, near;
    if (FunctionId own = implementation(types[receiverType].nominal, function, clash, near); own.isValid())
      return own;
  } else if (isConstraint) {
    if (FunctionId own = extensionMethod(receiverType, function); own.isValid())
      return own;
  }
  return function;
}

/// In an instance: the operator that a constraint promised, if the definition means one.
FunctionId Checker::definitionOperator(const Expr *expr) {
  if (!isInstance(program.layer))
    return {};
  const ExprFacts &facts = program.exprs.at(layers[program.layer].definition, expr);
  if (facts.op != OperatorKind::User || !facts.call)
    return {};
  FunctionId function = program.calls[facts.call].function;
  NominalId owner = program[function].owner;
  return owner.isValid() && types.info(owner).kind == NominalKind::Interface ? function : FunctionId();
}

/// In an instance: the object's type is a type parameter in the definition.
bool Checker::wasOfParam(const Expr *object) {
  if (!isInstance(program.layer))
    return false;
  TypeId type = program.exprs.at(layers[program.layer].definition, object).type;
  return type.isValid() && types.kind(type) == TypeKind::TypeParam;
}

//===-- Making instances --------------------------------------------------------------------------------------===//

unsigned Checker::nesting(TypeId type, unsigned &weight) const {
  const Type &row = types[type];
  if (isNominal(row.kind) && row.nominal.index < typeDetails.size()) {
    weight += 1 + detail(row.nominal).weight;
    return detail(row.nominal).depth;
  }
  ++weight;
  unsigned depth = 0;
  if (row.element.isValid())
    depth = nesting(row.element, weight) + 1;
  for (TypeId arg : row.args)
    depth = std::max(depth, nesting(arg, weight) + 1);
  return depth;
}

/// Stops instances that need instances of ever larger types.
bool Checker::isTooLarge(llvm::ArrayRef<TypeId> args, llvm::StringRef name, SourceRange range) {
  constexpr unsigned kMostNesting = 64, kMostParts = 1000;
  unsigned weight = 0, depth = 0;
  for (TypeId arg : args)
    depth = std::max(depth, nesting(arg, weight) + 1);
  if (depth <= kMostNesting && weight <= kMostParts)
    return false;
  llvm::SmallVector<LayerId, 64> path;
  for (LayerId at = program.layer; at && (path.empty() || isInstance(path.back())); at = layers[at].usedIn)
    path.push_back(at);
  SourceRange written = path.empty() || !isInstance(program.layer) ? range : layers[isInstance(path.back()) ? path.back() : path[path.size() - 2]].usedAt;
  for (LayerId step : path)
    layers[step].hasFailed = true; // what follows from it is no news
  bool saved = std::exchange(diags.isMuted, false);
  {
    auto diag = report(DiagId::InstancesTooDeep, written);
    diag << name;
    for (size_t i = 0; i < path.size() && i < 3; ++i) {
      LayerId step = path[path.size() - 1 - i];
      if (isInstance(step))
        diag.note(layers[step].usedAt, "this needs '" + layers[step].name + "'");
    }
    diag.note(range, "and so on: this is what makes it grow");
  }
  diags.isMuted = saved;
  return true;
}

TypeId Checker::instantiate(NominalId generic, llvm::ArrayRef<TypeId> args, SourceRange range) {
  if (llvm::is_contained(args, types::Error))
    return types::Error;
  if (args == llvm::ArrayRef<TypeId>(detail(generic).args))
    return types.info(generic).type;
  llvm::SmallVector<Name, 2> noNames(args.size());
  std::pair<NominalId, TypeId> key{generic, types.tuple(args, noNames)};
  if (auto found = typeInstances.find(key); found != typeInstances.end())
    return types.info(found->second).type;
  const Decl *decl = detail(generic).decl;
  if (isTooLarge(args, types.info(generic).name.text(), range))
    return types::Error;
  LayerId own = detail(generic).layer;
  LayerId layer = newLayer(paramsOf(decl), args, layers[own].parent, layers[own].definition);
  layers[layer].usedAt = range;
  layers[layer].name = decl->name.text().str() + spellArgs(args);
  NominalId first(types.nominalCount()), id;
  {
    In in(*this, layer);
    id = declareNominal(*detail(generic).file, decl, detail(generic).outer, args, true);
    detail(id).generic = generic;
    typeInstances[key] = id;
  }
  if (basesAreKnown)
    for (uint32_t i = first.index; i < types.nominalCount(); ++i)
      needBases(NominalId(i));
  if (basesAreKnown)
    needAddedInterfaces(types.info(id).type);
  if (typesAreComplete)
    completeTypes();
  return types.info(id).type;
}

FunctionId Checker::instantiate(FunctionId generic, llvm::ArrayRef<TypeId> args, SourceRange range) {
  if (llvm::is_contained(args, types::Error))
    return {};
  if (args == llvm::ArrayRef<TypeId>(detail(generic).args))
    return generic;
  llvm::SmallVector<Name, 2> noNames(args.size());
  std::pair<FunctionId, TypeId> key{generic, types.tuple(args, noNames)};
  if (auto found = functionInstances.find(key); found != functionInstances.end())
    return found->second;
  auto *decl = llvm::cast<FuncDecl>(program[generic].decl);
  if (isTooLarge(args, decl->name.text(), range))
    return {};
  LayerId own = program[generic].layer;
  LayerId layer = newLayer(decl->typeParams, args, layers[own].parent, layers[own].definition);
  layers[layer].usedAt = range;
  layers[layer].name = decl->name.text().str() + spellArgs(args);
  In in(*this, layer);
  FunctionId id = makeFunction(*detail(generic).file, decl, program[generic].owner, nullptr, program[generic].extendedType, args);
  detail(id).generic = generic;
  detail(id).isPoisoned |= detail(generic).isPoisoned;
  functionInstances[key] = id;
  return id;
}

//===-- Completing types --------------------------------------------------------------------------------------===//

/// Fields, overrides, virtual slots and conformances of every type that has none yet. Run once for the program as written,
/// and again whenever instances are made while bodies are checked.
void Checker::completeTypes() {
  if (isCompleting)
    return;
  isCompleting = true;
  while (conformancesDone < classOrder.size()) {
    size_t end = classOrder.size(); // what is made meanwhile waits for the next round
    for (; layoutsDone < end; ++layoutsDone)
      needLayout(classOrder[layoutsDone]);
    for (; overridesDone < end; ++overridesDone)
      bindOverrides(classOrder[overridesDone]);
    for (; slotsDone < end; ++slotsDone)
      buildSlots(classOrder[slotsDone]);
    for (; conformancesDone < end; ++conformancesDone)
      bindConformances(classOrder[conformancesDone]);
  }
  if (!typesAreComplete)
    for (const AddedInterface &added : addedOrder)
      bindAdded(added);
  isCompleting = false;
}

/// A dispatched call of `base` may arrive at `other`.
void Checker::addStandIn(FunctionId base, FunctionId other) {
  if (base == other || !knownStandIns.insert({base.index, other.index}).second)
    return; // derived classes share what they inherit
  if (standIns.size() <= base.index)
    standIns.resize(std::max<size_t>(program.functions.size(), base.index + 1));
  standIns[base.index].push_back(other);
  if (detail(base).isQueued)
    enqueue(other);
}

TypeId Checker::propertyType(PropertyId property) {
  PropertyInfo &info = program[property];
  if (!info.type.isValid()) {
    In in(*this, info.layer);
    const PropertyDecl *decl = propertyDecls[property.index];
    TypeId type = resolveType(decl->type, *propertyFiles[property.index], info.owner);
    program[property].type = checkStorable(type, decl->type->range, "a property") ? type : types::Error;
  }
  return program[property].type;
}

} // namespace dream::sema
