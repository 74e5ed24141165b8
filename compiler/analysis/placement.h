// Where each object lives: on the heap, in this function's frame, in a region that this function opens, in an arena of the program,
// or where the caller says, because the object is a part of the result (core-calculus.md, rules 8 to 10 and 16). Decided callees first, so that
// what a callee would build in its caller's storage is one more object of the caller, with the same choice. In recursion it is
// first assumed that results can be built in the caller's region, and taken back where that turns out wrong.
//
// An object is placed only if all of this is known:
//   nobody outside of the function and its result comes to hold it;
//   every object that holds it lies in storage that does not outlive its own;
//   where its storage is used again, or its region is closed, nothing that may refer to it is looked at any more.
// In a frame there is one object for each place that makes one, of a size that is fixed and small. A region holds any number of
// objects of any length; those that die before it is closed give their places back, so it never needs more memory than the
// heap would. An arena holds what is made while it is open and would not lie in the frame, if nobody looks at it any more once the
// arena is closed; what ends earlier than the arena does not hold more of it than its arrays do. Strings, which hold nothing, lie where
// arrays would whose length is known at run time only, but never decide where other objects lie. Everything else is on the heap,
// counted, with the reason why.
#pragma once

#include "compiler/analysis/heap_graph.h"
#include "compiler/dil/cfg.h"
#include <map>

namespace dream::analysis {

enum class PlaceKind : uint8_t { Heap, Frame, Region, Caller, Arena };

/// What stands against a cheaper place, and so what could be changed.
enum class Obstacle : uint8_t {
  None,
  KnownToOthers, ///< Somebody outside of the function comes to hold it.
  Loop,          ///< It may live on in the next turn.
  Size,          ///< Too large for a region, or the frame is full.
  LargeFunction, ///< A part of the result of a function of which no second version is made.
  Holder,        ///< What holds it is on the heap.
  Dispatch,      ///< The result of a function value, or of a call through a table some of whose functions build nothing for their callers.
  Kind,          ///< Boxes, and closures that may be kept: outside of arenas always on the heap so far.
  Chosen,        ///< -fplace-stress.
  Asked,         ///< `in heap`.
  Rare,          ///< Strings for which alone no region is opened: they may not be made at all.
  Apart,         ///< Strings that a call makes for what lies in another region.
  Ring,          ///< In a ring that holds something to drop, which ends when the collector finds it.
};

/// Storage for one object, or for all objects that a call builds for its caller.
struct StorageShape {
  uint32_t bytes = 0, align = 8;
  llvm::SmallVector<uint32_t, 2> payloads; ///< Offsets of the objects' payloads.
  /// Puts the other one behind this; gives its offset.
  uint32_t append(const StorageShape &other);
};

/// How the new objects in a function's result are built where the caller says.
enum class ResultPlace : uint8_t {
  None,
  Storage, ///< In storage of a fixed size, or in a region.
  Region,  ///< In a region only.
};

/// What a function can do for those who call it.
struct ResultPlan {
  ResultPlace result = ResultPlace::None;
  StorageShape caller; ///< Of all sites in the caller's storage, if that is where they lie.
  bool strings = false; ///< New strings in the result may lie in a region of the caller's.
  bool isBuilder = false; ///< What holds for its result holds for the new objects that it puts into its first argument instead.
  bool isWhole = true; ///< All new objects in the result lie where the caller says,
  bool isPure = false; ///< and in a region they need not be let go one by one: they hold only each other, and what parameters refer to.
  bool hasRings = false; ///< They may hold each other in a ring as soon as they are made.
};

/// Of a call that gives new objects and new strings there are two: where the one lie says nothing of the others.
struct SitePlan {
  /// An allocation (boxes and closures with captures too), a call of a function that builds objects for its caller, or of an entry of the
  /// runtime that makes a string.
  const dil::Inst *inst;
  const ResultPlan *callee = nullptr; ///< Of a call, of all functions that it may mean; null if nothing is built for it.
  bool isString = false; ///< Of the strings that a call makes.
  PlaceKind place = PlaceKind::Heap;
  uint32_t offset = 0;   ///< In the caller's storage.
  uint32_t region = 0;   ///< Of a site in a region: index in FunctionPlan::regions. In an arena: index in FunctionPlan::arenas.
  StorageShape shape;    ///< What it needs in a frame; no bytes if it cannot lie there.
  Obstacle obstacle = Obstacle::None;
  bool isKept = false;   ///< A call: not of the new objects in its result, but of those that it puts into its first argument.
  bool livesOn = false;  ///< In the next turn of a loop, when the next one is made.
  Path why;              ///< Heap: what keeps it there. Frame and Caller: nothing, or one step.
};

const char *describe(Obstacle obstacle);
/// The path as one line, without places.
std::string reasonOf(const SitePlan &site);

/// A region that a function opens.
struct RegionPlan {
  dil::BlockId header;             ///< Of the loop, for one turn of which it is open; invalid: for the whole function.
  std::vector<dil::BlockId> blocks; ///< Of the loop.
};

/// An arena that the program opens in a function.
struct ArenaPlan {
  const dil::ArenaOpenInst *opening;
  bool isListed = false; ///< Something in it may have to let go what it holds when the arena is closed.
};

struct FunctionPlan : ResultPlan {
  std::vector<SitePlan> sites;
  std::vector<ArenaPlan> arenas;
  std::vector<RegionPlan> regions;             ///< Inner ones first.
  std::vector<const dil::DropInst *> forgotten; ///< Of objects in regions and arenas: nothing needs to be done.
};

struct PlacementOptions {
  uint64_t stressSeed = 0; ///< Not 0: some objects that could be placed stay on the heap, by this number.
};

class Placements {
public:
  Placements(const dil::Module &module, CallTargets &targets, const PlacementOptions &options);

  const FunctionPlan &of(dil::FuncId function) const { return plans[function.index]; }
  const ModuleSummaries &summaries() const { return summary; }

private:
  /// It puts new objects into its first argument, which is new itself, and gives none back.
  bool isBuilder(dil::FuncId function) const {
    const Summary &does = summary.of(function);
    return builders[function.index] && !does.isFresh && (does.keeps || (does.keepsStrings && !does.freshStrings));
  }
  void planComponent(llvm::ArrayRef<dil::FuncId> members);
  /// What all functions can do that a call may mean; null if some of them can do nothing.
  const ResultPlan *calleeOf(const dil::Inst &call);
  void plan(dil::FuncId id, bool isRecursive, ResultPlace mostForResult);

  const dil::Module &module;
  CallTargets &targets;
  PlacementOptions options;
  std::unique_ptr<ObjectTypes> types; ///< Of programs with arenas, which have asked for a place.
  ModuleSummaries summary;
  std::vector<bool> builders;
  std::vector<FunctionPlan> plans;
  std::map<std::pair<TypeId, unsigned>, ResultPlan> slots; ///< Of calls through tables.
};

} // namespace dream::analysis
