// Accesses that a variable opens (a `ref` local, a view) end after their last use instead of at the end of its scope
// (core-calculus.md, rule 5: an access is open for the live range). The generator closes them with the scope; here each end
// moves up, on every path, to behind the last instruction that uses the access or anything derived from it: parts, accesses
// inside of it, borrows, views, and variables that hold such views. What is derived and gets out of sight, into a closure
// say, leaves the access as it is.
#include "compiler/analysis/places.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include <optional>

namespace dream::passes {

using namespace dil;

namespace {

class EndAccesses {
public:
  EndAccesses(PassContext &context, Function &function) : context(context), function(function) {}

  void run() {
    // Inner accesses first: their ends are uses of the outer ones.
    std::vector<Inst *> accesses;
    for (const Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (llvm::isa<AccessModifyInst, AccessReadInst>(inst))
          accesses.push_back(inst);
    for (Inst *access : llvm::reverse(accesses))
      if (!endsAtOnce(access))
        shorten(access);
  }

private:
  bool isEndOf(const Inst *inst, const Inst *access) const {
    auto *end = llvm::dyn_cast<EndAccessInst>(inst);
    return end && end->access == access->result;
  }
  /// A quick test for what most accesses are: closed right behind their last use, or behind the call that is it and ends the
  /// block.
  bool endsAtOnce(const Inst *access) const {
    constexpr size_t kFew = 8;
    llvm::SmallVector<ValueId, 8> derived{access->result};
    bool isUsed = true; // by what stands before
    auto ends = [&](llvm::ArrayRef<Inst *> insts) {
      for (const Inst *inst : insts.take_front(kFew)) {
        if (isEndOf(inst, access))
          return isUsed;
        bool uses = false;
        forEachOperand(*inst, [&](ValueId operand, Use) { uses |= llvm::is_contained(derived, operand); });
        if (uses && inst->result.isValid())
          derived.push_back(inst->result);
        isUsed = uses || (isUsed && llvm::isa<EndAccessInst, EndBorrowInst>(inst));
      }
      return false;
    };
    llvm::ArrayRef<Inst *> rest = function[function[access->result].block].insts;
    rest = rest.drop_while([&](const Inst *inst) { return inst != access; }).drop_front();
    if (ends(rest))
      return true;
    if (rest.size() > kFew || !llvm::isa<CallBase>(rest.back()))
      return false;
    bool all = isUsed;
    forEachTarget(*rest.back(), [&](BlockId target) {
      isUsed = true;
      all &= ends(function[target].insts);
    });
    return all;
  }

  Users users; ///< Filled in when first asked for.

  bool isView(ValueId value) const { return context.module.types.isView(function[value].type); }

  /// The result of the instruction is, or leads to, what an operand of it leads to. False if nobody could tell where it goes.
  bool follow(Inst &inst, llvm::DenseSet<ValueId> &derived, llvm::SmallVectorImpl<ValueId> &work) {
    auto add = [&](ValueId value) {
      if (value.isValid() && derived.insert(value).second)
        work.push_back(value);
    };
    if (llvm::isa<AccessModifyInst, AccessReadInst, FieldInst, ElemInst, UniqueInst, LoadBorrowInst, SpanInst, CastInst, ProjectInst, PayloadInst>(inst)) {
      if (!llvm::isa<CastInst, ProjectInst, PayloadInst>(inst) || function[inst.result].ownership == Ownership::Borrowed)
        add(inst.result);
    } else if (auto *load = llvm::dyn_cast<LoadCopyInst>(&inst)) {
      if (isView(load->result))
        add(load->result);
    } else if (analysis::Stored stored = analysis::storedBy(inst)) {
      return followStore(stored, derived, add);
    } else if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
      if (inst.result.isValid() && isView(inst.result))
        add(inst.result);
      if (call->canThrow())
        for (ValueId arg : function[call->ok].args)
          if (isView(arg))
            add(arg);
    } else if (auto *br = llvm::dyn_cast<BrInst>(&inst)) {
      for (size_t i = 0; i < br->args.size(); ++i)
        if (derived.contains(br->args[i]) && isView(br->args[i]))
          add(function[br->target].args[i]);
    } else if (llvm::isa<ClosureInst, MakeInst, VariantInst>(inst)) {
      return false;
    }
    return true;
  }
  bool followStore(analysis::Stored stored, const llvm::DenseSet<ValueId> &derived, llvm::function_ref<void(ValueId)> add) {
    if (!derived.contains(stored.value) || !isView(stored.value))
      return true;
    if (!llvm::isa_and_nonnull<SlotInst>(function[stored.place].definition))
      return false;
    add(stored.place);
    return true;
  }

  void shorten(Inst *access) {
    if (users.isEmpty())
      users.collect(function);
    llvm::DenseSet<ValueId> derived{access->result};
    llvm::SmallVector<ValueId, 8> work{access->result};
    llvm::DenseSet<const Inst *> followed{access};
    llvm::DenseSet<BlockId> blocks{function[access->result].block};
    while (!work.empty()) {
      ValueId value = work.pop_back_val();
      for (Users::At use : Users::List(users[value])) {
        if (isEndOf(use.inst, access) || llvm::isa<ReturnInst>(use.inst)) // a view of what the caller holds open may be returned
          continue;
        if (!follow(*use.inst, derived, work))
          return;
        followed.insert(use.inst);
        blocks.insert(use.block);
      }
    }
    // The last use in each block, as one more than its index; the access itself is one.
    BlockId home = function[access->result].block;
    std::vector<size_t> lastUse(function.blocks.size(), 0);
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      if (!blocks.contains(BlockId(i)))
        continue;
      auto &insts = function.blocks[i].insts;
      bool isAfter = BlockId(i) != home;
      for (size_t at = 0; at < insts.size(); ++at) {
        isAfter |= insts[at] == access;
        if (isAfter && followed.contains(insts[at]))
          lastUse[i] = at + 1;
      }
    }
    // Where the access has uses ahead. At its own block a new life begins.
    if (!graph)
      graph.emplace(function);
    std::vector<bool> liveIn(function.blocks.size()), liveOut(function.blocks.size()), isOpen(function.blocks.size());
    for (bool again = true; again;) {
      again = false;
      for (BlockId block : llvm::reverse(graph->reversePostorder())) {
        bool out = llvm::any_of(graph->successors(block), [&](BlockId next) { return liveIn[next.index]; });
        bool in = block != home && (out || lastUse[block.index]);
        again |= out != liveOut[block.index] || in != liveIn[block.index];
        liveOut[block.index] = out;
        liveIn[block.index] = in;
      }
    }
    // The blocks in which it is open today: from its own to its ends.
    llvm::SmallVector<BlockId, 8> open{home};
    llvm::SmallVector<std::pair<BlockId, BlockId>, 4> edges; // on which it dies
    while (!open.empty()) {
      BlockId block = open.pop_back_val();
      if (isOpen[block.index])
        continue;
      isOpen[block.index] = true;
      auto &insts = function[block].insts;
      bool usedByTerminator = lastUse[block.index] == insts.size(); // then it ends behind it
      if (!liveOut[block.index] && !usedByTerminator)
        continue; // it ends in here
      for (BlockId next : graph->successors(block)) {
        if (liveIn[next.index])
          open.push_back(next);
        else if (!llvm::is_contained(edges, std::pair(block, next)))
          edges.push_back({block, next});
      }
    }
    // The old ends go, and the new ones come.
    bool moved = false;
    Users::List old;
    for (Users::At use : users[access->result])
      if (isEndOf(use.inst, access))
        old.push_back(use);
    llvm::erase_if(users[access->result], [&](const Users::At &use) { return isEndOf(use.inst, access); });
    for (Users::At end : old) {
      auto &insts = function[end.block].insts;
      size_t at = size_t(llvm::find(insts, end.inst) - insts.begin());
      moved |= !isOpen[end.block.index] || liveOut[end.block.index] || at != lastUse[end.block.index];
      insts.erase(insts.begin() + at);
      lastUse[end.block.index] -= at < lastUse[end.block.index];
    }
    for (uint32_t i = 0; i < isOpen.size(); ++i) {
      auto &insts = function.blocks[i].insts;
      if (isOpen[i] && !liveOut[i] && lastUse[i] > 0 && lastUse[i] < insts.size())
        insertEnd(access, BlockId(i), lastUse[i], insts[lastUse[i] - 1]->loc);
    }
    for (auto [from, to] : edges) {
      BlockId at = to;
      if (graph->predecessors(to).size() != 1) {
        at = splitEdge(function, from, to);
        isSplit = true;
      }
      insertEnd(access, at, 0, function[at].insts.front()->loc);
    }
    if (isSplit) { // blocks and uses are others now
      graph.reset();
      users.clear();
      isSplit = false;
    }
    if (moved)
      context.count("accesses ended early");
  }

  void insertEnd(const Inst *access, BlockId block, size_t at, SourceLoc loc) {
    auto *end = function.create<EndAccessInst>(loc);
    end->access = access->result;
    function[block].insts.insert(function[block].insts.begin() + at, end);
    users.add(end, block);
  }

  std::optional<Cfg> graph;
  bool isSplit = false;
  PassContext &context;
  Function &function;
};

} // namespace

void endAccesses(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { EndAccesses(context, function).run(); });
}

} // namespace dream::passes
