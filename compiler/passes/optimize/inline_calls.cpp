// Puts the bodies of functions marked [Inline], and of small ones that are closures, make a struct, or only look at objects
// and set parts of them (most properties, many constructors), in the place of their calls.
// LLVM inlines better, but later: what the passes behind this one do to closures, copies and variables they can do only to
// what they see in one function. What is inlined takes the place in the source of the call.
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include <optional>

namespace dream::passes {

using namespace dil;

namespace {

constexpr size_t kSmall = 12;       ///< Instructions of a function that is inlined without being asked.
constexpr size_t kMostOfCallee = 600;
constexpr size_t kMostOfCaller = 6000;

class InlineCalls {
public:
  explicit InlineCalls(PassContext &context)
      : context(context), module(context.module), sizes(module.functions.size()), unfailing(module.functions.size()),
        states(module.functions.size()) {}

  void run() {
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      for (const Block &block : module.functions[i].blocks)
        sizes[i] += block.insts.size();
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      isWanted.push_back(wants(FuncId(i)));
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      visit(FuncId(i));
  }

private:
  enum class State : uint8_t { New, Running, Done };

  /// Callees first, so that what is inlined has its own calls inlined already.
  void visit(FuncId id) {
    if (states[id.index] != State::New || module[id].isDeclaration())
      return;
    states[id.index] = State::Running;
    Function &function = module[id];
    ValueMap replaced(function);
    bool any = false;
    llvm::SmallVector<BlockId, 16> work;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      work.push_back(BlockId(i));
    while (!work.empty()) {
      BlockId block = work.pop_back_val();
      for (size_t i = 0; i < function[block].insts.size(); ++i) {
        auto *call = llvm::dyn_cast<CallInst>(function[block].insts[i]);
        if (!call || !isWanted[call->callee.index])
          continue;
        visit(call->callee);
        for (ValueId &arg : call->args)
          arg = replaced[arg];
        if (sizes[id.index] > kMostOfCaller || !mayInline(function, *call))
          continue;
        BlockId rest = inlineAt(function, block, i, *call, module[call->callee], replaced);
        sizes[id.index] += sizes[call->callee.index];
        any = true;
        context.count("calls inlined");
        if (rest.isValid())
          work.push_back(rest);
        break;
      }
    }
    if (any) {
      replaced.apply(function);
      fixCasts(function);
      straightenBlocks(function);
      sizes[id.index] = 0;
      for (const Block &block : function.blocks)
        sizes[id.index] += block.insts.size();
    }
    states[id.index] = State::Done;
  }

  bool wants(FuncId id) {
    const Function &callee = module[id];
    if (callee.kind != FuncKind::Dream || callee.isDeclaration() || callee.noInline || callee.neverReturns || callee.isExported)
      return false;
    if (callee.inlineHint)
      return true;
    // Code of closures, what makes a struct, and what no trace can show. Other functions keep their names in diagnostics and traces.
    bool isClosure = !callee.params.empty() && module.types.kind(callee.params.front().type) == TypeKind::Func;
    return isSmall(id) && (isClosure || module.types.kind(callee.result) == TypeKind::Struct || neverFails(id));
  }
  bool isSmall(FuncId id) const { return sizes[id.index] <= kSmall && module[id].blocks.size() <= 2; }
  /// A small function that neither panics nor runs what is not such a function.
  bool neverFails(FuncId id) {
    const Function &function = module[id];
    if (function.kind != FuncKind::Dream || function.isDeclaration() || !isSmall(id))
      return false;
    if (std::optional<bool> known = unfailing[id.index])
      return *known;
    unfailing[id.index] = false; // Where it calls itself.
    return *(unfailing[id.index] = llvm::all_of(function.blocks, [&](const Block &block) {
      return llvm::all_of(block.insts, [&](const Inst *inst) { return neverFails(function, *inst); });
    }));
  }
  bool neverFails(const Function &function, const Inst &inst) {
    if (auto *arith = llvm::dyn_cast<ArithInst>(&inst))
      return !arith->checked;
    if (auto *unary = llvm::dyn_cast<UnaryInst>(&inst))
      return !unary->checked;
    if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
      return !module.types.isDropSignificant(function[assign->value].type);
    if (auto *call = llvm::dyn_cast<CallInst>(&inst))
      return neverFails(call->callee);
    return llvm::isa<ConstInst, CmpInst, ConvertInst, ProjectInst, FieldInst, ElemInst, LenInst, AccessReadInst, AccessModifyInst, EndAccessInst,
                     LoadCopyInst, LoadBorrowInst, EndBorrowInst, CopyInst, SlotInst, InitInst, BrInst, CondBrInst, ReturnInst>(inst);
  }
  /// It is finished, not too large, and treats its arguments as they are here.
  bool mayInline(const Function &caller, const CallInst &call) const {
    const Function &callee = module[call.callee];
    if (states[call.callee.index] != State::Done || sizes[call.callee.index] > kMostOfCallee)
      return false;
    for (size_t i = 0; i < call.args.size(); ++i) {
      ValueId param = callee.blocks.front().args[i];
      if (callee.params[i].convention != Convention::Borrow || caller[call.args[i]].ownership == Ownership::Borrowed)
        continue;
      bool isConstant = caller[call.args[i]].ownership == Ownership::None;
      for (const Block &block : callee.blocks)
        for (const Inst *inst : block.insts) {
          bool fits = true;
          forEachOperand(*inst, [&](ValueId operand, Use use) {
            // A cast of something owned would consume it, and parts of a constant are none.
            if (operand == param)
              fits &= isConstant ? !llvm::isa<ProjectInst, PayloadInst>(inst) : use != Use::Forward;
          });
          if (!fits)
            return false;
        }
    }
    return true;
  }

  /// Gives the block behind the call, where there is one that is new.
  BlockId inlineAt(Function &caller, BlockId block, size_t at, CallInst &call, const Function &callee, ValueMap &replaced) {
    std::vector<ValueId> values(callee.values.size());
    std::vector<BlockId> blocks(callee.blocks.size());
    const Block &entry = callee.blocks.front();
    for (size_t i = 0; i < entry.args.size(); ++i)
      values[entry.args[i].index] = call.args[i];
    bool isCold = caller[block].isCold;
    unsigned returns = 0;
    for (uint32_t i = 0; i < callee.blocks.size(); ++i) {
      if (callee.blocks[i].insts.empty())
        continue;
      blocks[i] = caller.addBlock();
      caller[blocks[i]].isCold = isCold || callee.blocks[i].isCold;
      if (i != 0)
        for (ValueId arg : callee.blocks[i].args) {
          values[arg.index] = caller.addValue(callee[arg].type, callee[arg].ownership, nullptr, blocks[i]);
          caller[blocks[i]].args.push_back(values[arg.index]);
        }
      for (const Inst *inst : callee.blocks[i].insts)
        if (inst->result.isValid())
          values[inst->result.index] = caller.addValue(callee[inst->result].type, callee[inst->result].ownership, nullptr, blocks[i]);
      returns += llvm::isa<ReturnInst>(callee.blocks[i].insts.back());
    }

    // Where it goes on, and how the result comes there: the value itself, if it comes from one place.
    BlockId rest = call.ok, made;
    ValueId result = call.result;
    bool isOnly = returns == 1;
    if (!rest.isValid()) {
      made = rest = caller.addBlock();
      caller[rest].isCold = isCold;
      auto &insts = caller[block].insts;
      caller[rest].insts.assign(insts.begin() + at + 1, insts.end());
      for (const Inst *inst : caller[rest].insts)
        if (inst->result.isValid())
          caller[inst->result].block = rest;
      if (result.isValid() && !isOnly) {
        caller[result].definition = nullptr;
        caller[result].block = rest;
        caller[rest].args.push_back(result);
      }
    } else {
      isOnly &= comesOnlyFrom(caller, rest);
      if (!caller[rest].args.empty()) {
        result = caller[rest].args.front();
        if (isOnly)
          caller[rest].args.clear();
      }
    }
    caller[block].insts.resize(at);
    jump(caller, block, blocks[0], {}, call.loc);

    for (uint32_t i = 0; i < callee.blocks.size(); ++i)
      for (const Inst *inst : callee.blocks[i].insts) {
        if (auto *ret = llvm::dyn_cast<ReturnInst>(inst)) {
          ValueId value = ret->value.isValid() ? values[ret->value.index] : ValueId();
          bool passes = value.isValid() && result.isValid();
          if (passes && isOnly)
            replaced.replace(result, value);
          jump(caller, blocks[i], rest, passes && !isOnly ? llvm::ArrayRef<ValueId>(value) : llvm::ArrayRef<ValueId>(), call.loc);
        } else if (auto *raise = llvm::dyn_cast<ThrowInst>(inst)) {
          jump(caller, blocks[i], call.error, values[raise->value.index], call.loc);
        } else {
          copy(caller, blocks[i], *inst, values, blocks, call.loc);
        }
      }
    return made;
  }
  static void jump(Function &function, BlockId from, BlockId to, llvm::ArrayRef<ValueId> args, SourceLoc loc) {
    auto *br = function.create<BrInst>(loc);
    br->target = to;
    br->args.assign(args.begin(), args.end());
    function[from].insts.push_back(br);
  }
  static bool comesOnlyFrom(const Function &function, BlockId to) {
    unsigned ways = 0;
    for (const Block &block : function.blocks)
      if (!block.insts.empty())
        forEachTarget(std::as_const(*block.insts.back()), [&](BlockId target) { ways += target == to; });
    return ways == 1;
  }
  static Constant copied(Function &function, const Constant &value) {
    Constant made = value;
    made.text = function.copyText(value.text);
    Constant *parts = function.storage().Allocate<Constant>(value.parts.size());
    for (size_t i = 0; i < value.parts.size(); ++i)
      new (parts + i) Constant(copied(function, value.parts[i]));
    made.parts = {parts, value.parts.size()};
    return made;
  }
  static void copy(Function &function, BlockId block, const Inst &inst, llvm::ArrayRef<ValueId> values, llvm::ArrayRef<BlockId> blocks, SourceLoc loc) {
    dispatch(inst, [&](auto &typed) {
      using T = std::remove_cvref_t<decltype(typed)>;
      T *made = function.create<T>(loc);
      *made = typed;
      made->loc = loc;
      if constexpr (std::is_same_v<T, ConstInst>)
        static_cast<Constant &>(*made) = copied(function, typed);
      else if constexpr (requires { made->text; })
        made->text = function.copyText(made->text);
      if constexpr (requires { made->argument; }) {
        made->name = function.copyText(made->name);
        made->argument = 0;
      }
      made->operands([&](ValueId &operand, Use) { operand = values[operand.index]; });
      forEachTarget(static_cast<Inst &>(*made), [&](BlockId &target) { target = blocks[target.index]; });
      if (made->result.isValid()) {
        made->result = values[made->result.index];
        function[made->result].definition = made;
      }
      function[block].insts.push_back(made);
    });
  }

  PassContext &context;
  Module &module;
  std::vector<size_t> sizes; ///< By function: its instructions.
  std::vector<std::optional<bool>> unfailing; ///< By function, where somebody asked.
  std::vector<bool> isWanted; ///< By function, as it was written.
  std::vector<State> states;
};

} // namespace

void inlineCalls(PassContext &context) { InlineCalls(context).run(); }

} // namespace dream::passes
