// How classes and structs implement their interfaces: one function for each method of each interface.
#include "compiler/sema/checker.h"

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
    if (!isOpaque(detail(type).layer))
      program.conformances.push_back(std::move(row));
  }
}

} // namespace dream::sema
