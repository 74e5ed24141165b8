#include "compiler/analysis/sole_arrays.h"

namespace dream::analysis {

using namespace dil;

namespace {

/// In the place of a function's number: what is numbered is a location of the effects, or a function's result.
constexpr uint32_t kLocation = ~0u - 2, kResult = ~0u - 3;

bool isArray(const TypeTable &types, TypeId type) {
  return types.kind(type) == TypeKind::Array || types.kind(type) == TypeKind::Rect;
}

/// Entries of the runtime that work on the elements of arrays, which they make unshared themselves, and keep none.
bool onlyTouchesElements(const Function &function) {
  static constexpr llvm::StringRef kPrefixes[] = {"dr_bytes_", "dr_elements_", "dr_handle_", "dr_random_", "dr_array_equal"};
  return function.kind == FuncKind::Runtime &&
         llvm::any_of(kPrefixes, [&](llvm::StringRef prefix) { return llvm::StringRef(function.symbol).starts_with(prefix); });
}

using Key = std::pair<uint32_t, uint32_t>;
constexpr Key kNoKey{~0u - 4, 0};

/// An address parameter has two nodes: that of its value says what the function does to the place, and this one what callers give.
Key keyOfGiven(uint32_t function, ValueId param) { return {function, param.index | 1u << 31}; }

/// What lies at the address, if that is a whole place with a number of its own.

Key keyOfPlace(const ModuleEffects &effects, const Function &function, uint32_t id, ValueId address) {
  Place place = placeOf(function, address);
  if (!place.path.empty())
    return kNoKey;
  switch (place.root) {
  case PlaceRoot::Slot: case PlaceRoot::Param:
    return {id, place.value.index};
  case PlaceRoot::Field: case PlaceRoot::Global: {
    unsigned location = effects.locationOf(place, function);
    return location == ModuleEffects::kNone ? kNoKey : Key{kLocation, location};
  }
  case PlaceRoot::Element: case PlaceRoot::Pointer:
    return kNoKey;
  }
  __builtin_unreachable();
}

} // namespace

class SoleArraysBuilder {
public:
  SoleArraysBuilder(SoleArrays &result, CallTargets &targets) : result(result), module(result.module), targets(targets) {}

  void run() {
    result.reached.resize(module.functions.size());
    collectRoots();
    for (size_t i = 0; i < work.size(); ++i)
      scan(work[i]);
    for (uint32_t i = 0; i < module.globals.size(); ++i)
      if (const Inst *initial = module.globals[i].initial;
          initial && isArray(module.types, module.globals[i].type) && !isEmptyArray(*llvm::cast<ConstInst>(initial)))
        share(number({kLocation, result.effects.locationOf(GlobalId(i))}));
    spread();
  }

private:
  static constexpr uint32_t kShared = 0; ///< The node of everything that nobody follows.

  // ---- Who is called

  void reach(FuncId id) {
    if (!id.isValid() || result.reached.test(id.index))
      return;
    result.reached.set(id.index);
    work.push_back(id.index);
  }
  /// Called by code that is not in the module: it hands over arrays that others may hold.
  void reachUnnamed(FuncId id) {
    if (!id.isValid())
      return;
    reach(id);
    const Function &function = module[id];
    if (function.isDeclaration())
      return;
    for (ValueId arg : function.blocks.front().args) {
      if (!isArray(module.types, function[arg].type))
        continue;
      if (function[arg].ownership == Ownership::Owned)
        share(number({id.index, arg.index}));
      else if (function[arg].ownership == Ownership::Address)
        share(number(keyOfGiven(id.index, arg)));
    }
  }
  void collectRoots() {
    for (FuncId id : {module.initialise, module.finalise, module.describe, module.entry})
      reachUnnamed(id);
    for (const ClassTable &table : module.classes) {
      reachUnnamed(table.destructor);
      reachUnnamed(table.toString);
    }
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      if (module.functions[i].isExported)
        reachUnnamed(FuncId(i));
  }

  // ---- Nodes

  uint32_t number(Key key) {
    if (key == kNoKey)
      return kShared;
    auto [found, isNew] = result.numbers.try_emplace(key, uint32_t(leads.size()));
    if (isNew) {
      leads.emplace_back();
      isShared.push_back(false);
    }
    return found->second;
  }
  void share(uint32_t node) {
    if (!isShared[node]) {
      isShared[node] = true;
      toSpread.push_back(node);
    }
  }
  void lead(uint32_t from, uint32_t to) {
    if (from == kShared)
      share(to);
    else if (to != kShared)
      leads[from].push_back(to);
  }
  uint32_t own(ValueId value) { return number({current, value.index}); }
  uint32_t nodeOfPlace(ValueId address) { return number(keyOfPlace(result.effects, *function, current, address)); }
  /// Of an array, whoever owns it, or of the place of one.
  uint32_t nodeOf(ValueId value) {
    const ValueInfo &info = (*function)[value];
    if (info.ownership == Ownership::Address)
      return nodeOfPlace(value);
    if (auto *borrow = llvm::dyn_cast_or_null<LoadBorrowInst>(info.definition))
      return nodeOfPlace(borrow->place);
    if (auto *unique = llvm::dyn_cast_or_null<UniqueInst>(info.definition))
      return nodeOfPlace(unique->place);
    return own(value);
  }
  bool concerns(ValueId value) const { return value.isValid() && isArray(module.types, (*function)[value].type); }
  static bool isEmptyArray(const Constant &constant) {
    return constant.constKind == ConstKind::Null || constant.constKind == ConstKind::Zero ||
           (constant.constKind == ConstKind::Parts && constant.parts.empty());
  }
  /// An owned array goes where `to` says.
  void move(ValueId value, uint32_t to) {
    auto *constant = llvm::dyn_cast_or_null<ConstInst>((*function)[value].definition);
    if (!constant)
      lead(nodeOf(value), to);
    else if (!isEmptyArray(*constant))
      share(to);
  }

  // ---- What instructions do

  void scan(uint32_t id) {
    current = id;
    function = &module.functions[id];
    for (const Block &block : function->blocks)
      for (const Inst *inst : block.insts)
        scan(*inst);
  }
  void scan(const Inst &inst) {
    if (Stored stored = storedBy(inst)) {
      if (concerns(stored.place))
        move(stored.value, nodeOfPlace(stored.place));
    } else if (auto *load = llvm::dyn_cast<LoadCopyInst>(&inst)) {
      if (concerns(load->place)) {
        share(nodeOfPlace(load->place));
        share(own(load->result));
      }
    } else if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst)) {
      if (concerns(take->place)) {
        lead(nodeOfPlace(take->place), own(take->result));
        if (Place place = placeOf(*function, take->place); place.root == PlaceRoot::Param)
          lead(number(keyOfGiven(current, place.value)), own(take->result));
      }
    } else if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
      scanCall(*call);
    } else if (auto *br = llvm::dyn_cast<BrInst>(&inst)) {
      for (size_t i = 0; i < br->args.size(); ++i)
        if (concerns(br->args[i]))
          move(br->args[i], own((*function)[br->target].args[i]));
    } else if (auto *ret = llvm::dyn_cast<ReturnInst>(&inst)) {
      if (concerns(ret->value))
        move(ret->value, number({kResult, current}));
    } else if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst)) {
      reachUnnamed(closure->func);
      for (size_t i = 0; i < closure->captures.size(); ++i)
        if (concerns(closure->captures[i])) {
          share(nodeOf(closure->captures[i]));
          shareField(closure->environment, unsigned(i + 1));
        }
    } else if (auto *ref = llvm::dyn_cast<FnRefInst>(&inst)) {
      reachUnnamed(ref->func);
    } else if (!onlyLooks(inst)) {
      forEachOperand(inst, [&](ValueId operand, Use use) {
        // An owned one moves on.
        bool moves = (*function)[operand].ownership == Ownership::Owned && (use == Use::Consume || use == Use::Forward);
        if (concerns(operand) && !moves)
          share(nodeOf(operand));
      });
      if (concerns(inst.result) && !llvm::isa<AllocArrayInst, ConstInst>(inst))
        share(own(inst.result));
    }
  }
  /// Makes no array known to anybody; what comes of it leads back to the same place.
  static bool onlyLooks(const Inst &inst) {
    return llvm::isa<LenInst, ElemInst, SpanInst, CheckInst, CmpInst, LoadBorrowInst, UniqueInst, EndBorrowInst, EndAccessInst, AccessReadInst,
                     AccessModifyInst, DropInst, DropIfInst, DropSlotInst, TypeIsInst, SlotInst, GlobalInst, FieldInst>(inst);
  }
  void shareField(TypeId type, unsigned field) {
    unsigned location = result.effects.locationOf(type, field);
    if (location != ModuleEffects::kNone)
      share(number({kLocation, location}));
  }

  void scanCall(const CallBase &call) {
    ValueId given = call.canThrow() ? ((*function)[call.ok].args.empty() ? ValueId() : (*function)[call.ok].args[0]) : call.result;
    if (CallTargets::isUnknown(call)) {
      for (ValueId arg : call.args)
        if (concerns(arg))
          share(nodeOf(arg));
      if (concerns(given))
        share(own(given));
    }
    for (FuncId target : targets.targets(call)) {
      reach(target);
      const Function &callee = module[target];
      for (size_t i = 0; i < call.args.size(); ++i)
        if (concerns(call.args[i]))
          hand(call.args[i], call.uses[i], target, callee, i);
      if (concerns(given))
        lead(callee.isDeclaration() ? kShared : number({kResult, target.index}), own(given));
    }
  }
  void hand(ValueId arg, Use use, FuncId target, const Function &callee, size_t index) {
    if (callee.isDeclaration() || index >= callee.params.size()) {
      if (use != Use::Consume && !onlyTouchesElements(callee))
        share(nodeOf(arg));
      return;
    }
    ValueId to = callee.blocks.front().args[index];
    uint32_t param = number({target.index, to.index});
    if (use == Use::Consume)
      return move(arg, param);
    if (llvm::isa_and_nonnull<ConstInst>((*function)[arg].definition))
      return;
    lead(param, nodeOf(arg)); // What the callee does to it.
    if (use != Use::Address)
      return;
    uint32_t given = number(keyOfGiven(target.index, to));
    lead(nodeOf(arg), given);
    if (Place place = placeOf(*function, arg); place.root == PlaceRoot::Param)
      lead(number(keyOfGiven(current, place.value)), given);
  }

  void spread() {
    while (!toSpread.empty()) {
      uint32_t node = toSpread.pop_back_val();
      for (uint32_t next : leads[node])
        share(next);
    }
    result.shared.resize(leads.size());
    for (uint32_t i = 0; i < leads.size(); ++i)
      if (isShared[i])
        result.shared.set(i);
  }

  SoleArrays &result;
  const Module &module;
  CallTargets &targets;
  uint32_t current = 0;
  const Function *function = nullptr;
  std::vector<uint32_t> work;                          ///< Functions that are called.
  std::vector<llvm::SmallVector<uint32_t, 2>> leads{{}}; ///< By node: what is shared if it is.
  std::vector<bool> isShared{true};
  llvm::SmallVector<uint32_t, 16> toSpread;
};

SoleArrays::SoleArrays(const Module &module, CallTargets &targets) : module(module), effects(module, targets) {
  SoleArraysBuilder(*this, targets).run();
}

bool SoleArrays::isSole(FuncId id, ValueId address) const {
  const Function &function = module[id];
  if (!isReached(id) || !isArray(module.types, function[address].type))
    return false;
  auto isClean = [&](Key key) {
    auto found = numbers.find(key);
    return key != kNoKey && (found == numbers.end() || !shared.test(found->second));
  };
  Place place = placeOf(function, address);
  return isClean(keyOfPlace(effects, function, id.index, address)) &&
         (place.root != PlaceRoot::Param || isClean(keyOfGiven(id.index, place.value)));
}

} // namespace dream::analysis
