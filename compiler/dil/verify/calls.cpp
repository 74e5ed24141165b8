// 7xx: calls agree with what they call, and functions with what they promise.
#include "compiler/dil/verify/families.h"

namespace dream::dil::verifier {

SlotTargets::SlotTargets(const Module &module) {
  auto add = [&](TypeId type, unsigned slot, FuncId id) {
    if (!id.isValid())
      return;
    Target &target = targets[{type, slot}];
    if (!target.example.isValid())
      target.example = id;
    target.canThrow |= module[id].canThrow;
  };
  for (const ClassTable &table : module.classes) {
    if (module.types.kind(table.type) == TypeKind::Class)
      for (TypeId type = table.type; type.isValid(); type = module.types.info(type).base)
        for (unsigned slot = 0; slot < std::min<size_t>(module.types.info(type).slotCount, table.vtable.size()); ++slot)
          add(type, slot, table.vtable[slot]);
    for (const InterfaceTable &interface : table.interfaces)
      for (unsigned slot = 0; slot < interface.methods.size(); ++slot)
        add(interface.interface, slot, interface.methods[slot]);
  }
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *closure = llvm::dyn_cast<ClosureInst>(inst); closure && closure->func.index < module.functions.size() &&
                                                               closure->result.isValid())
          closures.try_emplace(function[closure->result].type, module[closure->func].canThrow);
}

namespace {

class CallRules {
public:
  CallRules(Report &report, const SlotTargets &slots)
      : report(report), module(report.module), types(report.module.types), function(*report.function), slots(slots) {}

  void check(const Inst &inst) {
    if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
      result(*call);
      edges(*call);
    }
    if (auto *call = llvm::dyn_cast<CallInst>(&inst))
      direct(*call);
    else if (auto *call = llvm::dyn_cast<CallSlotInst>(&inst))
      slot(*call);
    else if (auto *call = llvm::dyn_cast<CallFnInst>(&inst))
      closure(*call);
    else if (auto *made = llvm::dyn_cast<ClosureInst>(&inst))
      code(*made);
    else if (auto *ret = llvm::dyn_cast<ReturnInst>(&inst))
      leave(*ret);
    else if (auto *raise = llvm::dyn_cast<ThrowInst>(&inst))
      raised(*raise);
  }

private:
  bool same(TypeId a, TypeId b) const { return sameType(types, a, b); }
  bool isVoid(TypeId id) const { return id == types::Void || id == types::Never; }
  /// The ownership of a value, as far as the stage tells it apart.
  bool isOwnership(Ownership found, TypeId type, Ownership counted) const {
    if (module.stage == Stage::Counted)
      return found != Ownership::Address;
    return found == (types.isPlain(type) ? Ownership::None : counted);
  }

  void result(const CallBase &call) {
    bool expected = !call.canThrow() && !isVoid(call.resultType);
    if (call.result.isValid() != expected) {
      report.add(704, call, expected ? "the result is missing" : "the call gives no result here");
      return;
    }
    if (expected && (!same(function[call.result].type, call.resultType) ||
                     !isOwnership(function[call.result].ownership, call.resultType, Ownership::Owned)))
      report.add(704, call, "the result is not what the callee gives");
  }

  void edges(const CallBase &call) {
    if (!call.canThrow())
      return;
    const Block &ok = function[call.ok], &error = function[call.error];
    bool fits = ok.args.size() == !isVoid(call.resultType);
    if (fits && !ok.args.empty())
      fits = same(function[ok.args[0]].type, call.resultType) &&
             isOwnership(function[ok.args[0]].ownership, call.resultType, Ownership::Owned);
    if (!fits)
      report.add(703, call, report.block(call.ok) + " does not take the result");
    fits = error.args.size() == 1 && module.exceptionType.isValid() &&
           function[error.args[0]].type == module.exceptionType &&
           isOwnership(function[error.args[0]].ownership, module.exceptionType, Ownership::Owned);
    if (!fits)
      report.add(703, call, report.block(call.error) + " does not take the error");
    if (call.ok == call.error)
      report.add(703, call, "both edges lead to one block");
  }

  /// Arguments against the callee's parameters, from `first` on.
  void arguments(const CallBase &call, const Function &callee, size_t first) {
    size_t count = callee.params.size();
    // The region of a new string.
    if (module.stage >= Stage::Placed && call.args.size() == count + 1 && callee.kind == FuncKind::Runtime && callee.result == types::String) {
      TypeId region = function[call.args.back()].type;
      if (types.kind(region) != TypeKind::Pointer || call.uses.back() != Use::Plain || !isRegion(function, call.args.back()))
        report.add(701, call, report.value(call.args.back()) + " is no region");
    } else if (callee.isVariadic ? call.args.size() < count : call.args.size() != count) {
      report.add(701, call, "the callee takes " + llvm::Twine(count) + " arguments");
      return;
    }
    for (size_t i = first, end = callee.isVariadic ? call.args.size() : count; i < end; ++i) {
      TypeId type = function[call.args[i]].type;
      if (i >= count) {
        bool isBits = types.isPlain(type);
        if (call.uses[i] != (isBits ? Use::Plain : Use::Borrow))
          report.add(701, call, report.value(call.args[i]) + " is not handed over as `...` takes it");
        continue;
      }
      if (!same(type, callee.params[i].type))
        report.add(701, call, report.value(call.args[i]) + " is of type " + report.type(type) + ", and the parameter " +
                                  report.type(callee.params[i].type));
      if (call.uses[i] != useOf(callee.params[i].convention))
        report.add(701, call, report.value(call.args[i]) + " is not handed over as the parameter says");
    }
  }

  void direct(const CallInst &call) {
    const Function &callee = module[call.callee];
    arguments(call, callee, 0);
    if (!same(call.resultType, callee.result))
      report.add(704, call, "the callee gives " + report.type(callee.result));
    if (call.canThrow() != callee.canThrow)
      report.add(702, call, callee.canThrow ? "the callee can throw, and the call has no error edge"
                                            : "the callee cannot throw, and the call has an error edge");
  }

  void slot(const CallSlotInst &call) {
    TypeKind kind = types.kind(call.type);
    bool isTable = kind == TypeKind::Class || kind == TypeKind::Interface;
    if (!isTable || call.slot >= types.info(call.type).slotCount) {
      report.add(705, call, "there is no such slot");
      return;
    }
    bool fits = !call.args.empty() && call.uses[0] == Use::Borrow && same(function[call.args[0]].type, call.type);
    if (!fits)
      report.add(705, call, "the first argument is no borrowed " + report.type(call.type));
    const SlotTargets::Target *target = slots.find(call.type, call.slot);
    if (!target)
      return;
    arguments(call, module[target->example], 1);
    if (!same(call.resultType, module[target->example].result))
      report.add(704, call, "the method gives " + report.type(module[target->example].result));
    if (target->canThrow && !call.canThrow())
      report.add(702, call, "a method in this slot can throw, and the call has no error edge");
  }

  void closure(const CallFnInst &call) {
    const Type &type = types[function[call.callee].type];
    if (type.kind != TypeKind::Func) {
      report.add(706, call, report.value(call.callee) + " is no function");
      return;
    }
    bool fits = call.args.size() == type.args.size() && same(call.resultType, type.element);
    for (size_t i = 0; fits && i < call.args.size(); ++i) {
      Use use = type.modes[i] != PassMode::Value ? Use::Address : useOf(defaultConvention(types, type.args[i]));
      fits = same(function[call.args[i]].type, type.args[i]) && call.uses[i] == use;
    }
    if (!fits)
      report.add(706, call, "the call does not fit the function's type");
    std::optional<bool> throws = slots.closureThrows(function[call.callee].type);
    if (throws && *throws != call.canThrow())
      report.add(712, call, *throws ? "functions of this type can throw, and the call has no error edge"
                                    : "functions of this type cannot throw, and the call has an error edge");
  }

  /// What a closure runs takes the closure itself, and then what its type says.
  void code(const ClosureInst &closure) {
    if (!closure.result.isValid())
      return; // told by another family
    TypeId func = function[closure.result].type;
    const Type &type = types[func];
    if (type.kind != TypeKind::Func)
      return;
    const Function &callee = module[closure.func];
    bool fits = callee.kind == FuncKind::Dream && callee.params.size() == type.args.size() + 1 && same(callee.result, type.element) &&
                same(callee.params[0].type, func) && callee.params[0].convention == Convention::Borrow;
    for (size_t i = 0; fits && i < type.args.size(); ++i) {
      const Param &param = callee.params[i + 1];
      bool isAddress = type.modes[i] != PassMode::Value;
      fits = same(param.type, type.args[i]) &&
             (isAddress ? param.convention == Convention::Address && param.mode == type.modes[i]
                        : param.convention == defaultConvention(types, param.type));
    }
    if (!fits)
      report.add(711, closure, "the function does not fit the closure's type");
    if (*slots.closureThrows(func) != callee.canThrow)
      report.add(712, closure, "some functions of this type can throw, and others cannot");
  }

  void leave(const ReturnInst &ret) {
    if (function.neverReturns)
      report.add(710, ret, "the function says that it never returns");
    if (ret.value.isValid() == isVoid(function.result)) {
      report.add(707, ret, ret.value.isValid() ? "the function gives nothing" : "the function gives a value");
      return;
    }
    if (ret.value.isValid() && !same(function[ret.value].type, function.result))
      report.add(707, ret, "the function gives " + report.type(function.result));
  }

  void raised(const ThrowInst &raise) {
    if (!function.canThrow)
      report.add(708, raise, "the function says that it cannot throw");
    if (!module.exceptionType.isValid() || function[raise.value].type != module.exceptionType)
      report.add(708, raise, "what is thrown is no exception");
  }

  Report &report;
  const Module &module;
  const TypeTable &types;
  const Function &function;
  const SlotTargets &slots;
};

} // namespace

void verifyCalls(Report &report, const SlotTargets &slots) {
  CallRules rules(report, slots);
  for (const Block &block : report.function->blocks)
    for (const Inst *inst : block.insts)
      rules.check(*inst);
}

} // namespace dream::dil::verifier
