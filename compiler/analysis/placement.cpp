#include "compiler/analysis/builders.h"
#include "compiler/analysis/effects.h"
#include "compiler/analysis/planner.h"
#include "compiler/analysis/storage_shape.h"
#include "llvm/Support/xxhash.h"

namespace dream::analysis {

using namespace dil;

// Bytes. A frame of a function that may call itself stays small: there may be many of them.
constexpr uint64_t kLargestFrame = 16384, kLargestRecursiveFrame = 256;
/// How large a function may be of which a second version is made for what it builds for its caller.
constexpr uint64_t kLargestCopy = 400;
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
    return "is too large for a region";
  case Obstacle::LargeFunction:
    return "is a part of the result of a function that is large";
  case Obstacle::Holder:
    return "is held by an object that is on the heap";
  case Obstacle::Dispatch:
    return "is made by a function that is known at run time only";
  case Obstacle::Kind:
    return "is of a kind that is always on the heap";
  case Obstacle::Chosen:
    return "is kept there by -fplace-stress";
  case Obstacle::Asked:
    return "is to be there, as 'in heap' says";
  case Obstacle::Rare:
    return "is made on some ways only, for which no region is opened";
  case Obstacle::Apart:
    return "is made together with what lies in another region";
  case Obstacle::Ring:
    return "may be a part of a ring with something to drop";
  }
  __builtin_unreachable();
}

std::string reasonOf(const SitePlan &site) {
  std::string text;
  for (const Step &step : site.why)
    text += (text.empty() ? "" : ", where it ") + step.what;
  if (!text.empty())
    return text;
  return site.place == PlaceKind::Caller  ? "is a part of the result"
         : site.place == PlaceKind::Arena ? "does not outlive the arena"
                                          : "does not leave the function";
}

void Planner::leaveToHolder(unsigned held, unsigned holder) {
  SitePlan &site = plan.sites[numbers[held]];
  keepOnHeap(site, Obstacle::Holder, graph.heldAt(holder, held));
  bool isPlaced = numbers[holder] != kNone && plan.sites[numbers[holder]].place != PlaceKind::Heap; // Not all of it.
  site.why[0].what = std::string("is held by ") + (isPlaced ? "parts of " : "") + nameOf(graph.objects()[holder]) + ", on the heap";
}
/// In words.
std::string Planner::nameOf(const HeapObject &object) const {
  auto quoted = [](llvm::StringRef name) { return "'" + name.str() + "'"; };
  if (!object.site)
    return "what a parameter refers to";
  if (auto *call = llvm::dyn_cast<CallInst>(object.site)) {
    llvm::StringRef name = llvm::StringRef(module[call->callee].symbol).split('$').first;
    if (object.isKept)
      return "what " + quoted(name) + " makes";
    return name.consume_back(".new") ? "the new " + quoted(name) : "the result of " + quoted(name);
  }
  if (llvm::isa<ClosureInst>(object.site))
    return "a closure";
  if (llvm::isa<CallSlotInst>(object.site))
    return "the result of a virtual call";
  if (llvm::isa<CallBase>(object.site))
    return "what a function makes that is known at run time only";
  return "the new " + quoted(module.types.spell(function[object.site->result].type));
}

const ResultPlan *Placements::calleeOf(const Inst &inst) {
  if (auto *call = llvm::dyn_cast<CallInst>(&inst))
    return &plans[call->callee.index];
  auto *call = llvm::dyn_cast<CallSlotInst>(&inst);
  if (!call)
    return nullptr;
  ResultPlan joined;
  joined.isPure = true;
  for (FuncId target : targets.targets(*call)) {
    const ResultPlan &one = plans[target.index];
    if (module[target].isDeclaration() || (one.isBuilder && one.result != ResultPlace::None))
      return nullptr;
    if (!summary.of(target).isFresh)
      continue; // What it gives was there before.
    if (one.result == ResultPlace::None)
      return nullptr;
    joined.result = ResultPlace::Region;
    joined.isWhole &= one.isWhole;
    joined.isPure &= one.isPure;
    joined.hasRings |= one.hasRings;
  }
  if (joined.result == ResultPlace::None)
    return nullptr;
  return &(slots[{call->type, call->slot}] = joined);
}

void Placements::plan(FuncId id, bool isRecursive, ResultPlace mostForResult) {
  const Function &function = module[id];
  FunctionPlan plan;
  plan.isBuilder = isBuilder(id);
  std::vector<Made> objects;
  llvm::DenseMap<std::pair<const Inst *, unsigned>, uint32_t> numbers;
  bool wantsStrings = !isRecursive || plans[id.index].strings;
  HeapGraph graph(module, function, targets, summary.list(), summary.rings(), summary.destructorsLeak(), types.get());
  size_t size = 0;
  for (const Block &block : function.blocks)
    size += block.insts.size();
  for (unsigned object = 0; object < graph.objects().size(); ++object) {
    const Inst *inst = graph.objects()[object].site;
    auto *closure = llvm::dyn_cast_or_null<ClosureInst>(inst);
    if (!inst || (closure && (closure->onStack || closure->captures.empty())))
      continue;
    auto *call = llvm::dyn_cast<CallInst>(inst);
    bool isKept = graph.objects()[object].isKept, isString = graph.objects()[object].isString;
    bool isEntry = isString && call && makesString(module[call->callee]);
    // Its objects have their plan there.
    if (isString && !call)
      continue;
    const ResultPlan *callee = isEntry ? nullptr : calleeOf(*inst);
    if (call && !isEntry ? (isString ? !callee->strings : callee->result == ResultPlace::None) || callee->isBuilder != isKept : isKept)
      continue;
    auto [number, isNew] = numbers.try_emplace({inst, isString}, uint32_t(objects.size()));
    if (!isNew) {
      objects[number->second].push_back(object);
      continue;
    }
    SitePlan &site = plan.sites.emplace_back();
    site.inst = inst;
    site.callee = callee;
    site.isKept = isKept;
    site.isString = isString;
    if (isString)
      ; // Of any length.
    else if (call)
      site.shape = callee->caller;
    else if (llvm::isa<CallBase>(inst))
      site.obstacle = callee ? Obstacle::None : Obstacle::Dispatch; // In a region, of whatever size.
    else
      fitOf(module, function, *inst, site.shape, site.obstacle);
    uint64_t chance = llvm::xxh3_64bits(function.symbol + '/' + std::to_string(object) + '/' + std::to_string(options.stressSeed));
    if (options.stressSeed && chance % 2)
      site.obstacle = Obstacle::Chosen;
    if (const Wish *wish = wishOf(*inst); wish && wish->onHeap)
      site.obstacle = Obstacle::Asked;
    objects.push_back({object});
  }
  if (graph.isGivenUp()) {
    for (SitePlan &site : plan.sites)
      site.why = graph.wayOut(0);
  } else if (!objects.empty()) {
    Planner(module, function, graph, plan, objects, types.get())
        .run(isRecursive ? kLargestRecursiveFrame : kLargestFrame, isRecursive, size <= kLargestCopy ? mostForResult : ResultPlace::None,
             wantsStrings && size <= kLargestCopy);
  }
  // Whether the caller can tell that everything new in the result lies where it says.
  llvm::BitVector placed(graph.objects().size());
  for (uint32_t i = 0; i < objects.size(); ++i)
    if (const SitePlan &site = plan.sites[i]; site.place == PlaceKind::Caller && !site.isString)
      for (unsigned object : objects[i])
        placed[object] = !site.callee || site.callee->isWhole;
  for (unsigned object = 0; object < graph.objects().size(); ++object)
    if (const HeapObject &row = graph.objects()[object]; row.kind == ObjectKind::Site && !row.isString && !placed.test(object) &&
        (graph.isInResult(object) || (plan.isBuilder && graph.isKept(object)))) {
      plan.isWhole &= types && row.isArray; // Which dies with what holds it.
      plan.isPure = false;
    }
  plans[id.index] = std::move(plan);
}

/// In recursion the best is assumed of all results until it turns out wrong of one; what has been given up stays so.
void Placements::planComponent(llvm::ArrayRef<FuncId> members) {
  bool isRecursive = summary.isRecursive(members.front());
  if (!isRecursive)
    return plan(members.front(), false, ResultPlace::Region);
  bool isTried = members.size() <= kLargestComponent;
  for (FuncId member : members)
    if (isTried && (summary.of(member).isFresh || summary.of(member).freshStrings || isBuilder(member))) {
      FunctionPlan &plan = plans[member.index];
      plan.isBuilder = isBuilder(member);
      plan.strings = true;
      if (plan.isBuilder || summary.of(member).isFresh)
        plan.result = ResultPlace::Region;
      plan.isPure = true;
    }
  for (size_t round = 1;; ++round) {
    bool again = false;
    for (FuncId member : members) {
      FunctionPlan &now = plans[member.index];
      ResultPlace result = now.result;
      bool wasWhole = now.isWhole, wasPure = now.isPure, hadStrings = now.strings, hadRings = now.hasRings;
      plan(member, true, result);
      bool isWorse = now.result != result || now.strings != hadStrings || (wasWhole && !now.isWhole) || (wasPure && !now.isPure) || (!hadRings && now.hasRings);
      now.isWhole &= wasWhole;
      now.isPure &= wasPure;
      now.hasRings |= hadRings;
      again |= isWorse;
    }
    if (!again)
      return;
    if (round == kMostRounds)
      for (FuncId member : members) {
        plans[member.index].result = ResultPlace::None;
        plans[member.index].strings = false;
        plans[member.index].isWhole = plans[member.index].isPure = false;
        plans[member.index].hasRings = true;
      }
  }
}

Placements::Placements(const Module &module, CallTargets &targets, const PlacementOptions &options)
    : module(module), targets(targets), options(options),
      types(llvm::any_of(module.functions, ArenaExtents::hasArenas) ? std::make_unique<ObjectTypes>(module) : nullptr),
      summary(module, targets, types.get()), builders(findBuilders(module)), plans(module.functions.size()) {
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
