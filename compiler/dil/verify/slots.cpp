// 5xx: what lies in variables. A slot is written before it is read, is empty when its life ends or begins anew, and a
// parameter's place is left as its mode promises. Only once definite initialisation has run: raw DIL may say anything.
//
// Forward over the blocks with two bits for each variable: it surely holds a value, it may hold one. Whatever an
// instruction does to a variable sets both. Variables are taken in groups, and each group looks only at the stretch of the
// function between its first and its last instruction (and the loops around them), so that a function with very many
// variables costs no more than many functions with few.
#include "compiler/dil/verify/families.h"
#include "compiler/dil/verify/places.h"
#include "llvm/ADT/bit.h"
#include <array>

namespace dream::dil::verifier {
namespace {

constexpr uint32_t kGroupSize = 256;
using Bits = std::array<uint64_t, kGroupSize / 64>;

bool test(const Bits &bits, uint32_t i) { return bits[i / 64] >> (i % 64) & 1; }
void put(Bits &bits, uint32_t i, bool value) {
  uint64_t mask = uint64_t(1) << (i % 64);
  bits[i / 64] = value ? bits[i / 64] | mask : bits[i / 64] & ~mask;
}

/// What each variable of a group holds at one point.
struct State {
  Bits sure{}, maybe{};
  bool isSet = false, isTouched = false;

  void set(uint32_t i, bool holds) {
    put(sure, i, holds);
    put(maybe, i, holds);
  }
};

class Slots {
public:
  Slots(Report &report, const Cfg &cfg, const Places &places, const SlotTargets &targets)
      : report(report), module(report.module), function(*report.function), cfg(cfg), places(places), targets(targets),
        numbers(function.values.size(), kNone) {}

  void run() {
    collect();
    if (groups.empty())
      return;
    findLoops();
    entries.resize(cfg.reversePostorder().size());
    for (uint32_t g = 0; g < groups.size(); ++g) {
      first = g * kGroupSize;
      count = std::min<uint32_t>(kGroupSize, uint32_t(all.size()) - first);
      group = &groups[g];
      mustBeEmpty = {};
      isLeaking = false;
      for (uint32_t i = 0; i < count; ++i)
        put(mustBeEmpty, i, !variable(i).param && !variable(i).isPlain);
      isReporting = false;
      solve();
      isReporting = true;
      sweep();
      for (uint32_t at : touched)
        entries[at] = {};
      touched.clear();
    }
  }

private:
  static constexpr uint32_t kNone = ~0u;
  struct Variable {
    ValueId value;
    bool isPlain;
    const Param *param; ///< Null for slots.
  };
  /// The instructions that concern a group, in reverse postorder of their blocks.
  struct Group {
    std::vector<const Inst *> insts;
    std::vector<std::pair<uint32_t, uint32_t>> starts; ///< Position of a block, and its first instruction.
    void add(uint32_t block, const Inst *inst) {
      if (!insts.empty() && insts.back() == inst)
        return;
      if (starts.empty() || starts.back().first != block)
        starts.push_back({block, uint32_t(insts.size())});
      insts.push_back(inst);
    }
  };

  /// Numbers the variables, and lists for each group what happens to it.
  void collect() {
    auto add = [&](ValueId id, const Param *param) {
      numbers[id.index] = uint32_t(all.size());
      all.push_back({id, module.types.isPlain(function[id].type), param});
    };
    for (size_t i = 0; i < function.params.size(); ++i)
      if (function.params[i].convention == Convention::Address)
        add(function.blocks[0].args[i], &function.params[i]);
    for (BlockId id : cfg.reversePostorder())
      for (const Inst *inst : function[id].insts)
        if (llvm::isa<SlotInst>(inst))
          add(inst->result, nullptr);
    groups.resize((all.size() + kGroupSize - 1) / kGroupSize);
    if (groups.empty())
      return;
    for (BlockId id : cfg.reversePostorder())
      for (const Inst *inst : function[id].insts) {
        uint32_t at = cfg.number(id);
        auto concerns = [&](ValueId place) {
          uint32_t variable = numberOf(place);
          if (variable != kNone)
            groups[variable / kGroupSize].add(at, inst);
        };
        if (llvm::isa<SlotInst>(inst))
          concerns(inst->result);
        else
          forEachOperand(*inst, [&](ValueId operand, Use use) {
            if (use == Use::Address)
              concerns(operand);
          });
      }
  }

  /// For each position the farthest one from which a way leads back to it or before it.
  void findLoops() {
    llvm::ArrayRef<BlockId> order = cfg.reversePostorder();
    farthest.resize(order.size());
    for (uint32_t at = 0; at < order.size(); ++at) {
      farthest[at] = std::max(at, at ? farthest[at - 1] : 0);
      for (BlockId pred : cfg.predecessors(order[at]))
        farthest[at] = std::max(farthest[at], cfg.number(pred));
    }
  }

  void solve() {
    // Outside of the stretch the group's variables are empty, or plain and not used.
    uint32_t last = uint32_t(cfg.reversePostorder().size()) - 1;
    begin = 0;
    end = last;
    if (!variable(0).param && !group->starts.empty()) {
      begin = group->starts.front().first;
      end = group->starts.back().first;
      while (farthest[end] > end)
        end = farthest[end];
    }
    for (uint32_t at = begin; at <= end; ++at) {
      bool isEntered = at == 0;
      for (BlockId pred : cfg.predecessors(cfg.reversePostorder()[at]))
        isEntered |= cfg.number(pred) < begin;
      if (isEntered)
        touch(at).isSet = true;
    }
    for (uint32_t i = 0; i < count; ++i)
      if (variable(i).param && variable(i).param->mode != PassMode::Out)
        entries[0].set(i, true);
    do {
      isChanged = false;
      sweep();
    } while (isChanged);
  }

  State &touch(uint32_t at) {
    if (!entries[at].isTouched) {
      entries[at].isTouched = true;
      touched.push_back(at);
    }
    return entries[at];
  }

  /// Through all blocks of the stretch once: to their ends, and on to their successors; and through those behind it to
  /// which a value is carried that should have been dropped.
  void sweep() {
    size_t next = 0;
    llvm::ArrayRef<BlockId> order = cfg.reversePostorder();
    for (uint32_t at = begin; at <= end || (at < order.size() && isLeaking); ++at) {
      if (!entries[at].isSet)
        continue;
      state = entries[at];
      if (next < group->starts.size() && group->starts[next].first == at) {
        size_t from = group->starts[next++].second;
        size_t to = next < group->starts.size() ? group->starts[next].second : group->insts.size();
        for (size_t i = from; i < to; ++i)
          visit(*group->insts[i]);
      }
      if (isReporting)
        atExit(*function[order[at]].insts.back());
      else
        leave(order[at]);
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
    uint32_t at = cfg.number(target);
    if (at > end) {
      bool carries = false;
      for (size_t i = 0; i < mustBeEmpty.size(); ++i)
        carries |= (state.maybe[i] & mustBeEmpty[i]) != 0;
      if (!carries)
        return;
      isLeaking = true;
    }
    State &entry = touch(at);
    if (!entry.isSet) {
      entry.sure = state.sure;
      entry.maybe = state.maybe;
      entry.isSet = true;
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

  void fail(unsigned invariant, const Inst &inst, ValueId variable, llvm::StringRef what) {
    if (!isReporting)
      return;
    std::string name = report.value(variable);
    if (auto *slot = llvm::dyn_cast_or_null<SlotInst>(function[variable].definition); slot && !slot->name.empty())
      name += " (" + slot->name.str() + ")";
    report.add(invariant, inst, name + " " + what);
  }

  const Variable &variable(uint32_t i) const { return all[first + i]; }
  /// The variable that a place belongs to; kNone for others.
  uint32_t numberOf(ValueId place) const {
    const Places::Info &info = places[place];
    return info.root == RootKind::Slot || info.root == RootKind::Parameter ? numbers[info.rootValue.index] : kNone;
  }
  /// Its number in the group; kNone if it is in another one.
  uint32_t variableOf(ValueId place) const {
    uint32_t number = numberOf(place) - first;
    return number < count ? number : kNone;
  }

  void read(const Inst &inst, ValueId place) {
    uint32_t i = variableOf(place);
    if (i != kNone && !test(state.sure, i))
      fail(501, inst, variable(i).value, "is read, and may hold nothing");
  }

  void visit(const Inst &inst) {
    switch (inst.kind) {
    case InstKind::SlotInst: {
      uint32_t i = variableOf(inst.result);
      if (i == kNone)
        return;
      if (!variable(i).isPlain && test(state.maybe, i))
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
      if (i != kNone && !variable(i).isPlain && test(state.maybe, i))
        fail(502, inst, variable(i).value, "is initialised, and may hold a value already");
      return write(place, true);
    }
    case InstKind::AssignInst: {
      ValueId place = llvm::cast<AssignInst>(inst).place;
      uint32_t i = variableOf(place);
      if (i != kNone && (places[place].isPart || !variable(i).isPlain) && !test(state.sure, i))
        fail(503, inst, variable(i).value, "is assigned, and may hold nothing");
      return write(place, true);
    }
    case InstKind::DropIfInst:
      read(inst, llvm::cast<DropIfInst>(inst).flag);
      return write(llvm::cast<DropIfInst>(inst).place, false);
    case InstKind::ClosureInst: {
      auto &closure = llvm::cast<ClosureInst>(inst);
      for (size_t i = 0; i < closure.captures.size(); ++i)
        if (closure.modes[i] == CaptureMode::Ref)
          read(inst, closure.captures[i]);
      return;
    }
    case InstKind::CallInst: case InstKind::CallSlotInst: case InstKind::CallFnInst:
      return call(llvm::cast<CallBase>(inst));
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
      if (isOut && !variable(i).isPlain && test(state.maybe, i))
        fail(508, inst, variable(i).value, "is handed over as `out`, and may hold a value already");
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

  void atExit(const Inst &inst) {
    bool returns = inst.kind == InstKind::ReturnInst;
    if (!returns && inst.kind != InstKind::ThrowInst)
      return;
    for (size_t word = 0; word < mustBeEmpty.size(); ++word)
      for (uint64_t left = state.maybe[word] & mustBeEmpty[word]; left; left &= left - 1)
        fail(504, inst, variable(uint32_t(word * 64) + llvm::countr_zero(left)).value,
             "may still hold a value on this way out");
    // Parameters come first.
    for (uint32_t i = 0; i < count && variable(i).param; ++i) {
      const Variable &one = variable(i);
      bool sure = test(state.sure, i), maybe = test(state.maybe, i);
      if (one.param->mode != PassMode::Out) {
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
  std::vector<Variable> all;
  std::vector<Group> groups;
  uint32_t first = 0, count = 0; ///< Of the group at hand.
  const Group *group = nullptr;
  Bits mustBeEmpty{}; ///< Slots that have to be empty where the function is left.
  std::vector<uint32_t> farthest;
  uint32_t begin = 0, end = 0; ///< The stretch, both ends in it: positions in reverse postorder.
  bool isLeaking = false;      ///< Something is carried beyond the stretch.
  std::vector<State> entries;  ///< By position.
  std::vector<uint32_t> touched;
  State state;
  bool isChanged = false, isReporting = false;
};

} // namespace

void verifySlots(Report &report, const Cfg &cfg, const Places &places, const SlotTargets &targets) {
  Slots(report, cfg, places, targets).run();
}

} // namespace dream::dil::verifier
