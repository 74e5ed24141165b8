// 5xx: what lies in variables. A slot is written before it is read, is empty when its life ends or begins anew, and a
// parameter's place is left as its mode promises. Only once definite initialisation has run: raw DIL may say anything.
//
// Forward over the blocks with two bits for each variable: it surely holds a value, it may hold one. Whatever an
// instruction does to a variable sets both, so a block is two masks and the solution a few sweeps.
#include "compiler/dil/verify/families.h"
#include "compiler/dil/verify/places.h"

namespace dream::dil::verifier {
namespace {

using Bits = std::vector<uint64_t>;

bool test(const Bits &bits, uint32_t i) { return bits[i / 64] >> (i % 64) & 1; }
void put(Bits &bits, uint32_t i, bool value) {
  uint64_t mask = uint64_t(1) << (i % 64);
  bits[i / 64] = value ? bits[i / 64] | mask : bits[i / 64] & ~mask;
}

/// What each variable holds at one point.
struct State {
  Bits sure, maybe;
  bool isSet = false;

  void set(uint32_t i, bool holds) {
    put(sure, i, holds);
    put(maybe, i, holds);
  }
};

class Slots {
public:
  Slots(Report &report, const Cfg &cfg, const Places &places, const SlotTargets &targets)
      : report(report), module(report.module), function(*report.function), cfg(cfg), places(places), targets(targets),
        numbers(function.values.size(), kNone), entries(function.blocks.size()) {}

  void run() {
    number();
    if (variables.empty())
      return;
    solve();
    isReporting = true;
    for (BlockId id : cfg.reversePostorder()) {
      state = entries[id.index];
      block(id);
    }
  }

private:
  static constexpr uint32_t kNone = ~0u;
  struct Variable {
    ValueId value;
    bool isPlain;
    const Param *param; ///< Null for slots.
  };

  void number() {
    auto add = [&](ValueId id, const Param *param) {
      numbers[id.index] = uint32_t(variables.size());
      variables.push_back({id, module.types.isPlain(function[id].type), param});
    };
    for (size_t i = 0; i < function.params.size(); ++i)
      if (function.params[i].convention == Convention::Address)
        add(function.blocks[0].args[i], &function.params[i]);
    for (BlockId id : cfg.reversePostorder())
      for (const Inst *inst : function[id].insts)
        if (llvm::isa<SlotInst>(inst))
          add(inst->result, nullptr);
  }

  void solve() {
    State &first = entries[0];
    first.sure.assign(variables.size() / 64 + 1, 0);
    first.maybe = first.sure;
    first.isSet = true;
    for (uint32_t i = 0; i < variables.size(); ++i)
      if (variables[i].param && variables[i].param->mode != PassMode::Out)
        first.set(i, true);
    for (isChanged = true; isChanged;) {
      isChanged = false;
      for (BlockId id : cfg.reversePostorder()) {
        state = entries[id.index];
        block(id);
        leave(id);
      }
    }
  }

  void leave(BlockId id) {
    const Inst &last = *function[id].insts.back();
    auto *call = llvm::dyn_cast<CallBase>(&last);
    forEachTarget(last, [&](BlockId target) {
      if (call)
        outArguments(*call, target == call->ok);
      flow(target);
    });
  }

  void flow(BlockId target) {
    State &entry = entries[target.index];
    if (!entry.isSet) {
      entry = state;
      isChanged = true;
      return;
    }
    for (size_t i = 0; i < entry.sure.size(); ++i) {
      uint64_t sure = entry.sure[i] & state.sure[i], maybe = entry.maybe[i] | state.maybe[i];
      isChanged |= sure != entry.sure[i] || maybe != entry.maybe[i];
      entry.sure[i] = sure;
      entry.maybe[i] = maybe;
    }
  }

  // ---- Instructions

  void block(BlockId id) {
    for (const Inst *inst : function[id].insts)
      visit(*inst);
  }

  void fail(unsigned invariant, const Inst &inst, ValueId variable, llvm::StringRef what) {
    if (!isReporting)
      return;
    std::string name = report.value(variable);
    if (auto *slot = llvm::dyn_cast_or_null<SlotInst>(function[variable].definition); slot && !slot->name.empty())
      name += " (" + slot->name.str() + ")";
    report.add(invariant, inst, name + " " + what);
  }

  /// The variable that a place belongs to; kNone for others.
  uint32_t variableOf(ValueId place) const {
    const Places::Info &info = places[place];
    return info.root == RootKind::Slot || info.root == RootKind::Parameter ? numbers[info.rootValue.index] : kNone;
  }

  void read(const Inst &inst, ValueId place) {
    uint32_t i = variableOf(place);
    if (i != kNone && !test(state.sure, i))
      fail(501, inst, variables[i].value, "is read, and may hold nothing");
  }

  void visit(const Inst &inst) {
    switch (inst.kind) {
    case InstKind::SlotInst: {
      uint32_t i = numbers[inst.result.index];
      if (!variables[i].isPlain && test(state.maybe, i))
        fail(505, inst, inst.result, "begins a new life, and may still hold a value");
      return state.set(i, false);
    }
    case InstKind::LoadCopyInst:
      return read(inst, llvm::cast<LoadCopyInst>(inst).place);
    case InstKind::LoadBorrowInst:
      return read(inst, llvm::cast<LoadBorrowInst>(inst).place);
    case InstKind::UniqueInst:
      return read(inst, llvm::cast<UniqueInst>(inst).place);
    case InstKind::LoadTakeInst: {
      ValueId place = llvm::cast<LoadTakeInst>(inst).place;
      read(inst, place);
      return write(place, false);
    }
    case InstKind::InitInst: {
      ValueId place = llvm::cast<InitInst>(inst).place;
      uint32_t i = variableOf(place);
      if (i != kNone && places[place].isPart)
        return read(inst, place);
      if (i != kNone && !variables[i].isPlain && test(state.maybe, i))
        fail(502, inst, variables[i].value, "is initialised, and may hold a value already");
      return write(place, true);
    }
    case InstKind::AssignInst: {
      ValueId place = llvm::cast<AssignInst>(inst).place;
      uint32_t i = variableOf(place);
      if (i != kNone && (places[place].isPart || !variables[i].isPlain) && !test(state.sure, i))
        fail(503, inst, variables[i].value, "is assigned, and may hold nothing");
      return write(place, true);
    }
    case InstKind::DropIfInst:
      read(inst, llvm::cast<DropIfInst>(inst).flag);
      return write(llvm::cast<DropIfInst>(inst).place, false);
    case InstKind::CallInst: case InstKind::CallSlotInst: case InstKind::CallFnInst:
      return call(llvm::cast<CallBase>(inst));
    case InstKind::ReturnInst:
      return atExit(inst, true);
    case InstKind::ThrowInst:
      return atExit(inst, false);
    default:
      return;
    }
  }

  void write(ValueId place, bool holds) {
    uint32_t i = variableOf(place);
    if (i != kNone && !places[place].isPart)
      state.set(i, holds);
  }

  /// How a call hands over the place that is argument `index`.
  PassMode modeOf(const CallBase &call, size_t index) const {
    const Function *callee = nullptr;
    if (auto *direct = llvm::dyn_cast<CallInst>(&call)) {
      callee = &module[direct->callee];
    } else if (auto *slot = llvm::dyn_cast<CallSlotInst>(&call)) {
      if (const SlotTargets::Target *target = targets.find(slot->type, slot->slot))
        callee = &module[target->example];
    } else if (auto *closure = llvm::dyn_cast<CallFnInst>(&call)) {
      const Type &type = module.types[function[closure->callee].type];
      if (index < type.modes.size())
        return type.modes[index];
    }
    return callee && index < callee->params.size() ? callee->params[index].mode : PassMode::Ref;
  }

  void call(const CallBase &inst) {
    for (size_t arg = 0; arg < inst.args.size(); ++arg) {
      if (inst.uses[arg] != Use::Address)
        continue;
      uint32_t i = variableOf(inst.args[arg]);
      if (i == kNone)
        continue;
      bool isOut = modeOf(inst, arg) == PassMode::Out && !places[inst.args[arg]].isPart;
      if (isOut && !variables[i].isPlain && test(state.maybe, i))
        fail(508, inst, variables[i].value, "is handed over as `out`, and may hold a value already");
      if (!isOut)
        read(inst, inst.args[arg]);
    }
    if (!inst.canThrow())
      outArguments(inst, true);
  }

  /// What the callee was to give is there when it returns, and not when it throws.
  void outArguments(const CallBase &inst, bool returned) {
    for (size_t arg = 0; arg < inst.args.size(); ++arg)
      if (inst.uses[arg] == Use::Address && modeOf(inst, arg) == PassMode::Out)
        write(inst.args[arg], returned);
  }

  void atExit(const Inst &inst, bool returns) {
    for (uint32_t i = 0; isReporting && i < variables.size(); ++i) {
      const Variable &one = variables[i];
      bool sure = test(state.sure, i), maybe = test(state.maybe, i);
      if (!one.param) {
        if (!one.isPlain && maybe)
          fail(504, inst, one.value, "may still hold a value on this way out");
      } else if (one.param->mode != PassMode::Out) {
        if (!sure)
          fail(506, inst, one.value, "may hold nothing on this way out");
      } else if (returns ? !sure : maybe && !one.isPlain) {
        fail(507, inst, one.value, returns ? "is `out`, and may hold nothing" : "is `out`, and may hold a value");
      }
    }
  }

  Report &report;
  const Module &module;
  const Function &function;
  const Cfg &cfg;
  const Places &places;
  const SlotTargets &targets;
  std::vector<uint32_t> numbers; ///< Of variables, by value.
  std::vector<Variable> variables;
  std::vector<State> entries;
  State state;
  bool isChanged = false, isReporting = false;
};

} // namespace

void verifySlots(Report &report, const Cfg &cfg, const Places &places, const SlotTargets &targets) {
  Slots(report, cfg, places, targets).run();
}

} // namespace dream::dil::verifier
