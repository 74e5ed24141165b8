#include "compiler/analysis/allocations.h"
#include "runtime/abi/effects.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

namespace dream::analysis {

using namespace dil;

static bool allocates(llvm::StringRef entry) {
  static const llvm::StringMap<uint32_t> effects = [] {
    using namespace abi::effects;
    llvm::StringMap<uint32_t> table;
#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS) table[#SYMBOL] = EFFECTS;
#include "runtime/abi/entries.def"
#undef ENTRY
    return table;
  }();
  auto found = effects.find(entry);
  return found == effects.end() || (found->second & abi::effects::kAllocates);
}

static std::string nameOf(const Function &function) { return "'" + llvm::StringRef(function.symbol).split('$').first.str() + "'"; }

namespace {

class Search {
public:
  Search(const Module &module, CallTargets &targets, bool mayCallC) : module(module), targets(targets), mayCallC(mayCallC) {}

  Path run(FuncId start) {
    reach(start, ~0u, {});
    for (size_t at = 0; at < nodes.size(); ++at)
      for (const Block &block : module[nodes[at].function].blocks)
        for (const Inst *inst : block.insts) {
          current = unsigned(at);
          std::string what = visit(module[nodes[at].function], *inst);
          if (what.empty())
            continue;
          Path path{{inst->loc, what}};
          for (unsigned node = current; nodes[node].parent != ~0u; node = nodes[node].parent)
            path.insert(path.begin(), nodes[node].step);
          return path;
        }
    return {};
  }

private:
  struct Node {
    FuncId function;
    unsigned parent;
    Step step; ///< How the parent comes here.
  };

  void reach(FuncId function, unsigned parent, Step step) {
    if (seen.insert(function).second)
      nodes.push_back({function, parent, std::move(step)});
  }
  void drop(const Inst &inst, TypeId type) {
    if (module.types.isDropSignificant(type))
      for (const ClassTable &table : module.classes)
        if (table.destructor.isValid())
          reach(table.destructor, current, {inst.loc, "drops a '" + module.types.spell(type) + "', which may run " + nameOf(module[table.destructor])});
  }

  /// What allocates, if this instruction does.
  std::string visit(const Function &function, const Inst &inst) {
    auto spell = [&](ValueId value) { return "'" + module.types.spell(function[value].type) + "'"; };
    if (llvm::isa<AllocInst, AllocArrayInst>(inst)) {
      auto &placed = static_cast<const PlacedInst &>(inst);
      bool isInRegion = isRegion(function, placed.storage); // Which may need memory.
      if (isInRegion || !placed.storage.isValid())
        return "makes a " + spell(inst.result) + (isInRegion ? " in a region" : " on the heap") +
               (placed.why.empty() ? "" : ": it " + placed.why.str());
    }
    auto where = [](const PlacedInst &placed) { return std::string(placed.storage.isValid() ? "in a region" : "on the heap"); };
    if (auto *closure = llvm::dyn_cast<ClosureInst>(&inst); closure && !closure->onStack && !closure->captures.empty())
      return "makes a closure " + where(*closure);
    if (auto *box = llvm::dyn_cast<BoxInst>(&inst))
      return "puts a value in a box " + where(*box);
    if (llvm::isa<WeakOfInst>(inst))
      return "makes a weak reference, whose cell lies on the heap";
    if (auto *unique = llvm::dyn_cast<UniqueInst>(&inst); unique && !unique->isKnown)
      return "writes an array, which is copied if it is shared";
    if (auto *dropped = llvm::dyn_cast<DropInst>(&inst))
      drop(inst, function[dropped->value].type);
    else if (auto *dropped = llvm::dyn_cast<DropIfInst>(&inst))
      drop(inst, function[dropped->place].type);
    else if (auto *assigned = llvm::dyn_cast<AssignInst>(&inst))
      drop(inst, function[assigned->value].type);
    auto *call = llvm::dyn_cast<CallBase>(&inst);
    if (!call)
      return "";
    auto *closure = llvm::dyn_cast<CallFnInst>(call);
    for (FuncId target : closure ? targets.closureTargets(function[closure->callee].type) : targets.targets(*call)) {
      const Function &callee = module[target];
      if (callee.kind == FuncKind::C && !mayCallC)
        return "calls the C function " + nameOf(callee) + ", of which nothing is known";
      if (callee.kind == FuncKind::Runtime && allocates(callee.symbol))
        return "calls the runtime's " + nameOf(callee) + ", which allocates";
      if (!callee.isDeclaration())
        reach(target, current, {inst.loc, "calls " + nameOf(callee)});
    }
    return "";
  }

  const Module &module;
  CallTargets &targets;
  bool mayCallC;
  std::vector<Node> nodes;
  llvm::DenseSet<FuncId> seen;
  unsigned current = 0;
};

} // namespace

Path wayToAllocation(const Module &module, CallTargets &targets, FuncId function, bool mayCallC) {
  return Search(module, targets, mayCallC).run(function);
}

} // namespace dream::analysis
