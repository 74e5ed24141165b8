// A closure that is made here and called here is called directly. One that nobody keeps lies on the stack: it borrows what
// it captures, which is dropped where the closure would have been. LLVM then sees through the environment where it inlines.
#include "compiler/analysis/closure_flow.h"
#include "compiler/analysis/value_life.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

namespace {

class StackClosures {
public:
  StackClosures(PassContext &context, Function &function) : context(context), function(function) {}

  void run() {
    bool any = false;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        any |= llvm::isa<ClosureInst>(inst);
    if (!any)
      return;
    for (Block &block : function.blocks)
      for (Inst *&inst : block.insts) {
        if (auto *call = llvm::dyn_cast<CallFnInst>(inst))
          inst = direct(call);
        else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst); closure && !closure->onStack && !closure->captures.empty())
          findPlace(*closure);
      }
    if (!moved.empty())
      dropCaptures();
  }

private:
  const ClosureInst *madeBy(ValueId value) const {
    return llvm::dyn_cast_or_null<ClosureInst>(function[analysis::beforeCopies(function, value)].definition);
  }

  Inst *direct(CallFnInst *call) {
    const ClosureInst *closure = madeBy(call->callee);
    if (!closure || function[closure->result].type != function[call->callee].type ||
        context.module[closure->func].canThrow != call->canThrow())
      return call;
    auto *made = function.create<CallInst>(call->loc);
    made->callee = closure->func;
    made->result = call->result;
    made->resultType = call->resultType;
    made->ok = call->ok;
    made->error = call->error;
    made->args.push_back(call->callee);
    made->uses.push_back(Use::Borrow);
    made->args.append(call->args.begin(), call->args.end());
    made->uses.append(call->uses.begin(), call->uses.end());
    if (made->result.isValid())
      function[made->result].definition = made;
    context.count("direct calls of closures");
    return made;
  }

  /// The closure and its copies.
  llvm::SmallVector<ValueId, 4> aliasesOf(const ClosureInst &closure) const {
    llvm::SmallVector<ValueId, 4> aliases{closure.result};
    for (size_t i = 0; i < aliases.size(); ++i)
      for (const Block &block : function.blocks)
        for (const Inst *inst : block.insts)
          if (auto *copy = llvm::dyn_cast<CopyInst>(inst); copy && copy->value == aliases[i])
            aliases.push_back(copy->result);
    return aliases;
  }

  /// It is only called, handed to what keeps nothing, copied and dropped.
  void findPlace(ClosureInst &closure) {
    llvm::SmallVector<ValueId, 4> aliases = aliasesOf(closure);
    bool isSimple = true;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        forEachOperand(*inst, [&](ValueId operand, Use use) {
          if (llvm::is_contained(aliases, operand))
            isSimple &= llvm::isa<DropInst, CopyInst, CheckInst>(inst) || (llvm::isa<CallBase>(inst) && use == Use::Borrow);
        });
    if (!isSimple || !analysis::ClosureFlow(context.module, context.targets).escape(function, closure.result, /*mayBeStored=*/false).empty())
      return;
    bool ownsCaptures = llvm::any_of(closure.captures, [&](ValueId capture) { return function[capture].ownership == Ownership::Owned; });
    if (ownsCaptures && aliases.size() > 1 && isUsedAfterDrop(closure.result, aliases))
      return; // a copy outlives it, and with that what it captured
    closure.onStack = true;
    for (ValueId alias : aliases)
      function[alias].ownership = Ownership::None;
    moved.insert({closure.result, &closure});
    for (ValueId alias : llvm::drop_begin(aliases))
      copies.insert({alias, closure.result});
    context.count("closures on the stack");
  }
  /// A copy is looked at where the closure itself may have been dropped.
  bool isUsedAfterDrop(ValueId closure, llvm::ArrayRef<ValueId> aliases) const {
    llvm::SmallVector<std::pair<BlockId, size_t>, 8> work;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (size_t at = 0; at < function.blocks[i].insts.size(); ++at)
        if (auto *drop = llvm::dyn_cast<DropInst>(function.blocks[i].insts[at]); drop && drop->value == closure)
          work.push_back({BlockId(i), at + 1});
    std::vector<bool> seen(function.blocks.size());
    while (!work.empty()) {
      auto [block, first] = work.pop_back_val();
      const auto &insts = function[block].insts;
      bool isMadeAgain = false;
      for (size_t i = first; i < insts.size() && !isMadeAgain; ++i) {
        isMadeAgain = insts[i]->result == closure;
        bool isUse = false;
        if (!llvm::isa<DropInst>(insts[i]))
          forEachOperand(std::as_const(*insts[i]), [&](ValueId operand, Use) { isUse |= llvm::is_contained(aliases, operand); });
        if (isUse)
          return true;
      }
      if (isMadeAgain || insts.empty())
        continue;
      forEachTarget(std::as_const(*insts.back()), [&](BlockId next) {
        if (!seen[next.index]) {
          seen[next.index] = true;
          work.push_back({next, 0});
        }
      });
    }
    return false;
  }

  void dropCaptures() {
    BlockEditor editor(context.module, function);
    ValueMap replaced(function);
    for (auto &[copy, original] : copies)
      replaced.replace(copy, original);
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (!function.blocks[i].insts.empty())
        editor.rebuild(BlockId(i), [&](Inst *inst) {
          if (inst->result.isValid() && copies.contains(inst->result))
            return;
          auto *drop = llvm::dyn_cast<DropInst>(inst);
          if (drop && copies.contains(drop->value))
            return;
          auto found = drop ? moved.find(drop->value) : moved.end();
          if (found == moved.end())
            return editor.keep(inst);
          for (ValueId capture : found->second->captures)
            if (function[capture].ownership == Ownership::Owned)
              editor.build.drop(capture);
        });
    replaced.apply(function);
  }

  PassContext &context;
  Function &function;
  llvm::DenseMap<ValueId, const ClosureInst *> moved;
  llvm::DenseMap<ValueId, ValueId> copies; ///< Of closures on the stack.
};

} // namespace

void stackClosures(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { StackClosures(context, function).run(); });
}

} // namespace dream::passes
