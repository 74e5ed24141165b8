#include "compiler/dil/verify/accesses.h"

namespace dream::dil::verifier {

/// While a place is looked at, nobody writes it; while it is modified, nobody else uses it. Two ways into an object or a
/// module variable may meet without anybody seeing it here, so there accesses are not held against each other: the taken
/// marker tells at run time, and plain places there may be modified through two references.
void Accesses::touch(const Inst &inst, ValueId place, bool writes, const OpenScopes &open) {
  const Places::Info &info = places[place];
  if (writes && info.isReadOnly)
    report.add(604, inst, report.value(place) + " is for reading only");
  if (!isOwned(report.module.stage) || info.root == RootKind::None)
    return;
  bool isLocal = info.root == RootKind::Slot || info.root == RootKind::Parameter;
  for (ValueId scope : open.all()) {
    if (scope.index >= function.values.size())
      continue; // A taken place, which its own access guards.
    ScopeKind kind = places.scopeKind(scope);
    bool isBorrow = kind == ScopeKind::Borrow, isModify = kind == ScopeKind::Modify;
    bool conflicts = isBorrow ? writes : isLocal && (isModify || (kind == ScopeKind::Read && writes));
    // Two elements of one array may be the same one: that is a check at run time.
    bool mayDiffer = !isBorrow && places[scope].hasElement && info.hasElement;
    if (conflicts && !mayDiffer && places.overlap(places[scope], info) && !places.isInside(info, scope))
      report.add(605, inst, report.value(place) + (isModify ? " is used while " : " is written while ") +
                                report.value(scope) + (isModify ? " modifies it" : isBorrow ? " borrows it" : " reads it"));
  }
}

void Accesses::visit(const Inst &inst, const OpenScopes &open) {
  switch (inst.kind) {
  case InstKind::LoadCopyInst:
    return touch(inst, llvm::cast<LoadCopyInst>(inst).place, false, open);
  case InstKind::LoadTakeInst:
    return touch(inst, llvm::cast<LoadTakeInst>(inst).place, true, open);
  case InstKind::LoadBorrowInst:
    return touch(inst, llvm::cast<LoadBorrowInst>(inst).place, false, open);
  case InstKind::LoadInst:
    return touch(inst, llvm::cast<LoadInst>(inst).place, false, open);
  case InstKind::StoreInst:
    return touch(inst, llvm::cast<StoreInst>(inst).place, true, open);
  case InstKind::InitInst:
    return touch(inst, llvm::cast<InitInst>(inst).place, true, open);
  case InstKind::AssignInst:
    return touch(inst, llvm::cast<AssignInst>(inst).place, true, open);
  case InstKind::DropSlotInst:
    return touch(inst, llvm::cast<DropSlotInst>(inst).place, true, open);
  case InstKind::DropIfInst:
    touch(inst, llvm::cast<DropIfInst>(inst).flag, true, open);
    return touch(inst, llvm::cast<DropIfInst>(inst).place, true, open);
  case InstKind::SlotInst:
    return touch(inst, inst.result, true, open);
  case InstKind::AccessReadInst:
    return touch(inst, llvm::cast<AccessReadInst>(inst).place, false, open);
  case InstKind::AccessModifyInst:
    return touch(inst, llvm::cast<AccessModifyInst>(inst).place, true, open);
  case InstKind::UniqueInst: {
    ValueId place = llvm::cast<UniqueInst>(inst).place;
    ValueId scope = places[place].scope;
    while (scope.isValid() && places.scopeKind(scope) == ScopeKind::Borrow)
      scope = places[scope].outer;
    if (!scope.isValid() || places.scopeKind(scope) != ScopeKind::Modify)
      report.add(607, inst, report.value(place) + " is not inside a modify access");
    return touch(inst, place, true, open);
  }
  case InstKind::ClosureInst: {
    auto &closure = llvm::cast<ClosureInst>(inst);
    for (size_t i = 0; i < closure.captures.size(); ++i)
      if (closure.modes[i] == CaptureMode::Ref)
        touch(inst, closure.captures[i], true, open);
    return;
  }
  case InstKind::CallInst: case InstKind::CallSlotInst: case InstKind::CallFnInst:
    return call(llvm::cast<CallBase>(inst), open);
  default:
    return;
  }
}

/// Arguments by address are accesses for the time of the call.
void Accesses::call(const CallBase &inst, const OpenScopes &open) {
  const Function *callee = nullptr;
  if (auto *direct = llvm::dyn_cast<CallInst>(&inst))
    callee = &report.module[direct->callee];
  llvm::SmallVector<ValueId, 4> written, read;
  for (size_t i = 0; i < inst.args.size(); ++i) {
    if (inst.uses[i] != Use::Address)
      continue;
    const Places::Info &info = places[inst.args[i]];
    bool reads = callee && i < callee->params.size() ? callee->params[i].mode == PassMode::In : info.isReadOnly;
    touch(inst, inst.args[i], !reads, open);
    (reads ? read : written).push_back(inst.args[i]);
  }
  if (!isOwned(report.module.stage))
    return;
  auto meet = [&](ValueId a, ValueId b) {
    const Places::Info &x = places[a], &y = places[b];
    bool isLocal = x.root == RootKind::Slot || x.root == RootKind::Parameter;
    // Elements with two indices may be the same one: that is a check at run time.
    bool mayDiffer = x.hasElement && y.hasElement && a != b;
    if (isLocal && !mayDiffer && places.overlap(x, y))
      report.add(606, inst, report.value(a) + " and " + report.value(b) + " overlap");
  };
  for (size_t i = 0; i < written.size(); ++i) {
    for (size_t j = i + 1; j < written.size(); ++j)
      meet(written[i], written[j]);
    for (ValueId other : read)
      meet(written[i], other);
  }
}

} // namespace dream::dil::verifier
