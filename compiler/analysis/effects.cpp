#include "compiler/analysis/effects.h"
#include "compiler/analysis/components.h"
#include "llvm/ADT/StringSet.h"

namespace dream::analysis {

using namespace dil;

bool runsDestructors(const Function &function) {
  static const llvm::StringSet<> entries{"dr_gc_collect", "dr_gc_step", "dr_kept_arena_empty", "dr_kept_arena_end"};
  return function.kind == FuncKind::Runtime && entries.contains(function.symbol);
}

bool makesString(const Function &function) {
  static const llvm::StringSet<> entries{
#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS)
#define STRING_ENTRY(SYMBOL, EFFECTS, ...) #SYMBOL,
#include "runtime/abi/entries.def"
#undef ENTRY
  };
  return function.kind == FuncKind::Runtime && entries.contains(llvm::StringRef(function.symbol).split('$').first);
}

/// Whose first parameter a callee sees.
enum class Receiver : uint8_t {
  Other,
  Self,  ///< The caller's own first parameter.
  Fresh, ///< An object that the caller has made: nobody outside knows it.
};

/// Fills in a ModuleEffects.
class EffectsBuilder {
public:
  EffectsBuilder(ModuleEffects &effects) : effects(effects), module(effects.module), edges(module.functions.size() + 2) {}

  void run() {
    numberLocations();
    effects.nodes.resize(edges.size());
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      scan(i);
    for (const ClassTable &table : module.classes)
      if (table.destructor.isValid())
        edges[destructors()].push_back({table.destructor.index, Receiver::Fresh}); // Nobody else knows a dying object.
    findChanged();
    solve();
  }

private:
  struct Edge {
    uint32_t node;
    Receiver receiver;
    auto operator<=>(const Edge &) const = default;
  };

  uint32_t destructors() const { return module.functions.size(); }
  uint32_t callbacks() const { return module.functions.size() + 1; }

  void numberLocations() {
    unsigned next = 0;
    for (uint32_t i = 0; i < module.types.nominalCount(); ++i) {
      const NominalInfo &info = module.types.info(NominalId(i));
      if (info.kind != NominalKind::Class)
        continue;
      for (unsigned field = 0; field < info.fields.size(); ++field) {
        NominalId owner = info.fields[field].owner.isValid() ? info.fields[field].owner : NominalId(i);
        if (!module.types.isPlain(info.fields[field].type) && effects.fields.try_emplace({owner, field}, next).second)
          ++next;
      }
    }
    for (uint32_t i = 0; i < module.globals.size(); ++i)
      if (!module.types.isPlain(module.globals[i].type))
        effects.globals[GlobalId(i)] = next++;
  }

  Receiver receiverOf(const Function &function, ValueId value) const {
    ValueId root = borrowRoot(function, value);
    const Inst *definition = function[root].definition;
    if (!definition)
      return !function.params.empty() && root == function.blocks.front().args[0] &&
                     function[root].ownership != Ownership::Address
                 ? Receiver::Self
                 : Receiver::Other;
    return llvm::isa<AllocInst>(definition) ? Receiver::Fresh : Receiver::Other;
  }

  void touch(uint32_t node, const Function &function, ValueId address, bool writes) {
    Place place = placeOf(function, address);
    if (writes && place.root == PlaceRoot::Pointer && !module.types.isPlain(function[address].type))
      effects.nodes[node].writesElements = true;
    unsigned location = effects.locationOf(place, function);
    if (location == ModuleEffects::kNone)
      return;
    Effects &own = effects.nodes[node];
    Receiver receiver = place.root == PlaceRoot::Field ? receiverOf(function, place.value) : Receiver::Other;
    if (receiver == Receiver::Fresh)
      return;
    if (receiver == Receiver::Self)
      (writes ? own.selfWrites : own.selfReads).set(location);
    else
      (writes ? own.writes : own.reads).set(location);
  }
  /// What others write than functions that get nothing but objects which are being made: those that are called by name only, with an
  /// object that the caller has just allocated, or is making itself. (Before effects are those of callees, too.)
  void findChanged() {
    llvm::BitVector builds = calledUnnamed(module);
    builds.flip();
    for (uint32_t node = 0; node < edges.size(); ++node)
      for (const Edge &edge : edges[node])
        if (edge.node < builds.size() && edge.receiver == Receiver::Other)
          builds.reset(edge.node);
    for (bool again = true; again;) {
      again = false;
      for (uint32_t node = 0; node < builds.size(); ++node)
        if (!builds.test(node))
          for (const Edge &edge : edges[node])
            if (edge.node < builds.size() && edge.receiver == Receiver::Self && builds.test(edge.node)) {
              builds.reset(edge.node);
              again = true;
            }
    }
    for (auto [global, location] : effects.globals)
      effects.changed.set(location);
    for (uint32_t node = 0; node < edges.size(); ++node) {
      effects.changed |= effects.nodes[node].writes;
      if (node >= builds.size() || !builds.test(node))
        effects.changed |= effects.nodes[node].selfWrites;
    }
  }
  void drop(uint32_t node, TypeId type) {
    if (module.types.isDropSignificant(type))
      edges[node].push_back({destructors(), Receiver::Other});
  }
  void call(uint32_t node, const Function &function, const CallBase &call) {
    for (size_t i = 0; i < call.args.size(); ++i)
      if (call.uses[i] == Use::Address)
        touch(node, function, call.args[i], effects.targets.modeOf(function, call, i) != PassMode::In);
    if (CallTargets::isUnknown(call))
      effects.nodes[node].unknown = true;
    Receiver receiver = call.args.empty() ? Receiver::Other : receiverOf(function, call.args[0]);
    for (FuncId target : effects.targets.targets(call))
      edges[node].push_back({target.index, receiver});
  }

  void scan(uint32_t node) {
    const Function &function = module.functions[node];
    if (function.isExported)
      edges[callbacks()].push_back({node, Receiver::Other});
    if (function.isDeclaration()) {
      if (function.kind == FuncKind::C)
        edges[node].push_back({callbacks(), Receiver::Other});
      if (runsDestructors(function))
        edges[node].push_back({destructors(), Receiver::Other});
      for (const Param &param : function.params)
        if (param.convention == Convention::Own)
          drop(node, param.type);
      return;
    }
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        scan(node, function, *inst);
    llvm::sort(edges[node]);
    edges[node].erase(std::unique(edges[node].begin(), edges[node].end()), edges[node].end());
  }
  void scan(uint32_t node, const Function &function, const Inst &inst) {
    if (auto *load = llvm::dyn_cast<LoadCopyInst>(&inst))
      touch(node, function, load->place, false);
    else if (auto *load = llvm::dyn_cast<LoadBorrowInst>(&inst))
      touch(node, function, load->place, false);
    else if (auto *load = llvm::dyn_cast<LoadInst>(&inst))
      touch(node, function, load->place, false);
    else if (auto *read = llvm::dyn_cast<AccessReadInst>(&inst))
      touch(node, function, read->place, false);
    else if (auto *modify = llvm::dyn_cast<AccessModifyInst>(&inst))
      touch(node, function, modify->place, true);
    else if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst))
      touch(node, function, take->place, true);
    else if (auto *init = llvm::dyn_cast<InitInst>(&inst))
      touch(node, function, init->place, true);
    else if (auto *store = llvm::dyn_cast<StoreInst>(&inst))
      touch(node, function, store->place, true);
    else if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst))
      touch(node, function, unique->place, true);
    else if (auto *assign = llvm::dyn_cast<AssignInst>(&inst)) {
      touch(node, function, assign->place, true);
      drop(node, function[assign->value].type);
    } else if (auto *dropped = llvm::dyn_cast<DropInst>(&inst))
      drop(node, function[dropped->value].type);
    else if (auto *dropped = llvm::dyn_cast<DropSlotInst>(&inst))
      drop(node, function[dropped->place].type);
    else if (auto *dropped = llvm::dyn_cast<DropIfInst>(&inst))
      drop(node, function[dropped->place].type);
    else if (auto *released = llvm::dyn_cast<ReleaseInst>(&inst))
      drop(node, function[released->value].type);
    else if (auto *ref = llvm::dyn_cast<FnRefInst>(&inst))
      edges[callbacks()].push_back({ref->func.index, Receiver::Other});
    else if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst)) {
      for (size_t i = 0; i < closure->captures.size(); ++i)
        if (closure->modes[i] == CaptureMode::Ref)
          touch(node, function, closure->captures[i], true);
    } else if (auto *callInst = llvm::dyn_cast<CallBase>(&inst))
      call(node, function, *callInst);
  }

  /// Callees first; inside a component until nothing changes.
  void solve() {
    forEachComponent(
        edges.size(),
        [&](uint32_t node, uint32_t edge) { return edge < edges[node].size() ? edges[node][edge].node : kNoEdge; },
        [&](llvm::ArrayRef<uint32_t> component) { solve(component); });
  }
  void solve(llvm::ArrayRef<uint32_t> component) {
    for (bool again = true; again;) {
      again = false;
      for (uint32_t node : component)
        for (const Edge &edge : edges[node]) {
          if (edge.node == node) {
            Effects itself = effects.nodes[node];
            again |= join(effects.nodes[node], itself, edge.receiver);
          } else {
            again |= join(effects.nodes[node], effects.nodes[edge.node], edge.receiver);
          }
        }
    }
  }
  static bool add(llvm::SparseBitVector<> &to, const llvm::SparseBitVector<> &from) { return to |= from; }
  static bool join(Effects &to, const Effects &from, Receiver receiver) {
    bool changed = add(to.reads, from.reads);
    changed |= add(to.writes, from.writes);
    if (receiver == Receiver::Self) {
      changed |= add(to.selfReads, from.selfReads);
      changed |= add(to.selfWrites, from.selfWrites);
    } else if (receiver == Receiver::Other) {
      changed |= add(to.reads, from.selfReads);
      changed |= add(to.writes, from.selfWrites);
    }
    changed |= from.unknown && !to.unknown;
    changed |= from.writesElements && !to.writesElements;
    to.writesElements |= from.writesElements;
    to.unknown |= from.unknown;
    return changed;
  }

  ModuleEffects &effects;
  const Module &module;
  std::vector<std::vector<Edge>> edges;
};

ModuleEffects::ModuleEffects(const Module &module, CallTargets &targets) : module(module), targets(targets) {
  EffectsBuilder(*this).run();
}

unsigned ModuleEffects::locationOf(dil::GlobalId global) const {
  auto found = globals.find(global);
  return found == globals.end() ? kNone : found->second;
}

unsigned ModuleEffects::locationOf(TypeId holder, unsigned field) const {
  auto found = fields.find({fieldOwner(module.types, holder, field), field});
  return found == fields.end() ? kNone : found->second;
}

unsigned ModuleEffects::locationOf(const Place &place, const Function &function) const {
  if (place.root == PlaceRoot::Global)
    return locationOf(place.global);
  return place.root == PlaceRoot::Field ? locationOf(function[place.value].type, place.field) : kNone;
}

Effects ModuleEffects::ofCall(const CallBase &call) const {
  Effects result;
  result.unknown = CallTargets::isUnknown(call);
  for (FuncId target : targets.targets(call))
    result.join(of(target));
  return result;
}

const Effects &ModuleEffects::ofDrop(TypeId type) const {
  return module.types.isDropSignificant(type) ? nodes[module.functions.size()] : none;
}

} // namespace dream::analysis
