// Gives every allocation its place, as compiler/analysis/placement.h decides. Objects in the frame get storage there; regions
// are opened and closed around what is built in them. Functions that build objects for their callers get more versions, which
// take the place for them as their last parameter: storage of a fixed size ($placed), or a region ($region). Direct calls hand
// over a part of their own frame, a region of their own, or what their own caller gave them. Calls through tables hand over regions: the
// tables get one more slot then, with a version of each method that takes a region, whether it builds something there or not. Calls of
// closures, and calls whose results are not placed, keep the first version, where these objects are on the heap.
#include "compiler/analysis/effects.h"
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
struct Given {
  enum Place : uint8_t { Nothing, Storage, Region };
  Place objects = Nothing;
  bool strings = false; ///< A region for strings, the same one if it gets one for objects too.

  bool isAny() const { return objects != Nothing || strings; }
  unsigned code() const { return unsigned(objects) * 2 + strings; }
  static Given of(unsigned code) { return {Place(code / 2), code % 2 == 1}; }
  std::string suffix() const {
    return std::string(objects == Region ? "$region" : objects == Storage ? "$placed" : "") + (strings ? "$strings" : "");
  }
};

/// What is decided of one instruction.
struct Sites {
  const SitePlan *objects = nullptr, *strings = nullptr;
};

class Placer {
public:
  Placer(PassContext &context, const Placements &placements) : context(context), module(context.module), placements(placements) {}

  void run() {
    uint32_t count = module.functions.size();
    for (uint32_t i = 0; i < count; ++i)
      want(FuncId(i), {});
    for (size_t i = 0; i < versions.size(); ++i)
      want(versions.begin()[i].first.first, Given::of(versions.begin()[i].first.second));
    // All bodies are copied before any is changed.
    std::vector<llvm::DenseMap<const Inst *, Inst *>> copies(versions.size());
    for (size_t i = 0; i < versions.size(); ++i) {
      auto &[wanted, version] = versions.begin()[i];
      auto [original, given] = wanted;
      version = cloneFunction(module, original, module[original].symbol + Given::of(given).suffix(), copies[i]);
    }
    for (auto &[old, made] : slots)
      made = addSlot(old.first, old.second);
    for (uint32_t i = 0; i < count; ++i)
      place(FuncId(i), FuncId(i), {}, nullptr);
    for (size_t i = 0; i < versions.size(); ++i) {
      auto &[wanted, version] = versions.begin()[i];
      place(wanted.first, version, Given::of(wanted.second), &copies[i]);
    }
    context.count("second versions of functions", versions.size());
    context.count("slots for calls that build", slots.size());
  }

private:
  using Copies = llvm::DenseMap<const Inst *, Inst *>;
  struct Storage {
    ValueId objects, strings;
  };

  /// What a call at the site hands over, in a version that is given so much itself.
  static Given::Place handsOver(const SitePlan &site, Given::Place given) {
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
  static Given handsOver(const Sites &sites, Given given) {
    return {sites.objects ? handsOver(*sites.objects, given.objects) : Given::Nothing,
            sites.strings && handsOver(*sites.strings, given.strings ? Given::Region : Given::Nothing) == Given::Region};
  }

  llvm::MapVector<const Inst *, Sites> sitesOf(FuncId function, const Copies *copies) const {
    llvm::MapVector<const Inst *, Sites> sites;
    for (const SitePlan &site : placements.of(function).sites) {
      Sites &row = sites[copies ? copies->lookup(site.inst) : site.inst];
      (site.isString ? row.strings : row.objects) = &site;
    }
    return sites;
  }

  /// Asks for the versions that the calls of a version need.
  void want(FuncId function, Given given) {
    for (auto &[inst, sites] : sitesOf(function, nullptr)) {
      Given handed = handsOver(sites, given);
      if (!handed.isAny())
        continue;
      auto *call = llvm::dyn_cast<CallInst>(inst);
      if (call && !analysis::makesString(module[call->callee]))
        versions.insert({{call->callee, handed.code()}, FuncId()});
      auto *virt = llvm::dyn_cast<CallSlotInst>(inst);
      if (virt && slots.insert({{virt->type, virt->slot}, 0}).second)
        for (FuncId target : context.targets.targets(*virt))
          versions.insert({{target, kInRegion.code()}, FuncId()});
    }
  }

  /// Gives the tables of a class and what is derived from it, or of an interface, another slot, with the versions of what is in the old one.
  unsigned addSlot(TypeId type, unsigned slot) {
    auto versionOf = [&](const std::vector<FuncId> &methods) {
      return slot < methods.size() && methods[slot].isValid() ? versions.find({methods[slot], kInRegion.code()})->second : FuncId();
    };
    if (module.types.kind(type) == TypeKind::Interface) {
      for (ClassTable &table : module.classes)
        for (InterfaceTable &implemented : table.interfaces)
          if (implemented.interface == type)
            implemented.methods.push_back(versionOf(implemented.methods));
      return module.types.info(module.types[type].nominal).slotCount++;
    }
    // Behind all that these classes have, since what they inherit has the same number in all of them.
    auto isIn = [&](TypeId one) { return one == type || module.types.isSubtype(one, type); };
    unsigned number = module.types.info(type).slotCount;
    for (const ClassTable &table : module.classes)
      if (module.types.kind(table.type) == TypeKind::Class && isIn(table.type))
        number = std::max(number, unsigned(table.vtable.size()));
    for (ClassTable &table : module.classes)
      if (module.types.kind(table.type) == TypeKind::Class && isIn(table.type)) {
        table.vtable.resize(number);
        table.vtable.push_back(versionOf(table.vtable));
        module.types.info(module.types[table.type].nominal).slotCount = number + 1;
      }
    module.types.info(module.types[type].nominal).slotCount = number + 1;
    return number;
  }

  /// Changes a function, or a version of it that gets something from its caller, in which `copies` are its instructions.
  void place(FuncId original, FuncId target, Given given, const Copies *copies) {
    Function &function = module[target];
    const FunctionPlan &plan = placements.of(original);
    llvm::MapVector<const Inst *, Sites> sites = sitesOf(original, copies);
    auto addParam = [&](llvm::StringRef name) {
      TypeId pointer = module.types.pointer(types::UInt8, false);
      function.params.push_back({module.names.intern(name), pointer, Convention::Plain});
      ValueId value = function.addValue(pointer, Ownership::None, nullptr, function.entry());
      function[function.entry()].args.push_back(value);
      return value;
    };
    Storage fromCaller;
    if (given.objects != Given::Nothing)
      fromCaller.objects = addParam("region");
    if (given.strings)
      fromCaller.strings = given.objects == Given::Region ? fromCaller.objects : addParam("strings");
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
    std::vector<ValueId> regions = openRegions(editor, plan, given.objects == Given::Region ? fromCaller.objects : fromCaller.strings);
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (llvm::any_of(function.blocks[i].insts, [&](const Inst *inst) { return sites.contains(inst); }))
        editor.rebuild(BlockId(i), [&](Inst *inst) {
          if (auto found = sites.find(inst); found != sites.end())
            place(editor, *inst, found->second, given, fromCaller, regions, plan);
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

  /// Where the objects or strings of a site lie; invalid: on the heap.
  ValueId storageOf(BlockEditor &editor, const SitePlan &site, Given::Place handed, ValueId fromCaller, llvm::ArrayRef<ValueId> regions,
                    const FunctionPlan &plan) {
    switch (site.place) {
    case PlaceKind::Heap:
      return {};
    case PlaceKind::Frame:
      return editor.build.storage(site.shape.bytes, site.shape.align, site.shape.payloads);
    case PlaceKind::Region:
      return regions[site.region];
    case PlaceKind::Arena:
      return plan.arenas[site.region].opening->result; // Values have the same numbers in all versions.
    case PlaceKind::Caller:
      if (handed == Given::Storage)
        return editor.build.storageIn(fromCaller, site.offset, site.shape.bytes, site.shape.align);
      return fromCaller; // Nothing in the first version.
    }
    __builtin_unreachable();
  }

  void place(BlockEditor &editor, Inst &inst, const Sites &sites, Given given, const Storage &fromCaller, llvm::ArrayRef<ValueId> regions,
             const FunctionPlan &plan) {
    Given handed = handsOver(sites, given);
    ValueId storage, forStrings;
    if (sites.objects)
      storage = storageOf(editor, *sites.objects, handed.objects, fromCaller.objects, regions, plan);
    if (sites.strings)
      forStrings = storageOf(editor, *sites.strings, handed.strings ? Given::Region : Given::Nothing, fromCaller.strings, regions, plan);
    if (auto *call = llvm::dyn_cast<CallInst>(&inst)) {
      const SitePlan &site = sites.objects ? *sites.objects : *sites.strings;
      bool isEntry = analysis::makesString(module[call->callee]);
      if (!isEntry && handed.isAny())
        call->callee = versions.find({call->callee, handed.code()})->second;
      if (forStrings == storage)
        forStrings = ValueId(); // Or there are none.
      for (ValueId place : {storage, forStrings})
        if (place.isValid()) {
          call->args.push_back(place);
          call->uses.push_back(Use::Plain);
        }
      if (isEntry)
        countPlace(true, site, handed.strings ? Given::Region : Given::Nothing);
      else if (handed.isAny())
        context.count(site.place == PlaceKind::Arena               ? "calls that build in an arena"
                      : handed.objects == Given::Storage           ? "calls that build in the frame"
                                                                   : "calls that build in a region");
      return;
    }
    if (auto *call = llvm::dyn_cast<CallSlotInst>(&inst); call && handed.isAny()) {
      call->slot = slots.find({call->type, call->slot})->second;
      call->args.push_back(storage);
      call->uses.push_back(Use::Plain);
      context.count(sites.objects->place == PlaceKind::Arena ? "virtual calls that build in an arena" : "virtual calls that build in a region");
      return;
    }
    if (llvm::isa<CallBase>(inst)) { // On the heap.
      context.count("allocations on the heap");
      return;
    }
    auto &placed = static_cast<PlacedInst &>(inst);
    placed.storage = storage;
    placed.why = editor.build.function.copyText(analysis::reasonOf(*sites.objects));
    countPlace(false, *sites.objects, handed.objects);
  }
  void countPlace(bool isString, const SitePlan &site, Given::Place handed) {
    static constexpr llvm::StringLiteral kRows[][2] = {
        {"allocations on the heap", "strings on the heap"},
        {"allocations in the frame", ""},
        {"allocations in regions", "strings in regions"},
        {"allocations in callers' frames", ""},
        {"allocations in callers' regions", "strings in callers' regions"},
        {"allocations in arenas", "strings in arenas"},
    };
    unsigned row = handed == Given::Nothing          ? 0
                   : site.place == PlaceKind::Arena  ? 5
                   : site.place == PlaceKind::Caller ? (handed == Given::Region ? 4 : 3)
                                                     : (handed == Given::Region ? 2 : 1);
    context.count(kRows[row][isString]);
  }

  PassContext &context;
  Module &module;
  const Placements &placements;
  static constexpr Given kInRegion = {Given::Region, false};
  llvm::MapVector<std::pair<FuncId, unsigned>, FuncId> versions; ///< Of functions that build objects for their callers.
  llvm::MapVector<std::pair<TypeId, unsigned>, unsigned> slots;  ///< Of tables, and the slots of those versions.
};

} // namespace

/// What the program has asked for is decided.
static void forgetWishes(Module &module) {
  forEachBody(module, [](Function &function) {
    for (Block &block : function.blocks)
      for (Inst *inst : block.insts)
        if (Wish *wish = wishOf(*inst))
          *wish = {};
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
