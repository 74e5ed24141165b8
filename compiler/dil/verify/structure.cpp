// 1xx: blocks, edges, ids, and what the module says about its functions. Everything else relies on these.
#include "compiler/dil/text/names.h"
#include "compiler/dil/verify/families.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace dream::dil::verifier {
namespace {

/// A type that a value or place may have.
bool isValueType(const Module &module, TypeId id) {
  return id.isValid() && id.index < module.types.size() && id != types::Error && id != types::Void && id != types::Never;
}

bool isFunction(const Module &module, FuncId id) { return id.index < module.functions.size(); }

/// Checks one function body.
class Structure {
public:
  explicit Structure(Report &report)
      : report(report), module(report.module), function(*report.function), defined(function.values.size()) {}

  void run() {
    entry();
    for (uint32_t b = 0; b < function.blocks.size(); ++b)
      if (!isDeleted(function, BlockId(b)))
        block(BlockId(b));
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        operands(*inst);
    if (!report.isSound())
      return;
    for (const Block &block : function.blocks)
      if (!block.insts.empty())
        edges(*block.insts.back());
  }

private:
  void entry() {
    const Block &entry = function.blocks[0];
    bool matches = entry.args.size() == function.params.size();
    for (size_t i = 0; matches && i < entry.args.size(); ++i) {
      const Param &param = function.params[i];
      if (entry.args[i].index >= function.values.size())
        matches = false;
      else
        matches = function[entry.args[i]].type == param.type &&
                  function[entry.args[i]].ownership == ownershipOf(param.convention);
    }
    if (!matches)
      report.add(101, "the arguments of the entry are not the parameters");
  }

  void define(ValueId id, const Inst *inst, BlockId block) {
    if (id.index >= function.values.size()) {
      report.add(106, "in " + report.block(block) + " stands a value that the function does not know");
      return;
    }
    const ValueInfo &info = function[id];
    if (defined[id.index])
      report.add(106, report.value(id) + " is defined twice");
    defined[id.index] = true;
    if (info.definition != inst || info.block != block)
      report.add(106, report.value(id) + " does not know where it is defined");
    if (!isValueType(module, info.type))
      report.add(105, report.value(id) + " has no type that a value may have");
  }

  void block(BlockId id) {
    const Block &block = function[id];
    for (ValueId arg : block.args) {
      define(arg, nullptr, id);
      if (id.index != 0 && arg.index < function.values.size() && function[arg].ownership != Ownership::None &&
          function[arg].ownership != Ownership::Owned)
        report.add(111, "argument " + report.value(arg) + " of " + report.block(id) + " is neither plain nor owned");
    }
    for (size_t i = 0; i < block.insts.size(); ++i) {
      const Inst &inst = *block.insts[i];
      if (inst.result.isValid())
        define(inst.result, &inst, id);
      if (isTerminator(inst) != (i + 1 == block.insts.size()))
        report.add(102, isTerminator(inst) ? report.block(id) + " goes on after its terminator"
                                           : report.block(id) + " does not end in a terminator");
    }
    if (block.insts.empty())
      report.add(102, report.block(id) + " does not end in a terminator");
  }

  void operands(const Inst &inst) {
    if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
      if (call->uses.size() != call->args.size()) {
        report.add(104, "a call does not say how it uses each argument");
        return;
      }
      if (call->resultType != types::Void && call->resultType != types::Never && !isValueType(module, call->resultType))
        report.add(105, inst, "there is no such result type");
    }
    bool exist = true;
    forEachOperand(inst, [&](ValueId id, Use) {
      if (id.index >= function.values.size() || !defined[id.index])
        exist = false;
    });
    if (!exist)
      report.add(104, inst, "an operand is defined nowhere");
    names(inst);
  }

  /// Functions, variables and types that an instruction names.
  void names(const Inst &inst) {
    bool exists = true;
    if (auto *ref = llvm::dyn_cast<FnRefInst>(&inst))
      exists = isFunction(module, ref->func);
    else if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst))
      exists = isFunction(module, closure->func) && isValueType(module, closure->environment);
    else if (auto *global = llvm::dyn_cast<GlobalInst>(&inst))
      exists = global->global.index < module.globals.size();
    else if (auto *call = llvm::dyn_cast<CallInst>(&inst))
      exists = isFunction(module, call->callee);
    else if (auto *call = llvm::dyn_cast<CallSlotInst>(&inst))
      exists = isValueType(module, call->type);
    else if (auto *test = llvm::dyn_cast<TypeIsInst>(&inst))
      exists = isValueType(module, test->type);
    else if (auto *check = llvm::dyn_cast<CheckInst>(&inst))
      exists = !check->type.isValid() || isValueType(module, check->type);
    if (!exists)
      report.add(105, inst, "it names what is not there");
  }

  void edges(const Inst &inst) {
    bool exist = true;
    forEachTarget(inst, [&](BlockId target) {
      if (target.index >= function.blocks.size() || isDeleted(function, target))
        exist = false;
      else if (target == function.entry())
        report.add(109, inst, "an edge leads to the entry");
    });
    if (!exist) {
      report.add(103, inst, "a target is not there");
      return;
    }
    if (auto *br = llvm::dyn_cast<BrInst>(&inst)) {
      branch(*br);
    } else if (llvm::isa<CondBrInst, SwitchInst, YieldInst>(inst)) {
      forEachTarget(inst, [&](BlockId target) {
        if (!function[target].args.empty())
          report.add(108, inst, "target " + report.block(target) + " takes arguments");
      });
    }
    if (auto *sw = llvm::dyn_cast<SwitchInst>(&inst)) {
      llvm::SmallVector<uint64_t, 32> values;
      for (const SwitchInst::Case &oneCase : sw->cases)
        values.push_back(oneCase.value);
      llvm::sort(values);
      auto twice = std::adjacent_find(values.begin(), values.end());
      if (twice != values.end())
        report.add(110, inst, "case " + llvm::Twine(int64_t(*twice)) + " stands twice");
    }
  }

  void branch(const BrInst &br) {
    const Block &target = function[br.target];
    if (br.args.size() != target.args.size()) {
      report.add(107, br, report.block(br.target) + " takes " + llvm::Twine(target.args.size()) + " arguments");
      return;
    }
    for (size_t i = 0; i < br.args.size(); ++i) {
      const ValueInfo &from = function[br.args[i]], &to = function[target.args[i]];
      // A constant may stand where an owned value is expected.
      bool fits = module.stage == Stage::Counted || from.ownership == to.ownership ||
                  (from.ownership == Ownership::None && to.ownership == Ownership::Owned);
      if (!sameType(module.types, from.type, to.type) || !fits)
        report.add(107, br, report.value(br.args[i]) + " does not fit argument " + report.value(target.args[i]));
    }
  }

  Report &report;
  const Module &module;
  const Function &function;
  std::vector<bool> defined;
};

//===-- Functions and class tables ----------------------------------------------------------------------------===//

bool sameSignature(const Module &module, const Function &a, const Function &b) {
  bool same = a.params.size() == b.params.size() && sameType(module.types, a.result, b.result);
  // The first parameter is `this`, of each class its own.
  for (size_t i = 0; same && i < a.params.size(); ++i)
    same = a.params[i].convention == b.params[i].convention && a.params[i].mode == b.params[i].mode &&
           (i == 0 || sameType(module.types, a.params[i].type, b.params[i].type));
  return same;
}

void table(Report &report, const ClassTable &table, llvm::DenseMap<TypeId, const ClassTable *> &tables) {
  const Module &module = report.module;
  auto bad = [&](const llvm::Twine &message) { report.add(114, "table of " + report.type(table.type) + ": " + message); };
  if (!isValueType(module, table.type)) {
    report.add(114, "a class table belongs to no type");
    return;
  }
  if (!tables.try_emplace(table.type, &table).second)
    bad("there is another one");
  bool exist = true;
  auto known = [&](FuncId id) { exist &= !id.isValid() || isFunction(module, id); };
  llvm::for_each(table.vtable, known);
  for (const InterfaceTable &interface : table.interfaces)
    llvm::for_each(interface.methods, known);
  known(table.destructor);
  known(table.toString);
  if (!exist)
    return bad("it names functions that are not there");
  if (module.types.kind(table.type) == TypeKind::Class && module.types.info(table.type).slotCount != table.vtable.size())
    bad("the class has " + llvm::Twine(module.types.info(table.type).slotCount) + " slots");
  for (const InterfaceTable &interface : table.interfaces) {
    if (!isValueType(module, interface.interface) || module.types.kind(interface.interface) != TypeKind::Interface)
      bad("it fills what is no interface");
    else if (module.types.info(interface.interface).slotCount != interface.methods.size())
      bad(report.type(interface.interface) + " has " + llvm::Twine(module.types.info(interface.interface).slotCount) +
          " slots");
  }
  if (table.destructor.isValid()) {
    const Function &destructor = module[table.destructor];
    if (destructor.params.size() != 1 || destructor.result != types::Void || destructor.canThrow)
      bad("a destructor takes `this` alone, gives nothing and does not throw");
  }
  if (table.toString.isValid()) {
    const Function &toString = module[table.toString];
    if (toString.params.size() != 1 || toString.result != types::String)
      bad("to_string takes `this` alone and gives a string");
  }
}

void roles(Report &report) {
  const Module &module = report.module;
  auto exists = [&](FuncId id, llvm::StringRef role) {
    if (!id.isValid())
      return false;
    if (!isFunction(module, id) || module[id].isDeclaration()) {
      report.add(115, "the function for '" + role + "' has no body");
      return false;
    }
    return true;
  };
  for (auto [id, role] : {std::pair{module.initialise, "initialise"}, std::pair{module.finalise, "finalise"}})
    if (exists(id, role) && (!module[id].params.empty() || module[id].result != types::Void))
      report.add(115, llvm::Twine("the function for '") + role + "' takes nothing and gives nothing");
  if (exists(module.entry, "entry")) {
    const Function &entry = module[module.entry];
    bool fits = entry.params.size() <= 1 && (entry.result == types::Void || entry.result == types::Int32);
    for (const Param &param : entry.params) {
      const Type &type = module.types[param.type];
      fits &= type.kind == TypeKind::Array && type.element == types::String;
    }
    if (!fits)
      report.add(115, "the function for 'entry' takes nothing or string[], and gives nothing or int");
  }
  if (exists(module.describe, "describe")) {
    const Function &describe = module[module.describe];
    if (describe.params.size() != 1 || describe.params[0].type != module.exceptionType ||
        describe.params[0].convention != Convention::Borrow || describe.result != types::String || describe.canThrow)
      report.add(115, "the function for 'describe' borrows an exception, gives a string and does not throw");
  }
  if (module.exceptionType.isValid() &&
      (!isValueType(module, module.exceptionType) || module.types.kind(module.exceptionType) != TypeKind::Class))
    report.add(115, "the type of exceptions is no class");
}

} // namespace

void verifyModule(Report &report) {
  const Module &module = report.module;
  llvm::StringSet<> symbols;
  for (const Function &function : module.functions)
    if (!symbols.insert(function.symbol).second)
      report.add(112, "two functions have the symbol " + quoteSymbol(function.symbol));
  symbols.clear();
  for (const Global &global : module.globals) {
    if (!symbols.insert(global.symbol).second)
      report.add(112, "two variables have the symbol " + quoteSymbol(global.symbol));
    if (!isValueType(module, global.type))
      report.add(116, "variable " + quoteSymbol(global.symbol) + " has no type that a place may have");
    if (global.initial && !llvm::isa<ConstInst>(global.initial))
      report.add(116, "variable " + quoteSymbol(global.symbol) + " begins with something that is no constant");
  }
  for (const Function &function : module.functions) {
    report.function = &function;
    if (function.result != types::Void && function.result != types::Never && !isValueType(module, function.result))
      report.add(117, "it gives a type that no value has");
    for (const Param &param : function.params)
      if (!isValueType(module, param.type))
        report.add(117, "a parameter has a type that no value has");
  }
  report.function = nullptr;
  llvm::DenseMap<TypeId, const ClassTable *> tables;
  for (const ClassTable &one : module.classes)
    table(report, one, tables);
  roles(report);
  if (!report.isSound())
    return;
  // What overrides a method is called as the method is.
  for (const ClassTable &one : module.classes) {
    if (module.types.kind(one.type) != TypeKind::Class)
      continue;
    TypeId baseType = module.types.info(one.type).base;
    const ClassTable *base = baseType.isValid() ? tables.lookup(baseType) : nullptr;
    for (size_t slot = 0; base && slot < std::min(base->vtable.size(), one.vtable.size()); ++slot)
      if (base->vtable[slot].isValid() && one.vtable[slot].isValid() &&
          !sameSignature(module, module[base->vtable[slot]], module[one.vtable[slot]]))
        report.add(114, "table of " + report.type(one.type) + ": slot " + llvm::Twine(slot) +
                            " is not called as the base class's");
  }
}

void verifyDeclaration(Report &report) {
  const Function &function = *report.function;
  const Module &module = report.module;
  if (function.kind != FuncKind::Dream && !function.isDeclaration())
    report.add(113, "a function of the runtime or of C has a body");
  if (function.kind != FuncKind::Dream && function.canThrow)
    report.add(709, "a function of the runtime or of C cannot throw");
  for (const Param &param : function.params) {
    bool isPlain = module.types.isPlain(param.type), isBits = param.convention == Convention::Plain;
    if (param.convention != Convention::Address && isPlain != isBits)
      report.add(117, "a parameter of type " + report.type(param.type) + " is handed over as " +
                          (isPlain ? "if it were counted" : "bits"));
  }
}

void verifyStructure(Report &report) { Structure(report).run(); }

} // namespace dream::dil::verifier
