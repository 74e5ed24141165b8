#include "compiler/analysis/heap_sites.h"
#include "compiler/analysis/explain_places.h"

namespace dream::analysis {

using namespace dil;

namespace {

/// Whether callers say where a version builds what it makes for them.
enum class Version : uint8_t { Default, Given };

struct Caller {
  const Inst *call = nullptr;
  const SitePlan *site = nullptr; ///< What is known of the objects that it asks for.
};

class Search {
public:
  Search(const Module &module, CallTargets &targets, const Placements &placements)
      : module(module), targets(targets), placements(placements), callers(module.functions.size()) {
    for (std::vector<bool> &live : isLive)
      live.resize(module.functions.size());
  }

  std::vector<HeapSite> run() {
    for (FuncId root : {module.entry, module.initialise, module.finalise, module.describe})
      reach(root, Version::Default);
    for (const ClassTable &table : module.classes) {
      reach(table.destructor, Version::Default);
      reach(table.toString, Version::Default);
    }
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      if (module.functions[i].isExported || !module.entry.isValid())
        reach(FuncId(i), Version::Default);
    while (!work.empty()) {
      auto [function, version] = work.pop_back_val();
      visit(function, version, nullptr);
    }
    std::vector<HeapSite> sites;
    for (uint32_t i = 0; i < module.functions.size(); ++i)
      for (Version version : {Version::Given, Version::Default})
        if (isLive[unsigned(version)][i]) {
          // The default version makes on the heap what the other one does, and more.
          if (version == Version::Default || !isLive[unsigned(Version::Default)][i])
            visit(FuncId(i), version, &sites);
        }
    return sites;
  }

private:
  void reach(FuncId function, Version version, Caller caller = {}) {
    if (!function.isValid() || module[function].isDeclaration() || isLive[unsigned(version)][function.index])
      return;
    isLive[unsigned(version)][function.index] = true;
    if (version == Version::Default)
      callers[function.index] = caller;
    work.push_back({function, version});
  }

  /// Why a part of the result of a function is on the heap: some caller wants it there, or cannot say.
  Path wayToCaller(FuncId function, const Inst &site) {
    Path way{{site.loc, "is a part of the result"}};
    const Caller &caller = callers[function.index];
    if (!caller.call)
      return way;
    bool isKnown = caller.site && caller.site->place == PlaceKind::Heap;
    way.push_back({caller.call->loc, isKnown ? "is asked for here" : "is asked for here, where nobody says where to build it"});
    if (isKnown)
      way.append(caller.site->why.begin(), caller.site->why.end());
    return way;
  }

  /// Reaches what a version calls, or, if there is a list, notes what it makes on the heap.
  void visit(FuncId id, Version version, std::vector<HeapSite> *out) {
    const Function &function = module[id];
    llvm::DenseMap<const Inst *, const SitePlan *> sites;
    for (const SitePlan &site : placements.of(id).sites)
      if (!site.isString)
        sites[site.inst] = &site;
    auto note = [&](const Inst &inst, TypeId type, const SitePlan *site) {
      if (!out)
        return;
      out->push_back({id, &inst, type, !site ? Path() : site->place == PlaceKind::Caller ? wayToCaller(id, inst) : site->why});
    };
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        const SitePlan *site = sites.lookup(inst);
        bool isOnHeap = !site || site->place == PlaceKind::Heap || (site->place == PlaceKind::Caller && version == Version::Default);
        if (auto *call = llvm::dyn_cast<CallInst>(inst)) {
          const Function &callee = module[call->callee];
          reach(call->callee, isOnHeap ? Version::Default : Version::Given, {inst, site});
          if (isOnHeap && isMaker(callee))
            note(*inst, callee.result, site ? site : madeBy(placements.of(call->callee)));
        } else if (auto *call = llvm::dyn_cast<CallBase>(inst)) {
          for (FuncId target : targets.targets(*call))
            reach(target, Version::Default, {inst, nullptr});
        } else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst)) {
          reach(closure->func, Version::Default);
          if (isOnHeap && !closure->onStack && !closure->captures.empty())
            note(*inst, function[inst->result].type, site);
        } else if (auto *address = llvm::dyn_cast<FnRefInst>(inst)) {
          reach(address->func, Version::Default);
        } else if (auto *box = llvm::dyn_cast<BoxInst>(inst)) {
          note(*inst, function[box->value].type, site);
        } else if (isOnHeap && llvm::isa<AllocInst, AllocArrayInst>(inst) && !isMaker(function)) {
          note(*inst, function[inst->result].type, site);
        }
      }
  }

  const Module &module;
  CallTargets &targets;
  const Placements &placements;
  std::vector<bool> isLive[2];  ///< By version and function.
  std::vector<Caller> callers;  ///< By function: who needs the default version.
  llvm::SmallVector<std::pair<FuncId, Version>, 0> work;
};

} // namespace

std::vector<HeapSite> heapSites(const Module &module, CallTargets &targets, const Placements &placements) {
  return Search(module, targets, placements).run();
}

} // namespace dream::analysis
