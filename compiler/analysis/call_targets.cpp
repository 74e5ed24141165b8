#include "compiler/analysis/call_targets.h"
#include <algorithm>

namespace dream::analysis {

using namespace dil;

llvm::ArrayRef<FuncId> CallTargets::targets(const CallBase &call) {
  if (auto *direct = llvm::dyn_cast<CallInst>(&call))
    return direct->callee;
  auto *virt = llvm::dyn_cast<CallSlotInst>(&call);
  if (!virt)
    return {};
  auto [row, isNew] = slots.try_emplace({virt->type, virt->slot});
  if (isNew) {
    auto add = [&](const std::vector<FuncId> &methods) {
      if (virt->slot < methods.size() && methods[virt->slot].isValid())
        row->second.push_back(methods[virt->slot]);
    };
    bool isInterface = module.types.kind(virt->type) == TypeKind::Interface;
    for (const ClassTable &table : module.classes) {
      if (!isInterface) {
        if (table.type == virt->type || module.types.isSubtype(table.type, virt->type))
          add(table.vtable);
        continue;
      }
      for (const InterfaceTable &implemented : table.interfaces)
        if (implemented.interface == virt->type)
          add(implemented.methods);
    }
    std::sort(row->second.begin(), row->second.end());
    row->second.erase(std::unique(row->second.begin(), row->second.end()), row->second.end());
  }
  return row->second;
}

PassMode CallTargets::modeOf(const Function &caller, const CallBase &call, size_t argument) {
  if (auto *closure = llvm::dyn_cast<CallFnInst>(&call)) {
    const Type &type = module.types[caller[closure->callee].type];
    return argument < type.modes.size() ? type.modes[argument] : PassMode::Ref;
  }
  auto known = targets(call);
  if (known.empty())
    return PassMode::Ref;
  const auto &params = module[known.front()].params;
  return argument < params.size() ? params[argument].mode : PassMode::Ref;
}

} // namespace dream::analysis
