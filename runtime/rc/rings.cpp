// The phases of a collection; see rings.h.
#include "runtime/rc/rings.h"
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/ring_nodes.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

namespace {

using abi::Walker;

constexpr uint32_t kAgain = 1;    ///< A candidate for the next collection.
constexpr uint32_t kLooked = 2;   ///< Its references were counted.
constexpr uint32_t kLive = 4;     ///< Held from outside.
constexpr uint32_t kInGroup = 8;  ///< In the group that is judged, and still suspected.
constexpr uint32_t kParked = 16;  ///< Dead, as far as one knows, and waits for a collection that runs destructors.

constexpr size_t kLeastThreshold = 65536;
constexpr int64_t kSliceWork = 64;  ///< Steps of work for each candidate that is noted while a collection runs.
constexpr int64_t kStepWork = 128;  ///< Between two looks at the clock.
constexpr uint32_t kPiece = 256;    ///< Elements of an array that are looked at together.
constexpr unsigned kMostRounds = 100;

enum class Phase : uint8_t {
  Idle,
  Open,   ///< Candidates stop being noted: from now on releases of them are new ones.
  Mark,   ///< Looks at nodes in their order; what is found joins them at the end.
  Settle, ///< Finds what is held from outside, and marks what can be reached from there.
  Gather, ///< Lists the suspects,
  Join,   ///< joins those that refer to each other,
  Chain,  ///< and links the members of each group.
  Judge,  ///< One group at a time.
  Retire, ///< Forgets the nodes that are candidates no more, and moves the others down.
  Tidy,   ///< Gives memory back, a piece at a time.
};

struct Place {
  uint32_t node, element;
};

struct Collector {
  List<Node> nodes;         ///< The first is none.
  NodeMap map;
  List<Place> pending;      ///< Live nodes whose references were not followed yet, from an element on.
  List<uint32_t> suspects;
  List<uint32_t> groups;    ///< The first member of each.
  List<void *> condemned;
  Phase phase;
  bool busy;                ///< At work: whoever comes now comes from inside.
  bool takesParked;         ///< This collection looks at all.
  bool runsDestructors;
  bool sawDestructors;      ///< Some candidate's type may run code when it dies.
  unsigned pauses;
  uint32_t cursor, element; ///< How far this phase has come.
  uint32_t end;             ///< Behind the last node of this collection.
  uint32_t kept;            ///< Retire: nodes below stay.
  uint32_t parked;
  size_t noted;             ///< Since the last collection.
  size_t threshold;
  size_t looked;            ///< By this collection.
  size_t freed;
  uint64_t collections, totalFreed, totalLooked, longestStep, overruns;
};
constinit Collector all = {};

/// May it be part of a ring? What lies in a region goes with that.
bool isInteresting(const void *object) {
  const int32_t count = headerOf(object).count;
  return count >= abi::kCountOne && !(count & abi::kFlagRegion) && !(typeOf(object).flags & abi::kTypeAcyclic);
}

uint32_t countOf(const void *object) { return uint32_t(headerOf(object).count) >> abi::kCountShift; }

/// The object's node, if it has one that takes part in this collection.
uint32_t nodeOf(const void *object) {
  const int32_t count = headerOf(object).count;
  if (count < abi::kCountOne || !(count & abi::kFlagDying))
    return 0;
  const uint32_t node = all.map.find(object);
  return node < all.end ? node : 0;
}

uint32_t addNode(void *object, uint32_t trial, uint32_t flags) {
  if (all.nodes.count == 0)
    all.nodes.add({});
  const uint32_t node = uint32_t(all.nodes.count);
  all.nodes.add({object, trial, flags, 0, 0});
  all.map.set(object, node);
  return node;
}

/// Looks at some references of an object from an element on. True when all have been shown.
bool walkPiece(void *object, Walker &walker, uint32_t &element) {
  const bool isDone = walkReferences(object, typeOf(object), walker, element, kPiece) == 0;
  element = isDone ? 0 : element + kPiece;
  return isDone;
}
/// Work of that.
int64_t pieceCost(const void *object) {
  const TypeDescriptor &type = typeOf(object);
  return type.kind == TypeKind::Array || type.kind == TypeKind::Rect ? kPiece / 8 : 2;
}

void begin(bool takesParked) {
  if (all.nodes.count == 0)
    all.nodes.add({});
  all.phase = Phase::Open;
  all.takesParked = takesParked;
  all.cursor = 1;
  all.element = 0;
  all.end = ~0u;
  all.noted = all.looked = all.freed = 0;
}

int64_t openOne() {
  if (all.cursor == all.nodes.count) {
    all.phase = Phase::Mark;
    all.cursor = 1;
    return 1;
  }
  Node &node = all.nodes[all.cursor++];
  if (!node.object)
    return 1;
  if (node.flags & kAgain) {
    int32_t &count = headerOf(node.object).count;
    count = (count & ~abi::kFlagDying) | abi::kFlagKnown;
  }
  if (node.flags & kParked && !all.takesParked) {
    node.flags = kParked;
  } else {
    all.parked -= node.flags & kParked ? 1 : 0;
    node.flags = 0;
  }
  return 1;
}

void countReference(Walker *, void *object) {
  if (!isInteresting(object))
    return;
  if (const uint32_t node = nodeOf(object)) {
    ++all.nodes[node].trial;
    return;
  }
  if (abi::isDying(headerOf(object).count))
    return;
  addNode(object, 1, 0);
  headerOf(object).count |= abi::kFlagKnown;
}

int64_t markOne() {
  if (all.cursor == all.nodes.count) {
    all.end = all.cursor;
    all.phase = Phase::Settle;
    all.cursor = 1;
    return 1;
  }
  void *object = all.nodes[all.cursor].object;
  if (!object || all.nodes[all.cursor].flags & kParked) {
    all.element = 0;
    ++all.cursor;
    return 1;
  }
  if (!all.element) {
    all.nodes[all.cursor].flags |= kLooked;
    ++all.looked;
  }
  Walker walker{countReference, 0};
  if (walkPiece(object, walker, all.element))
    ++all.cursor;
  return pieceCost(object);
}

bool isSuspect(const Node &node) { return node.object && (node.flags & (kLooked | kLive | kParked)) == kLooked; }

void makeLive(Walker *, void *object) {
  const uint32_t node = nodeOf(object);
  if (node && isSuspect(all.nodes[node])) {
    all.nodes[node].flags |= kLive;
    all.pending.add({node, 0});
  }
}

int64_t settleOne() {
  if (all.pending.count) {
    Place place = all.pending.takeLast();
    void *object = all.nodes[place.node].object;
    if (!object)
      return 1;
    Walker walker{makeLive, 0};
    if (!walkPiece(object, walker, place.element))
      all.pending.add(place);
    return pieceCost(object);
  }
  if (all.cursor == all.end) {
    all.phase = Phase::Gather;
    all.cursor = 1;
    all.suspects.count = all.groups.count = 0;
    return 1;
  }
  Node &node = all.nodes[all.cursor];
  if (isSuspect(node) && countOf(node.object) != node.trial) {
    node.flags |= kLive;
    all.pending.add({all.cursor, 0});
  }
  ++all.cursor;
  return 1;
}

int64_t gatherOne() {
  if (all.cursor == all.end) {
    all.phase = all.suspects.count ? Phase::Join : Phase::Retire;
    all.cursor = all.suspects.count ? 0 : 1;
    all.kept = 1;
    return 1;
  }
  Node &node = all.nodes[all.cursor];
  if (isSuspect(node)) {
    node.trial = all.cursor;
    node.next = node.last = 0;
    all.suspects.add(all.cursor);
  }
  ++all.cursor;
  return 1;
}

/// The node that stands for a suspect's group; ways become shorter as they are gone.
uint32_t groupOf(uint32_t node) {
  while (all.nodes[node].trial != node)
    node = all.nodes[node].trial = all.nodes[all.nodes[node].trial].trial;
  return node;
}

struct JoinWalker : Walker {
  uint32_t from;
};
void join(Walker *walker, void *object) {
  const uint32_t node = nodeOf(object);
  if (!node || !isSuspect(all.nodes[node]))
    return;
  const uint32_t a = groupOf(static_cast<JoinWalker *>(walker)->from), b = groupOf(node);
  all.nodes[a < b ? b : a].trial = a < b ? a : b;
}

int64_t joinOne() {
  if (all.cursor == all.suspects.count) {
    all.phase = Phase::Chain;
    all.cursor = 0;
    return 1;
  }
  const uint32_t node = all.suspects[all.cursor];
  void *object = all.nodes[node].object;
  if (!object) {
    ++all.cursor;
    all.element = 0;
    return 1;
  }
  JoinWalker walker{{join, 0}, node};
  if (walkPiece(object, walker, all.element))
    ++all.cursor;
  return pieceCost(object);
}

int64_t chainOne() {
  if (all.cursor == all.suspects.count) {
    all.phase = Phase::Judge;
    all.cursor = 0;
    return 1;
  }
  const uint32_t node = all.suspects[all.cursor++], group = groupOf(node);
  uint32_t &last = all.nodes[group].last;
  if (last)
    all.nodes[last].next = node;
  else
    all.groups.add(node);
  last = node;
  return 1;
}

//===-- Judgement, in which the program does not run ------------------------------------------------------------===//

template <typename F> void forEachMember(uint32_t first, F visit) {
  for (uint32_t node = first; node; node = all.nodes[node].next)
    if (all.nodes[node].object)
      visit(all.nodes[node], node);
}

bool isMember(uint32_t node) { return node && all.nodes[node].flags & kInGroup; }

void countInGroup(Walker *, void *object) {
  if (const uint32_t node = nodeOf(object); isMember(node))
    ++all.nodes[node].trial;
}
void leaveGroup(Walker *, void *object) {
  if (const uint32_t node = nodeOf(object); isMember(node)) {
    all.nodes[node].flags &= ~kInGroup;
    all.pending.add({node, 0});
  }
}

/// Counts the references among the members anew.
void recount(uint32_t first) {
  forEachMember(first, [](Node &node, uint32_t) { node.trial = 0; });
  Walker walker{countInGroup, 0};
  forEachMember(first, [&](Node &node, uint32_t) {
    if (node.flags & kInGroup)
      walkReferences(node.object, typeOf(node.object), walker);
  });
}

/// Leaves the dead members in the group, and what is alive out of it.
void findDead(uint32_t first) {
  forEachMember(first, [](Node &node, uint32_t) { node.flags |= isInteresting(node.object) ? kInGroup : 0; });
  recount(first);
  Walker walker{leaveGroup, 0};
  forEachMember(first, [&](Node &node, uint32_t) {
    if (!(node.flags & kInGroup) || countOf(node.object) == node.trial)
      return;
    node.flags &= ~kInGroup;
    walkReferences(node.object, typeOf(node.object), walker);
    while (all.pending.count) {
      void *object = all.nodes[all.pending.takeLast().node].object;
      walkReferences(object, typeOf(object), walker);
    }
  });
}

void runDestructors() {
  Walker walker{[](Walker *, void *) {}, abi::kWalkDestroys};
  for (size_t i = 0; i < all.condemned.count; ++i)
    if (typeOf(all.condemned[i]).flags & abi::kTypeHasDestructor)
      walkReferences(all.condemned[i], typeOf(all.condemned[i]), walker);
}

[[noreturn, gnu::cold]] void panicEscaped(const void *object) {
  Message message;
  message << "a destructor let " << typeOf(object).name << " escape: an object of a ring that dies is still referenced";
  panic(message);
}

/// The end of the members that are in the group. Each is held once more meanwhile, and marked as dying: so releases by
/// destructors and by the others of the ring free nothing, and weak references find nothing.
void destroy(uint32_t first, bool hasDestructors) {
  all.condemned.count = 0;
  forEachMember(first, [](Node &node, uint32_t) {
    if (!(node.flags & kInGroup))
      return;
    all.condemned.add(node.object);
    emptyWeakCell(node.object);
    int32_t &count = headerOf(node.object).count;
    count = (count + abi::kCountOne) | abi::kFlagDying;
  });
  if (hasDestructors) {
    runDestructors();
    recount(first);
    forEachMember(first, [](Node &node, uint32_t) {
      if (node.flags & kInGroup && countOf(node.object) - 1 != node.trial)
        panicEscaped(node.object);
    });
  }
  // What the ring held besides itself; dying objects know each other by the flag, since nothing else dies now.
  Walker walker{[](Walker *, void *object) {
                  if (!abi::isDying(headerOf(object).count) || !isMember(nodeOf(object)))
                    releaseCyclic(object);
                },
                abi::kWalkAll};
  for (size_t i = 0; i < all.condemned.count; ++i)
    walkReferences(all.condemned[i], typeOf(all.condemned[i]), walker);
  for (size_t i = 0; i < all.condemned.count; ++i) {
    void *object = all.condemned[i];
    forget(object);
    freePayload(object, typeOf(object));
  }
  all.freed += all.condemned.count;
}

int64_t judgeOne() {
  if (all.cursor == all.groups.count) {
    all.phase = Phase::Retire;
    all.cursor = all.kept = 1;
    return 1;
  }
  const uint32_t first = all.groups[all.cursor++];
  findDead(first);
  int64_t work = 1;
  uint32_t flags = 0;
  forEachMember(first, [&](Node &node, uint32_t) {
    work += 8;
    if (node.flags & kInGroup)
      flags |= typeOf(node.object).flags | kInGroup << 16;
  });
  if (!flags)
    return work;
  const bool hasDestructors = flags & abi::kTypeHasDestructor;
  if (!hasDestructors || all.runsDestructors)
    destroy(first, hasDestructors);
  forEachMember(first, [&](Node &node, uint32_t) {
    if (!(node.flags & kInGroup))
      return;
    node.flags = (node.flags & ~kInGroup) | kParked; // not destroyed
    ++all.parked;
  });
  return work;
}

//===-- The end ------------------------------------------------------------------------------------------------===//

void finish() {
  all.nodes.count = all.kept;
  all.phase = Phase::Tidy;
  all.cursor = 0;
  const size_t inVain = all.looked > all.freed ? all.looked - all.freed : 0;
  ++all.collections;
  all.totalFreed += all.freed;
  all.totalLooked += all.looked;
  all.freed = all.looked = 0;
  // The next one comes when four times as much has been noted as this one looked at in vain: so looking costs each note a constant.
  all.threshold = 4 * inVain > kLeastThreshold ? 4 * inVain : kLeastThreshold;
}

int64_t tidyOne() {
  switch (all.cursor++) {
  case 0: all.map.trim(); break;
  case 1: all.nodes.shrink(); break;
  case 2: all.pending.shrink(); break;
  case 3: all.suspects.shrink(); break;
  case 4: all.groups.shrink(); break;
  case 5: all.condemned.shrink(); break;
  default: all.phase = Phase::Idle;
  }
  return kStepWork;
}

int64_t retireOne() {
  if (all.cursor == all.nodes.count) {
    finish();
    return 1;
  }
  const Node node = all.nodes[all.cursor++];
  if (!node.object)
    return 1;
  if (node.flags & (kAgain | kParked)) {
    all.nodes[all.kept] = {node.object, 0, node.flags & (kAgain | kParked), 0, 0};
    all.map.set(node.object, all.kept++);
    return 1;
  }
  all.map.clear(node.object);
  int32_t &count = headerOf(node.object).count;
  count = (count & ~abi::kFlagDying) | (hasWeakCell(node.object) ? abi::kFlagKnown : 0);
  return 1;
}

/// Goes on with one phase for as long as it lasts; gives the work that is left.
template <typename F> [[gnu::always_inline]] inline int64_t advanceIn(Phase phase, int64_t work, F one) {
  do
    work -= one();
  while (work > 0 && all.phase == phase);
  return work;
}

int64_t advancePhase(int64_t work) {
  switch (all.phase) {
  case Phase::Idle: return 0;
  case Phase::Open: return advanceIn(Phase::Open, work, openOne);
  case Phase::Mark: return advanceIn(Phase::Mark, work, markOne);
  case Phase::Settle: return advanceIn(Phase::Settle, work, settleOne);
  case Phase::Gather: return advanceIn(Phase::Gather, work, gatherOne);
  case Phase::Join: return advanceIn(Phase::Join, work, joinOne);
  case Phase::Chain: return advanceIn(Phase::Chain, work, chainOne);
  case Phase::Judge: return advanceIn(Phase::Judge, work, judgeOne);
  case Phase::Retire: return advanceIn(Phase::Retire, work, retireOne);
  case Phase::Tidy: return advanceIn(Phase::Tidy, work, tidyOne);
  }
  __builtin_unreachable();
}

void advance(int64_t work, bool runsDestructors) {
  all.busy = true;
  all.runsDestructors = runsDestructors;
  while (work > 0 && all.phase != Phase::Idle)
    work = advancePhase(work);
  all.busy = false;
}

bool mayWork() { return !all.busy && !all.pauses && !deathsRun(); }
bool hasCandidates() { return all.nodes.count > 1; }

void collect(unsigned rounds) {
  while (rounds-- > 0 && (all.phase != Phase::Idle || hasCandidates())) {
    if (all.phase == Phase::Idle)
      begin(/*takesParked=*/true);
    advance(INT64_MAX, /*runsDestructors=*/true);
  }
}

} // namespace

bool note(void *payload) {
  const TypeDescriptor &type = typeOf(payload);
  if (type.flags & abi::kTypeAcyclic)
    return false;
  int32_t &count = headerOf(payload).count;
  if (const uint32_t node = count & abi::kFlagKnown ? all.map.find(payload) : 0) {
    all.parked -= all.nodes[node].flags & kParked ? 1 : 0;
    all.nodes[node].flags = (all.nodes[node].flags & ~kParked) | kAgain;
  } else {
    addNode(payload, 0, kAgain);
  }
  count = (count & ~abi::kFlagDying) | abi::kFlagNoted;
  all.sawDestructors |= (type.flags & abi::kTypeHasDestructor) != 0;
  return ++all.noted >= (all.threshold ? all.threshold : kLeastThreshold) || all.phase != Phase::Idle;
}

void forget(void *payload) {
  const uint32_t node = all.map.find(payload);
  if (!node)
    return;
  all.parked -= all.nodes[node].flags & kParked ? 1 : 0;
  all.nodes[node].object = nullptr;
  all.map.clear(payload);
}

void advanceBy(int64_t work, bool runsDestructors) {
  if (!mayWork())
    return;
  if (all.phase == Phase::Idle)
    begin(/*takesParked=*/true);
  advance(work, runsDestructors);
}

void advanceBySlice() {
  if (!mayWork())
    return;
  if (all.phase == Phase::Idle)
    begin(/*takesParked=*/false);
  advance(kSliceWork, /*runsDestructors=*/false);
}

void collectAll() {
  if (mayWork())
    collect(kMostRounds);
}

bool step(int64_t microseconds) {
  if (!mayWork())
    return true;
  if (all.phase == Phase::Idle && !hasCandidates())
    return true;
  const int64_t start = os::monotonicNanoseconds();
  int64_t elapsed;
  if (all.phase == Phase::Idle)
    begin(/*takesParked=*/true);
  do {
    advance(kStepWork, /*runsDestructors=*/true);
    elapsed = os::monotonicNanoseconds() - start;
  } while (all.phase != Phase::Idle && elapsed < microseconds * 1000);
  if (uint64_t(elapsed) / 1000 > all.longestStep)
    all.longestStep = uint64_t(elapsed) / 1000;
  all.overruns += elapsed > microseconds * 1200;
  return all.phase == Phase::Idle && !hasCandidates();
}

Pause::Pause() { ++all.pauses; }
Pause::~Pause() { --all.pauses; }

} // namespace dream::rt::rings

namespace dream::rt {

using namespace rings;

void collectRingsAtExit() {
  all.pauses = 0;
  if (mayWork() && (all.sawDestructors || check::tracking() || programAllocates()))
    collect(kMostRounds);
}

void dr_gc_collect() { collectAll(); }
Bool dr_gc_step(I64 microseconds) { return step(microseconds); }
void dr_gc_pause() { ++all.pauses; }
void dr_gc_resume() { --all.pauses; }

I64 dr_gc_statistic(I32 which) {
  switch (Statistic(which)) {
  case Statistic::Collections: return I64(all.collections);
  case Statistic::Freed: return I64(all.totalFreed + all.freed);
  case Statistic::Candidates: return I64(hasCandidates() ? all.nodes.count - 1 : 0);
  case Statistic::LongestStep: return I64(all.longestStep);
  case Statistic::Overruns: return I64(all.overruns);
  case Statistic::Looked: return I64(all.totalLooked);
  }
  return 0;
}

} // namespace dream::rt
