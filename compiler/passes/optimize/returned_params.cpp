// Functions that give back what they were given, `return this;` above all, give nothing any more: their callers copy what they have
// handed over, and have no need to if they only look at it, or at nothing. So `text.Append("a").Append("b")` counts nothing.
//
// A function qualifies if every result is a copy of the same parameter, or the result of such a function that gets it in its turn, and if
// only calls that name it lead there.
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;

namespace {

class ReturnedParams {
public:
  explicit ReturnedParams(PassContext &context) : context(context), module(context.module), returned(module.functions.size(), kNone) {}

  void run() {
    findCandidates();
    for (bool again = true; again;) {
      again = false;
      for (uint32_t i = 0; i < returned.size(); ++i)
        if (returned[i] != kNone && !alwaysReturns(module.functions[i], returned[i])) {
          returned[i] = kNone;
          again = true;
        }
    }
    if (llvm::all_of(returned, [](unsigned param) { return param == kNone; }))
      return;
    for (Function &function : module.functions)
      changeCalls(function);
    for (uint32_t i = 0; i < returned.size(); ++i)
      if (returned[i] != kNone)
        giveNothing(module.functions[i]);
  }

private:
  static constexpr unsigned kNone = ~0u;

  /// The first parameter of the result's type.
  void findCandidates() {
    const llvm::BitVector unnamed = analysis::calledUnnamed(module);
    for (uint32_t i = 0; i < returned.size(); ++i) {
      const Function &function = module.functions[i];
      if (function.kind != FuncKind::Dream || function.isDeclaration() || unnamed.test(i) || !module.types.isCounted(function.result))
        continue;
      for (unsigned param = 0; param < function.params.size() && returned[i] == kNone; ++param)
        if (function.params[param].convention == Convention::Borrow && function.params[param].type == function.result)
          returned[i] = param;
    }
  }

  bool alwaysReturns(const Function &function, unsigned param) const {
    Cfg graph(function);
    ValueId value = function.blocks.front().args[param];
    return llvm::all_of(function.blocks, [&](const Block &block) {
      auto *ret = block.insts.empty() ? nullptr : llvm::dyn_cast<ReturnInst>(block.insts.back());
      llvm::SmallDenseSet<ValueId, 8> seen;
      return !ret || isParam(function, graph, ret->value, value, seen);
    });
  }
  /// What a call gives on success: its result, or the argument of its ok block. Invalid if it gives nothing.
  static ValueId givenBy(const Function &function, const CallInst &call) {
    return !call.canThrow() ? call.result : function[call.ok].args.empty() ? ValueId() : function[call.ok].args[0];
  }
  bool isParam(const Function &function, const Cfg &graph, ValueId value, ValueId param, llvm::SmallDenseSet<ValueId, 8> &seen) const {
    if (value == param || !seen.insert(value).second)
      return true;
    auto isGiven = [&](const Inst *inst) {
      auto *call = llvm::dyn_cast_or_null<CallInst>(inst);
      return call && returned[call->callee.index] != kNone && givenBy(function, *call) == value &&
             isParam(function, graph, call->args[returned[call->callee.index]], param, seen);
    };
    const ValueInfo &info = function[value];
    if (auto *copy = llvm::dyn_cast_or_null<CopyInst>(info.definition))
      return isParam(function, graph, copy->value, param, seen);
    if (info.definition)
      return isGiven(info.definition);
    if (info.block == function.entry())
      return false;
    size_t index = llvm::find(function[info.block].args, value) - function[info.block].args.begin();
    return llvm::all_of(graph.predecessors(info.block), [&](BlockId before) {
      const Inst *last = function[before].insts.back();
      auto *br = llvm::dyn_cast<BrInst>(last);
      return br ? isParam(function, graph, br->args[index], param, seen) : isGiven(last);
    });
  }

  bool concerns(const Inst *inst) const {
    auto *call = llvm::dyn_cast<CallInst>(inst);
    return call && returned[call->callee.index] != kNone;
  }

  /// What a call gave is a copy of its argument now.
  void changeCalls(Function &function) {
    if (llvm::none_of(function.blocks, [&](const Block &block) { return llvm::any_of(block.insts, [&](const Inst *inst) { return concerns(inst); }); }))
      return;
    const Cfg graph(function);
    ValueMap replaced(function);
    BlockEditor editor(module, function);
    llvm::DenseMap<BlockId, CopyInst *> atStart;
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i) {
      if (llvm::none_of(function.blocks[i].insts, [&](const Inst *inst) { return concerns(inst); }))
        continue;
      editor.rebuild(BlockId(i), [&](Inst *inst) {
        editor.keep(inst);
        if (!concerns(inst))
          return;
        auto *call = llvm::cast<CallInst>(inst);
        // Other ways may lead to the block where it goes on.
        BlockId home = !call->canThrow()                              ? BlockId(i)
                       : graph.predecessors(call->ok).size() == 1 ? call->ok
                                                                  : splitEdge(function, BlockId(i), call->ok);
        CopyInst *copy = copyFor(function, *call, givenBy(function, *call), home, replaced);
        if (call->canThrow())
          function[home].args.clear();
        call->result = ValueId();
        call->resultType = types::Void;
        context.count("results that are arguments");
        if (!copy)
          return;
        if (call->canThrow())
          atStart[home] = copy;
        else
          editor.keep(copy);
      });
    }
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (CopyInst *copy = atStart.lookup(BlockId(i)))
        function.blocks[i].insts.insert(function.blocks[i].insts.begin(), copy);
    replaced.apply(function);
    fixCasts(function);
  }
  /// Null if a constant was handed over, which takes the place of the result.
  CopyInst *copyFor(Function &function, const CallInst &call, ValueId given, BlockId home, ValueMap &replaced) {
    ValueId arg = call.args[returned[call.callee.index]];
    if (function[arg].ownership == Ownership::None) {
      replaced.replace(given, arg);
      return nullptr;
    }
    auto *copy = function.create<CopyInst>(call.loc);
    copy->value = arg;
    copy->result = given;
    function[given].definition = copy;
    function[given].block = home;
    return copy;
  }

  void giveNothing(Function &function) {
    BlockEditor editor(module, function);
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      auto *ret = function.blocks[i].insts.empty() ? nullptr : llvm::dyn_cast<ReturnInst>(function.blocks[i].insts.back());
      if (!ret)
        continue;
      editor.rebuild(BlockId(i), [&](Inst *inst) {
        if (inst == ret) {
          editor.build.drop(ret->value);
          ret->value = ValueId();
        }
        editor.keep(inst);
      });
    }
    function.result = types::Void;
    context.count("functions that give back a parameter");
  }

  PassContext &context;
  Module &module;
  std::vector<unsigned> returned; ///< By function: the parameter that it gives back.
};

} // namespace

void returnedParams(PassContext &context) { ReturnedParams(context).run(); }

} // namespace dream::passes
