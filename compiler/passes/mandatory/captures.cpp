// What captures mean to the variables outside (core-calculus.md, rule 15): a closure that changes its copy of a variable,
// where the variable itself is read later, is a mistake (D3020); a closure that refers to variables may not be kept by
// anybody (D3021), and what keeps it is shown.
#include "compiler/analysis/closure_flow.h"
#include "compiler/analysis/places.h"
#include "compiler/analysis/value_life.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

namespace {

class CaptureRules {
public:
  CaptureRules(PassContext &context, const Function &function) : context(context), function(function) {}

  void run() {
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (size_t at = 0; at < function.blocks[i].insts.size(); ++at)
        if (auto *closure = llvm::dyn_cast<ClosureInst>(function.blocks[i].insts[at]))
          check(*closure, BlockId(i), at);
  }

private:
  std::string nameOf(const ClosureInst &closure, size_t capture) const {
    return context.module.types.info(closure.environment).fields[capture + 1].name.text().str();
  }

  void check(const ClosureInst &closure, BlockId block, size_t at) {
    context.count("closures checked");
    std::string byRef;
    for (size_t i = 0; i < closure.captures.size(); ++i) {
      if (closure.modes[i] == CaptureMode::Changed)
        if (const Inst *read = readLater(closure.captures[i], block, at))
          context.diags.report(DiagId::ChangedCaptureRead, {read->loc, read->loc}).operator<<(nameOf(closure, i))
              .note({closure.loc, closure.loc}, "the closure has its copy from here, and changes that");
      if (closure.modes[i] == CaptureMode::Ref && byRef.empty())
        byRef = nameOf(closure, i);
    }
    if (byRef.empty())
      return;
    auto path = analysis::ClosureFlow(context.module, context.targets).escape(function, closure.result, /*mayBeStored=*/false);
    if (path.empty())
      return;
    auto diag = context.diags.report(DiagId::RefCaptureEscapes, {closure.loc, closure.loc});
    diag << byRef << path.back().what;
    for (auto &step : path)
      diag.note({step.loc, step.loc}, "it " + step.what + " here");
  }

  /// The slot or parameter that a captured value was copied from; invalid if it came from nowhere else.
  ValueId sourceOf(ValueId value) const {
    value = analysis::beforeCopies(function, value);
    const Inst *inst = function[value].definition;
    if (auto *load = llvm::dyn_cast_or_null<LoadCopyInst>(inst))
      return analysis::rootOf(function, load->place);
    if (auto *load = llvm::dyn_cast_or_null<LoadBorrowInst>(inst))
      return analysis::rootOf(function, load->place);
    return inst ? ValueId() : value;
  }

  /// The first instruction found behind the closure that reads what it was copied from, before that gets a new value.
  const Inst *readLater(ValueId captured, BlockId block, size_t at) const {
    ValueId source = sourceOf(captured);
    if (!source.isValid())
      return nullptr;
    std::vector<bool> seen(function.blocks.size());
    llvm::SmallVector<std::pair<BlockId, size_t>, 16> work{{block, at + 1}};
    while (!work.empty()) {
      auto [id, first] = work.pop_back_val();
      const Block &here = function[id];
      bool ends = false;
      for (size_t i = first; i < here.insts.size() && !ends; ++i) {
        const Inst &inst = *here.insts[i];
        if (reads(inst, source))
          return &inst;
        ends = gives(inst, source);
      }
      if (ends || here.insts.empty())
        continue;
      forEachTarget(*here.insts.back(), [&](BlockId next) {
        if (!seen[next.index]) {
          seen[next.index] = true;
          work.push_back({next, 0});
        }
      });
    }
    return nullptr;
  }
  bool gives(const Inst &inst, ValueId source) const {
    if (auto *slot = llvm::dyn_cast<SlotInst>(&inst))
      return slot->result == source;
    auto isWhole = [&](ValueId place) { return analysis::isWholeRoot(function, place) && analysis::rootOf(function, place) == source; };
    if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
      return isWhole(assign->place);
    auto *init = llvm::dyn_cast<InitInst>(&inst);
    return init && isWhole(init->place);
  }
  bool reads(const Inst &inst, ValueId source) const {
    if (llvm::isa<AssignInst, InitInst, DropSlotInst, DropIfInst, EndAccessInst, EndBorrowInst, DropInst>(inst)) {
      bool found = false; // only as the value that is stored
      if (auto *assign = llvm::dyn_cast<AssignInst>(&inst))
        found = assign->value == source;
      return found;
    }
    bool found = false;
    forEachOperand(inst, [&](ValueId operand, Use use) {
      if (use == Use::Address)
        found |= analysis::rootOf(function, operand) == source;
      else
        found |= operand == source && function[operand].ownership != Ownership::Address;
    });
    return found;
  }

  PassContext &context;
  const Function &function;
};

} // namespace

void captures(PassContext &context) {
  forEachBody(context.module, [&](Function &function) { CaptureRules(context, function).run(); });
}

} // namespace dream::passes
