#include "compiler/analysis/call_targets.h"
#include "compiler/dil/verify/families.h"
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

static TypeId plainFunc(const TypeTable &types, TypeId type) {
  return types.kind(type) == TypeKind::Optional ? types[type].element : type;
}

void CallTargets::collectClosures() {
  const TypeTable &types = module.types;
  auto isFunc = [&](TypeId type) { return types.kind(type) == TypeKind::Func; };
  auto row = [&](TypeId type) -> Closures & {
    for (Closures &one : closures)
      if (verifier::sameType(types, one.type, type))
        return one;
    return closures.emplace_back(Closures{type, {}});
  };
  hasClosures = true;
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *cast = llvm::dyn_cast<CastInst>(inst)) {
          TypeId from = plainFunc(types, function[cast->value].type), to = plainFunc(types, function[cast->result].type);
          areConverted |= isFunc(from) != isFunc(to) ? types.kind(to) != TypeKind::Class
                                                     : isFunc(from) && !verifier::sameType(types, from, to);
        }
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *closure = llvm::dyn_cast<ClosureInst>(inst))
          row(plainFunc(types, function[closure->result].type)).code.push_back(closure->func);
  for (Closures &one : closures) {
    llvm::sort(one.code);
    one.code.erase(std::unique(one.code.begin(), one.code.end()), one.code.end());
  }
  if (!areConverted)
    return;
  // One row for each number of arguments.
  std::vector<Closures> joined;
  for (Closures &one : closures) {
    auto found = llvm::find_if(joined, [&](const Closures &row) { return types[row.type].args.size() == types[one.type].args.size(); });
    if (found == joined.end())
      joined.push_back(std::move(one));
    else
      found->code.append(one.code.begin(), one.code.end());
  }
  closures = std::move(joined);
}

llvm::ArrayRef<FuncId> CallTargets::closureTargets(TypeId func) {
  if (!hasClosures)
    collectClosures();
  TypeId type = plainFunc(module.types, func);
  for (const Closures &one : closures)
    if (areConverted ? module.types[one.type].args.size() == module.types[type].args.size()
                     : verifier::sameType(module.types, one.type, type))
      return one.code;
  return {};
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

llvm::BitVector calledUnnamed(const Module &module) {
  llvm::BitVector found(module.functions.size());
  auto add = [&](FuncId id) {
    if (id.isValid())
      found.set(id.index);
  };
  for (const ClassTable &table : module.classes) {
    llvm::for_each(table.vtable, add);
    for (const InterfaceTable &one : table.interfaces)
      llvm::for_each(one.methods, add);
    add(table.destructor);
    add(table.toString);
  }
  for (FuncId id : {module.initialise, module.finalise, module.describe, module.entry})
    add(id);
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const Function &function = module.functions[i];
    if (function.isExported)
      found.set(i);
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        if (auto *ref = llvm::dyn_cast<FnRefInst>(inst))
          add(ref->func);
        else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst))
          add(closure->func);
      }
  }
  return found;
}

} // namespace dream::analysis
