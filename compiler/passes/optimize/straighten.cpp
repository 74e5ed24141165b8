// Control flow without detours: blocks that nothing reaches go, branches on constants that come along an edge are taken there,
// blocks that only lead on are skipped, and what follows one block alone joins it. A loop gets one way back: LLVM would take
// several for a loop in a loop, and not vectorise it.
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::passes {

using namespace dil;

namespace {

constexpr size_t kMostThreaded = 4; ///< Instructions of a block that is copied onto an edge.

class Straightener {
public:
  explicit Straightener(Function &function) : function(function) {}
  unsigned changes = 0;

  void run() {
    for (bool again = true; again;) {
      again = removeUnreachable();
      again |= threadBranches();
      again |= skipEmpty();
      again |= mergeChains();
    }
    joinWaysBack();
  }

private:
  bool removeUnreachable() {
    Cfg graph(function);
    bool any = false;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      if (!graph.isReachable(BlockId(i)) && !function.blocks[i].insts.empty()) {
        function.blocks[i].insts.clear();
        function.blocks[i].args.clear();
        any = true;
      }
    return any;
  }

  /// The arguments of blocks that other blocks use.
  llvm::DenseSet<ValueId> argumentsUsedElsewhere() const {
    llvm::DenseSet<ValueId> result;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (const Inst *inst : function.blocks[i].insts)
        forEachOperand(*inst, [&](ValueId operand, Use) {
          if (!function[operand].definition && function[operand].block != BlockId(i))
            result.insert(operand);
        });
    return result;
  }
  bool threadBranches() {
    llvm::DenseSet<ValueId> usedElsewhere;
    bool isKnown = false, any = false;
    for (Block &block : function.blocks) {
      auto *br = block.insts.empty() ? nullptr : llvm::dyn_cast<BrInst>(block.insts.back());
      if (!br || br->args.empty())
        continue;
      const Block &over = function[br->target];
      auto *branch = llvm::dyn_cast<CondBrInst>(over.insts.back());
      if (!branch || over.insts.size() > kMostThreaded)
        continue;
      auto position = llvm::find(over.args, branch->condition);
      if (position == over.args.end())
        continue;
      auto *constant = llvm::dyn_cast_or_null<ConstInst>(function[br->args[position - over.args.begin()]].definition);
      bool isPlain = llvm::all_of(llvm::ArrayRef(over.insts).drop_back(), [](const Inst *inst) { return !inst->result.isValid() && !isTerminator(*inst); });
      if (!constant || constant->constKind != ConstKind::Bool || !isPlain)
        continue;
      if (!isKnown)
        usedElsewhere = argumentsUsedElsewhere();
      isKnown = true;
      if (llvm::any_of(over.args, [&](ValueId arg) { return usedElsewhere.contains(arg); }))
        continue;
      BlockId target = constant->bits ? branch->whenTrue : branch->whenFalse;
      block.insts.pop_back();
      for (const Inst *inst : llvm::ArrayRef(over.insts).drop_back())
        dispatch(*inst, [&](auto &typed) {
          using T = std::remove_cvref_t<decltype(typed)>;
          T *made = function.create<T>(inst->loc);
          *made = typed;
          made->operands([&](ValueId &operand, Use) {
            if (auto found = llvm::find(over.args, operand); found != over.args.end())
              operand = br->args[found - over.args.begin()];
          });
          block.insts.push_back(made);
        });
      auto *direct = function.create<BrInst>(branch->loc);
      direct->target = target;
      block.insts.push_back(direct);
      ++changes;
      any = true;
    }
    return any;
  }

  /// Where control comes to that is sent to a block.
  BlockId behind(BlockId block) const {
    for (unsigned steps = 0; steps < 8; ++steps) {
      const Block &here = function[block];
      auto *br = here.insts.size() == 1 ? llvm::dyn_cast<BrInst>(here.insts.front()) : nullptr;
      if (!br || !here.args.empty() || !br->args.empty() || br->target == block)
        break;
      block = br->target;
    }
    return block;
  }
  bool skipEmpty() {
    bool any = false;
    for (Block &block : function.blocks)
      if (!block.insts.empty())
        forEachTarget(*block.insts.back(), [&](BlockId &target) {
          BlockId next = behind(target);
          any |= next != target;
          changes += next != target;
          target = next;
        });
    return any;
  }

  bool mergeChains() {
    std::vector<unsigned> ways(function.blocks.size());
    for (const Block &block : function.blocks)
      if (!block.insts.empty())
        forEachTarget(std::as_const(*block.insts.back()), [&](BlockId target) { ++ways[target.index]; });
    ValueMap replaced(function);
    bool any = false;
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      Block &block = function.blocks[i];
      while (!block.insts.empty()) {
        auto *br = llvm::dyn_cast<BrInst>(block.insts.back());
        if (!br || ways[br->target.index] != 1 || br->target == BlockId(i))
          break;
        Block &next = function[br->target];
        for (size_t arg = 0; arg < next.args.size(); ++arg)
          replaced.replace(next.args[arg], br->args[arg]);
        block.insts.pop_back();
        for (Inst *inst : next.insts) {
          block.insts.push_back(inst);
          if (inst->result.isValid())
            function[inst->result].block = BlockId(i);
        }
        block.isCold &= next.isCold;
        next.insts.clear();
        next.args.clear();
        ++changes;
        any = true;
      }
    }
    replaced.apply(function);
    if (any)
      fixCasts(function);
    return any;
  }

  void joinWaysBack() {
    Cfg graph(function);
    Dominators dominators(graph);
    std::vector<BlockId> order(graph.reversePostorder());
    for (BlockId header : order) {
      llvm::SmallVector<BlockId, 4> latches;
      for (BlockId before : graph.predecessors(header))
        if (dominators.dominates(header, before) && !llvm::is_contained(latches, before))
          latches.push_back(before);
      if (latches.size() < 2)
        continue;
      joinEdges(function, latches, header, function[latches.front()].insts.back()->loc);
      ++changes;
    }
  }

  Function &function;
};

} // namespace

unsigned straightenBlocks(Function &function) {
  Straightener straightener(function);
  straightener.run();
  return straightener.changes;
}

void straighten(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { context.count("blocks and edges", straightenBlocks(function)); });
}

} // namespace dream::passes
