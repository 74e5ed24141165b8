// Parameters are borrowed by convention; this pass lets those consume what they get whose function would otherwise copy it, or could
// make something new in its place (borrow inference turned around: Ullrich and de Moura, "Counting Immutable Beans", 2019). Callers
// copy what they keep, and hand over what dies with the call.
//
//   - A function that copies its argument on every way, to store it, return it or hand it to such a parameter, consumes it: the copy
//     is made by callers that keep the original, and by nobody else.
//   - If it does so on some ways, or makes an object of the argument's class, or of one that a case of it holds, when it has read that for the last time (reuse), it
//     consumes it where at least half of its callers have no more use for the argument. Whether they have may depend on
//     parameters of their own, so that is solved over the call graph.
//
// Functions that are called through tables, closures, pointers or by code generation keep the default convention, and so do
// arguments whose death somebody could notice.
#include "compiler/analysis/slot_end.h"
#include "compiler/passes/life_editor.h"
#include "compiler/passes/makers.h"
#include "compiler/passes/parts.h"

namespace dream::passes {

using namespace dil;
using analysis::UseAt;
using analysis::ValueLife;

namespace {

/// Functions that are larger are left alone.
constexpr size_t kMostOfFunction = 3000;

class OwnParams {
public:
  explicit OwnParams(PassContext &context) : context(context), module(context.module), rowsOf(module.functions.size()) {}

  void run() {
    findRows();
    if (rows.empty())
      return;
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      if (isSmall(module.functions[i]))
        study(FuncId(i));
    decide();
    change();
  }

private:
  static constexpr uint32_t kNone = ~0u;

  /// What a call gives to a parameter.
  struct Site {
    enum Kind : uint8_t { Dies, Lives, OfParam } kind;
    uint32_t row; ///< OfParam: the caller's, which has no use for it behind the call.
  };
  /// Where a function copies its parameter, or would.
  struct Event {
    BlockId block;
    uint32_t row; ///< Hands it to that parameter; kNone: copies.
  };
  struct Row {
    FuncId function;
    unsigned param;
    bool mayReuse = false; ///< Something of its class is made when it is of no use any more.
    bool reaches = false;  ///< Some caller, or a caller of callers, has no more use for what it hands over.
    bool owned = false;
    llvm::SmallVector<Event, 2> events;
    llvm::SmallVector<Site, 4> sites;
  };

  bool isSmall(const Function &function) const {
    size_t size = 0;
    for (const Block &block : function.blocks)
      size += block.insts.size();
    return size != 0 && size <= kMostOfFunction;
  }
  bool isConcerned(TypeId type) const {
    const TypeTable &types = module.types;
    TypeId inner = types.kind(type) == TypeKind::Optional ? types[type].element : type;
    return !types.isPlain(type) && types.kind(inner) != TypeKind::Func && types.kind(inner) != TypeKind::Weak && !types.isMoveOnly(type) &&
           !types.isDropSignificant(type);
  }

  // ---- Which parameters could consume

  void findRows() {
    for (const Function &function : module.functions)
      for (const Block &block : function.blocks)
        for (const Inst *inst : block.insts)
          // What has just been made belongs to its maker until its constructor is through.
          if (auto *call = llvm::dyn_cast<CallInst>(inst); call && !call->args.empty() && llvm::isa_and_nonnull<AllocInst>(function[call->args[0]].definition))
            builders.insert(call->callee);
    const llvm::BitVector fixed = analysis::calledUnnamed(module);
    for (uint32_t i = 0; i < module.functions.size(); ++i) {
      const Function &function = module.functions[i];
      if (function.kind != FuncKind::Dream || fixed.test(i) || !isSmall(function))
        continue;
      rowsOf[i].assign(function.params.size(), kNone);
      for (unsigned param = builders.contains(FuncId(i)) ? 1 : 0; param < function.params.size(); ++param)
        if (function.params[param].convention == Convention::Borrow && isConcerned(function.params[param].type)) {
          rowsOf[i][param] = uint32_t(rows.size());
          rows.push_back({FuncId(i), param, false, false, false, {}, {}});
        }
    }
  }
  uint32_t rowOf(FuncId function, size_t param) const {
    const auto &list = rowsOf[function.index];
    return param < list.size() ? list[param] : kNone;
  }

  // ---- What functions do with them

  void study(FuncId id) {
    const Function &function = module[id];
    Cfg graph(function);
    analysis::UseTable uses(function);
    analysis::SlotEnds slotEnds(function, graph, uses);
    analysis::CursorSources cursors(function);
    auto lifeOf = [&](ValueId value) { return ValueLife(function, module.types, graph, uses, value); };
    llvm::SmallVector<std::optional<ValueLife>, 4> lives;
    llvm::DenseMap<ValueId, unsigned> params;
    for (unsigned i = 0; i < function.params.size(); ++i) {
      lives.emplace_back();
      if (rowOf(id, i) == kNone)
        continue;
      lives.back().emplace(lifeOf(function.blocks[0].args[i]));
      if (lives.back()->isUnknown() || cursors.contains(function.blocks[0].args[i])) {
        rowsOf[id.index][i] = kNone;
        continue;
      }
      params[function.blocks[0].args[i]] = i;
      studyParam(id, i, *lives.back(), graph, uses);
    }
    for (BlockId block : graph.reversePostorder())
      for (uint32_t at = 0; at < function[block].insts.size(); ++at) {
        auto *call = llvm::dyn_cast<CallInst>(function[block].insts[at]);
        if (!call)
          continue;
        for (size_t i = 0; i < call->args.size(); ++i) {
          uint32_t row = rowOf(call->callee, i);
          if (row == kNone)
            continue;
          ValueId root = analysis::beforeCasts(function, call->args[i]);
          const ValueInfo &info = function[root];
          auto dies = [&](bool it) { rows[row].sites.push_back({it ? Site::Dies : Site::Lives, kNone}); };
          if (info.ownership == Ownership::None)
            continue; // A constant: nobody counts it.
          if (auto found = params.find(root); found != params.end()) {
            const ValueLife &life = *lives[found->second];
            if (life.isLiveAfter(block, at))
              dies(false);
            else
              rows[row].sites.push_back({Site::OfParam, rowOf(id, found->second)});
          } else if (info.ownership == Ownership::Owned) {
            ValueLife life = lifeOf(root);
            dies(!life.isUnknown() && !cursors.contains(root) && !life.isLiveAfter(block, at));
          } else if (auto *borrow = llvm::dyn_cast_or_null<LoadBorrowInst>(info.definition)) {
            uint32_t slot = slotEnds.slots.of(borrow->place);
            auto *field = llvm::dyn_cast_or_null<FieldInst>(function[borrow->place].definition);
            llvm::SmallVector<analysis::SlotEnd, 4> ends;
            llvm::SmallVector<UseAt, 4> borrows;
            if (slot != analysis::SlotTable::kNone)
              dies(borrow->place == slotEnds.slots[slot]->result && !cursors.contains(borrow->place) && slotEnds.find(slot, block, at, ends, borrows));
            else if (!field || !mayBeTaken(function, field->base, params))
              dies(false);
          } else {
            dies(false);
          }
        }
      }
  }
  /// What lies in a field of what dies here can be taken out.
  bool mayBeTaken(const Function &function, ValueId base, const llvm::DenseMap<ValueId, unsigned> &params) const {
    if (function[base].ownership == Ownership::Address)
      return false;
    ValueId root = holderOf(function, base);
    return params.contains(root) || function[root].ownership == Ownership::Owned;
  }

  void studyParam(FuncId id, unsigned param, const ValueLife &life, const Cfg &graph, const analysis::UseTable &uses) {
    const Function &function = module[id];
    Row &row = rows[rowOf(id, param)];
    ValueId value = function.blocks[0].args[param];
    bool readsParts = false;
    for (const ValueLife::Use &use : life.uses()) {
      // A copy behind which the parameter is of use would be made all the same.
      bool isLast = !life.isLiveAfter(use.at.block, use.at.index);
      readsParts |= use.part != ValueLife::kWhole && llvm::isa<LoadCopyInst, LoadBorrowInst>(use.at.inst);
      auto isWhole = [&](ValueId operand) { return analysis::beforeCasts(function, operand) == value; };
      if (auto *copy = llvm::dyn_cast<CopyInst>(use.at.inst); copy && isLast && isWhole(copy->value))
        row.events.push_back({use.at.block, kNone});
      else if (auto *call = llvm::dyn_cast<CallInst>(use.at.inst); call && isLast)
        for (size_t i = 0; i < call->args.size(); ++i)
          if (uint32_t to = rowOf(call->callee, i); to != kNone && isWhole(call->args[i]))
            row.events.push_back({use.at.block, to});
    }
    auto classes = classesSeen(module.types, function, function.params[param].type, life);
    if (!readsParts || classes.empty())
      return;
    ValueLife looks(function, module.types, graph, uses, value, /*ignoresEnds=*/true);
    for (uint32_t i = 0; i < function.blocks.size() && !row.mayReuse; ++i)
      for (uint32_t at = 0; at < function.blocks[i].insts.size(); ++at)
        if (llvm::is_contained(classes, madeClass(module, function, *function.blocks[i].insts[at])) && !looks.isLiveAfter(BlockId(i), at)) {
          row.mayReuse = true;
          break;
        }
  }
  // ---- Which do

  bool isActive(const Event &event) const { return event.row == kNone || rows[event.row].owned; }
  /// The only value that the block hands on to this successor is null.
  static bool isNullEdge(const Function &function, ValueId param, const Inst &terminator, BlockId next) {
    auto *br = llvm::dyn_cast<CondBrInst>(&terminator);
    auto *cmp = br ? llvm::dyn_cast_or_null<CmpInst>(function[br->condition].definition) : nullptr;
    if (!cmp || (cmp->op != CmpOp::Eq && cmp->op != CmpOp::Ne) || analysis::beforeCasts(function, cmp->lhs) != param)
      return false;
    auto *null = llvm::dyn_cast_or_null<ConstInst>(function[cmp->rhs].definition);
    return null && null->constKind == ConstKind::Null && next == (cmp->op == CmpOp::Eq ? br->whenTrue : br->whenFalse);
  }
  bool copiesOnAllWays(const Row &row) const {
    const Function &function = module[row.function];
    ValueId param = function.blocks[0].args[row.param];
    llvm::DenseSet<BlockId> seen{function.entry()};
    for (const Event &event : row.events)
      if (isActive(event))
        seen.insert(event.block);
    if (llvm::any_of(row.events, [&](const Event &event) { return isActive(event) && event.block == function.entry(); }))
      return true;
    llvm::SmallVector<BlockId, 16> work{function.entry()};
    while (!work.empty()) {
      BlockId block = work.pop_back_val();
      const Inst &last = *function[block].insts.back();
      if (llvm::isa<ReturnInst>(last))
        return false;
      forEachTarget(last, [&](BlockId next) {
        if (!function[next].isCold && !isNullEdge(function, param, last, next) && seen.insert(next).second)
          work.push_back(next);
      });
    }
    return true;
  }

  void decide() {
    for (bool again = true; again;) {
      again = false;
      for (Row &row : rows)
        if (!row.reaches && llvm::any_of(row.sites, [&](const Site &site) {
              return site.kind == Site::Dies || (site.kind == Site::OfParam && rows[site.row].reaches);
            }))
          again = row.reaches = true;
    }
    for (bool again = true; again;) {
      again = false;
      for (Row &row : rows)
        if (!row.owned && rowOf(row.function, row.param) != kNone && wants(row))
          again = row.owned = true;
    }
  }
  bool wants(const Row &row) const {
    bool copies = llvm::any_of(row.events, [&](const Event &event) { return isActive(event) && !module[row.function][event.block].isCold; });
    if (copies && copiesOnAllWays(row))
      return true;
    int64_t dying = 0;
    for (const Site &site : row.sites)
      dying += site.kind == Site::Dies || (site.kind == Site::OfParam && rows[site.row].reaches) ? 1 : -1;
    return (copies || row.mayReuse) && row.reaches && dying >= 0;
  }

  // ---- What that changes

  void change() {
    llvm::BitVector changed(module.functions.size());
    for (const Row &row : rows) {
      if (!row.owned)
        continue;
      Function &function = module[row.function];
      ValueId value = function.blocks[0].args[row.param];
      function.params[row.param].convention = Convention::Own;
      function[value].ownership = Ownership::Owned;
      changed.set(row.function.index);
      for (Block &block : function.blocks)
        for (Inst *inst : block.insts)
          if (auto *cast = llvm::dyn_cast<CastInst>(inst); cast && cast->value == value)
            cast->looks = true;
      context.count("parameters that consume");
    }
    if (changed.none())
      return;
    for (uint32_t i = 0; i < module.functions.size(); ++i) {
      Function &function = module.functions[i];
      if (handOver(function))
        foldBorrowedCopies(function);
      if (!changed.test(i))
        continue;
      LifeEditor editor(context, function);
      for (unsigned param = 0; param < function.params.size(); ++param)
        if (uint32_t row = rowOf(FuncId(i), param); row != kNone && rows[row].owned)
          editor.settle(function.blocks[0].args[param], true);
      editor.apply();
    }
  }
  /// Calls hand over copies, which are the originals where those are of no more use (move_copies).
  bool handOver(Function &function) {
    bool any = false;
    BlockEditor editor(module, function);
    for (uint32_t i = 0; i < function.blocks.size(); ++i) {
      auto concerns = [&](const Inst *inst) {
        auto *call = llvm::dyn_cast<CallInst>(inst);
        return call && llvm::any_of(rowsOf[call->callee.index], [&](uint32_t row) { return row != kNone && rows[row].owned; });
      };
      if (llvm::none_of(function.blocks[i].insts, concerns))
        continue;
      any = true;
      editor.rebuild(BlockId(i), [&](Inst *inst) {
        if (concerns(inst)) {
          auto *call = llvm::cast<CallInst>(inst);
          for (size_t k = 0; k < call->args.size(); ++k)
            if (uint32_t row = rowOf(call->callee, k); row != kNone && rows[row].owned) {
              call->uses[k] = Use::Consume;
              if (function[call->args[k]].ownership != Ownership::None)
                call->args[k] = editor.build.copy(call->args[k]);
            }
        }
        editor.keep(inst);
      });
    }
    return any;
  }

  PassContext &context;
  Module &module;
  std::vector<llvm::SmallVector<uint32_t, 4>> rowsOf; ///< By function and parameter.
  std::vector<Row> rows;
  llvm::DenseSet<FuncId> builders; ///< Called with an object that was just made: constructors.
};

} // namespace

void ownParams(PassContext &context) { OwnParams(context).run(); }

} // namespace dream::passes
