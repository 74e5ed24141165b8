#include "compiler/analysis/placement.h"
#include "compiler/analysis/arena_extents.h"
#include "compiler/analysis/region_scopes.h"
#include "compiler/analysis/storage_shape.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/xxhash.h"

namespace dream::analysis {

using namespace dil;

// Bytes. A frame of a function that may call itself stays small: there may be many of them.
constexpr uint64_t kLargestFrame = 16384, kLargestRecursiveFrame = 256;
/// What one call may build in storage of its caller, and how large a function may be of which a second version is made for it.
constexpr uint64_t kLargestResult = 512, kLargestCopy = 400;
/// Functions that call each other, of which it is tried whether all can build their results in a region; and how often.
constexpr size_t kLargestComponent = 32, kMostRounds = 4;

const char *describe(Obstacle obstacle) {
  switch (obstacle) {
  case Obstacle::None:
    return "";
  case Obstacle::KnownToOthers:
    return "may become known to others";
  case Obstacle::Loop:
    return "is made in a loop, and may live on when the next one is made";
  case Obstacle::Size:
    return "is too large for a frame";
  case Obstacle::LargeFunction:
    return "is a part of the result of a function that is large";
  case Obstacle::Holder:
    return "is held by an object that is on the heap";
  case Obstacle::Kind:
    return "is of a kind that is always on the heap";
  case Obstacle::Chosen:
    return "is kept there by -fplace-stress";
  case Obstacle::Asked:
    return "is to be there, as 'in heap' says";
  }
  __builtin_unreachable();
}

std::string reasonOf(const SitePlan &site) {
  std::string text;
  for (const Step &step : site.why)
    text += (text.empty() ? "" : ", where it ") + step.what;
  if (!text.empty())
    return text;
  return site.place == PlaceKind::Caller ? "is a part of the result" : "does not leave the function";
}

namespace {

/// Decides for one function.
class Planner {
public:
  Planner(const Module &module, const Function &function, const HeapGraph &graph, FunctionPlan &plan, llvm::ArrayRef<FunctionPlan> plans,
          llvm::ArrayRef<unsigned> objects)
      : module(module), function(function), graph(graph), reuse(function), arenas(function, reuse.cfg()), plan(plan), plans(plans),
        objects(objects), numbers(graph.objects().size(), kNone) {
    for (uint32_t i = 0; i < objects.size(); ++i)
      numbers[objects[i]] = i;
    for (const ArenaExtent &arena : arenas.list())
      plan.arenas.push_back({arena.opening});
  }

  static constexpr uint32_t kNone = ~0u;

  void run(uint64_t frameLimit, bool isRecursive, ResultPlace mostForResult) {
    bool resultInRegion = isRecursive;
    for (uint32_t i = 0; i < objects.size(); ++i)
      resultInRegion |= choose(i, mostForResult);
    keepTogether();
    limit(frameLimit, resultInRegion);
    // The objects that did not fit may have held others.
    keepTogether();
    chooseScopes();
    keepTogether();
    forget();
    if (dropUselessRegions()) {
      keepTogether();
      forget();
    }
    numberRegions();
    finishArenas();
    decideResult(resultInRegion);
  }

private:
  static void keepOnHeap(SitePlan &site, Obstacle obstacle, SourceLoc loc = {}) {
    site.place = PlaceKind::Heap;
    site.obstacle = obstacle;
    site.why = {{loc.isValid() ? loc : site.inst->loc, describe(obstacle)}};
  }

  /// Gives whether it is a part of the result that fits in a region only.
  bool choose(uint32_t number, ResultPlace mostForResult) {
    SitePlan &site = plan.sites[number];
    unsigned object = objects[number];
    if (graph.isKnownToOthers(object) || graph.isKept(object)) {
      keepOnHeap(site, Obstacle::KnownToOthers);
      if (Path way = graph.wayOut(object); !way.empty())
        site.why = std::move(way);
      return false;
    }
    bool isTooLarge = site.obstacle == Obstacle::Size;
    if (site.obstacle != Obstacle::None && !isTooLarge) {
      keepOnHeap(site, site.obstacle);
      return false;
    }
    bool isInResult = graph.isInResult(object);
    if (isInResult && mostForResult == ResultPlace::None && !isTooLarge) {
      keepOnHeap(site, Obstacle::LargeFunction);
      return false;
    }
    site.livesOn = reuse.isRepeated(*site.inst) && !reuse.areDead(*site.inst, holdersOf(object));
    if ((isTooLarge || site.shape.bytes == 0 || site.livesOn) && putInArena(number))
      return false;
    if (isTooLarge) {
      keepOnHeap(site, Obstacle::Size);
      return false;
    }
    // What lives on in a loop, and neither another one of it nor an array holds it, dies there, one by one. The heap does that best.
    if (site.livesOn && !graph.isChained(object) && !isInArray(object) && !isPromised(site)) {
      keepOnHeap(site, Obstacle::Loop);
      return false;
    }
    bool inRegion = site.shape.bytes == 0 || site.livesOn;
    site.place = isInResult ? PlaceKind::Caller : inRegion ? PlaceKind::Region : PlaceKind::Frame;
    return isInResult && inRegion;
  }

  /// It is put into an array that is made here, which may hold any number of them.
  bool isInArray(unsigned object) const {
    return llvm::any_of(objects, [&](unsigned other) {
      auto *array = llvm::dyn_cast<AllocArrayInst>(graph.objects()[other].site);
      return array && isSimpleArray(function[array->result].type) && graph.heldBy(other).test(object);
    });
  }
  /// It must not be on the heap, even where that is as good.
  bool isPromised(const SitePlan &site) const {
    auto *call = llvm::dyn_cast<CallInst>(site.inst);
    TypeId type = call ? module[call->callee].result : site.inst->result.isValid() ? function[site.inst->result].type : TypeId();
    return type.isValid() && module.types.isOnStack(type);
  }

  /// Objects that may refer to one of these, by way of others too.
  llvm::BitVector holding(llvm::BitVector held) const {
    for (bool again = true; again;) {
      again = false;
      for (unsigned other = 0; other < graph.objects().size(); ++other)
        if (!held.test(other) && graph.heldBy(other).anyCommon(held)) {
          held.set(other);
          again = true;
        }
    }
    return held;
  }
  /// The objects, and what they hold, by way of others too.
  llvm::BitVector reachedFrom(llvm::BitVector all) const {
    for (size_t before = 0; before != all.count();) {
      before = all.count();
      for (unsigned one : llvm::BitVector(all).set_bits())
        all |= graph.heldBy(one);
    }
    return all;
  }
  /// Values that may refer to one of the objects, or to what holds it.
  llvm::BitVector holdersOf(llvm::BitVector held) const {
    held = holding(std::move(held));
    llvm::BitVector values(function.values.size());
    for (unsigned value = 0; value < function.values.size(); ++value)
      if (graph.of(ValueId(value)).anyCommon(held))
        values.set(value);
    return values;
  }
  llvm::BitVector holdersOf(unsigned object) const {
    llvm::BitVector held(graph.objects().size());
    held.set(object);
    return holdersOf(std::move(held));
  }

  /// Objects in storage are held by objects in storage that does not outlive theirs.
  void keepTogether() {
    for (bool again = true; again;) {
      again = false;
      for (unsigned holder = 0; holder < graph.objects().size(); ++holder)
        for (unsigned held : graph.heldBy(holder).set_bits())
          if (numbers[held] != kNone && held != holder)
            again |= separate(holder, held);
    }
  }
  /// Gives whether something has changed its place.
  bool separate(unsigned holder, unsigned held) {
    SitePlan &site = plan.sites[numbers[held]];
    SitePlan *by = numbers[holder] == kNone ? nullptr : &plan.sites[numbers[holder]];
    if (site.place == PlaceKind::Heap)
      return false;
    bool isGood = by && by->place != PlaceKind::Heap && isWhole(*by);
    auto *closure = llvm::dyn_cast_or_null<ClosureInst>(graph.objects()[holder].site);
    bool isOnStack = closure && closure->onStack;
    if (isGood && by->place == PlaceKind::Arena)
      return holdInArena(*by, holder, held);
    if (site.place == PlaceKind::Arena) {
      if (isOnStack || isHeapArray(holder)) // What holds the array is looked at instead.
        return !isOnStack && separateFromHolders(holder, held);
      return (isGood && by->place != PlaceKind::Caller && putInArena(numbers[holder])) || leave(held, holder);
    }
    bool outlives = (isGood || isOnStack) && (site.place == PlaceKind::Caller || !by || by->place != PlaceKind::Caller);
    return !outlives && leave(held, holder);
  }
  /// The object cannot stay where it is, held by this one. Gives true.
  bool leave(unsigned held, unsigned holder) {
    SitePlan &site = plan.sites[numbers[held]];
    bool isLocal = site.place == PlaceKind::Frame || site.place == PlaceKind::Region;
    if (!isLocal || !putInArena(numbers[held]))
      keepOnHeap(site, Obstacle::Holder, graph.heldAt(holder, held));
    return true;
  }
  bool isWhole(const SitePlan &site) const {
    auto *call = llvm::dyn_cast<CallInst>(site.inst);
    return !call || plans[call->callee.index].isWhole;
  }

  //===-- Arenas ----------------------------------------------------------------------------------------------===//
  // What lies in an arena is held by objects in the same arena, or in one that is closed earlier, and by arrays on the heap that
  // are held so; so once nobody looks at any of them, they die together, rings too. It holds nothing that ends earlier.

  static bool isDropSignificant(const TypeTable &types, TypeId type) { return type.isValid() && types.isDropSignificant(type); }

  /// Puts the object of a site into the innermost arena around it, or the one that the program names, if it ends before that does.
  bool putInArena(uint32_t number) {
    for (unsigned arena : arenas.around(*plan.sites[number].inst))
      if (putInArena(number, arena))
        return true;
    return false;
  }
  bool putInArena(uint32_t number, unsigned arena) {
    SitePlan &site = plan.sites[number];
    auto *call = llvm::dyn_cast<CallInst>(site.inst);
    bool isAsked = call && call->arena.isValid();
    TypeId type = call ? call->resultType : function[site.inst->result].type;
    if ((isAsked && call->arena != plan.arenas[arena].opening->result) || isDropSignificant(module.types, type) ||
        graph.isInResult(objects[number]) || !llvm::is_contained(arenas.around(*site.inst), arena))
      return false;
    llvm::BitVector holders = holdersOf(objects[number]);
    for (const ArenaCloseInst *closing : arenas.list()[arena].closings)
      if (!reuse.areDeadBehind(*closing, holders))
        return false;
    site.place = PlaceKind::Arena;
    site.region = arena;
    site.obstacle = Obstacle::None;
    return true;
  }
  /// An array on the heap dies when nobody holds it any more, and then lets go what it holds.
  bool isHeapArray(unsigned object) const {
    return graph.objects()[object].isArray && (numbers[object] == kNone || plan.sites[numbers[object]].place == PlaceKind::Heap);
  }
  /// As separate, from all that hold the array.
  bool separateFromHolders(unsigned array, unsigned held) {
    llvm::BitVector arrays(graph.objects().size());
    llvm::SmallVector<unsigned, 4> work{array};
    arrays.set(array);
    while (!work.empty()) {
      unsigned one = work.pop_back_val();
      for (unsigned holder = 0; holder < graph.objects().size(); ++holder) {
        if (holder == held || arrays.test(holder) || !graph.heldBy(holder).test(one))
          continue;
        if (isHeapArray(holder)) {
          arrays.set(holder);
          work.push_back(holder);
        } else if (separate(holder, held)) {
          return true;
        }
      }
    }
    return false;
  }
  /// `by`, in an arena, holds the object: then that ends no earlier.
  bool holdInArena(const SitePlan &by, unsigned holder, unsigned held) {
    SitePlan &site = plan.sites[numbers[held]];
    bool isFine = site.place == PlaceKind::Caller ||
                  (site.place == PlaceKind::Arena && (site.region == by.region || arenas.isAround(site.region, by.region)));
    if (isFine || putInArena(numbers[held], by.region))
      return !isFine;
    keepOnHeap(site, Obstacle::Holder, graph.heldAt(holder, held));
    return true;
  }
  /// Where rings may be left that hold something else, the arena lists what is made in it.
  void finishArenas() {
    for (unsigned arena = 0; arena < plan.arenas.size(); ++arena) {
      llvm::BitVector pure = pureIn(PlaceKind::Arena, arena);
      for (uint32_t i = 0; i < objects.size(); ++i)
        plan.arenas[arena].isListed |= isIn(plan.sites[i], PlaceKind::Arena, arena) && !pure.test(objects[i]) &&
                                       !llvm::isa<AllocArrayInst>(plan.sites[i].inst);
    }
  }

  void limit(uint64_t frameLimit, bool &resultInRegion) {
    uint64_t frame = 0;
    StorageShape result;
    for (SitePlan &site : plan.sites) {
      if (site.place == PlaceKind::Frame && (frame += site.shape.bytes) > frameLimit) {
        frame -= site.shape.bytes;
        if (!putInArena(uint32_t(&site - plan.sites.data())))
          keepOnHeap(site, Obstacle::Size);
      }
      if (site.place == PlaceKind::Caller)
        result.append(site.shape);
    }
    resultInRegion |= result.bytes > kLargestResult;
  }

  //===-- Regions ---------------------------------------------------------------------------------------------===//

  /// The innermost scope with which the object's life ends. A region in a scope inside of that one, around the site, would lie
  /// above: then it is not opened there.
  void chooseScopes() {
    if (llvm::none_of(plan.sites, [](const SitePlan &site) { return site.place == PlaceKind::Region; }))
      return;
    scopes.emplace(function, reuse);
    llvm::BitVector used(scopes->size());
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (SitePlan &site = plan.sites[i]; site.place == PlaceKind::Region) {
        llvm::BitVector holders = holdersOf(objects[i]);
        site.region = *llvm::find_if(scopes->around(*site.inst), [&](unsigned scope) { return scopes->endsLife(scope, holders); });
        used.set(site.region);
      }
    for (SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Region && !isInnermost(site, site.region, used))
        keepOnHeap(site, Obstacle::Loop);
    followHolders(used);
  }
  /// No used scope lies around the site, and in this one.
  bool isInnermost(const SitePlan &site, unsigned scope, const llvm::BitVector &used) const {
    for (unsigned inner : scopes->around(*site.inst)) {
      if (inner == scope)
        return true;
      if (used.test(inner))
        return false;
    }
    return false;
  }
  /// What could lie in the frame, but is held in a region, lies there too: then it need not be let go by itself.
  void followHolders(const llvm::BitVector &used) {
    for (bool again = true; again;) {
      again = false;
      for (uint32_t i = 0; i < objects.size(); ++i) {
        if (plan.sites[i].place != PlaceKind::Region)
          continue;
        for (unsigned held : graph.heldBy(objects[i]).set_bits()) {
          SitePlan *site = numbers[held] == kNone ? nullptr : &plan.sites[numbers[held]];
          unsigned scope = plan.sites[i].region;
          if (!site || site->place != PlaceKind::Frame || !isSimple(*site) || !isInnermost(*site, scope, used) ||
              !scopes->endsLife(scope, holdersOf(held)))
            continue;
          site->place = PlaceKind::Region;
          site->region = scope;
          again = true;
        }
      }
    }
  }

  /// An object that holds nothing but objects like it, by its type: letting it go is forgetting it.
  bool isSimple(const SitePlan &site) const {
    if (auto *call = llvm::dyn_cast<CallInst>(site.inst))
      return plans[call->callee.index].isPure;
    TypeId type = site.inst->result.isValid() ? function[site.inst->result].type : TypeId();
    if (!llvm::isa<AllocInst>(site.inst))
      return llvm::isa<AllocArrayInst>(site.inst) && isSimpleArray(type);
    return !module.types.isDropSignificant(type) && llvm::all_of(module.types.info(type).fields, [&](const FieldInfo &field) {
             return module.types.isPlain(field.type) || isReference(field.type);
           });
  }
  /// To an object of a class.
  bool isReference(TypeId type) const {
    if (module.types.kind(type) == TypeKind::Optional)
      type = module.types[type].element;
    return module.types.kind(type) == TypeKind::Class;
  }
  /// Of plain values, or of references to objects of classes.
  bool isSimpleArray(TypeId type) const {
    TypeId element = module.types.kind(type) == TypeKind::Array ? module.types[type].element : TypeId();
    return element.isValid() && (module.types.isPlain(element) || isReference(element));
  }
  /// Of the objects with a place for which `counts` holds: those that hold only each other, and `others`.
  template <typename F> llvm::BitVector pureAmong(F &&counts, llvm::BitVector others) const {
    llvm::BitVector pure(graph.objects().size());
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (counts(plan.sites[i]) && isSimple(plan.sites[i]))
        pure.set(objects[i]);
    for (bool again = true; again;) {
      again = false;
      llvm::BitVector allowed = pure;
      allowed |= others;
      for (unsigned object : llvm::BitVector(pure).set_bits())
        if (graph.heldBy(object).test(allowed)) {
          pure.reset(object);
          again = true;
        }
    }
    return pure;
  }

  static bool isIn(const SitePlan &site, PlaceKind kind, unsigned region) { return site.place == kind && site.region == region; }
  /// Of the objects in a region or arena: those that hold only each other.
  llvm::BitVector pureIn(PlaceKind kind, unsigned region) const {
    return pureAmong([&](const SitePlan &site) { return isIn(site, kind, region); }, llvm::BitVector(graph.objects().size()));
  }
  struct Drop {
    BlockId block;
    unsigned at;
    const DropInst *inst;
  };
  /// Of objects among these, and of nothing else.
  std::vector<Drop> dropsOf(const llvm::BitVector &pure) const {
    std::vector<Drop> drops;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (unsigned at = 0; at < function.blocks[i].insts.size(); ++at)
        if (auto *drop = llvm::dyn_cast<DropInst>(function.blocks[i].insts[at]); drop && isForgettable(function[drop->value].type))
          if (const llvm::BitVector &what = graph.of(drop->value); what.any() && !what.test(pure))
            drops.push_back({BlockId(i), at, drop});
    return drops;
  }
  bool isForgettable(TypeId type) const { return isReference(type) || isSimpleArray(type); }
  /// Leaves out those behind which somebody looks, other ones that stay apart.
  template <typename F> static void keepQuiet(std::vector<Drop> &drops, F &&isQuiet) {
    for (bool again = true; again;) {
      llvm::DenseSet<const Inst *> harmless;
      for (const Drop &drop : drops)
        harmless.insert(drop.inst);
      auto isHarmless = [&](const Inst &inst) {
        return harmless.contains(&inst) || llvm::isa<EndBorrowInst, LoadTakeInst, CastInst>(inst);
      };
      size_t before = drops.size();
      llvm::erase_if(drops, [&](const Drop &drop) { return !isQuiet(drop, isHarmless); });
      again = drops.size() != before;
    }
  }
  void forgetAll(llvm::ArrayRef<Drop> drops) {
    for (const Drop &drop : drops)
      plan.forgotten.push_back(drop.inst);
  }

  /// Finds the drops of objects in regions that need not be done: what dies holds nothing else, nobody looks at it any more, and
  /// nothing is made in the region before it is closed. In arenas nothing takes the place of what has died.
  void forget() {
    plan.forgotten.clear();
    for (unsigned scope = 0; scopes && scope < scopes->size(); ++scope) {
      llvm::BitVector pure = pureIn(PlaceKind::Region, scope);
      if (pure.none())
        continue;
      llvm::DenseSet<const Inst *> sites;
      for (const SitePlan &site : plan.sites)
        if (isIn(site, PlaceKind::Region, scope))
          sites.insert(site.inst);
      llvm::BitVector holders = holdersOf(pure);
      std::vector<Drop> drops = dropsOf(pure);
      keepQuiet(drops, [&](const Drop &drop, auto &isHarmless) {
        return scopes->isQuietAfter(drop.block, *drop.inst, scope, [&](const Inst &inst) {
          return sites.contains(&inst) || (!isHarmless(inst) && reuse.looks(inst, holders));
        });
      });
      forgetAll(drops);
    }
    for (unsigned arena = 0; arena < plan.arenas.size(); ++arena) {
      std::vector<Drop> drops = dropsOf(pureIn(PlaceKind::Arena, arena));
      keepQuiet(drops, [&](const Drop &drop, auto &isHarmless) {
        return reuse.areDeadBehind(drop.block, drop.at, holdersOf(withReach(graph.of(drop.inst->value))), isHarmless);
      });
      forgetAll(drops);
    }
  }
  /// Objects with all that they hold, at every depth.
  llvm::BitVector withReach(llvm::BitVector held) const {
    for (bool again = true; again;) {
      llvm::BitVector more = held;
      for (unsigned object : held.set_bits())
        more |= graph.heldBy(object);
      again = more != held;
      held = std::move(more);
    }
    return held;
  }

  /// What lives on in a loop, and does not die with its region, dies one by one: as well on the heap.
  bool dropUselessRegions() {
    bool any = false;
    llvm::BitVector dropped(graph.objects().size());
    for (const DropInst *drop : plan.forgotten)
      dropped |= graph.of(drop->value);
    llvm::BitVector dies = reachedFrom(std::move(dropped));
    for (uint32_t i = 0; i < objects.size(); ++i) {
      SitePlan &site = plan.sites[i];
      if (site.place != PlaceKind::Region || !site.livesOn || isPromised(site))
        continue;
      if (dies.test(objects[i]))
        continue;
      keepOnHeap(site, Obstacle::Loop);
      any = true;
    }
    return any;
  }

  /// From scopes to numbers of regions that are opened.
  void numberRegions() {
    if (!scopes)
      return;
    llvm::SmallVector<unsigned, 4> used;
    for (const SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Region)
        used.push_back(site.region);
    // Inner loops have smaller numbers than outer ones, and the function comes last.
    llvm::sort(used, [](unsigned a, unsigned b) { return a - 1 < b - 1; });
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (unsigned scope : used) {
      RegionPlan &region = plan.regions.emplace_back();
      if (const Loop *loop = scopes->loopOf(scope)) {
        region.header = loop->header;
        region.blocks = loop->blocks;
      }
    }
    for (SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Region)
        site.region = uint32_t(llvm::find(used, site.region) - used.begin());
  }

  //===-- The result ------------------------------------------------------------------------------------------===//

  void decideResult(bool inRegion) {
    auto isCaller = [](const SitePlan &site) { return site.place == PlaceKind::Caller; };
    if (llvm::none_of(plan.sites, isCaller))
      return;
    plan.result = inRegion ? ResultPlace::Region : ResultPlace::Storage;
    if (!inRegion)
      for (SitePlan &site : plan.sites)
        if (isCaller(site))
          site.offset = plan.caller.append(site.shape);
    // What parameters refer to is the caller's: there it is seen what the new objects hold of it.
    llvm::BitVector fromParams(graph.objects().size());
    for (unsigned object = 0; object < graph.objects().size(); ++object)
      if (ObjectKind kind = graph.objects()[object].kind; kind == ObjectKind::Self || kind == ObjectKind::Reach)
        fromParams.set(object);
    llvm::BitVector pure = pureAmong(isCaller, std::move(fromParams));
    plan.isPure = true;
    for (uint32_t i = 0; i < objects.size(); ++i)
      plan.isPure &= !isCaller(plan.sites[i]) || pure.test(objects[i]);
  }

  const Module &module;
  const Function &function;
  const HeapGraph &graph;
  StorageReuse reuse;
  ArenaExtents arenas;
  std::optional<RegionScopes> scopes;
  FunctionPlan &plan;
  llvm::ArrayRef<FunctionPlan> plans;
  llvm::ArrayRef<unsigned> objects;
  std::vector<uint32_t> numbers; ///< By object: of its site.
};

} // namespace

void Placements::plan(FuncId id, bool isRecursive, ResultPlace mostForResult) {
  const Function &function = module[id];
  FunctionPlan plan;
  llvm::SmallVector<unsigned, 8> objects;
  HeapGraph graph(module, function, targets, summary.list(), summary.destructorsLeak());
  size_t size = 0;
  for (const Block &block : function.blocks)
    size += block.insts.size();
  for (unsigned object = 0; object < graph.objects().size(); ++object) {
    const Inst *inst = graph.objects()[object].site;
    auto *closure = llvm::dyn_cast_or_null<ClosureInst>(inst);
    if (!inst || graph.objects()[object].isKept || llvm::isa<CallSlotInst>(inst) || (closure && (closure->onStack || closure->captures.empty())))
      continue;
    auto *call = llvm::dyn_cast<CallInst>(inst);
    if (call && plans[call->callee.index].result == ResultPlace::None)
      continue; // Its objects have their plan there.
    SitePlan &site = plan.sites.emplace_back();
    site.inst = inst;
    if (call)
      site.shape = plans[call->callee.index].caller;
    else
      fitOf(module, function, *inst, site.shape, site.obstacle);
    uint64_t chance = llvm::xxh3_64bits(function.symbol + '/' + std::to_string(object) + '/' + std::to_string(options.stressSeed));
    if (options.stressSeed && chance % 2)
      site.obstacle = Obstacle::Chosen;
    if (call && call->onHeap)
      site.obstacle = Obstacle::Asked;
    objects.push_back(object);
  }
  if (graph.isGivenUp()) {
    for (SitePlan &site : plan.sites)
      site.why = graph.wayOut(0);
  } else if (!objects.empty()) {
    Planner(module, function, graph, plan, plans, objects)
        .run(isRecursive ? kLargestRecursiveFrame : kLargestFrame, isRecursive, size <= kLargestCopy ? mostForResult : ResultPlace::None);
  }
  // Whether the caller can tell that everything new in the result lies where it says.
  llvm::BitVector placed(graph.objects().size());
  for (uint32_t i = 0; i < objects.size(); ++i)
    if (plan.sites[i].place == PlaceKind::Caller) {
      auto *call = llvm::dyn_cast<CallInst>(plan.sites[i].inst);
      placed[objects[i]] = !call || plans[call->callee.index].isWhole;
    }
  for (unsigned object = 0; object < graph.objects().size(); ++object)
    if (graph.objects()[object].kind == ObjectKind::Site && graph.isInResult(object) && !placed.test(object))
      plan.isWhole = false;
  plan.isPure &= plan.isWhole;
  plans[id.index] = std::move(plan);
}

/// In recursion the best is assumed of all results until it turns out wrong of one; what has been given up stays so.
void Placements::planComponent(llvm::ArrayRef<FuncId> members) {
  bool isRecursive = summary.isRecursive(members.front());
  if (!isRecursive)
    return plan(members.front(), false, ResultPlace::Region);
  bool isTried = members.size() <= kLargestComponent;
  for (FuncId member : members)
    if (isTried && summary.of(member).isFresh) {
      FunctionPlan &plan = plans[member.index];
      plan.result = ResultPlace::Region;
      plan.isPure = true;
    }
  for (size_t round = 1;; ++round) {
    bool again = false;
    for (FuncId member : members) {
      FunctionPlan &now = plans[member.index];
      ResultPlace result = now.result;
      bool wasWhole = now.isWhole, wasPure = now.isPure;
      plan(member, true, result);
      bool isWorse = now.result != result || (wasWhole && !now.isWhole) || (wasPure && !now.isPure);
      now.isWhole &= wasWhole;
      now.isPure &= wasPure;
      again |= isWorse;
    }
    if (!again)
      return;
    if (round == kMostRounds)
      for (FuncId member : members) {
        plans[member.index].result = ResultPlace::None;
        plans[member.index].isWhole = plans[member.index].isPure = false;
      }
  }
}

Placements::Placements(const Module &module, CallTargets &targets, const PlacementOptions &options)
    : module(module), targets(targets), options(options), summary(module, targets), plans(module.functions.size()) {
  for (const auto &component : summary.order()) {
    llvm::SmallVector<FuncId, 4> members;
    for (FuncId member : component)
      if (!module[member].isDeclaration())
        members.push_back(member);
    if (!members.empty())
      planComponent(members);
  }
}

} // namespace dream::analysis
