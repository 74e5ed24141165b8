#include "compiler/dil/verify/places.h"

namespace dream::dil::verifier {

/// The step of every index.
static constexpr uint32_t kElement = ~0u - 2;

Places::Places(const Module &module, const Function &function, const Cfg &cfg)
    : module(module), function(function), infos(function.values.size()), nodes{{0, 0}} {
  for (size_t i = 0; i < function.params.size(); ++i) {
    if (function.params[i].convention != Convention::Address)
      continue;
    ValueId arg = function.blocks[0].args[i];
    Info &info = infos[arg.index];
    info.root = RootKind::Parameter;
    info.rootValue = arg;
    info.isReadOnly = function.params[i].mode == PassMode::In;
  }
  for (BlockId id : cfg.reversePostorder()) {
    for (ValueId arg : function[id].args)
      if (function[arg].ownership == Ownership::Owned)
        infos[arg.index].scope = arg;
    for (const Inst *inst : function[id].insts)
      if (inst->result.isValid())
        add(*inst);
  }
}

/// Places and borrows that come out of `from` are used inside its scope.
void Places::inherit(Info &info, ValueId from) {
  const Info &source = infos[from.index];
  info.root = source.root;
  info.isPart = source.isPart;
  info.hasElement = source.hasElement;
  info.isReadOnly = source.isReadOnly;
  info.rootValue = source.rootValue;
  info.path = source.path;
  info.scope = source.scope;
}

uint32_t Places::step(uint32_t path, uint32_t part) {
  auto [found, isNew] = steps.try_emplace({path, part}, uint32_t(nodes.size()));
  if (isNew)
    nodes.push_back({path, nodes[path].depth + 1});
  return found->second;
}

void Places::add(const Inst &inst) {
  ValueId id = inst.result;
  Info info;
  bool isAddress = function[id].ownership == Ownership::Address;
  auto isAddressOf = [&](ValueId value) { return function[value].ownership == Ownership::Address; };
  // An object or array that a place lies in, when it is not followed further.
  auto rootAt = [&](ValueId base, RootKind kind) {
    while (auto *cast = llvm::dyn_cast_or_null<CastInst>(function[base].definition))
      base = cast->value;
    info.root = kind;
    info.rootValue = base;
    info.path = 0;
    info.isPart = true;
    info.isReadOnly = false;
  };
  if (llvm::isa<SlotInst>(inst)) {
    info.root = RootKind::Slot;
    info.rootValue = id;
  } else if (auto *global = llvm::dyn_cast<GlobalInst>(&inst)) {
    info.root = RootKind::Global;
    info.rootValue = globals.try_emplace(global->global, id).first->second;
  } else if (auto *field = llvm::dyn_cast<FieldInst>(&inst)) {
    inherit(info, field->base);
    if (!isAddressOf(field->base))
      rootAt(field->base, RootKind::Object);
    info.isPart = true;
    info.path = step(info.path, field->field);
  } else if (auto *elem = llvm::dyn_cast<ElemInst>(&inst)) {
    inherit(info, elem->base);
    const Info &base = infos[elem->base.index];
    TypeKind kind = module.types.kind(function[elem->base].type);
    if (TypeId view = function[elem->base].type; module.types.isView(view)) {
      rootAt(elem->base, RootKind::Object);
      info.isReadOnly = module.types.info(view).isReadOnlyView;
    } else if (kind == TypeKind::Pointer && !isAddressOf(elem->base)) {
      rootAt(elem->base, RootKind::Object);
    } else if (!isAddressOf(elem->base)) {
      // Elements of an array belong to the place where the array was looked up, if that is known. They are for reading,
      // but through `unique` and in a new array.
      if (base.root == RootKind::None)
        rootAt(elem->base, RootKind::Array);
      ValueId array = elem->base;
      while (auto *cast = llvm::dyn_cast_or_null<CastInst>(function[array].definition))
        array = cast->value;
      const Inst *definition = function[array].definition;
      info.isReadOnly = !definition || !(llvm::isa<AllocArrayInst>(definition) ||
                                         (llvm::isa<UniqueInst>(definition) && !base.isReadOnly));
    }
    info.isPart = info.hasElement = true;
    info.path = step(info.path, kElement);
  } else if (auto *read = llvm::dyn_cast<AccessReadInst>(&inst)) {
    inherit(info, read->place);
    info.isReadOnly = true;
    info.outer = info.scope;
    info.scope = id;
  } else if (auto *modify = llvm::dyn_cast<AccessModifyInst>(&inst)) {
    inherit(info, modify->place);
    info.outer = info.scope;
    info.scope = id;
  } else if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(&inst)) {
    if (function[id].ownership != Ownership::None) {
      inherit(info, borrow->place);
      info.outer = info.scope;
      info.scope = id;
    }
  } else if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst)) {
    inherit(info, unique->place);
  } else if (auto *span = llvm::dyn_cast<SpanInst>(&inst)) {
    info.scope = infos[span->base.index].scope;
  } else if (function[id].ownership == Ownership::Owned) {
    info.scope = id;
  } else if (function[id].ownership == Ownership::Borrowed) {
    if (auto *project = llvm::dyn_cast<ProjectInst>(&inst)) {
      inherit(info, project->value);
      if (info.root != RootKind::None) {
        info.isPart = true;
        info.path = step(info.path, project->index);
      }
    } else if (auto *payload = llvm::dyn_cast<PayloadInst>(&inst)) {
      // No writes reach into payloads: the whole enum stands for them.
      inherit(info, payload->value);
    } else if (auto *cast = llvm::dyn_cast<CastInst>(&inst)) {
      inherit(info, cast->value);
    }
  }
  (void)isAddress;
  infos[id.index] = info;
}

ScopeKind Places::scopeKind(ValueId id) const {
  if (function[id].ownership == Ownership::Owned)
    return ScopeKind::Owned;
  const Inst *definition = function[id].definition;
  if (!definition || infos[id.index].scope != id)
    return ScopeKind::None;
  switch (definition->kind) {
  case InstKind::LoadBorrowInst:
    return ScopeKind::Borrow;
  case InstKind::AccessReadInst:
    return ScopeKind::Read;
  case InstKind::AccessModifyInst:
    return ScopeKind::Modify;
  default:
    return ScopeKind::None;
  }
}

bool Places::overlap(const Info &a, const Info &b) const {
  if (a.root == RootKind::None || a.rootValue != b.rootValue)
    return false;
  uint32_t x = a.path, y = b.path;
  while (nodes[x].depth > nodes[y].depth)
    x = nodes[x].parent;
  while (nodes[y].depth > nodes[x].depth)
    y = nodes[y].parent;
  return x == y;
}

bool Places::isInside(const Info &info, ValueId scope) const {
  for (ValueId at = info.scope; at.isValid(); at = infos[at.index].outer)
    if (at == scope)
      return true;
  return false;
}

} // namespace dream::dil::verifier
