// The law of exclusivity for variables (core-calculus.md, rule 5): while a modify access of a local variable, or of what a
// reference parameter points at, is open, nothing else may use the same place or a part or whole of it; while a read (or a
// borrow) is open, nothing may change it. Accesses are well nested and open and close alike on all paths, so one walk over
// the blocks sees everything. Places in objects and globals are guarded at run time instead (take_put_back).
#include "compiler/dil/cfg.h"
#include "compiler/analysis/places.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/STLExtras.h"

namespace dream::passes {

using namespace dil;
using analysis::Place;
using analysis::PlaceRoot;

namespace {

struct Open {
  Inst *inst; ///< An access, or a load.borrow.
  bool modifies;
};

class Checker {
public:
  Checker(PassContext &context, const Function &function) : context(context), function(function) {}

  void run() {
    if (!hasAccesses())
      return;
    Cfg graph(function);
    std::vector<llvm::SmallVector<Open, 2>> entry(function.blocks.size());
    std::vector<bool> known(function.blocks.size());
    for (BlockId block : graph.reversePostorder()) {
      open = std::move(entry[block.index]);
      for (Inst *inst : function[block].insts)
        visit(inst);
      for (BlockId next : graph.successors(block))
        if (!known[next.index]) {
          known[next.index] = true;
          entry[next.index] = open;
        }
    }
  }

private:
  /// Most functions keep no variable open beyond an instant.
  bool hasAccesses() const {
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (llvm::isa<AccessModifyInst, AccessReadInst, LoadBorrowInst>(inst))
          return true;
    return false;
  }
  static ValueId placeOperand(const Inst *inst) {
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      return read->place;
    if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
      return modify->place;
    return llvm::cast<LoadBorrowInst>(inst)->place;
  }
  static bool isTracked(const Place &place) { return place.root == PlaceRoot::Slot || place.root == PlaceRoot::Param; }

  void close(ValueId result) {
    for (size_t i = open.size(); i-- > 0;)
      if (open[i].inst->result == result) {
        open.erase(open.begin() + i);
        return;
      }
  }

  /// The instruction uses an address, to change what lies there or to look at it. False if that was an error.
  bool use(const Inst *inst, ValueId address, bool modifies) {
    if (open.empty() || isReported(address))
      return true;
    Place place = analysis::placeOf(function, address);
    if (!isTracked(place))
      return true;
    for (const Open &other : open) {
      if (!modifies && !other.modifies)
        continue;
      if (isInside(address, other.inst->result))
        continue;
      Place otherPlace = analysis::placeOf(function, placeOperand(other.inst));
      if (!place.sameRoot(otherPlace) || !place.overlaps(otherPlace))
        continue;
      report(inst, place, modifies, other);
      return false;
    }
    return true;
  }
  /// Inside an access that overlaps another one, nothing more is said.
  bool isReported(ValueId address) const {
    if (reported.empty())
      return false;
    while (Inst *access = analysis::accessOf(function, address)) {
      if (llvm::is_contained(reported, access))
        return true;
      address = placeOperand(access);
    }
    return false;
  }
  /// `address` was derived from the access `outer`.
  bool isInside(ValueId address, ValueId outer) const {
    while (true) {
      if (address == outer)
        return true;
      Inst *access = analysis::accessOf(function, address);
      if (!access)
        return false;
      if (access->result == outer)
        return true;
      address = placeOperand(access);
    }
  }

  void report(const Inst *inst, const Place &place, bool modifies, const Open &other) {
    auto diag = context.diags.report(DiagId::OverlappingAccess, inst->loc);
    diag << analysis::nameOf(function, place) << (modifies ? "changed" : "read") << (other.modifies ? "changed" : "read");
    if (other.inst->loc.isValid())
      diag.note({other.inst->loc, other.inst->loc},
                other.modifies ? "the change begins here" : "the reading begins here");
  }

  void begin(Inst *inst, ValueId place, bool modifies) {
    context.count("accesses checked");
    if (use(inst, place, modifies))
      open.push_back({inst, modifies});
    else
      reported.push_back(inst);
  }

  void visit(Inst *inst) {
    if (auto *read = llvm::dyn_cast<AccessReadInst>(inst))
      begin(inst, read->place, false);
    else if (auto *modify = llvm::dyn_cast<AccessModifyInst>(inst))
      begin(inst, modify->place, true);
    else if (auto *borrow = llvm::dyn_cast<LoadBorrowInst>(inst))
      begin(inst, borrow->place, false);
    else if (auto *end = llvm::dyn_cast<EndAccessInst>(inst))
      close(end->access);
    else if (auto *end = llvm::dyn_cast<EndBorrowInst>(inst))
      close(end->value);
    else if (auto *load = llvm::dyn_cast<LoadCopyInst>(inst))
      use(inst, load->place, false);
    else if (auto *take = llvm::dyn_cast<LoadTakeInst>(inst))
      use(inst, take->place, true);
    else if (auto *init = llvm::dyn_cast<InitInst>(inst))
      use(inst, init->place, true);
    else if (auto *assign = llvm::dyn_cast<AssignInst>(inst))
      use(inst, assign->place, true);
    else if (auto *unique = llvm::dyn_cast<UniqueInst>(inst))
      use(inst, unique->place, true);
    else if (auto *drop = llvm::dyn_cast<DropSlotInst>(inst))
      use(inst, drop->place, true);
    else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst)) {
      for (size_t i = 0; i < closure->captures.size(); ++i)
        if (closure->modes[i] == CaptureMode::Ref)
          use(inst, closure->captures[i], true);
    } else if (auto *call = llvm::dyn_cast<CallBase>(inst))
      for (size_t i = 0; i < call->args.size(); ++i)
        if (call->uses[i] == Use::Address)
          use(inst, call->args[i], context.targets.modeOf(function, *call, i) != PassMode::In);
  }

  PassContext &context;
  const Function &function;
  llvm::SmallVector<Open, 2> open;
  llvm::SmallVector<const Inst *, 0> reported;
};

} // namespace

void exclusivity(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { Checker(context, function).run(); });
}

} // namespace dream::passes
