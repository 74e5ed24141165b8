// Bases, fields, overrides and virtual slots of classes, structs and interfaces.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"

namespace dream::sema {

using namespace ast;

//===-- Bases -------------------------------------------------------------------------------------------------===//

void Checker::needBases(NominalId type) {
  TypeDetail &detail = this->detail(type);
  if (detail.bases != Progress::NotStarted)
    return;
  detail.bases = Progress::Running;
  In in(*this, detail.layer);
  NominalInfo &info = types.info(type);
  auto *decl = llvm::dyn_cast_or_null<ClassDecl>(detail.decl);
  llvm::SmallVector<TypeId, 4> direct;
  for (const TypeNode *node : decl ? decl->bases : List<const TypeNode *>()) {
    TypeId base = resolveBase(node, decl, *detail.file, detail.outer, type);
    if (base == types::Error)
      continue;
    TypeKind kind = types.kind(base);
    if (base == types::Object && info.kind == NominalKind::Class && !info.base.isValid())
      continue;
    if (kind != TypeKind::Class && kind != TypeKind::Interface) {
      report(DiagId::CannotInherit, node->range) << spell(base) << "it is no class or interface";
      continue;
    }
    NominalId baseId = types[base].nominal;
    if (baseId == type || this->detail(baseId).bases == Progress::Running) {
      report(DiagId::CyclicInheritance, node->range).operator<<(info.name.text())
          .note(types.info(baseId).range, "'" + types.info(baseId).name.text() + "' is declared here");
      continue;
    }
    needBases(baseId);
    if (kind == TypeKind::Interface) {
      if (llvm::is_contained(direct, base))
        report(DiagId::RepeatedInterface, node->range) << spell(base);
      else
        direct.push_back(base);
      continue;
    }
    if (info.kind != NominalKind::Class) {
      report(DiagId::CannotInherit, node->range) << spell(base) << (info.kind == NominalKind::Struct ? "a struct has no base class" : "an interface inherits only interfaces");
    } else if (info.base.isValid()) {
      report(DiagId::TwoBases, node->range) << info.name.text() << spell(info.base) << spell(base);
    } else if (types.info(baseId).isSealed) {
      report(DiagId::CannotInherit, node->range).operator<<(spell(base)).operator<<(this->detail(baseId).isStatic ? "it is static" : "it is sealed")
          .note(types.info(baseId).range, "declared here");
    } else {
      info.base = base;
    }
  }
  // All interfaces, each once: those of the base, then its own with theirs before them.
  auto add = [&](TypeId interface) {
    if (!llvm::is_contained(info.interfaces, interface))
      info.interfaces.push_back(interface);
  };
  if (info.base.isValid()) {
    for (TypeId interface : types.info(info.base).interfaces)
      add(interface);
    derived[types[info.base].nominal.index].push_back(type);
  }
  for (TypeId interface : direct) {
    for (TypeId inherited : types.info(interface).interfaces)
      add(inherited);
    add(interface);
  }
  classOrder.push_back(type);
  this->detail(type).bases = Progress::Done;
}

//===-- Fields ------------------------------------------------------------------------------------------------===//

void Checker::needLayout(NominalId type) {
  if (types.info(type).kind == NominalKind::Enum)
    return needVariants(type);
  if (detail(type).layout != Progress::NotStarted)
    return;
  detail(type).layout = Progress::Running;
  In in(*this, detail(type).layer);
  NominalInfo &info = types.info(type);
  if (info.base.isValid()) {
    needLayout(types[info.base].nominal);
    info.fields = types.info(info.base).fields;
  }
  for (VariableId field : detail(type).ownFields) {
    needVariableType(field);
    TypeId part = program[field].type;
    // A struct inside a struct needs its own layout first; one that is still running contains itself.
    if (NominalId inner = needInlineLayouts(part); inner.isValid() && info.kind == NominalKind::Struct) {
      report(DiagId::StructContainsItself, program[field].range).operator<<(types.info(inner).name.text())
          .note(types.info(inner).range, "declared here; a class, or an array, would hold a reference");
      program[field].type = types::Error;
    }
    VariableInfo &variable = program[field];
    variable.fieldIndex = info.fields.size();
    if (info.kind != NominalKind::Interface)
      info.fields.push_back({variable.name, variable.type, variable.range, variable.isReadOnly, false, type});
  }
  if (info.isPacked) // What lies at odd places is read and written as a whole, by value.
    for (const FieldInfo &field : info.fields)
      if (TypeId part = field.type; part != types::Error && (!types.isPlain(part) || (types.layout(part).align > 1 && !types.isScalar(part))))
        report(DiagId::PackedField, field.range) << spell(part);
  if (info.kind == NominalKind::Struct && info.hasDestructor)
    info.fields.push_back({names.intern("(alive)"), types::Bool, info.range, false, false, type});
  detail(type).layout = Progress::Done;
}

//===-- Overrides ---------------------------------------------------------------------------------------------===//

/// What a method or accessor overrides in the classes above.
FunctionId Checker::overridden(FunctionId function) {
  const FunctionInfo &info = program[function];
  const NominalInfo &cls = types.info(info.owner);
  for (TypeId base = cls.base; base.isValid(); base = types.info(base).base) {
    TypeDetail &level = detail(types[base].nominal);
    auto usable = [&](FunctionId other) {
      return other.isValid() && !program[other].isStatic && !detail(other).isPoisoned &&
             detail(other).visibility != Visibility::Private && sameParams(function, other);
    };
    if (info.property.isValid()) {
      bool isGet = info.kind == FunctionKind::Getter;
      auto accessor = [&](PropertyId property) { return isGet ? program[property].getter : program[property].setter; };
      if (program[info.property].isIndexer) {
        for (PropertyId indexer : level.indexers)
          if (usable(accessor(indexer)))
            return accessor(indexer);
      } else if (auto found = level.members.find(info.name); found != level.members.end() && found->second.kind == Symbol::Kind::Property) {
        if (FunctionId other = accessor(PropertyId(found->second.index)); usable(other))
          return other;
      }
      continue;
    }
    auto found = level.members.find(info.name);
    if (found == level.members.end() || found->second.kind != Symbol::Kind::Functions)
      continue;
    for (FunctionId other : overloads[found->second.index])
      if (usable(other))
        return other;
  }
  return {};
}

void Checker::bindOverrides(NominalId type) {
  if (types.info(type).kind != NominalKind::Class)
    return;
  In in(*this, detail(type).layer);
  for (FunctionId function : detail(type).methods) {
    FunctionInfo &info = program[function];
    if (detail(function).isGeneric)
      continue; // "generic methods are not virtual"
    bool isObjectName = info.name.text() == "ToString" || info.name.text() == "GetHashCode" || info.name.text() == "Equals";
    if (isObjectName)
      needSignature(function);
    bool isDispatched = info.kind == FunctionKind::Method || info.kind == FunctionKind::Getter || info.kind == FunctionKind::Setter;
    if (!isDispatched || info.isStatic || detail(function).isPoisoned)
      continue;
    bool saysOverride = detail(function).modifiers & ModOverride;
    FunctionId base = detail(function).visibility == Visibility::Private ? FunctionId() : overridden(function);
    if (!base.isValid()) {
      // Every type has ToString, Equals and GetHashCode.
      bool isObjectMember = (info.name.text() == "ToString" || info.name.text() == "GetHashCode") ? info.params.empty()
                            : info.name.text() == "Equals"                                        ? info.params.size() == 1
                                                                                                  : false;
      // An accessor may be new where its sibling overrides.
      bool isNewAccessor = info.property.isValid() && llvm::any_of(std::initializer_list<FunctionId>{program[info.property].getter, program[info.property].setter},
                                                                   [&](FunctionId other) { return other.isValid() && other != function && overridden(other).isValid(); });
      if (saysOverride && !isObjectMember && !isNewAccessor) {
        auto diag = report(DiagId::NothingToOverride, info.range);
        diag << signature(function);
        llvm::SmallVector<FunctionId, 4> near;
        if (TypeId above = types.info(type).base; above.isValid()) {
          gatherMethods(above, info.name, near);
          for (FunctionId other : near)
            diag.note(program[other].range, "the base class has '" + signature(other) + "'");
          std::vector<llvm::StringRef> candidates;
          collectMembers(above, candidates);
          if (near.empty())
            suggest(diag, info.range, info.name, candidates);
        }
      }
      continue;
    }
    if (detail(base).modifiers & ModSealed) {
      report(DiagId::OverridesSealed, info.range).operator<<(signature(function)).note(program[base].range, "it is sealed here");
      continue;
    }
    info.overrides = base;
    addStandIn(base, function);
    if (!isInstance(info.layer))
      resultChecks.push_back({function, base});
    // Everything up to the root is virtual, in all instances of a generic base.
    for (FunctionId up = base; up.isValid() && !detail(up).isOverridden; up = program[up].overrides) {
      detail(up).isOverridden = true;
      if (FunctionId definition = definitionOf(up); definition.isValid())
        detail(definition).isOverridden = true;
    }
  }
}

/// The bases' slots are built before.
void Checker::buildSlots(NominalId type) {
  program.vtables.resize(types.nominalCount());
  program.destructors.resize(types.nominalCount());
  program.toStrings.resize(types.nominalCount());
  In in(*this, detail(type).layer);
  NominalInfo &info = types.info(type);
  program.destructors[type.index] = detail(type).destructor;
  if (info.kind == NominalKind::Interface) {
    for (FunctionId method : detail(type).methods) {
      if (detail(method).isPoisoned || program[method].isStatic || detail(method).isGeneric)
        continue;
      program[method].slot = detail(type).slots.size();
      detail(type).slots.push_back(method);
    }
    info.slotCount = detail(type).slots.size();
    return;
  }
  llvm::SmallVector<FunctionId, 1> toString;
  gatherMethods(info.type, names.intern("ToString"), toString, /*withExtensions=*/false);
  for (FunctionId method : toString) {
    needSignature(method);
    if (program[method].params.empty() && !program[method].isStatic &&
        types.info(program[method].owner).kind != NominalKind::Interface && !detail(method).isGeneric) {
      program.toStrings[type.index] = method;
      if (!isInstance(program[method].layer))
        resultChecks.push_back({method, FunctionId()});
      break;
    }
  }
  if (info.kind != NominalKind::Class)
    return;
  std::vector<FunctionId> &vtable = program.vtables[type.index];
  if (info.base.isValid())
    vtable = program.vtables[types[info.base].nominal.index];
  for (FunctionId function : detail(type).methods) {
    FunctionInfo &method = program[function];
    FunctionId definition = definitionOf(function);
    if (method.overrides.isValid()) {
      if (!program[method.overrides].slot)
        continue; // only after an error
      method.slot = program[method.overrides].slot;
      vtable[*method.slot] = function;
    } else if (method.isAbstract || detail(function).isOverridden || (definition.isValid() && detail(definition).isOverridden)) {
      method.slot = vtable.size();
      vtable.push_back(function);
    }
  }
  info.slotCount = vtable.size();
  checkAbstract(type);
}

/// A class that can be made has a body for every method.
void Checker::checkAbstract(NominalId type) {
  const NominalInfo &info = types.info(type);
  if (info.isAbstract)
    return;
  llvm::SmallVector<FunctionId, 4> missing;
  for (FunctionId function : program.vtables[type.index])
    if (program[function].isAbstract && program[function].owner != type)
      missing.push_back(function);
  if (missing.empty())
    return;
  auto diag = report(DiagId::MissingOverride, info.range);
  diag << info.name.text() << signature(missing.front());
  for (FunctionId function : missing)
    diag.note(program[function].range, "'" + signature(function) + "' is abstract here");
}

/// Overriding and implementing methods have the result of what they stand for. Results may be inferred from bodies, so
/// this comes after them.
void Checker::checkResults() {
  for (auto [function, other] : resultChecks) {
    needResult(function, program[function].range);
    if (other.isValid())
      needResult(other, program[function].range);
    TypeId ours = program[function].result, theirs = other.isValid() ? program[other].result : types::String;
    if (ours == theirs || ours == types::Error || theirs == types::Error)
      continue;
    // What implements an interface's method may give a type that implements the interface which that one gives.
    NominalId owner = other.isValid() ? program[other].owner : NominalId();
    bool isImplementation = owner.isValid() && types.info(owner).kind == NominalKind::Interface;
    if (isImplementation && types.kind(theirs) == TypeKind::Interface && conforms(ours, theirs))
      continue;
    auto diag = report(DiagId::OverrideResult, program[function].range);
    diag << signature(function) << spell(ours) << spell(theirs);
    if (other.isValid())
      diag.note(program[other].range, "it stands for this one");
    else
      diag.note(program[function].range, "ToString() of every type gives a string");
  }
}

} // namespace dream::sema
