#include "compiler/analysis/arena_escapes.h"
#include "compiler/analysis/arena_extents.h"
#include "compiler/analysis/heap_graph.h"
#include "compiler/analysis/places.h"

namespace dream::analysis {

using namespace dil;

namespace {

/// Follows the objects of one function.
class Follower {
public:
  Follower(const Module &module, const Function &function, CallTargets &targets, const ModuleSummaries &summaries, ObjectTypes &types)
      : module(module), function(function), summaries(summaries),
        graph(module, function, targets, summaries.list(), summaries.rings(), summaries.destructorsLeak(), &types, false), extents(function, Cfg(function)), slots(function) {}

  /// What nobody can tell is no error: the object is on the heap then (rule 16).
  bool isGivenUp() const { return graph.isGivenUp(); }

  bool follow(ArenaEscape &escape) {
    arena = escape.arena;
    seen.assign(1, {});
    met.clear();
    met.resize(graph.objects().size());
    found = &escape;
    if (!addMade(*escape.site))
      return true;
    for (size_t at = 0; at < seen.size(); ++at)
      if (at > 0 && leaves(at))
        return true;
    return false;
  }

private:
  struct Met {
    unsigned object = 0;
    size_t parent = 0; ///< What it holds; 0: it is the object itself.
    Path path;         ///< How it came to hold that.
  };

  void meet(unsigned object, size_t parent, Path path) {
    if (met.test(object))
      return;
    met.set(object);
    seen.push_back({object, parent, std::move(path)});
  }

  /// The object that the call makes; those that its constructor makes besides are none of the program's words. False if the constructor
  /// lets everybody know it.
  bool addMade(const CallInst &call) {
    TypeId type = call.resultType;
    bool isKept = false;
    const Flow *known = nullptr;
    const Summary &summary = summaries.of(call.callee);
    for (const Flow &flow : summary.flows)
      if (flow.to == FlowEnd::Result) {
        isKept |= flow.from == FlowEnd::Kept;
        if (flow.from == FlowEnd::Heap)
          known = &flow;
      }
    for (unsigned object = 0; object < graph.objects().size(); ++object) {
      const HeapObject &row = graph.objects()[object];
      if (row.site == &call && (!row.isKept || isKept) && row.types.meets(TypeSet::one(type)))
        meet(object, 0, {});
    }
    if (seen.size() > 1 || !known)
      return true;
    Path path{{call.loc, "is made by a constructor that lets it be known"}};
    path.append(known->path);
    return leave(0, "is kept by what its constructor calls", std::move(path)), false;
  }

  const ArenaOpenInst *opened(unsigned number) const { return extents.list()[number].opening; }
  unsigned numberOf(const ArenaOpenInst *one) const {
    return unsigned(llvm::find_if(extents.list(), [&](const ArenaExtent &extent) { return extent.opening == one; }) - extents.list().begin());
  }
  bool isIn(const Inst &inst, const ArenaOpenInst *one) const {
    return llvm::any_of(extents.around(inst), [&](unsigned number) { return opened(number) == one; });
  }
  bool isInside(const Inst &inst) const { return isIn(inst, arena); }

  std::string nameOf(const Param &param) const { return "'" + param.name.text().str() + "'"; }

  /// The object, or what holds it by now, comes to something that lives longer, or to what holds it in turn.
  bool leaves(size_t at) {
    unsigned object = seen[at].object;
    if (graph.isGivenToOthers(object)) {
      Path path = graph.wayToOthers(object);
      std::string how = path.empty() ? "may become known to others" : path.front().what;
      if (path.size() > 1)
        how += ", which keeps it";
      return leave(at, how, std::move(path));
    }
    if (graph.isReturned(object))
      return leave(at, "is returned", graph.wayToResult(object));
    for (unsigned holder = 0; holder < graph.objects().size(); ++holder) {
      const HeapObject &row = graph.objects()[holder];
      if ((row.kind == ObjectKind::Self || row.kind == ObjectKind::Reach) && graph.heldBy(holder).test(object))
        return leave(at, "comes to be held by what " + nameOf(function.params[row.param]) + " leads to", graph.wayToHolder(holder, object),
                     Step{function.loc, "it is a parameter, and lives longer"});
    }
    for (size_t i = 0; i < function.params.size(); ++i) {
      ValueId param = function.blocks.front().args[i];
      if (function.params[i].convention == Convention::Address && graph.of(param).size() && graph.of(param).test(object))
        return leave(at, "is put into " + nameOf(function.params[i]), graph.wayToPlace(param, object));
    }
    for (uint32_t slot = 0; slot < slots.size(); ++slot) {
      const SlotInst &inst = *slots[slot];
      if (isInside(inst) || !graph.of(inst.result).test(object) || !isLeftIn(slot, object))
        continue;
      found->outer = outerOf(inst);
      return leave(at, inst.name.empty() ? std::string("is left in a variable outside of it") : "is left in the variable '" + inst.name.str() + "'",
                   graph.wayToPlace(inst.result, object), Step{inst.loc, "the variable lives longer"});
    }
    for (unsigned holder = 0; holder < graph.objects().size(); ++holder) {
      const HeapObject &row = graph.objects()[holder];
      if (holder == object || row.kind != ObjectKind::Site || !graph.heldBy(holder).test(object))
        continue;
      const Wish *wish = wishOf(*row.site);
      bool isOnHeap = wish && wish->onHeap, isOuter = wish && isOuterArena(*wish);
      if (isInside(*row.site) && !isOnHeap && !isOuter) {
        meet(holder, at, graph.wayToHolder(holder, object));
        continue;
      }
      if (!isOnHeap)
        found->outer = isOuter ? arenaOf(*wish) : outerOf(*row.site);
      std::string where = isOnHeap ? "on the heap" : isOuter ? "in the outer arena" : "outside of it";
      return leave(at, "comes to be held by " + whatIs(row) + " that is made " + where, graph.wayToHolder(holder, object),
                   Step{row.site->loc, "that is made here, " + where});
    }
    return false;
  }

  const ArenaOpenInst *arenaOf(const Wish &wish) const {
    return wish.arena.isValid() ? llvm::dyn_cast_or_null<ArenaOpenInst>(function[wish.arena].definition) : nullptr;
  }
  /// Made in the arena's block, but by name in one around it.
  bool isOuterArena(const Wish &wish) const {
    const ArenaOpenInst *other = arenaOf(wish);
    return other && other != arena && extents.isAround(numberOf(other), numberOf(arena));
  }
  /// The innermost arena around the one that the object belongs to, if the instruction stands in it.
  const ArenaOpenInst *outerOf(const Inst &inst) const {
    // Outer ones are opened before inner ones.
    for (unsigned number = numberOf(arena); number-- > 0;)
      if (extents.isAround(number, numberOf(arena)))
        return isIn(inst, opened(number)) ? opened(number) : nullptr;
    return nullptr;
  }

  std::string whatIs(const HeapObject &object) const {
    TypeId type;
    if (object.types.list().size() == 1)
      type = object.types.list().front();
    else if (object.site->result.isValid())
      type = function[object.site->result].type;
    if (llvm::isa<ClosureInst>(object.site))
      return "a closure";
    return type.isValid() ? "a '" + module.types.spell(type) + "'" : std::string("something");
  }

  /// Something in the arena's block puts the object there, and nothing replaces it before the arena is closed.
  bool isLeftIn(uint32_t slot, unsigned object) const {
    for (const Block &block : function.blocks)
      for (size_t i = 0; i < block.insts.size(); ++i) {
        const Inst &inst = *block.insts[i];
        ValueId place = putBy(inst, slot, object);
        if (place.isValid() && isInside(inst) && reachesClose(block, i + 1, placeOf(function, place)))
          return true;
      }
    return false;
  }
  /// The address of the slot, or of a part of it, to which the instruction may bring the object.
  ValueId putBy(const Inst &inst, uint32_t slot, unsigned object) const {
    if (auto [place, value] = storedBy(inst); place.isValid())
      return slots.of(place) == slot && function[place].ownership == Ownership::Address && graph.of(value).test(object) ? place : ValueId();
    if (auto *call = llvm::dyn_cast<CallBase>(&inst))
      for (ValueId arg : call->args)
        if (function[arg].ownership == Ownership::Address && slots.of(arg) == slot)
          return arg;
    return {};
  }
  /// What is put into the place by the instruction before is still there when the arena is closed.
  bool reachesClose(const Block &first, size_t start, const Place &place) const {
    llvm::BitVector visited(function.blocks.size());
    llvm::SmallVector<std::pair<const Block *, size_t>, 16> work{{&first, start}};
    while (!work.empty()) {
      auto [block, at] = work.pop_back_val();
      bool ends = false;
      for (; !ends && at < block->insts.size(); ++at) {
        const Inst &inst = *block->insts[at];
        if (auto *close = llvm::dyn_cast<ArenaCloseInst>(&inst); close && function[close->arena].definition == arena)
          return true;
        ends = empties(inst, place);
      }
      if (!ends && !block->insts.empty())
        forEachTarget(*block->insts.back(), [&](BlockId next) {
          if (!visited.test(next.index)) {
            visited.set(next.index);
            work.push_back({&function[next], 0});
          }
        });
    }
    return false;
  }
  bool empties(const Inst &inst, const Place &place) const {
    if (inst.result == place.value)
      return true; // The variable begins a new life.
    ValueId written = storedBy(inst).place;
    if (auto *take = llvm::dyn_cast<LoadTakeInst>(&inst))
      written = take->place;
    else if (auto *drop = llvm::dyn_cast<DropSlotInst>(&inst))
      written = drop->place;
    if (!written.isValid())
      return false;
    Place other = placeOf(function, written);
    return other.sameRoot(place) && other.path.size() <= place.path.size() && !llvm::is_contained(other.path, kAnyElement) &&
           std::equal(other.path.begin(), other.path.end(), place.path.begin());
  }

  /// Puts the whole way together: from the object through what holds it.
  bool leave(size_t at, const llvm::Twine &how, Path last, std::optional<Step> where = {}) {
    llvm::SmallVector<const Path *, 4> parts{&last};
    for (size_t k = at; k > 0 && seen[k].parent > 0; k = seen[k].parent)
      parts.push_back(&seen[k].path);
    // The array in a list is the list's own.
    const HeapObject &holder = graph.objects()[seen[at].object];
    bool isNamed = parts.size() > 1 && !holder.isKept;
    found->how = (isNamed ? "is held by " + whatIs(holder) + " that " : "") + how.str();
    found->path.clear();
    for (const Path *part : llvm::reverse(parts))
      for (const Step &step : *part)
        if (found->path.empty() || found->path.back().loc != step.loc || found->path.back().what != step.what)
          found->path.push_back(step);
    if (where)
      found->path.push_back(*where);
    return true;
  }

  const Module &module;
  const Function &function;
  const ModuleSummaries &summaries;
  HeapGraph graph;
  ArenaExtents extents;
  SlotTable slots;
  const ArenaOpenInst *arena = nullptr;
  std::vector<Met> seen; ///< Row 0 stands for none.
  llvm::BitVector met;
  ArenaEscape *found = nullptr;
};

} // namespace

ArenaEscapes::ArenaEscapes(const Module &module, CallTargets &targets)
    : module(module), targets(targets), types(module), summaries(module, targets, &types, false) {}

std::vector<ArenaEscape> ArenaEscapes::of(const Function &function) {
  std::vector<ArenaEscape> escapes;
  std::optional<Follower> follower;
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts) {
      auto *call = llvm::dyn_cast<CallInst>(inst);
      if (!call || !call->wish.arena.isValid())
        continue;
      if (!follower)
        follower.emplace(module, function, targets, summaries, types);
      if (follower->isGivenUp())
        return escapes;
      ArenaEscape escape;
      escape.site = call;
      escape.arena = llvm::cast<ArenaOpenInst>(function[call->wish.arena].definition);
      if (follower->follow(escape))
        escapes.push_back(std::move(escape));
    }
  return escapes;
}

} // namespace dream::analysis
