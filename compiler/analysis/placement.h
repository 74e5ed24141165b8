// Where each object lives: on the heap, in this function's frame, or in storage that the caller owns, because the object is
// a part of the result (core-calculus.md, rules 8 to 10 and 16). Decided callees first, so that what a callee would build
// in its caller's storage is one more object of the caller, with the same choice.
//
// An object is placed only if all of this is known:
//   nobody outside of the function and its result comes to hold it;
//   every object that holds it lies in storage that does not outlive its own;
//   where its storage is used again, in a loop, nothing that may refer to it is looked at any more;
//   its size is fixed and small.
// Everything else is on the heap, counted, with the reason why.
#pragma once

#include "compiler/analysis/heap_graph.h"

namespace dream::analysis {

enum class PlaceKind : uint8_t { Heap, Frame, Caller };

/// What stands against a cheaper place, and so what could be changed.
enum class Obstacle : uint8_t {
  None,
  KnownToOthers, ///< Somebody outside of the function comes to hold it.
  Loop,          ///< It may live on in the next turn.
  Length,        ///< Known at run time only.
  Size,          ///< Too large for a frame, or the frame is full.
  Recursion,     ///< A part of the result of a function that is large, or calls itself.
  Holder,        ///< What holds it is on the heap.
  Kind,          ///< Boxes, closures that may be kept, rectangular arrays: always on the heap so far.
  Chosen,        ///< -fplace-stress.
};

/// Storage for one object, or for all objects that a call builds for its caller.
struct StorageShape {
  uint32_t bytes = 0, align = 8;
  llvm::SmallVector<uint32_t, 2> payloads; ///< Offsets of the objects' payloads.
  /// Puts the other one behind this; gives its offset.
  uint32_t append(const StorageShape &other);
};

struct SitePlan {
  /// An allocation (boxes and closures with captures too), or a call of a function that builds objects for its caller.
  const dil::Inst *inst;
  PlaceKind place = PlaceKind::Heap;
  uint32_t offset = 0;   ///< In the caller's storage.
  StorageShape shape;    ///< What it needs; no bytes if it can be on the heap only.
  Obstacle obstacle = Obstacle::None;
  Path why;              ///< Heap: what keeps it there. Frame and Caller: nothing, or one step.
};

const char *describe(Obstacle obstacle);
/// The path as one line, without places.
std::string reasonOf(const SitePlan &site);

struct FunctionPlan {
  std::vector<SitePlan> sites;
  StorageShape caller; ///< Of all sites that are placed there; no bytes if there are none.
  bool isWhole = true; ///< All new objects in the result lie there.
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
  void plan(dil::FuncId id);
  /// No bytes, and what the problem is, of what can be on the heap only.
  StorageShape shapeOf(const dil::Function &function, const dil::Inst &site, Obstacle &obstacle) const;

  const dil::Module &module;
  CallTargets &targets;
  PlacementOptions options;
  ModuleSummaries summary;
  std::vector<FunctionPlan> plans;
};

} // namespace dream::analysis
