// A collection in pieces, between which the program may run; see rings.h.
//
// Marking looks at all that can be reached from the candidates and counts the references among it, settling finds what is held from
// outside; the rest is suspected, no more, since the program may have changed what was looked at. Judgement is passed on each
// group of suspects that hang together, at once: if the references inside of the group are all that its counts tell of, then it is dead.
//
// What could be missed by looking in pieces is not: each release since the collection began makes a candidate for the next.
//
// A node for each object that it looks at stands beside the objects, found by the address.
#include "runtime/abi/walk.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

namespace {

using abi::Walker;

constexpr uint32_t kLooked = 1;  ///< Its references were counted.
constexpr uint32_t kLive = 2;    ///< Held from outside.
constexpr uint32_t kInGroup = 4; ///< In the group that is judged, and still suspected.

constexpr int64_t kTidyWork = 128;
constexpr int64_t kSpanWork = 64; ///< Of a span more in the map: its memory is fresh.
constexpr uint32_t kPiece = 64;   ///< Elements of an array that are looked at together.

enum class Phase : uint8_t {
  Idle,
  Open,   ///< Candidates become nodes, and stop being noted: from now on releases of them are new ones.
  Mark,   ///< Looks at nodes in their order; what is found joins them at the end.
  Settle, ///< Finds what is held from outside, and marks what can be reached from there.
  Gather, ///< Lists the suspects,
  Join,   ///< joins those that refer to each other,
  Chain,  ///< and links the members of each group.
  Judge,  ///< One group at a time.
  Retire, ///< Forgets the nodes.
  Tidy,   ///< Gives memory back, a piece at a time.
};

struct Place {
  uint32_t node, element;
};

struct Pieces {
  Chunks<Node> nodes;         ///< The first is none.
  NodeMap map;
  Chunks<Place> pending;      ///< Live nodes whose references were not followed yet, from an element on.
  Chunks<uint32_t> suspects;
  Chunks<uint32_t> groups;    ///< The first member of each.
  Phase phase;
  bool runsDestructors;
  uint32_t cursor, element; ///< How far this phase has come.
  uint32_t end;             ///< Behind the last node of this collection.
  size_t looked;
};
constinit Pieces all = {};

uint32_t countOf(const void *object) { return uint32_t(headerOf(object).count) >> abi::kCountShift; }

/// The object's node, if it has one that takes part in this collection.
uint32_t nodeOf(const void *object) {
  const int32_t count = headerOf(object).count;
  if (count < abi::kCountOne || !(count & abi::kFlagDying))
    return 0;
  const uint32_t node = all.map.find(object);
  return node < all.end ? node : 0;
}

void addNode(void *object, uint32_t trial) {
  all.map.set(object, uint32_t(all.nodes.count));
  all.nodes.add({object, trial, 0, 0, 0});
}

/// Work of the spans that the map has got since it had so many.
int64_t workSince(size_t spans) { return int64_t(all.map.spanCount() - spans) * kSpanWork; }

void loseNode(Node &node) {
  all.map.clear(node.object);
  node.object = nullptr;
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
  return type.kind == TypeKind::Array || type.kind == TypeKind::Rect ? kPiece / 2 : 2;
}

int64_t openOne() {
  void *object = candidates.takeLast();
  if (!object) {
    all.phase = Phase::Mark;
    all.cursor = 1;
    return 1;
  }
  int32_t &count = headerOf(object).count;
  count = (count & ~abi::kFlagDying) | abi::kFlagKnown;
  const size_t spans = all.map.spanCount();
  if (!all.map.find(object)) // noted again since
    addNode(object, 0);
  return 2 + workSince(spans);
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
  addNode(object, 1);
  if (!(headerOf(object).count & abi::kFlagDying))
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
  if (!object) {
    all.element = 0;
    ++all.cursor;
    return 1;
  }
  if (!all.element) {
    all.nodes[all.cursor].flags |= kLooked;
    ++all.looked;
  }
  Walker walker{countReference, 0};
  const size_t spans = all.map.spanCount();
  if (walkPiece(object, walker, all.element))
    ++all.cursor;
  return pieceCost(object) + workSince(spans);
}

bool isSuspect(const Node &node) { return node.object && (node.flags & (kLooked | kLive)) == kLooked; }

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

/// The dead members wait for a collection that runs destructors.
void park(uint32_t first) {
  forEachMember(first, [](Node &node, uint32_t) {
    if (!(node.flags & kInGroup))
      return;
    int32_t &count = headerOf(node.object).count;
    if (!(count & abi::kFlagNoted)) { // else it is in a list already
      count = (count & ~abi::kFlagDying) | abi::kFlagNoted;
      candidates.park(node.object);
    }
    loseNode(node);
  });
}

void destroy(uint32_t first, bool hasDestructors) {
  forEachMember(first, [](Node &node, uint32_t) {
    if (!(node.flags & kInGroup))
      return;
    condemn(node.object);
    loseNode(node);
  });
  destroyCondemned(hasDestructors, /*isCounted=*/false);
}

int64_t judgeOne() {
  if (all.cursor == all.groups.count) {
    all.phase = Phase::Retire;
    all.cursor = 1;
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
  else
    park(first);
  return work;
}

//===-- The end ------------------------------------------------------------------------------------------------===//

int64_t tidyOne() {
  if (!all.map.trim() && !all.nodes.trim(keptPieces()) && !all.pending.trim() && !all.suspects.trim() && !all.groups.trim() && !trimCondemned() && !candidates.trim())
    all.phase = Phase::Idle;
  return kTidyWork;
}

int64_t retireOne() {
  if (all.cursor == all.nodes.count) {
    all.nodes.count = 0;
    all.phase = Phase::Tidy;
    all.cursor = 0;
    account(all.looked, freedNow);
    return 1;
  }
  Node &node = all.nodes[all.cursor++];
  if (!node.object)
    return 1;
  int32_t &count = headerOf(node.object).count;
  if (!(count & abi::kFlagNoted)) // else it is a candidate for the next one
    count = (count & ~abi::kFlagDying) | (hasWeakCell(node.object) ? abi::kFlagKnown : 0);
  all.map.clear(node.object);
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

} // namespace

bool isUnderWay() { return all.phase != Phase::Idle; }

void beginPieces(bool takesParked) {
  if (takesParked)
    candidates.unpark();
  all.nodes.add({});
  all.phase = Phase::Open;
  all.element = 0;
  all.end = ~0u;
  all.looked = 0;
}

void advancePieces(int64_t work, bool runsDestructors) {
  all.runsDestructors = runsDestructors;
  while (work > 0 && all.phase != Phase::Idle)
    work = advancePhase(work);
}

void forgetNode(void *object) {
  if (const uint32_t node = all.map.find(object))
    loseNode(all.nodes[node]);
}

} // namespace dream::rt::rings
