#include "compiler/analysis/interference.h"

namespace dream::analysis {

using namespace dil;

static bool isAggregate(const TypeTable &types, TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Struct: case TypeKind::Tuple: case TypeKind::FixedArray: case TypeKind::Enum:
    return true;
  case TypeKind::Optional:
    return !types.isCounted(type);
  case TypeKind::Error: case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool:
  case TypeKind::Char: case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16:
  case TypeKind::Int32: case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt:
  case TypeKind::NUInt: case TypeKind::Float32: case TypeKind::Float64: case TypeKind::String: case TypeKind::Object:
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::Pointer: case TypeKind::Func: case TypeKind::Class:
  case TypeKind::Interface: case TypeKind::Weak: case TypeKind::TypeParam:
    return false;
  }
  __builtin_unreachable();
}

/// Places of the two types may be the same, or one a part of the other.
static bool mayShare(const TypeTable &types, TypeId a, TypeId b) {
  return a == b || isAggregate(types, a) || isAggregate(types, b);
}

Watched Interference::watch(ValueId address) const {
  Watched watched;
  watched.place = placeOf(function, address);
  watched.type = function[address].type;
  watched.location = effects.locationOf(watched.place, function);
  if (watched.place.root == PlaceRoot::Field)
    watched.isLet = module.types.info(function[watched.place.value].type).fields[watched.place.field].isLet || effects.isSettled(watched.location);
  if (watched.place.root == PlaceRoot::Param)
    for (size_t i = 0; i < function.params.size(); ++i)
      if (function.blocks.front().args[i] == watched.place.value)
        watched.isExclusive = function.params[i].mode == PassMode::In ||
                              module.types.holdsArray(function.params[i].type) ||
                              module.types.isMoveOnly(function.params[i].type);
  return watched;
}

bool Interference::mayAlias(const Place &written, TypeId type, const Watched &watched) const {
  const Place &place = watched.place;
  // Slots are known by name; nothing else leads to them.
  if (written.root == PlaceRoot::Slot || place.root == PlaceRoot::Slot)
    return written.sameRoot(place) && written.overlaps(place);
  // Elements are written only in arrays that nobody else has.
  if (written.root == PlaceRoot::Element || place.root == PlaceRoot::Element)
    return false;
  if (written.root == PlaceRoot::Global && place.root == PlaceRoot::Global)
    return written.sameRoot(place) && written.overlaps(place);
  if (written.root == PlaceRoot::Field && place.root == PlaceRoot::Field) {
    if (effects.locationOf(written, function) != watched.location)
      return false;
    // Perhaps the same object.
    Place same = written;
    same.value = place.value;
    return same.overlaps(place);
  }
  if (written.root == PlaceRoot::Param && place.root == PlaceRoot::Param && written.value == place.value)
    return written.overlaps(place);
  if (watched.isExclusive)
    return false;
  bool isNamed = written.root == PlaceRoot::Field || written.root == PlaceRoot::Global;
  if (isNamed && (place.root == PlaceRoot::Field || place.root == PlaceRoot::Global))
    return false;
  return mayShare(module.types, type, watched.type);
}

bool Interference::effectsWrite(const Effects &found, const Watched &watched) const {
  if (found.unknown)
    return true;
  if (watched.location != ModuleEffects::kNone)
    return found.mayWrite(watched.location);
  bool isSomewhere = watched.place.root == PlaceRoot::Pointer || (watched.place.root == PlaceRoot::Param && !watched.isExclusive);
  if (found.writesElements && isSomewhere)
    return true;
  // An address parameter may lead to a field or a module variable.
  return watched.place.root != PlaceRoot::Slot && watched.place.root != PlaceRoot::Element && !watched.isExclusive &&
         !(found.writes.empty() && found.selfWrites.empty());
}

bool Interference::callMayTouch(const CallBase &call, const Watched &watched) const {
  if (watched.place.root == PlaceRoot::Slot || watched.place.root == PlaceRoot::Element || watched.isExclusive)
    return false;
  Effects found = effects.ofCall(call);
  return watched.location == ModuleEffects::kNone || found.unknown || found.mayTouch(watched.location);
}

bool Interference::mayWrite(const Inst &inst, const Watched &watched) const {
  if (auto *init = llvm::dyn_cast<InitInst>(&inst))
    return mayAlias(init->place, watched);
  if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
    return mayAlias(assign->place, watched) || effectsWrite(effects.ofDrop(function[assign->value].type), watched);
  if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst))
    return mayAlias(take->place, watched);
  if (auto *modify = llvm::dyn_cast<AccessModifyInst>(&inst))
    return mayAlias(modify->place, watched);
  if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst))
    return mayAlias(unique->place, watched);
  if (auto *store = llvm::dyn_cast<StoreInst>(&inst))
    return mayAlias(store->place, watched);
  if (auto *drop = llvm::dyn_cast<DropIfInst>(&inst))
    return mayAlias(drop->place, watched) || mayAlias(drop->flag, watched) ||
           effectsWrite(effects.ofDrop(function[drop->place].type), watched);
  if (auto *drop = llvm::dyn_cast<DropSlotInst>(&inst))
    return mayAlias(drop->place, watched) || effectsWrite(effects.ofDrop(function[drop->place].type), watched);
  if (auto *drop = llvm::dyn_cast<DropInst>(&inst))
    return effectsWrite(effects.ofDrop(function[drop->value].type), watched);
  if (auto *release = llvm::dyn_cast<ReleaseInst>(&inst))
    return effectsWrite(effects.ofDrop(function[release->value].type), watched);
  if (auto *slot = llvm::dyn_cast<SlotInst>(&inst))
    return watched.place.root == PlaceRoot::Slot && watched.place.value == slot->result;
  if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
    for (size_t i = 0; i < call->args.size(); ++i)
      if (call->uses[i] == Use::Address && targets.modeOf(function, *call, i) != PassMode::In &&
          mayAlias(call->args[i], watched))
        return true;
    if (watched.place.root == PlaceRoot::Slot || watched.place.root == PlaceRoot::Element || watched.isExclusive)
      return false;
    if (watched.isLet && !llvm::isa_and_nonnull<AllocInst>(function[borrowRoot(function, watched.place.value)].definition)) {
      // Set before anybody else sees the object; here only a constructor of its own could run.
      bool isSelf = !call->args.empty() && borrowRoot(function, call->args[0]) == borrowRoot(function, watched.place.value);
      if (!isSelf)
        return false;
    }
    return effectsWrite(effects.ofCall(*call), watched);
  }
  return false;
}

} // namespace dream::analysis
