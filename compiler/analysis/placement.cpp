#include "compiler/analysis/placement.h"
#include "compiler/analysis/reuse.h"
#include "runtime/abi/object.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

namespace dream::analysis {

using namespace dil;

// Bytes. A frame of a function that may call itself stays small: there may be many of them.
constexpr uint64_t kLargestObject = 1024, kLargestArray = 4096, kLargestFrame = 16384, kLargestRecursiveFrame = 256;
/// What one call may build for its caller, and how large a function may be of which a second version is made for it.
constexpr uint64_t kLargestResult = 512, kLargestCopy = 400;

uint32_t StorageShape::append(const StorageShape &other) {
  uint32_t offset = uint32_t(llvm::alignTo(bytes, other.align));
  align = std::max(align, other.align);
  bytes = offset + other.bytes;
  for (uint32_t payload : other.payloads)
    payloads.push_back(offset + payload);
  return offset;
}

const char *describe(Obstacle obstacle) {
  switch (obstacle) {
  case Obstacle::None:
    return "";
  case Obstacle::KnownToOthers:
    return "may become known to others";
  case Obstacle::Loop:
    return "is made in a loop, and may live on when the next one is made";
  case Obstacle::Length:
    return "has a length that is known at run time only";
  case Obstacle::Size:
    return "does not fit in a frame";
  case Obstacle::Recursion:
    return "is a part of the result of a function that is large, or calls itself";
  case Obstacle::Holder:
    return "is held by an object that is on the heap";
  case Obstacle::Kind:
    return "is of a kind that is always on the heap";
  case Obstacle::Chosen:
    return "is kept there by -fplace-stress";
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
  Planner(const Function &function, const HeapGraph &graph, StorageReuse &reuse, FunctionPlan &plan,
          llvm::ArrayRef<FunctionPlan> plans)
      : function(function), graph(graph), reuse(reuse), plan(plan), plans(plans), numbers(graph.objects().size(), kNone) {}

  static constexpr uint32_t kNone = ~0u;

  void run(llvm::ArrayRef<unsigned> objects, uint64_t frameLimit, bool mayBuildForCaller) {
    for (uint32_t i = 0; i < objects.size(); ++i)
      numbers[objects[i]] = i;
    for (uint32_t i = 0; i < objects.size(); ++i)
      choose(plan.sites[i], objects[i], mayBuildForCaller);
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (SitePlan &site = plan.sites[i]; site.place != PlaceKind::Heap && reuse.isRepeated(*site.inst) &&
                                          !reuse.areDead(*site.inst, holdersOf(objects[i])))
        keepOnHeap(site, Obstacle::Loop);
    keepTogether(objects);
    limit(frameLimit);
    // The objects of the result that did not fit may have held others.
    keepTogether(objects);
    for (uint32_t i = 0; i < objects.size(); ++i)
      if (plan.sites[i].place == PlaceKind::Caller)
        plan.sites[i].offset = plan.caller.append(plan.sites[i].shape);
  }

private:
  static void keepOnHeap(SitePlan &site, Obstacle obstacle, SourceLoc loc = {}) {
    site.place = PlaceKind::Heap;
    site.obstacle = obstacle;
    site.why = {{loc.isValid() ? loc : site.inst->loc, describe(obstacle)}};
  }

  void choose(SitePlan &site, unsigned object, bool mayBuildForCaller) {
    if (graph.isKnownToOthers(object) || graph.isKept(object)) {
      keepOnHeap(site, Obstacle::KnownToOthers);
      if (Path way = graph.wayOut(object); !way.empty())
        site.why = std::move(way);
    } else if (site.obstacle != Obstacle::None) {
      keepOnHeap(site, site.obstacle);
    } else if (!graph.isInResult(object)) {
      site.place = PlaceKind::Frame;
    } else if (!mayBuildForCaller) {
      keepOnHeap(site, Obstacle::Recursion);
    } else {
      site.place = PlaceKind::Caller;
    }
  }

  /// Values that may refer to the object, or to what holds it.
  llvm::BitVector holdersOf(unsigned object) const {
    llvm::BitVector holding(graph.objects().size());
    holding.set(object);
    for (bool again = true; again;) {
      again = false;
      for (unsigned other = 0; other < graph.objects().size(); ++other)
        if (!holding.test(other) && graph.heldBy(other).anyCommon(holding)) {
          holding.set(other);
          again = true;
        }
    }
    llvm::BitVector values(function.values.size());
    for (unsigned value = 0; value < function.values.size(); ++value)
      if (graph.of(ValueId(value)).anyCommon(holding))
        values.set(value);
    return values;
  }

  /// Objects in storage are held by objects in storage that does not outlive theirs.
  void keepTogether(llvm::ArrayRef<unsigned> objects) {
    for (bool again = true; again;) {
      again = false;
      for (unsigned holder = 0; holder < graph.objects().size(); ++holder) {
        uint32_t number = numbers[holder];
        bool isGood = number != kNone && plan.sites[number].place != PlaceKind::Heap && isWhole(plan.sites[number]);
        auto *closure = llvm::dyn_cast_or_null<ClosureInst>(graph.objects()[holder].site);
        isGood |= closure && closure->onStack;
        for (unsigned held : graph.heldBy(holder).set_bits()) {
          if (numbers[held] == kNone || held == holder)
            continue;
          SitePlan &site = plan.sites[numbers[held]];
          bool outlives = isGood && (site.place == PlaceKind::Caller || number == kNone || plan.sites[number].place == PlaceKind::Frame);
          if (site.place == PlaceKind::Heap || outlives)
            continue;
          keepOnHeap(site, Obstacle::Holder, graph.heldAt(holder, held));
          again = true;
        }
      }
    }
  }
  bool isWhole(const SitePlan &site) const {
    auto *call = llvm::dyn_cast<CallInst>(site.inst);
    return !call || plans[call->callee.index].isWhole;
  }

  void limit(uint64_t frameLimit) {
    uint64_t frame = 0;
    StorageShape result;
    for (SitePlan &site : plan.sites) {
      if (site.place == PlaceKind::Frame && (frame += site.shape.bytes) > frameLimit) {
        frame -= site.shape.bytes;
        keepOnHeap(site, Obstacle::Size);
      }
      if (site.place == PlaceKind::Caller)
        result.append(site.shape);
    }
    if (result.bytes <= kLargestResult)
      return;
    for (SitePlan &site : plan.sites)
      if (site.place == PlaceKind::Caller)
        keepOnHeap(site, Obstacle::Size);
  }

  const Function &function;
  const HeapGraph &graph;
  StorageReuse &reuse;
  FunctionPlan &plan;
  llvm::ArrayRef<FunctionPlan> plans;
  std::vector<uint32_t> numbers; ///< By object: of its site.
};

} // namespace

StorageShape Placements::shapeOf(const Function &function, const Inst &site, Obstacle &obstacle) const {
  StorageShape shape;
  const TypeTable &types = module.types;
  if (auto *call = llvm::dyn_cast<CallInst>(&site))
    return plans[call->callee.index].caller;
  if (llvm::isa<AllocInst>(site)) {
    Layout layout = types.objectLayout(function[site.result].type);
    if (layout.size > kLargestObject) {
      obstacle = Obstacle::Size;
      return shape;
    }
    shape.align = std::max<uint32_t>(layout.align, 8);
    uint32_t front = std::max<uint32_t>(shape.align, uint32_t(-abi::kTypeOffset));
    shape.bytes = uint32_t(llvm::alignTo(front + layout.size, shape.align));
    shape.payloads.push_back(front);
    return shape;
  }
  if (auto *array = llvm::dyn_cast<AllocArrayInst>(&site)) {
    auto *length = llvm::dyn_cast_or_null<ConstInst>(function[array->lengths[0]].definition);
    if (array->lengths.size() != 1) {
      obstacle = Obstacle::Kind;
      return shape;
    }
    if (!length || length->constKind != ConstKind::Int) {
      obstacle = Obstacle::Length;
      return shape;
    }
    uint64_t element = types.layout(types[function[site.result].type].element).size;
    constexpr uint32_t kFront = sizeof(abi::ArrayHeader);
    if (length->bits > kLargestArray || kFront + length->bits * element > kLargestArray) {
      obstacle = Obstacle::Size;
      return shape;
    }
    shape.align = 16;
    shape.bytes = uint32_t(llvm::alignTo(kFront + length->bits * element, 16));
    shape.payloads.push_back(kFront);
    return shape;
  }
  obstacle = Obstacle::Kind;
  return shape;
}

void Placements::plan(FuncId id) {
  const Function &function = module[id];
  FunctionPlan &plan = plans[id.index];
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
    if (call && plans[call->callee.index].caller.bytes == 0)
      continue; // Its objects have their plan there.
    SitePlan &site = plan.sites.emplace_back();
    site.inst = inst;
    site.shape = shapeOf(function, *inst, site.obstacle);
    uint64_t chance = llvm::xxh3_64bits(function.symbol + '/' + std::to_string(object) + '/' + std::to_string(options.stressSeed));
    if (options.stressSeed && chance % 2)
      site.obstacle = Obstacle::Chosen;
    objects.push_back(object);
  }
  bool isRecursive = summary.isRecursive(id);
  if (graph.isGivenUp()) {
    for (SitePlan &site : plan.sites)
      site.why = graph.wayOut(0);
  } else if (!objects.empty()) {
    StorageReuse reuse(function);
    Planner(function, graph, reuse, plan, plans)
        .run(objects, isRecursive ? kLargestRecursiveFrame : kLargestFrame, !isRecursive && size <= kLargestCopy);
  }
  // Whether the caller can tell that everything new in the result lies in its storage.
  llvm::BitVector placed(graph.objects().size());
  for (uint32_t i = 0; i < objects.size(); ++i)
    if (plan.sites[i].place == PlaceKind::Caller) {
      auto *call = llvm::dyn_cast<CallInst>(plan.sites[i].inst);
      placed[objects[i]] = !call || plans[call->callee.index].isWhole;
    }
  for (unsigned object = 0; object < graph.objects().size(); ++object)
    if (graph.objects()[object].kind == ObjectKind::Site && graph.isInResult(object) && !placed.test(object))
      plan.isWhole = false;
}

Placements::Placements(const Module &module, CallTargets &targets, const PlacementOptions &options)
    : module(module), targets(targets), options(options), summary(module, targets), plans(module.functions.size()) {
  for (const auto &component : summary.order())
    for (FuncId member : component)
      if (!module[member].isDeclaration())
        plan(member);
}

} // namespace dream::analysis
