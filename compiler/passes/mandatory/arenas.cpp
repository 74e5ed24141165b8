// Arenas as they were written: an object that may outlive its arena is a mistake (D3050), told with the whole way by which it leaves
// (core-calculus.md, rules 9, 22 and 23); an arena that nothing is made in, or one thing only, is not worth its block (D3051, D3052).
#include "compiler/analysis/arena_escapes.h"
#include "compiler/analysis/arena_extents.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/pass.h"

namespace dream::passes {

using namespace dil;

namespace {

std::string nameOf(const ArenaOpenInst &arena) {
  return arena.name.empty() ? "the arena" : "the arena '" + arena.name.str() + "'";
}

void reportEscape(PassContext &context, const analysis::ArenaExtents &extents, const analysis::ArenaEscape &escape) {
  const CallInst &site = *escape.site;
  auto diag = context.diags.report(DiagId::OutlivesArena, site.loc);
  diag << context.module.types.spell(site.resultType) << nameOf(*escape.arena) << escape.how;
  for (const analysis::Step &step : escape.path)
    if (step.loc.isValid()) {
      llvm::StringRef what = step.what;
      bool isWhole = what.starts_with("it ") || what.starts_with("that ") || what.starts_with("the ");
      diag.note({step.loc, step.loc}, (isWhole ? "" : "it ") + what);
    }
  // Of a `new` that names an arena there is something to replace, not to add.
  bool isInnermost = extents.list()[extents.around(site).front()].opening == escape.arena;
  if (site.newEnd.isValid() && isInnermost) {
    bool fitsOuter = escape.outer && !escape.outer->name.empty();
    diag.fix({site.newEnd, site.newEnd}, " in " + (fitsOuter ? escape.outer->name : llvm::StringRef("heap")));
  }
}

/// What is made in an arena: nothing, one thing, or what is worth an arena.
class Content {
public:
  Content(PassContext &context, const analysis::ArenaEscapes &escapes, const Function &function, const analysis::ArenaExtents &extents)
      : context(context), escapes(escapes), function(function), extents(extents) {}

  void check() {
    for (unsigned number = 0; number < extents.list().size(); ++number)
      check(number);
  }

private:
  void check(unsigned number) {
    const ArenaOpenInst &arena = *extents.list()[number].opening;
    unsigned count = 0;
    const Inst *first = nullptr;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (const Inst *inst : function.blocks[i].insts)
        if (unsigned here = llvm::is_contained(extents.around(*inst), number) ? made(*inst) : 0) {
          first = inst;
          count += isRepeated(BlockId(i), arena) ? 2 : here;
        }
    if (count == 0)
      context.diags.report(DiagId::EmptyArena, arena.loc) << nameOf(arena);
    else if (count == 1)
      context.diags.report(DiagId::ArenaOfOne, arena.loc).operator<<(nameOf(arena)).note({first->loc, first->loc}, "it is made here");
  }

  /// How many things are made that may lie in an arena: none, one, or more.
  unsigned made(const Inst &inst) const {
    const TypeTable &types = context.module.types;
    if (const Wish *wish = wishOf(inst); wish && wish->onHeap)
      return 0;
    if (llvm::isa<AllocInst, AllocArrayInst, BoxInst>(inst))
      return 1;
    if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst))
      return !closure->captures.empty();
    auto *call = llvm::dyn_cast<CallBase>(&inst);
    if (!call)
      return 0;
    // Texts lie where they come to; so much is not known of them.
    unsigned count = !types.isPlain(call->resultType) && !types.mayRefer(call->resultType);
    auto *closure = llvm::dyn_cast<CallFnInst>(call);
    for (FuncId target : closure ? context.targets.closureTargets(function[closure->callee].type) : context.targets.targets(*call)) {
      const analysis::Summary &summary = escapes.summaryOf(target);
      bool isMany = summary.isUnknown || summary.keeps || summary.isUnbounded;
      count = std::max(count, isMany ? 2 : unsigned(summary.isFresh));
    }
    return count;
  }
  /// Control may come back to the block before the arena is closed.
  bool isRepeated(BlockId start, const ArenaOpenInst &arena) const {
    llvm::BitVector visited(function.blocks.size());
    llvm::SmallVector<BlockId, 16> work{start};
    while (!work.empty()) {
      bool ends = false;
      const Block &block = function[work.pop_back_val()];
      for (const Inst *inst : block.insts)
        if (auto *close = llvm::dyn_cast<ArenaCloseInst>(inst); close && function[close->arena].definition == &arena)
          ends = true;
      if (ends)
        continue;
      bool again = false;
      forEachTarget(*block.insts.back(), [&](BlockId next) {
        again |= next == start;
        if (!visited.test(next.index)) {
          visited.set(next.index);
          work.push_back(next);
        }
      });
      if (again)
        return true;
    }
    return false;
  }

  PassContext &context;
  const analysis::ArenaEscapes &escapes;
  const Function &function;
  const analysis::ArenaExtents &extents;
};

} // namespace

void arenas(PassContext &context) {
  std::optional<analysis::ArenaEscapes> escapes; // Costs something: only for programs with arenas.
  forEachBody(context.module, [&](Function &function) {
    if (!analysis::ArenaExtents::hasArenas(function))
      return;
    analysis::ArenaExtents extents(function, Cfg(function));
    if (!escapes)
      escapes.emplace(context.module, context.targets);
    context.count("functions with arenas checked");
    std::vector<analysis::ArenaEscape> escaping = escapes->of(function);
    for (const analysis::ArenaEscape &escape : escaping)
      reportEscape(context, extents, escape);
    if (escaping.empty()) // Else it is not said yet what is to be made there.
      Content(context, *escapes, function, extents).check();
  });
}

} // namespace dream::passes
