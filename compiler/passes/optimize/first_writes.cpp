// The first value that a field of a new object gets finds a zero or another constant there, which nobody counts: nothing is
// dropped then. A constructor that is inlined where the object is made (inline_calls) shows that, and one that is only called for objects
// that have just been made; the object is followed in its block, as long as nothing but its fields is used.
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;

namespace {

class FirstWrites {
public:
  /// `isConstructor`: its first parameter has just been made.
  FirstWrites(PassContext &context, Function &function, bool isConstructor) : context(context), function(function), isConstructor(isConstructor) {}

  void run() {
    for (Block &block : function.blocks) {
      fresh.clear();
      fields.clear();
      if (isConstructor && &block == &function.blocks.front())
        fresh.insert(block.args[0]);
      for (Inst *&inst : block.insts)
        visit(inst);
    }
  }

private:
  struct FieldOf {
    ValueId object;
    uint64_t field;
  };

  void visit(Inst *&inst) {
    if (llvm::isa<AllocInst>(inst)) {
      fresh.insert(inst->result);
      return;
    }
    if (fresh.empty())
      return;
    if (auto *field = llvm::dyn_cast<FieldInst>(inst); field && fresh.contains(field->base)) {
      fields[inst->result] = {field->base, field->field};
      return;
    }
    if (llvm::isa<LoadCopyInst, LoadBorrowInst>(inst))
      return;
    if (auto *init = llvm::dyn_cast<InitInst>(inst))
      return write(init->place, init->value);
    if (auto *assign = llvm::dyn_cast<AssignInst>(inst)) {
      if (isFirst(assign->place)) {
        auto *init = function.create<InitInst>(assign->loc);
        init->place = assign->place;
        init->value = assign->value;
        inst = init;
        context.count("fields set for the first time");
      }
      return write(assign->place, assign->value);
    }
    forEachOperand(*inst, [&](ValueId operand, Use) { lose(operand); });
  }

  /// A field of a type that is counted, which nothing was stored in but constants.
  bool isFirst(ValueId place) const {
    auto found = fields.find(place);
    return found != fields.end() && fresh.contains(found->second.object) && !context.module.types.isPlain(function[place].type) &&
           !written.contains({found->second.object, found->second.field});
  }
  void write(ValueId place, ValueId value) {
    fresh.erase(value);
    auto found = fields.find(place);
    if (found == fields.end())
      lose(place);
    else if (!llvm::isa_and_nonnull<ConstInst>(function[value].definition))
      written.insert({found->second.object, found->second.field});
  }
  /// The object is seen by somebody else, or a field is used in another way.
  void lose(ValueId operand) {
    fresh.erase(operand);
    if (auto found = fields.find(operand); found != fields.end())
      written.insert({found->second.object, found->second.field});
  }

  PassContext &context;
  Function &function;
  bool isConstructor;
  llvm::DenseSet<ValueId> fresh;                           ///< Objects of this block that nobody else has.
  llvm::DenseMap<ValueId, FieldOf> fields;                 ///< Addresses of their fields.
  llvm::DenseSet<std::pair<ValueId, uint64_t>> written;    ///< Fields with something that may be counted.
};

} // namespace

/// By function: every call of it names it, and gets an object that was allocated in the same block and has not been used since.
static llvm::BitVector constructors(const Module &module) {
  llvm::BitVector found(module.functions.size()), others = analysis::calledUnnamed(module);
  llvm::DenseSet<ValueId> unused;
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks) {
      unused.clear();
      for (const Inst *inst : block.insts) {
        if (auto *call = llvm::dyn_cast<CallInst>(inst)) {
          bool isNew = !call->args.empty() && unused.contains(call->args[0]) && llvm::count(call->args, call->args[0]) == 1;
          (isNew ? found : others).set(call->callee.index);
        }
        if (!unused.empty())
          forEachOperand(*const_cast<Inst *>(inst), [&](ValueId operand, Use) { unused.erase(operand); });
        if (llvm::isa<AllocInst>(inst))
          unused.insert(inst->result);
      }
    }
  return found.reset(others);
}

void firstWrites(PassContext &context) {
  const llvm::BitVector known = constructors(context.module);
  for (uint32_t i = 0; i < context.module.functions.size(); ++i)
    if (Function &function = context.module.functions[i]; !function.isDeclaration())
      FirstWrites(context, function, known.test(i)).run();
}

} // namespace dream::passes
