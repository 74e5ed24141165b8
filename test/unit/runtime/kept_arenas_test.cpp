// Arenas that a program keeps, against a model: random graphs over an arena and the heap, held from outside here and there.
#include "runtime/region/arena.h"
#include "test/unit/runtime/program.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

struct Kept {
  void *memory = dr_kept_arena_make(0);
  ~Kept() { end(); }
  Node *node(int64_t id, uint32_t type = typeOfNode()) {
    Node *made = static_cast<Node *>(dr_region_object_of(memory, type, sizeof(Node)));
    made->id = id;
    return made;
  }
  /// Whether it was; if not, that is because of `held`.
  bool empty(std::string *held = nullptr) {
    char *name = dr_kept_arena_empty(memory);
    if (!name)
      return true;
    std::string text = take(name);
    if (held)
      *held = text;
    return false;
  }
  void end() {
    if (memory)
      dr_kept_arena_end(memory);
    memory = nullptr;
  }
  int64_t bytes() const { return dr_kept_arena_statistic(memory, 0); }
};

Node *again(Node *node) {
  dr_retain_any(node);
  return node;
}

struct KeptArenas : testing::Test {
  void SetUp() override { deaths.clear(); }
};

TEST_F(KeptArenas, ObjectsLieSideBySideAndPlacesComeAgain) {
  Kept arena;
  Node *first = arena.node(1), *second = arena.node(2);
  EXPECT_LE(size_t(reinterpret_cast<char *>(second) - reinterpret_cast<char *>(first)), sizeof(Node) + 32);
  EXPECT_GT(arena.bytes(), 0);
  dr_release_cyclic(first);
  dr_release_cyclic(second);
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2}));
  EXPECT_TRUE(arena.empty());
  EXPECT_EQ(arena.bytes(), 0);
  EXPECT_EQ(arena.node(-1), first);
  EXPECT_FALSE(arena.empty());
  dr_release_cyclic(first);
}

TEST_F(KeptArenas, TurnsOfLikeSizeAskForNothing) {
  Kept arena;
  size_t made = 0;
  for (int turn = 0; turn < 20; ++turn) {
    for (int i = 0; i < 10000; ++i)
      dr_release_cyclic(arena.node(-1));
    EXPECT_TRUE(arena.empty());
    if (turn < 3)
      made = region::chunksMade();
    EXPECT_EQ(region::chunksMade(), made);
  }
}

TEST_F(KeptArenas, WhoHoldsAnObjectKeepsAll) {
  Kept arena;
  Node *held = arena.node(1, typeOfLink());
  std::string name;
  EXPECT_FALSE(arena.empty(&name));
  EXPECT_EQ(name, "Link");
  Node *outside = newNode(-1, held);
  EXPECT_FALSE(arena.empty());
  dr_release_cyclic(outside);
  EXPECT_TRUE(arena.empty());
}

TEST_F(KeptArenas, TheNewestDiesFirstAndWeakReferencesAreNull) {
  Kept arena;
  Node *first = arena.node(1), *second = arena.node(2), *third = arena.node(3);
  first->next = second;
  second->next = third;
  third->next = first;
  void *weak = dr_weak_of(second);
  EXPECT_TRUE(arena.empty());
  EXPECT_EQ(deaths, (std::vector<int64_t>{3, 2, 1}));
  EXPECT_EQ(dr_weak_get(weak), nullptr);
  dr_release_any(weak);
}

TEST_F(KeptArenas, OneThatEndsWaitsForWhoHoldsSomething) {
  Kept arena;
  Node *held = arena.node(1);
  held->next = again(held);
  arena.end();
  EXPECT_EQ(held->id, 1);
  dr_release_cyclic(held);
  EXPECT_TRUE(deaths.empty());
  Kept{}.end();
  EXPECT_EQ(deaths, (std::vector<int64_t>{1}));
  EXPECT_EQ(region::keptArenas, nullptr);
}

TEST_F(KeptArenas, ADestructorMayEndOthers) {
  static Kept *inner;
  Kept outer;
  Kept first;
  inner = &first;
  Node *ring = outer.node(1);
  ring->next = ring;
  Node *other = first.node(2);
  other->next = other;
  duringDeath = [](Node *node) {
    if (node->id == 1)
      EXPECT_TRUE(inner->empty());
  };
  EXPECT_TRUE(outer.empty());
  duringDeath = nullptr;
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2}));
}

TEST(KeptArenasDeathTest, NothingIsMadeInOneThatIsEmptied) {
  static Kept *arena;
  EXPECT_EXIT(
      {
        arena = new Kept;
        Node *ring = arena->node(1);
        ring->next = ring;
        duringDeath = [](Node *) { arena->node(2); };
        arena->empty();
      },
      testing::ExitedWithCode(134), "a destructor makes an object in the Arena that is being emptied");
}

/// Nodes in an arena and on the heap, with edges among them, some of which are held by the test.
class RandomNodes {
public:
  explicit RandomNodes(unsigned seed) : random(seed) {}

  void run() {
    deaths.clear();
    const int count = 2 + int(random() % 24), edges = int(random() % (2 * count));
    const unsigned inArena = random() % 4, isHeld = random() % 5;
    for (int i = 0; i < count; ++i) {
      const bool here = random() % 4 <= inArena;
      nodes.push_back({here ? arena.node(i) : newNode(i), here, true, {-1, -1}});
    }
    for (int i = 0; i < edges; ++i) {
      Entry &from = nodes[random() % nodes.size()];
      const int side = int(random() % 2), to = int(random() % nodes.size());
      if (from.to[side] >= 0)
        continue;
      from.to[side] = to;
      (side ? from.node->other : from.node->next) = again(nodes[size_t(to)].node);
    }
    for (Entry &one : nodes)
      if (random() % 5 >= isHeld) {
        one.isRoot = false;
        dr_release_cyclic(one.node);
      }
    tryToEmpty();
    for (Entry &one : nodes)
      if (one.isRoot) {
        one.isRoot = false;
        dr_release_cyclic(one.node);
      }
    dr_gc_collect(); // dead rings hold things, too
    tryToEmpty();
    std::sort(deaths.begin(), deaths.end());
    for (size_t i = 0; i < nodes.size(); ++i)
      ASSERT_TRUE(i < deaths.size() && deaths[i] == int64_t(i)) << "not every node died once";
  }

private:
  struct Entry {
    Node *node;
    bool inArena, isRoot;
    int to[2];
  };

  bool isDead(size_t i) const { return std::find(deaths.begin(), deaths.end(), int64_t(i)) != deaths.end(); }
  /// What can be reached from there, among what is let through.
  template <typename F> std::vector<bool> reached(const std::vector<size_t> &from, F passes) const {
    std::vector<bool> found(nodes.size());
    std::vector<size_t> work(from);
    while (!work.empty()) {
      const size_t at = work.back();
      work.pop_back();
      if (found[at] || isDead(at) || !passes(at))
        continue;
      found[at] = true;
      for (int to : nodes[at].to)
        if (to >= 0)
          work.push_back(size_t(to));
    }
    return found;
  }

  void tryToEmpty() {
    std::vector<size_t> own, holders;
    for (size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i].inArena && !isDead(i))
        own.push_back(i);
    const std::vector<bool> around = reached(own, [](size_t) { return true; });
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].isRoot)
        holders.push_back(i);
      if (!isDead(i) && !around[i])
        for (int to : nodes[i].to)
          if (to >= 0)
            holders.push_back(size_t(to));
    }
    const std::vector<bool> held = reached(holders, [&](size_t i) { return bool(around[i]); });
    bool isHeld = false;
    for (size_t i : own)
      isHeld |= held[i];
    ASSERT_EQ(arena.empty(), !isHeld);
    if (isHeld)
      return;
    dr_gc_collect(); // rings on the heap that only the arena held
    std::vector<size_t> roots;
    for (size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i].isRoot)
        roots.push_back(i);
    const std::vector<bool> alive = reached(roots, [](size_t) { return true; });
    for (size_t i = 0; i < nodes.size(); ++i)
      ASSERT_EQ(isDead(i), !alive[i]) << "node " << i;
  }

  std::mt19937 random;
  Kept arena;
  std::vector<Entry> nodes;
};

TEST(KeptArenasModel, RandomNodes) {
  for (unsigned seed = 0; seed < 20000 && !testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomNodes(seed).run();
  }
}

} // namespace
