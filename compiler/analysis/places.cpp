#include "compiler/analysis/places.h"
#include <algorithm>

namespace dream::analysis {

using namespace dil;

bool Place::overlaps(const Place &other) const {
  for (size_t i = 0, end = std::min(path.size(), other.path.size()); i < end; ++i)
    if (path[i] != other.path[i] && path[i] != kAnyElement && other.path[i] != kAnyElement)
      return false;
  return true;
}

Stored storedBy(const Inst &inst) {
  if (auto *init = llvm::dyn_cast<InitInst>(&inst))
    return {init->place, init->value};
  if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
    return {assign->place, assign->value};
  return {};
}

/// The address that an address instruction is a part or an access of; invalid at a root.
static ValueId outerAddress(const Function &function, const Inst *inst) {
  if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
    return read->place;
  if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
    return modify->place;
  ValueId base;
  if (auto *field = llvm::dyn_cast<FieldInst>(inst))
    base = field->base;
  else if (auto *elem = llvm::dyn_cast<ElemInst>(inst))
    base = elem->base;
  return base.isValid() && function[base].ownership == Ownership::Address ? base : ValueId();
}

Place placeOf(const Function &function, ValueId address) {
  Place place;
  while (true) {
    const Inst *inst = function[address].definition;
    if (!inst) {
      place.root = PlaceRoot::Param;
      place.value = address;
      break;
    }
    if (ValueId outer = outerAddress(function, inst); outer.isValid()) {
      if (auto *field = llvm::dyn_cast<FieldInst>(inst))
        place.path.push_back(field->field);
      else if (llvm::isa<ElemInst>(inst))
        place.path.push_back(kAnyElement);
      address = outer;
      continue;
    }
    if (llvm::isa<SlotInst>(inst)) {
      place.root = PlaceRoot::Slot;
      place.value = address;
    } else if (auto *global = llvm::dyn_cast<GlobalInst>(inst)) {
      place.root = PlaceRoot::Global;
      place.global = global->global;
    } else if (auto *field = llvm::dyn_cast<FieldInst>(inst)) {
      place.root = PlaceRoot::Field;
      place.value = field->base;
      place.field = field->field;
    } else if (auto *elem = llvm::dyn_cast<ElemInst>(inst)) {
      place.root = function[elem->base].ownership == Ownership::None ? PlaceRoot::Pointer : PlaceRoot::Element;
      place.value = elem->base;
    }
    break;
  }
  std::reverse(place.path.begin(), place.path.end());
  return place;
}

ValueId rootOf(const Function &function, ValueId address) {
  while (const Inst *inst = function[address].definition) {
    ValueId outer = outerAddress(function, inst);
    if (!outer.isValid())
      break;
    address = outer;
  }
  return address;
}

bool isWholeRoot(const Function &function, ValueId address) {
  while (const Inst *inst = function[address].definition) {
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      address = read->place;
    else if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
      address = modify->place;
    else
      return llvm::isa<SlotInst>(inst);
  }
  return true;
}

Inst *accessOf(const Function &function, ValueId address) {
  while (Inst *inst = function[address].definition) {
    if (llvm::isa<AccessReadInst, AccessModifyInst>(inst))
      return inst;
    address = outerAddress(function, inst);
    if (!address.isValid())
      break;
  }
  return nullptr;
}

llvm::StringRef paramName(const Function &function, ValueId value) {
  for (size_t i = 0; i < function.params.size(); ++i)
    if (function.blocks.front().args[i] == value)
      return function.params[i].name.text();
  return "";
}

llvm::StringRef nameOf(const Function &function, const Place &place) {
  if (place.root == PlaceRoot::Slot)
    return llvm::cast<SlotInst>(function[place.value].definition)->name;
  return place.value.isValid() ? paramName(function, place.value) : "";
}

ValueId borrowRoot(const Function &function, ValueId value) {
  while (const Inst *inst = function[value].definition) {
    if (auto *cast = llvm::dyn_cast<CastInst>(inst))
      value = cast->value;
    else if (auto *project = llvm::dyn_cast<ProjectInst>(inst))
      value = project->value;
    else if (auto *payload = llvm::dyn_cast<PayloadInst>(inst))
      value = payload->value;
    else
      break;
  }
  return value;
}

NominalId fieldOwner(const TypeTable &types, TypeId holder, unsigned field) {
  const NominalInfo &info = types.info(holder);
  NominalId owner = info.fields[field].owner;
  return owner.isValid() ? owner : types[holder].nominal;
}

SlotTable::SlotTable(const Function &function) : slotOf(function.values.size(), kNone) {
  for (const Block &block : function.blocks)
    for (Inst *inst : block.insts)
      if (auto *slot = llvm::dyn_cast<SlotInst>(inst)) {
        slotOf[slot->result.index] = slots.size();
        slots.push_back(slot);
      }
  if (slots.empty())
    return;
  // An address or a borrow may stand in a block before the one that its root stands in, so each chain is followed.
  llvm::SmallVector<ValueId, 8> chain;
  for (const Block &block : function.blocks)
    for (Inst *inst : block.insts) {
      ValueId value = inst->result;
      if (!value.isValid())
        continue;
      chain.clear();
      while (slotOf[value.index] == kNone) {
        const Inst *definition = function[value].definition;
        if (!definition)
          break;
        ValueId outer = outerAddress(function, definition);
        if (!outer.isValid()) {
          if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(definition))
            outer = borrow->place;
          else if (auto *unique = llvm::dyn_cast<UniqueInst>(definition))
            outer = unique->place;
          else if (auto *cast = llvm::dyn_cast<CastInst>(definition); cast && function[value].ownership == Ownership::Borrowed)
            outer = cast->value;
          else if (auto *project = llvm::dyn_cast<ProjectInst>(definition); project && function[value].ownership == Ownership::Borrowed)
            outer = project->value;
          else if (auto *payload = llvm::dyn_cast<PayloadInst>(definition); payload && function[value].ownership == Ownership::Borrowed)
            outer = payload->value;
        }
        if (!outer.isValid())
          break;
        chain.push_back(value);
        value = outer;
      }
      for (ValueId link : chain)
        slotOf[link.index] = slotOf[value.index];
    }
}

} // namespace dream::analysis
