// What lies in an arena is held by objects in the same arena, or in one that is closed earlier, and by arrays on the heap that
// are held so; so once nobody looks at any of them, they die together, rings too. It holds nothing that ends earlier.
#include "compiler/analysis/planner.h"

namespace dream::analysis {

using namespace dil;

/// Puts the object of a site into the innermost arena around it, or the one that the program names, if it ends before that does.
bool Planner::putInArena(uint32_t number) {
  for (unsigned arena : arenas.around(*plan.sites[number].inst))
    if (putInArena(number, arena))
      return true;
  return false;
}
bool Planner::putInArena(uint32_t number, unsigned arena) {
  SitePlan &site = plan.sites[number];
  const Wish *wish = wishOf(*site.inst);
  bool isAsked = wish && wish->arena.isValid();
  if ((isAsked && wish->arena != plan.arenas[arena].opening->result) || isForCaller(objects[number]) ||
      !llvm::is_contained(arenas.around(*site.inst), arena))
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
/// The type that says what an object of the site may own.
TypeId Planner::contentType(const SitePlan &site) const {
  if (auto *closure = llvm::dyn_cast<ClosureInst>(site.inst))
    return closure->environment;
  if (auto *box = llvm::dyn_cast<BoxInst>(site.inst))
    return function[box->value].type;
  auto *call = llvm::dyn_cast<CallBase>(site.inst);
  if (call && site.callee && site.callee->isBuilder)
    return function[call->args[0]].type;
  return call ? call->resultType : function[site.inst->result].type;
}
/// An array on the heap dies when nobody holds it any more, and then lets go what it holds.
bool Planner::isHeapArray(unsigned object) const {
  return graph.objects()[object].isArray && (numbers[object] == kNone || plan.sites[numbers[object]].place == PlaceKind::Heap);
}
/// As separate, from all that hold the array.
bool Planner::separateFromHolders(unsigned array, unsigned held) {
  llvm::BitVector arrays(graph.objects().size());
  llvm::SmallVector<unsigned, 4> work{array};
  arrays.set(array);
  while (!work.empty()) {
    unsigned one = work.pop_back_val();
    for (unsigned holder = 0; holder < graph.objects().size(); ++holder) {
      if (numbers[holder] == numbers[held] || arrays.test(holder) || !graph.heldBy(holder).test(one))
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
bool Planner::holdInArena(const SitePlan &by, unsigned holder, unsigned held) {
  SitePlan &site = plan.sites[numbers[held]];
  bool isFine = site.place == PlaceKind::Caller ||
                (site.place == PlaceKind::Arena && (site.region == by.region || arenas.isAround(site.region, by.region)));
  if (isFine || putInArena(numbers[held], by.region))
    return !isFine;
  leaveToHolder(held, holder);
  return true;
}
/// Where rings may be left that hold something else, the arena lists what is made in it.
void Planner::finishArenas() {
  for (unsigned arena = 0; arena < plan.arenas.size(); ++arena) {
    llvm::BitVector pure = pureIn(PlaceKind::Arena, arena);
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (isIn(plan.sites[i], PlaceKind::Arena, arena))
        plan.arenas[arena].isListed |= mayCloseRing(objects[i]) && llvm::any_of(objects[i], [&](unsigned object) { return !pure.test(object); });
  }
}
/// By their types, some of them may lie in rings, which are of more than arrays.
bool Planner::mayCloseRing(const Made &made) const {
  return llvm::any_of(made, [&](unsigned object) {
    const TypeSet &set = graph.objects()[object].types;
    return set.hasOthers() || llvm::any_of(set.list(), [&](TypeId type) {
             return module.types.kind(type) == TypeKind::Class && types->reachedFrom(type).meets(TypeSet::one(type));
           });
  });
}

} // namespace dream::analysis
