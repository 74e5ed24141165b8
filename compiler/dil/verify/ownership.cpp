// 4xx: every owned value is consumed exactly once on every path, and borrows are used inside the life of their roots.
// 60x: accesses are closed on every path, and their addresses are used only before.
//
// One walk serves both, since an owned value, a load.borrow and an access are scopes alike: something opens them, things
// are used inside them, something closes them. The walk carries the set of open scopes along the blocks; wherever two
// edges meet, the sets must be the same. So each block is walked once. A place that was taken inside an access counts as
// a scope too, which ends when the place is filled again (608).
#include "compiler/dil/verify/accesses.h"
#include "compiler/dil/verify/families.h"
#include "compiler/dil/verify/open_scopes.h"
#include "llvm/ADT/STLExtras.h"

namespace dream::dil::verifier {

//===-- 401: each operand is what its use takes it for --------------------------------------------------------===//

/// Not if there is none, where a result is missing (300).
static bool isMoveOnly(const Report &report, ValueId value) {
  if (!value.isValid())
    return false;
  const ValueInfo &info = (*report.function)[value];
  return info.ownership == Ownership::Owned && report.module.types.isMoveOnly(info.type);
}

void verifyUses(Report &report) {
  const Function &function = *report.function;
  bool isCounted = report.module.stage == Stage::Counted;
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts) {
      // Of the instructions that look at a value, these take a place as well.
      const ValueId *base = nullptr;
      if (auto *field = llvm::dyn_cast<FieldInst>(inst))
        base = &field->base;
      else if (auto *elem = llvm::dyn_cast<ElemInst>(inst))
        base = &elem->base;
      else if (auto *span = llvm::dyn_cast<SpanInst>(inst))
        base = &span->base;
      // 408: what moves is never copied. Constants hold nothing that could be.
      if (auto *copy = llvm::dyn_cast<CopyInst>(inst); copy && !isCounted && isMoveOnly(report, copy->result))
        report.add(408, *inst, report.value(copy->value) + " moves and cannot be copied");
      if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst); load && !isCounted && isMoveOnly(report, load->result))
        report.add(408, *inst, "what lies in " + report.value(load->place) + " moves and cannot be copied");
      forEachOperand(*inst, [&](ValueId operand, Use use) {
        Ownership has = function[operand].ownership;
        bool fits = false;
        switch (use) {
        case Use::Plain:
          fits = has == Ownership::None || (isCounted && has != Ownership::Address);
          break;
        case Use::Borrow:
          fits = has != Ownership::Address || (base && *base == operand);
          break;
        case Use::Consume:
          fits = has == Ownership::None || has == Ownership::Owned || (isCounted && has == Ownership::Borrowed);
          break;
        case Use::Address:
          fits = has == Ownership::Address;
          break;
        case Use::Forward:
          fits = has != Ownership::Address;
          break;
        }
        if (!fits)
          report.add(401, *inst, report.value(operand) + (has == Ownership::Address  ? " is a place"
                                                          : use == Use::Address      ? " is no place"
                                                          : has == Ownership::Borrowed ? " is borrowed"
                                                                                       : " is not plain"));
      });
    }
}

//===-- 402 … 407, 601 … 603, 608: scopes ---------------------------------------------------------------------===//

namespace {

class Walk {
public:
  Walk(Report &report, const Cfg &cfg, const Places &places)
      : report(report), cfg(cfg), places(places), function(*report.function),
        valueCount(uint32_t(function.values.size())), open(2 * valueCount), accesses(report, places), isCounted(report.module.stage == Stage::Counted), entries(function.blocks.size()),
        isEntered(function.blocks.size()) {}

  void run() {
    isEntered[0] = true;
    for (BlockId id : cfg.reversePostorder()) {
      open.assign(entries[id.index], [&](ValueId one) { return outerOf(one); });
      for (ValueId arg : function[id].args)
        start(arg);
      for (const Inst *inst : function[id].insts)
        visit(*inst);
      leave(id);
      if (!report.isSound())
        return; // what follows would be echoes
    }
  }

private:
  /// Counts and borrows are no longer told apart once counting is explicit; accesses still are.
  bool isTracked(ScopeKind kind) const {
    return kind != ScopeKind::None && (!isCounted || kind == ScopeKind::Read || kind == ScopeKind::Modify);
  }

  unsigned number(ScopeKind kind, unsigned owned, unsigned borrow, unsigned access) const {
    return kind == ScopeKind::Owned ? owned : kind == ScopeKind::Borrow ? borrow : access;
  }

  // A taken place stands among the open scopes with its address, moved out of the way of values.
  ValueId takenAt(ValueId address) const { return ValueId(address.index + valueCount); }
  bool isTaken(ValueId scope) const { return scope.index >= valueCount; }
  ValueId addressOf(ValueId scope) const { return ValueId(scope.index - valueCount); }
  /// The modify access in which an address lies.
  ValueId modifyAround(ValueId address) const {
    ValueId scope = places[address].scope;
    while (scope.isValid() && places.scopeKind(scope) != ScopeKind::Modify)
      scope = places[scope].outer;
    return scope;
  }
  ValueId outerOf(ValueId scope) const { return isTaken(scope) ? modifyAround(addressOf(scope)) : places[scope].outer; }

  void take(ValueId place) {
    const Places::Info &info = places[place];
    bool isVariable = (info.root == RootKind::Slot || info.root == RootKind::Parameter) && !info.isPart;
    if (!isVariable && modifyAround(place).isValid() && !report.module.types.isPlain(function[place].type))
      open.insert(takenAt(place), modifyAround(place));
  }
  void fill(ValueId place) {
    for (ValueId scope : open.all()) {
      if (!isTaken(scope))
        continue;
      const Places::Info &a = places[addressOf(scope)], &b = places[place];
      // Of elements only the very same address is known to be the same place.
      bool same = addressOf(scope) == place || (!a.hasElement && a.rootValue == b.rootValue && a.path == b.path);
      if (same)
        return open.erase(scope, outerOf(scope));
    }
  }

  void start(ValueId id) {
    if (isTracked(places.scopeKind(id)))
      open.insert(id, places[id].outer);
  }

  /// Closes a scope; `inst` does it.
  void close(const Inst &inst, ValueId id, ScopeKind kind) {
    if (!open.contains(id)) {
      report.add(number(kind, 402, 406, 602), inst,
                 report.value(id) + (kind == ScopeKind::Owned ? " was consumed before" : " is not open"));
      return;
    }
    if (open.inner(id)) {
      auto left = llvm::find_if(open.all(), [&](ValueId one) { return isTaken(one) && outerOf(one) == id; });
      if (left != open.all().end())
        report.add(608, inst, report.value(addressOf(*left)) + " was taken, and is not filled again");
      else
        report.add(number(kind, 407, 407, 603), inst, "something inside " + report.value(id) + " is still open");
    }
    open.erase(id, places[id].outer);
  }

  void visit(const Inst &inst) {
    // First what the instruction takes away: the rest must do without it.
    ValueId ended;
    if (auto *end = llvm::dyn_cast<EndBorrowInst>(&inst)) {
      ended = end->value;
      if (!isCounted) {
        if (places.scopeKind(ended) == ScopeKind::Borrow)
          close(inst, ended, ScopeKind::Borrow);
        else
          report.add(406, inst, report.value(ended) + " does not come from load.borrow");
      }
    } else if (auto *end = llvm::dyn_cast<EndAccessInst>(&inst)) {
      ended = end->access;
      ScopeKind kind = places.scopeKind(ended);
      if (kind == ScopeKind::Read || kind == ScopeKind::Modify)
        close(inst, ended, kind);
      else
        report.add(602, inst, report.value(ended) + " is no access");
    }
    forEachOperand(inst, [&](ValueId operand, Use use) {
      bool takes = use == Use::Consume || use == Use::Forward;
      if (takes && !isCounted && function[operand].ownership == Ownership::Owned)
        close(inst, operand, ScopeKind::Owned);
    });
    forEachOperand(inst, [&](ValueId operand, Use use) {
      bool takes = use == Use::Consume || use == Use::Forward;
      if (operand != ended && !(takes && function[operand].ownership == Ownership::Owned))
        look(inst, operand);
    });
    if (!isCounted) {
      accesses.visit(inst, open);
      if (auto *load = llvm::dyn_cast<LoadTakeInst>(&inst))
        take(load->place);
      else if (auto *init = llvm::dyn_cast<InitInst>(&inst))
        fill(init->place);
      else if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
        fill(assign->place);
    }
    if (inst.result.isValid())
      start(inst.result);
    if (llvm::isa<ReturnInst, ThrowInst>(inst))
      atExit(inst);
  }

  void look(const Inst &inst, ValueId operand) {
    ValueId scope = places[operand].scope;
    if (!scope.isValid())
      return;
    ScopeKind kind = places.scopeKind(scope);
    if (!isTracked(kind) || open.contains(scope))
      return;
    // A view may be returned of what a parameter refers to, which the caller holds open.
    if (llvm::isa<ReturnInst>(inst) && report.module.types.isView(function[operand].type) && places[scope].root == RootKind::Parameter)
      return;
    if (scope == operand && kind == ScopeKind::Owned)
      report.add(402, inst, report.value(operand) + " was consumed before");
    else
      report.add(number(kind, 405, 405, 601), inst,
                 report.value(operand) + " is used after " +
                     (scope == operand ? "its end" : "the end of " + report.value(scope)));
  }

  void atExit(const Inst &inst) {
    for (ValueId id : open.sorted()) {
      if (isTaken(id)) // Its access is open as well.
        continue;
      ScopeKind kind = places.scopeKind(id);
      report.add(number(kind, 403, 406, 602), inst,
                 report.value(id) + (kind == ScopeKind::Owned ? " is never consumed on this way out"
                                                              : " is still open on this way out"));
    }
  }

  void leave(BlockId id) {
    llvm::ArrayRef<BlockId> targets = cfg.successors(id);
    if (targets.empty())
      return;
    std::vector<ValueId> state = open.sorted();
    for (BlockId target : targets) {
      if (!isEntered[target.index]) {
        isEntered[target.index] = true;
        entries[target.index] = state;
      } else if (entries[target.index] != state) {
        meet(id, target, state);
      }
    }
  }

  /// Edges that meet in `target` bring different scopes.
  void meet(BlockId from, BlockId target, llvm::ArrayRef<ValueId> state) {
    std::vector<ValueId> odd;
    std::set_symmetric_difference(state.begin(), state.end(), entries[target.index].begin(),
                                  entries[target.index].end(), std::back_inserter(odd));
    for (ValueId one : odd) {
      bool here = llvm::is_contained(state, one);
      if (isTaken(one)) {
        report.add(608, report.value(addressOf(one)) + (here ? " is still " : " is no longer ") + "taken on the edge from " +
                            report.block(from) + " to " + report.block(target) + ", unlike on another edge to it");
        continue;
      }
      ScopeKind kind = places.scopeKind(one);
      report.add(number(kind, 404, 406, 602),
                 report.value(one) + (here ? " is still " : " is no longer ") +
                     (kind == ScopeKind::Owned ? "owned" : "open") + " on the edge from " + report.block(from) + " to " +
                     report.block(target) + ", unlike on another edge to it");
    }
  }

  Report &report;
  const Cfg &cfg;
  const Places &places;
  const Function &function;
  uint32_t valueCount;
  OpenScopes open;
  Accesses accesses;
  bool isCounted;
  std::vector<std::vector<ValueId>> entries; ///< What is open at the start of each block, in order of ids.
  std::vector<bool> isEntered;
};

} // namespace

void verifyOwnership(Report &report, const Cfg &cfg, const Places &places) { Walk(report, cfg, places).run(); }

} // namespace dream::dil::verifier
