// How classes and structs implement their interfaces: one function for each method of each interface.
#include "compiler/sema/checker.h"
#include "compiler/sema/scopes.h"
#include "compiler/sema/tree_parts.h"

namespace dream::sema {

using namespace ast;

/// The function that stands for an interface's method in a type; `clash` receives a second default with the same right.
FunctionId Checker::implementation(NominalId type, FunctionId method, FunctionId &clash, FunctionId &near) {
  const FunctionInfo &wanted = program[method];
  const NominalInfo &info = types.info(type);
  auto usable = [&](FunctionId function) {
    return function.isValid() && !program[function].isStatic && !detail(function).isPoisoned && !detail(function).isGeneric && sameParams(function, method);
  };
  // The class itself and its bases.
  for (NominalId level = type; level.isValid();) {
    TypeDetail &detail = this->detail(level);
    auto accessor = [&](PropertyId property) {
      return wanted.kind == FunctionKind::Getter ? program[property].getter : program[property].setter;
    };
    if (wanted.property.isValid() && program[wanted.property].isIndexer) {
      for (PropertyId indexer : detail.indexers)
        if (usable(accessor(indexer)))
          return accessor(indexer);
    } else if (auto found = detail.members.find(wanted.name); found != detail.members.end()) {
      if (wanted.property.isValid() && found->second.kind == Symbol::Kind::Property) {
        near = accessor(PropertyId(found->second.index));
        if (usable(near))
          return near;
      } else if (!wanted.property.isValid() && found->second.kind == Symbol::Kind::Functions) {
        for (FunctionId function : overloads[found->second.index]) {
          near = function;
          if (usable(function))
            return function;
        }
      }
    }
    const NominalInfo &row = types.info(level);
    level = row.base.isValid() ? types[row.base].nominal : NominalId();
  }
  for (NominalId level = type; level.isValid();) {
    if (FunctionId added = extensionMethod(types.info(level).type, method); added.isValid())
      return added;
    const NominalInfo &row = types.info(level);
    level = row.base.isValid() ? types[row.base].nominal : NominalId();
  }
  // Defaults: the one of the most derived interface.
  FunctionId best;
  for (TypeId interface : info.interfaces)
    for (FunctionId other : detail(types[interface].nominal).slots) {
      const FunctionInfo &row = program[other];
      if (row.isAbstract || row.name != wanted.name || row.kind != wanted.kind || !sameParams(other, method))
        continue;
      if (!best.isValid() || types.isSubtype(interface, types.info(program[best].owner).type)) {
        best = other;
        clash = FunctionId();
      } else if (!types.isSubtype(types.info(program[best].owner).type, interface)) {
        clash = other;
      }
    }
  return best;
}

/// The property's getter or setter, as the wanted one is.
static FunctionId accessorLike(const FunctionInfo &wanted, const PropertyInfo &property) {
  return wanted.kind == FunctionKind::Getter ? property.getter : property.setter;
}

/// The member of the name, or the accessor of the property, of an interface's method, if it can stand for that.
FunctionId Checker::namedIn(const SymbolTable &members, FunctionId method, llvm::function_ref<bool(FunctionId)> usable) {
  const FunctionInfo &wanted = program[method];
  Symbol member = members.lookup(wanted.name);
  if (member.kind != (wanted.property.isValid() ? Symbol::Kind::Property : Symbol::Kind::Functions))
    return {};
  if (wanted.property.isValid()) {
    FunctionId own = accessorLike(wanted, program[PropertyId(member.index)]);
    return usable(own) ? own : FunctionId();
  }
  for (FunctionId function : overloads[member.index])
    if (usable(function))
      return function;
  return {};
}

/// What `extend` gives to a type that stands for an interface's method.
FunctionId Checker::extensionMethod(TypeId type, FunctionId method) {
  Extension *found = findExtension(type);
  if (!found)
    return {};
  const FunctionInfo &wanted = program[method];
  auto usable = [&](FunctionId function) {
    return function.isValid() && !program[function].isStatic && !detail(function).isPoisoned && !detail(function).isGeneric && sameParams(function, method);
  };
  if (!wanted.property.isValid() || !program[wanted.property].isIndexer)
    return namedIn(found->members, method, usable);
  for (PropertyId indexer : found->indexers)
    if (FunctionId own = accessorLike(wanted, program[indexer]); usable(own))
      return own;
  return {};
}

/// The static member of a type that an interface asks for.
FunctionId Checker::staticImplementation(TypeId type, FunctionId method) {
  const FunctionInfo &wanted = program[method];
  auto usable = [&](FunctionId function) {
    return function.isValid() && program[function].isStatic && !detail(function).isPoisoned && sameParams(function, method);
  };
  auto inOperators = [&](llvm::ArrayRef<FunctionId> list) -> FunctionId {
    for (FunctionId function : list)
      if (program[function].name == wanted.name && usable(function))
        return function;
    return {};
  };
  bool isOperator = wanted.kind == FunctionKind::Operator;
  if (isNominal(types.kind(type)))
    for (TypeId level = type; level.isValid(); level = types.info(level).base) {
      const TypeDetail &row = detail(types[level].nominal);
      if (FunctionId own = isOperator ? inOperators(row.operators) : namedIn(row.members, method, usable); own.isValid())
        return own;
    }
  if (Extension *found = findExtension(type))
    return isOperator ? inOperators(found->operators) : namedIn(found->members, method, usable);
  return {};
}

/// Every static member that the interface asks for is there. Numbers have their operators.
void Checker::checkStatics(TypeId type, TypeId interface, SourceRange range) {
  NominalId id = types[interface].nominal;
  auto check = [&](FunctionId method) {
    if (!program[method].isStatic || !program[method].isAbstract || detail(method).isPoisoned)
      return;
    if (program[method].kind == FunctionKind::Operator && types.isNumeric(type))
      return;
    needSignature(method);
    if (staticImplementation(type, method).isValid())
      return;
    report(DiagId::MissingImplementation, range).operator<<(spell(type)).operator<<("static " + signature(method)).operator<<(spell(interface))
        .note(program[method].range, "it is declared here");
  };
  for (Name name : detail(id).memberOrder) {
    const Symbol symbol = detail(id).members[name];
    if (symbol.kind == Symbol::Kind::Functions)
      for (FunctionId method : overloads[symbol.index])
        check(method);
    else if (symbol.kind == Symbol::Kind::Property)
      for (FunctionId accessor : {program[PropertyId(symbol.index)].getter, program[PropertyId(symbol.index)].setter})
        if (accessor.isValid())
          check(accessor);
  }
  for (FunctionId method : detail(id).operators)
    check(method);
}

/// As bindConformances, of a type that `extend` has given an interface and that declares nothing itself.
void Checker::bindAdded(const AddedInterface &added) {
  Conformance row{added.type, added.interface, {}};
  for (FunctionId method : detail(types[added.interface].nominal).slots) {
    needSignature(method);
    FunctionId found = extensionMethod(added.type, method);
    if (!found.isValid() && !program[method].isAbstract)
      found = method;
    if (!found.isValid())
      report(DiagId::MissingImplementation, added.range).operator<<(spell(added.type)).operator<<(signature(method)).operator<<(spell(added.interface))
          .note(program[method].range, "it is declared here");
    else if (found != method) {
      addStandIn(method, found);
      resultChecks.push_back({found, method});
    }
    row.methods.push_back(found);
  }
  checkStatics(added.type, added.interface, added.range);
  program.conformances.push_back(std::move(row));
}

void Checker::bindConformances(NominalId type) {
  NominalInfo &info = types.info(type);
  if (info.kind == NominalKind::Interface || (info.kind == NominalKind::Class && info.isAbstract))
    return;
  In in(*this, detail(type).layer);
  for (TypeId interface : info.interfaces) {
    Conformance row{info.type, interface, {}};
    llvm::SmallVector<std::pair<FunctionId, FunctionId>, 4> missing;
    for (FunctionId method : detail(types[interface].nominal).slots) {
      FunctionId clash, near;
      needSignature(method);
      FunctionId found = implementation(type, method, clash, near);
      row.methods.push_back(found);
      if (!found.isValid()) {
        missing.push_back({method, near});
        continue;
      }
      if (clash.isValid())
        report(DiagId::DefaultsClash, info.range).operator<<(info.name.text()).operator<<(signature(found))
            .note(program[found].range, "one default is here").note(program[clash].range, "the other one is here");
      if (found == method)
        continue;
      addStandIn(method, found);
      if (!isInstance(detail(type).layer))
        resultChecks.push_back({found, method});
      if (program[found].owner.isValid() && detail(found).visibility != Visibility::Public && types.info(program[found].owner).kind != NominalKind::Interface)
        report(DiagId::ImplementsPrivately, program[found].range).operator<<(signature(found)).operator<<(spell(interface))
            .note(program[method].range, "the interface declares it here");
    }
    if (!missing.empty()) {
      auto diag = report(DiagId::MissingImplementation, info.range);
      diag << info.name.text() << signature(missing.front().first) << spell(interface);
      for (auto [method, near] : missing) {
        diag.note(program[method].range, "'" + signature(method) + "' is declared here");
        if (near.isValid())
          diag.note(program[near].range, "'" + signature(near) + "' has other parameters");
      }
    }
    checkStatics(info.type, interface, info.range);
    if (!isOpaque(detail(type).layer))
      program.conformances.push_back(std::move(row));
  }
}

} // namespace dream::sema
