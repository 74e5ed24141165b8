// A closure that is made here and called here is called directly. One that nobody keeps lies on the stack: it borrows what
// it captures, which is dropped where the closure would have been. LLVM then sees through the environment where it inlines.
#include "compiler/analysis/closure_flow.h"
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
    while (const Inst *inst = function[value].definition) {
      if (auto *closure = llvm::dyn_cast<ClosureInst>(inst))
        return closure;
      auto *cast = llvm::dyn_cast<CastInst>(inst);
      if (!cast)
        break;
      value = cast->value;
    }
    return nullptr;
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

  /// It is only called, handed to what keeps nothing, and dropped.
  void findPlace(ClosureInst &closure) {
    bool isSimple = true;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        forEachOperand(*inst, [&](ValueId operand, Use use) {
          if (operand == closure.result)
            isSimple &= llvm::isa<DropInst>(inst) || (llvm::isa<CallBase>(inst) && use == Use::Borrow);
        });
    if (!isSimple || !analysis::ClosureFlow(context.module, context.targets).escape(function, closure.result, /*mayBeStored=*/false).empty())
      return;
    closure.onStack = true;
    function[closure.result].ownership = Ownership::None;
    moved.insert({closure.result, &closure});
    context.count("closures on the stack");
  }

  void dropCaptures() {
    BlockEditor editor(context.module, function);
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (!function.blocks[i].insts.empty())
        editor.rebuild(BlockId(i), [&](Inst *inst) {
          auto *drop = llvm::dyn_cast<DropInst>(inst);
          auto found = drop ? moved.find(drop->value) : moved.end();
          if (found == moved.end())
            return editor.keep(inst);
          for (ValueId capture : found->second->captures)
            if (function[capture].ownership == Ownership::Owned)
              editor.build.drop(capture);
        });
  }

  PassContext &context;
  Function &function;
  llvm::DenseMap<ValueId, const ClosureInst *> moved;
};

} // namespace

void stackClosures(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { StackClosures(context, function).run(); });
}

} // namespace dream::passes
