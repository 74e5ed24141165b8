// Gives every allocation its place, as compiler/analysis/placement.h decides. Objects in the frame get storage there; regions
// are opened and closed around what is built in them. Functions that build objects for their callers get more versions, which
// take the place for them as their last parameter: storage of a fixed size ($placed), or a region ($region). Direct calls hand
// over a part of their own frame, a region of their own, or what their own caller gave them. Calls through tables and closures,
// and calls whose results are not placed, keep the first version, where these objects are on the heap.
#include "compiler/analysis/placement.h"
#include "compiler/dil/cfg.h"
#include "compiler/passes/clone.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/mandatory/stack_promises.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"

namespace dream::passes {

using namespace dil;
using analysis::FunctionPlan;
using analysis::PlaceKind;
using analysis::Placements;
using analysis::RegionPlan;
using analysis::SitePlan;

namespace {

/// What a version of a function gets from its caller.
enum class Given : uint8_t { Nothing, Storage, Region };

class Placer {
public:
  Placer(PassContext &context, const Placements &placements) : context(context), module(context.module), placements(placements) {}

  void run() {
    uint32_t count = module.functions.size();
    for (uint32_t i = 0; i < count; ++i)
      want(FuncId(i), Given::Nothing);
    for (size_t i = 0; i < versions.size(); ++i)
      want(versions.begin()[i].first.first, versions.begin()[i].first.second);
    // All bodies are copied before any is changed.
    std::vector<llvm::DenseMap<const Inst *, Inst *>> copies(versions.size());
    for (size_t i = 0; i < versions.size(); ++i) {
      auto &[wanted, version] = versions.begin()[i];
      auto [original, given] = wanted;
      version = cloneFunction(module, original, module[original].symbol + (given == Given::Region ? "$region" : "$placed"), copies[i]);
    }
    for (uint32_t i = 0; i < count; ++i)
      place(FuncId(i), FuncId(i), Given::Nothing, nullptr);
    for (size_t i = 0; i < versions.size(); ++i) {
      auto &[wanted, version] = versions.begin()[i];
      place(wanted.first, version, wanted.second, &copies[i]);
    }
    context.count("second versions of functions", versions.size());
  }

private:
  using Copies = llvm::DenseMap<const Inst *, Inst *>;

  /// What a call at the site hands over, in a version that is given so much itself.
  static Given handsOver(const SitePlan &site, Given given) {
    switch (site.place) {
    case PlaceKind::Heap:
      return Given::Nothing;
    case PlaceKind::Frame:
      return Given::Storage;
    case PlaceKind::Region: case PlaceKind::Arena:
      return Given::Region;
    case PlaceKind::Caller:
      return given;
    }
    __builtin_unreachable();
  }

  /// Asks for the versions that the calls of a version need.
  void want(FuncId function, Given given) {
    for (const SitePlan &site : placements.of(function).sites)
      if (auto *call = llvm::dyn_cast<CallInst>(site.inst))
        if (Given handed = handsOver(site, given); handed != Given::Nothing)
          versions.insert({{call->callee, handed}, FuncId()});
  }

  /// Changes a function, or a version of it that gets something from its caller, in which `copies` are its instructions.
  void place(FuncId original, FuncId target, Given given, const Copies *copies) {
    Function &function = module[target];
    const FunctionPlan &plan = placements.of(original);
    llvm::DenseMap<const Inst *, const SitePlan *> sites;
    for (const SitePlan &site : plan.sites)
      sites[copies ? copies->lookup(site.inst) : site.inst] = &site;
    ValueId fromCaller;
    if (given != Given::Nothing) {
      TypeId pointer = module.types.pointer(types::UInt8, false);
      function.params.push_back({module.names.intern("region"), pointer, Convention::Plain});
      fromCaller = function.addValue(pointer, Ownership::None, nullptr, function.entry());
      function[function.entry()].args.push_back(fromCaller);
    }
    for (const DropInst *drop : plan.forgotten) {
      auto *here = copies ? copies->lookup(drop) : const_cast<DropInst *>(drop);
      llvm::cast<DropInst>(here)->withRegion = true;
      context.count("drops left to a region");
    }
    for (const analysis::ArenaPlan &arena : plan.arenas) {
      auto *here = copies ? copies->lookup(arena.opening) : const_cast<ArenaOpenInst *>(arena.opening);
      llvm::cast<ArenaOpenInst>(here)->isListed = arena.isListed;
    }
    if (sites.empty())
      return;
    BlockEditor editor(module, function);
    std::vector<ValueId> regions = openRegions(editor, plan, given == Given::Region ? fromCaller : ValueId());
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (llvm::any_of(function.blocks[i].insts, [&](const Inst *inst) { return sites.contains(inst); }))
        editor.rebuild(BlockId(i), [&](Inst *inst) {
          if (const SitePlan *site = sites.lookup(inst))
            place(editor, *inst, *site, given, fromCaller, regions, plan);
          editor.keep(inst);
        });
    closeRegions(editor, plan, regions);
  }

  /// Each at the start of its loop, or of the function.
  std::vector<ValueId> openRegions(BlockEditor &editor, const FunctionPlan &plan, ValueId beside) {
    std::vector<ValueId> regions(plan.regions.size());
    // Outer ones first: what begins with the same block begins in this order.
    for (size_t i = plan.regions.size(); i-- > 0;) {
      BlockId start = plan.regions[i].header.isValid() ? plan.regions[i].header : editor.build.function.entry();
      openAt(editor, start, [&] { regions[i] = editor.build.regionOpen(beside); });
      context.count("regions");
    }
    return regions;
  }
  /// At the start of the block, but behind regions that are opened there already.
  void openAt(BlockEditor &editor, BlockId block, llvm::function_ref<void()> open) {
    bool isOpen = false;
    editor.rebuild(block, [&](Inst *inst) {
      if (!isOpen && !llvm::isa<RegionOpenInst>(inst)) {
        open();
        isOpen = true;
      }
      editor.keep(inst);
    });
  }

  /// On every edge that leaves a scope or leads back to its start, and where the function ends.
  void closeRegions(BlockEditor &editor, const FunctionPlan &plan, llvm::ArrayRef<ValueId> regions) {
    if (regions.empty())
      return;
    Function &function = editor.build.function;
    Cfg graph(function);
    std::vector<llvm::BitVector> members;
    for (const RegionPlan &region : plan.regions) {
      llvm::BitVector &blocks = members.emplace_back(function.blocks.size(), !region.header.isValid());
      for (BlockId block : region.blocks)
        blocks.set(block.index);
    }
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i) {
      BlockId block(i);
      if (!graph.isReachable(block))
        continue;
      llvm::SmallVector<BlockId, 2> targets(graph.successors(block));
      llvm::sort(targets);
      targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
      for (BlockId target : targets) {
        llvm::SmallVector<ValueId, 2> closing;
        for (size_t k = 0; k < regions.size(); ++k)
          if (members[k].test(i) && (!members[k].test(target.index) || target == plan.regions[k].header))
            closing.push_back(regions[k]);
        if (!closing.empty())
          closeBefore(editor, splitEdge(function, block, target), closing);
      }
      if (llvm::isa<ReturnInst, ThrowInst>(function.blocks[i].insts.back()))
        if (!plan.regions.back().header.isValid())
          closeBefore(editor, block, regions.back());
    }
  }
  /// Before the end of the block.
  static void closeBefore(BlockEditor &editor, BlockId block, llvm::ArrayRef<ValueId> regions) {
    const Inst *last = editor.build.function[block].insts.back();
    editor.rebuild(block, [&](Inst *inst) {
      if (inst == last)
        for (ValueId region : regions)
          editor.build.regionClose(region);
      editor.keep(inst);
    });
  }

  void place(BlockEditor &editor, Inst &inst, const SitePlan &site, Given given, ValueId fromCaller, llvm::ArrayRef<ValueId> regions,
             const FunctionPlan &plan) {
    Given handed = handsOver(site, given);
    ValueId storage;
    if (site.place == PlaceKind::Frame)
      storage = editor.build.storage(site.shape.bytes, site.shape.align, site.shape.payloads);
    else if (site.place == PlaceKind::Region)
      storage = regions[site.region];
    else if (site.place == PlaceKind::Arena)
      storage = plan.arenas[site.region].opening->result; // Values have the same numbers in all versions.
    else if (site.place == PlaceKind::Caller && handed == Given::Storage)
      storage = editor.build.storageIn(fromCaller, site.offset, site.shape.bytes, site.shape.align);
    else if (site.place == PlaceKind::Caller)
      storage = fromCaller; // Nothing in the first version.
    if (auto *call = llvm::dyn_cast<CallInst>(&inst)) {
      if (!storage.isValid())
        return;
      call->callee = versions.find({call->callee, handed})->second;
      call->args.push_back(storage);
      call->uses.push_back(Use::Plain);
      context.count(site.place == PlaceKind::Arena ? "calls that build in an arena"
                    : handed == Given::Region      ? "calls that build in a region"
                                                   : "calls that build in the frame");
      return;
    }
    if (llvm::isa<CallBase>(inst)) { // Of a function value: on the heap.
      context.count("allocations on the heap");
      return;
    }
    auto &placed = static_cast<PlacedInst &>(inst);
    placed.storage = storage;
    placed.why = editor.build.function.copyText(analysis::reasonOf(site));
    context.count(!storage.isValid()                 ? "allocations on the heap"
                  : site.place == PlaceKind::Caller ? (handed == Given::Region ? "allocations in callers' regions" : "allocations in callers' frames")
                  : site.place == PlaceKind::Arena  ? "allocations in arenas"
                  : handed == Given::Region         ? "allocations in regions"
                                                    : "allocations in the frame");
  }

  PassContext &context;
  Module &module;
  const Placements &placements;
  llvm::MapVector<std::pair<FuncId, Given>, FuncId> versions; ///< Of functions that build objects for their callers.
};

} // namespace

/// What the program has asked for is decided.
static void forgetWishes(Module &module) {
  forEachBody(module, [](Function &function) {
    for (Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (auto *call = llvm::dyn_cast<CallInst>(inst)) {
          call->arena = ValueId();
          call->onHeap = false;
        }
  });
}

void place(PassContext &context) {
  context.module.stage = Stage::Placed;
  if (context.options.placeOnHeap || context.options.optimization == 0)
    return forgetWishes(context.module);
  Placements placements(context.module, context.targets, {context.options.placeStress});
  if (context.options.explanation)
    *context.options.explanation = analysis::explainPlaces(context.module, placements);
  checkStackPromises(context, placements);
  Placer(context, placements).run();
  forgetWishes(context.module);
}

} // namespace dream::passes
