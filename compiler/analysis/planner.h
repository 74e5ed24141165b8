// Decides for one function where the objects lie that it makes, or that are built for it. What is decided, and when, is told in
// placement.h. First each site is looked at by itself; then objects that hold each other are brought together, again and again, until
// nothing moves any more: places only become dearer, from frames and regions to arenas, and from everywhere to the heap.
#pragma once

#include "compiler/analysis/arena_extents.h"
#include "compiler/analysis/placement.h"
#include "compiler/analysis/region_scopes.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

/// Bytes that one call may build in storage of its caller.
constexpr uint64_t kLargestResult = 512;

/// The objects that a site makes; of a call with types, one for each type.
using Made = llvm::SmallVector<unsigned, 1>;

/// Decides for one function.
class Planner {
public:
  Planner(const dil::Module &module, const dil::Function &function, const HeapGraph &graph, FunctionPlan &plan,
          llvm::ArrayRef<Made> objects, ObjectTypes *types)
      : module(module), function(function), graph(graph), reuse(function), arenas(function, reuse.cfg()), plan(plan),
        objects(objects), types(types), numbers(graph.objects().size(), kNone) {
    for (uint32_t i = 0; i < objects.size(); ++i)
      for (unsigned object : objects[i])
        numbers[object] = i;
    for (const ArenaExtent &arena : arenas.list())
      plan.arenas.push_back({arena.opening});
  }

  static constexpr uint32_t kNone = ~0u;

  void run(uint64_t frameLimit, bool isRecursive, ResultPlace mostForResult, bool stringsForResult) {
    bool resultInRegion = isRecursive;
    for (bool strings : {false, true}) // They get what is left of the work that is worth it.
      for (uint32_t i = 0; i < objects.size(); ++i)
        if (plan.sites[i].isString == strings)
          resultInRegion |= choose(i, strings ? stringsForResult : mostForResult != ResultPlace::None);
    keepTogether();
    limit(frameLimit, resultInRegion);
    // The objects that did not fit may have held others.
    keepTogether();
    chooseScopes();
    keepTogether();
    keepRings();
    keepPaired();
    forget();
    if (dropUselessRegions()) {
      keepTogether();
      keepRings();
      keepPaired();
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
  bool choose(uint32_t number, bool mayBuildForCaller) {
    SitePlan &site = plan.sites[number];
    const Made &made = objects[number];
    auto known = llvm::find_if(made, [&](unsigned object) { return graph.isKnownToOthers(object) || (graph.isKept(object) && !plan.isBuilder); });
    if (known != made.end()) {
      keepOnHeap(site, Obstacle::KnownToOthers);
      if (Path way = graph.wayOut(*known); !way.empty())
        site.why = std::move(way);
      return false;
    }
    // What is too large, closures and boxes lie in arenas at most.
    Obstacle elsewhere = site.obstacle;
    bool isForArenas = elsewhere == Obstacle::Size || llvm::isa<dil::ClosureInst, dil::BoxInst>(site.inst);
    if (elsewhere != Obstacle::None && (!isForArenas || elsewhere == Obstacle::Chosen)) {
      keepOnHeap(site, elsewhere);
      return false;
    }
    bool isInResult = isForCaller(made);
    // Callers are told nothing of strings in the result of what builds for them besides.
    if (site.isString && plan.isBuilder && llvm::any_of(made, [&](unsigned object) { return graph.isInResult(object) && !graph.isKept(object); }))
      mayBuildForCaller = false;
    if (isInResult && !mayBuildForCaller && !isForArenas) {
      keepOnHeap(site, Obstacle::LargeFunction);
      return false;
    }
    site.livesOn = reuse.isRepeated(*site.inst) && !reuse.areDead(*site.inst, holdersOf(made));
    // In an arena a ring lets go what it holds.
    bool isInFrame = !isForArenas && site.shape.bytes != 0 && !site.livesOn;
    if ((!isInFrame || (types && !isSimple(site) && mayCloseRing(made))) && putInArena(number))
      return false;
    if (isForArenas) {
      keepOnHeap(site, elsewhere);
      return false;
    }
    // What lives on in a loop, and neither another one of it nor one of many nor an array holds it, dies there, one by one. The heap does
    // that best.
    // (What is built for a caller may be built in an arena, where it need not die one by one.)
    bool diesTogether = (types && isInResult) || llvm::any_of(made, [&](unsigned object) { return graph.isChained(object) || isInMany(object); });
    if (site.livesOn && !diesTogether && !isPromised(site)) {
      keepOnHeap(site, Obstacle::Loop);
      return false;
    }
    bool inRegion = site.shape.bytes == 0 || site.livesOn;
    site.place = isInResult ? PlaceKind::Caller : inRegion ? PlaceKind::Region : PlaceKind::Frame;
    return isInResult && inRegion && !site.isString;
  }

  /// It is put into an array that is made here, which may hold any number of them, or into an object that another one of it holds.
  bool isInMany(unsigned object) const {
    return llvm::any_of(objects, [&](const Made &made) {
      auto *array = llvm::dyn_cast<dil::AllocArrayInst>(graph.objects()[made.front()].site);
      return llvm::any_of(made, [&](unsigned other) {
        bool isMany = array ? isSimpleArray(function[array->result].type) : graph.isChained(other);
        return isMany && graph.heldBy(other).test(object);
      });
    });
  }
  /// It must not be on the heap, even where that is as good.
  bool isPromised(const SitePlan &site) const {
    if (site.isString)
      return false;
    auto *call = llvm::dyn_cast<dil::CallBase>(site.inst);
    TypeId type = call ? call->resultType : site.inst->result.isValid() ? function[site.inst->result].type : TypeId();
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
      llvm::BitVector known = all;
      for (unsigned one : known.set_bits())
        all |= graph.heldBy(one);
    }
    return all;
  }
  /// Values that may refer to one of the objects, or to what holds it.
  llvm::BitVector holdersOf(llvm::BitVector held) const {
    held = holding(std::move(held));
    llvm::BitVector values(function.values.size());
    for (unsigned value = 0; value < function.values.size(); ++value)
      if (graph.of(dil::ValueId(value)).anyCommon(held))
        values.set(value);
    return values;
  }
  llvm::BitVector holdersOf(llvm::ArrayRef<unsigned> made) const {
    llvm::BitVector held(graph.objects().size());
    for (unsigned object : made)
      held.set(object);
    return holdersOf(std::move(held));
  }
  /// A part of the result, or of what a builder builds.
  bool isForCaller(const Made &made) const {
    return llvm::any_of(made, [&](unsigned object) { return graph.isInResult(object) || graph.isKept(object); });
  }

  /// By what refers to what, and by the types: objects of one site that hold each other look like a ring if fields of their class close
  /// rings anywhere in the program. What a call builds holds only itself until it is put into itself here, or a ring is built there.
  bool isInRing(const SitePlan &made, unsigned object, const llvm::BitVector &reached) const {
    TypeId type = contentType(made);
    if (!reached.test(object) || (type.isValid() && !graph.rings().mayLeadToRing(type)))
      return false;
    if (graph.heldBy(object).test(object) && (!made.callee || graph.isChained(object) || made.callee->hasRings))
      return true;
    return llvm::any_of(reached.set_bits(), [&](unsigned other) { return other != object && reachedFrom(graph.heldBy(other)).test(object); });
  }
  bool isInRing(uint32_t site) const {
    return llvm::any_of(objects[site], [&](unsigned object) { return isInRing(plan.sites[site], object, reachedFrom(graph.heldBy(object))); });
  }
  /// A ring ends with its storage and drops nothing: so nothing in it, and nothing that it holds, has anything to drop, or lies
  /// elsewhere.
  void keepRings() {
    auto endsWith = [&](const SitePlan &ring, unsigned object) {
      const SitePlan *site = numbers[object] == kNone ? nullptr : &plan.sites[numbers[object]];
      return site && isIn(*site, ring.place, ring.region) && isSimple(*site);
    };
    for (bool again = true; again;) {
      again = false;
      for (uint32_t i = 0; i < objects.size(); ++i) {
        SitePlan &site = plan.sites[i];
        if (site.place == PlaceKind::Heap || site.place == PlaceKind::Arena)
          continue;
        bool keeps = llvm::any_of(objects[i], [&](unsigned object) {
          llvm::BitVector reached = reachedFrom(graph.heldBy(object));
          return isInRing(site, object, reached) && !llvm::all_of(reached.set_bits(), [&](unsigned other) { return endsWith(site, other); });
        });
        if (keeps)
          keepOnHeap(site, Obstacle::Ring);
        again |= keeps;
      }
      if (again)
        keepTogether();
    }
  }

  /// Objects in storage are held by objects in storage that does not outlive theirs.
  void keepTogether() {
    for (bool again = true; again;) {
      again = false;
      for (unsigned holder = 0; holder < graph.objects().size(); ++holder)
        for (unsigned held : graph.heldBy(holder).set_bits())
          if (numbers[held] != kNone && numbers[held] != numbers[holder])
            again |= separate(holder, held);
    }
  }
  /// Gives whether something has changed its place.
  bool separate(unsigned holder, unsigned held) {
    SitePlan &site = plan.sites[numbers[held]];
    SitePlan *by = numbers[holder] == kNone ? nullptr : &plan.sites[numbers[holder]];
    ObjectKind kind = graph.objects()[holder].kind;
    bool isBuilt = plan.isBuilder && site.place == PlaceKind::Caller && (kind == ObjectKind::Self || kind == ObjectKind::Reach);
    if (site.place == PlaceKind::Heap || isBuilt) // What is built lies where the caller finds it good.
      return false;
    bool isGood = by && by->place != PlaceKind::Heap && isWhole(*by);
    auto *closure = llvm::dyn_cast_or_null<dil::ClosureInst>(graph.objects()[holder].site);
    bool isOnStack = closure && closure->onStack;
    if (isGood && by->place == PlaceKind::Arena)
      return holdInArena(*by, holder, held);
    // Of an array on the heap, what holds the array is looked at instead.
    bool mayBeInArena = site.place == PlaceKind::Arena || (types && site.place == PlaceKind::Caller);
    if (mayBeInArena && isHeapArray(holder))
      return separateFromHolders(holder, held);
    if (site.place == PlaceKind::Arena) {
      // (What holds a string lets it go before the arena is closed.)
      if (isOnStack || (site.isString && isGood && by->place != PlaceKind::Caller))
        return false;
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
      leaveToHolder(held, holder);
    return true;
  }
  void leaveToHolder(unsigned held, unsigned holder);
  std::string nameOf(const HeapObject &object) const;
  bool isWhole(const SitePlan &site) const {
    return site.isString || !site.callee || site.callee->isWhole;
  }

  //===-- Arenas (planner_arenas.cpp) ---------------------------------------------------------------------------===//

  bool putInArena(uint32_t number);
  bool putInArena(uint32_t number, unsigned arena);
  bool isHeapArray(unsigned object) const;
  bool separateFromHolders(unsigned array, unsigned held);
  bool holdInArena(const SitePlan &by, unsigned holder, unsigned held);
  void finishArenas();
  TypeId contentType(const SitePlan &site) const;
  bool mayCloseRing(const Made &made) const;

  void limit(uint64_t frameLimit, bool &resultInRegion) {
    uint64_t frame = 0;
    StorageShape result;
    for (SitePlan &site : plan.sites) {
      if (site.place == PlaceKind::Frame && (frame += site.shape.bytes) > frameLimit) {
        frame -= site.shape.bytes;
        if (!putInArena(uint32_t(&site - plan.sites.data())))
          site.place = PlaceKind::Region;
      }
      if (site.place == PlaceKind::Caller && !site.isString)
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
      if (SitePlan &site = plan.sites[i]; site.place == PlaceKind::Region && !site.isString) {
        llvm::BitVector holders = holdersOf(objects[i]);
        site.region = *llvm::find_if(scopes->around(*site.inst), [&](unsigned scope) { return scopes->endsLife(scope, holders); });
        used.set(site.region);
      }
    for (SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Region && !site.isString && !isInnermost(site, site.region, used))
        keepOnHeap(site, Obstacle::Loop);
    followHolders(used);
    chooseForStrings(used);
  }
  /// A region is opened for strings only where it is in the way of no other one.
  void chooseForStrings(llvm::BitVector &used) {
    std::vector<const SitePlan *> settled;
    bool isMadeInTurns = false;
    for (const SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Region && !site.isString)
        settled.push_back(&site);
    for (uint32_t i = 0; i < objects.size(); ++i) {
      SitePlan &site = plan.sites[i];
      if (site.place != PlaceKind::Region || !site.isString)
        continue;
      llvm::BitVector holders = holdersOf(objects[i]);
      auto fits = [&](unsigned scope) {
        if (!isInnermost(site, scope, used) || !scopes->endsLife(scope, holders))
          return false;
        if (used.test(scope))
          return true;
        // To open it costs as much as a string on the heap: it is worth it for one that is made for sure, or again and again.
        if (!scopes->alwaysRuns(*site.inst, scope) && !(scope == RegionScopes::kFunction && isMadeInTurns))
          return false;
        used.set(scope);
        bool isFree = llvm::all_of(settled, [&](const SitePlan *other) { return isInnermost(*other, other->region, used); });
        used[scope] = isFree;
        return isFree;
      };
      auto around = scopes->around(*site.inst);
      isMadeInTurns = around.size() > 1;
      auto found = llvm::find_if(around, fits);
      if (found == around.end()) {
        keepOnHeap(site, Obstacle::Rare);
        continue;
      }
      site.region = *found;
      settled.push_back(&site);
    }
  }
  /// The strings that a call makes lie on the heap, or where a version of its callee may be told to build them: in a frame and a region
  /// at once, but not in two regions.
  void keepPaired() {
    llvm::DenseMap<const dil::Inst *, const SitePlan *> others;
    for (const SitePlan &site : plan.sites)
      if (!site.isString)
        others[site.inst] = &site;
    for (SitePlan &site : plan.sites) {
      const SitePlan *other = site.isString ? others.lookup(site.inst) : nullptr;
      bool isApart = !other || other->place == PlaceKind::Heap || other->place == PlaceKind::Frame;
      if (!isApart && site.place != PlaceKind::Heap && (site.place != other->place || site.region != other->region))
        keepOnHeap(site, Obstacle::Apart);
    }
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
        llvm::BitVector all = heldBy(objects[i]);
        for (unsigned held : all.set_bits()) {
          SitePlan *site = numbers[held] == kNone ? nullptr : &plan.sites[numbers[held]];
          unsigned scope = plan.sites[i].region;
          if (!site || site->place != PlaceKind::Frame || !isSimple(*site) || !isInnermost(*site, scope, used) ||
              !scopes->endsLife(scope, holdersOf(objects[numbers[held]])))
            continue;
          site->place = PlaceKind::Region;
          site->region = scope;
          again = true;
        }
      }
    }
  }

  llvm::BitVector heldBy(const Made &made) const {
    llvm::BitVector held(graph.objects().size());
    for (unsigned object : made)
      held |= graph.heldBy(object);
    return held;
  }

  /// An object that holds nothing but objects like it, by its type: letting it go is forgetting it.
  bool isSimple(const SitePlan &site) const {
    if (site.isString)
      return true;
    if (site.callee)
      return site.callee->isPure;
    TypeId type = site.inst->result.isValid() ? function[site.inst->result].type : TypeId();
    if (!llvm::isa<dil::AllocInst>(site.inst))
      return llvm::isa<dil::AllocArrayInst>(site.inst) && isSimpleArray(type);
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
    bool isArray = module.types.kind(type) == TypeKind::Array || module.types.kind(type) == TypeKind::Rect;
    TypeId element = isArray ? module.types[type].element : TypeId();
    return element.isValid() && (module.types.isPlain(element) || isReference(element));
  }
  /// Of the objects with a place for which `counts` holds: those that hold only each other, and `others`.
  template <typename F> llvm::BitVector pureAmong(F &&counts, llvm::BitVector others) const {
    llvm::BitVector pure(graph.objects().size());
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (counts(plan.sites[i]) && isSimple(plan.sites[i]))
        for (unsigned object : objects[i])
          pure.set(object);
    for (bool again = true; again;) {
      again = false;
      llvm::BitVector allowed = pure;
      allowed |= others;
      const llvm::BitVector before = pure;
      for (unsigned object : before.set_bits())
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
    dil::BlockId block;
    unsigned at;
    const dil::DropInst *inst;
  };
  /// Of objects among these, and of nothing else.
  std::vector<Drop> dropsOf(const llvm::BitVector &pure, PlaceKind kind) const {
    std::vector<Drop> drops;
    for (uint32_t i = 0; i < function.blocks.size(); ++i)
      for (unsigned at = 0; at < function.blocks[i].insts.size(); ++at)
        if (auto *drop = llvm::dyn_cast<dil::DropInst>(function.blocks[i].insts[at]); drop && isForgettable(function[drop->value].type, kind))
          if (const llvm::BitVector &what = graph.of(drop->value); what.any() && !what.test(pure))
            drops.push_back({dil::BlockId(i), at, drop});
    return drops;
  }
  /// Strings in arenas may give their places back.
  bool isForgettable(TypeId type, PlaceKind kind) const {
    return isReference(type) || isSimpleArray(type) || (kind == PlaceKind::Region && module.types.kind(type) == TypeKind::String);
  }
  /// Leaves out those behind which somebody looks, other ones that stay apart.
  template <typename F> static void keepQuiet(std::vector<Drop> &drops, F &&isQuiet) {
    for (bool again = true; again;) {
      llvm::DenseSet<const dil::Inst *> harmless;
      for (const Drop &drop : drops)
        harmless.insert(drop.inst);
      auto isHarmless = [&](const dil::Inst &inst) {
        return harmless.contains(&inst) || llvm::isa<dil::EndBorrowInst, dil::LoadTakeInst, dil::CastInst>(inst);
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
      llvm::DenseSet<const dil::Inst *> sites;
      for (const SitePlan &site : plan.sites)
        if (isIn(site, PlaceKind::Region, scope))
          sites.insert(site.inst);
      llvm::BitVector holders = holdersOf(pure);
      std::vector<Drop> drops = dropsOf(pure, PlaceKind::Region);
      keepQuiet(drops, [&](const Drop &drop, auto &isHarmless) {
        return scopes->isQuietAfter(drop.block, *drop.inst, scope, [&](const dil::Inst &inst) {
          return sites.contains(&inst) || (!isHarmless(inst) && reuse.looks(inst, holders));
        });
      });
      forgetAll(drops);
    }
    for (unsigned arena = 0; arena < plan.arenas.size(); ++arena) {
      std::vector<Drop> drops = dropsOf(pureIn(PlaceKind::Arena, arena), PlaceKind::Arena);
      keepQuiet(drops, [&](const Drop &drop, auto &isHarmless) {
        return reuse.areDeadBehind(drop.block, drop.at, holdersOf(reachedFrom(graph.of(drop.inst->value))), isHarmless);
      });
      forgetAll(drops);
    }
  }
  /// What lives on in a loop, and does not die with its region, dies one by one: as well on the heap.
  bool dropUselessRegions() {
    bool any = false;
    llvm::BitVector dropped(graph.objects().size());
    for (const dil::DropInst *drop : plan.forgotten)
      dropped |= graph.of(drop->value);
    llvm::BitVector dies = reachedFrom(std::move(dropped));
    for (uint32_t i = 0; i < objects.size(); ++i) {
      SitePlan &site = plan.sites[i];
      if (site.place != PlaceKind::Region || !site.livesOn || isPromised(site))
        continue;
      if (llvm::any_of(objects[i], [&](unsigned object) { return dies.test(object); }))
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
    plan.strings = llvm::any_of(plan.sites, [](const SitePlan &site) { return site.place == PlaceKind::Caller && site.isString; });
    auto isCaller = [](const SitePlan &site) { return site.place == PlaceKind::Caller && !site.isString; };
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
      if (isCaller(plan.sites[i])) {
        plan.isPure &= llvm::all_of(objects[i], [&](unsigned object) { return pure.test(object); });
        plan.hasRings |= isInRing(i);
      }
  }

  const dil::Module &module;
  const dil::Function &function;
  const HeapGraph &graph;
  StorageReuse reuse;
  ArenaExtents arenas;
  std::optional<RegionScopes> scopes;
  FunctionPlan &plan;
  llvm::ArrayRef<Made> objects;
  ObjectTypes *types;
  std::vector<uint32_t> numbers; ///< By object: of its site.
};

} // namespace dream::analysis
