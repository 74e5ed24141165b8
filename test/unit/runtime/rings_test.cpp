// The collector of rings, against models: random graphs are built and taken apart while collections go on in pieces.
#include "runtime/rc/rings.h"
#include "runtime/alloc/alloc.h"
#include "test/unit/runtime/program.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

int64_t statistic(rings::Statistic which) { return dr_gc_statistic(int32_t(which)); }

void setField(Node *&field, Node *value) {
  dr_retain_any(value);
  Node *old = field;
  field = value;
  dr_release_cyclic(old);
}

class Rings : public testing::Test {
  void SetUp() override {
    rings::collectAll();
    deaths.clear();
    duringDeath = nullptr;
    freedBefore = statistic(rings::Statistic::Freed);
  }

protected:
  int64_t freed() { return statistic(rings::Statistic::Freed) - freedBefore; }
  int64_t freedBefore = 0;
};

TEST_F(Rings, ARingDiesWhenNobodyElseHoldsIt) {
  Node *a = newNode(1), *b = newNode(2);
  setField(a->next, b);
  setField(b->next, a);
  dr_release_cyclic(b);
  rings::collectAll();
  EXPECT_EQ(freed(), 0);
  dr_release_cyclic(a);
  EXPECT_TRUE(deaths.empty());
  rings::collectAll();
  EXPECT_EQ(deaths.size(), 2u);
  EXPECT_EQ(freed(), 2);
  EXPECT_EQ(statistic(rings::Statistic::Candidates), 0);
}

TEST_F(Rings, WhatARingHoldsDiesWithIt) {
  Node *outside = newNode(7), *a = newNode(1, nullptr, outside);
  setField(a->next, a);
  dr_release_cyclic(a);
  rings::collectAll();
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 7}));
}

TEST_F(Rings, ThroughArrays) {
  Node *a = newNode(1);
  void **array = static_cast<void **>(dr_alloc_array_of(typeOfNodes(), 8, 1000));
  for (int i = 0; i < 1000; ++i) {
    array[i] = a;
    dr_retain_any(a);
  }
  a->next = reinterpret_cast<Node *>(array); // any reference will do
  dr_retain_any(array);
  dr_release_cyclic(a);
  rings::collectAll();
  EXPECT_TRUE(deaths.empty());
  dr_release_cyclic(array);
  rings::collectAll();
  EXPECT_EQ(deaths.size(), 1u);
  EXPECT_EQ(freed(), 2);
}

TEST_F(Rings, WeakReferencesAreEmptiedFirst) {
  Node *a = newNode(1);
  setField(a->next, a);
  void *weak = dr_weak_of(a);
  rings::collectAll();
  static void *cell;
  cell = weak;
  duringDeath = [](Node *node) {
    EXPECT_EQ(dr_weak_get(cell), nullptr);
    EXPECT_EQ(dr_weak_of(node), nullptr);
  };
  void *held = dr_weak_get(weak);
  EXPECT_EQ(held, a);
  dr_release_cyclic(held);
  dr_release_cyclic(a);
  rings::collectAll();
  EXPECT_EQ(deaths.size(), 1u);
  EXPECT_EQ(dr_weak_get(weak), nullptr);
  dr_release_any(weak);
}

TEST_F(Rings, CandidatesThatDieOtherwiseAreForgotten) {
  for (int i = 0; i < 3000; ++i) {
    Node *a = newNode(-1), *b = newNode(-1);
    setField(a->next, b);
    dr_release_cyclic(b); // a candidate
    dr_release_cyclic(a); // and both die
  }
  rings::collectAll();
  EXPECT_EQ(freed(), 0);
}

TEST_F(Rings, DestructorsMayMakeNewRings) {
  duringDeath = [](Node *node) {
    if (node->id > 5)
      return;
    Node *fresh = newNode(node->id + 1);
    setField(fresh->next, fresh);
    dr_release_cyclic(fresh);
  };
  Node *a = newNode(0);
  setField(a->next, a);
  dr_release_cyclic(a);
  rings::collectAll();
  EXPECT_EQ(deaths.size(), 7u);
}

TEST_F(Rings, WhatADestructorLetsEscapePanics) {
  duringDeath = [](Node *node) { dr_retain_any(node); };
  Node *a = newNode(1);
  setField(a->next, a);
  dr_release_cyclic(a);
  EXPECT_EXIT(rings::collectAll(), testing::ExitedWithCode(134), "a destructor let Node escape");
  duringDeath = nullptr;
  rings::collectAll();
}

TEST_F(Rings, AMillionNodesNeedLittleStack) {
  Node *first = newLink(0), *last = first;
  dr_retain_any(first);
  for (int i = 1; i < 1000000; ++i) {
    Node *node = newLink(i);
    last->next = node;
    last = node;
  }
  last->next = first;
  dr_release_cyclic(first);
  rings::collectAll();
  EXPECT_EQ(freed(), 1000000);
}

TEST_F(Rings, ByThemselvesCollectionsFreeWhatHasNoDestructor) {
  for (int i = 0; i < 100000; ++i) {
    Node *a = newLink(i);
    setField(a->next, a);
    dr_release_cyclic(a);
  }
  EXPECT_GT(freed(), 30000);
  Node *loud = newNode(1);
  setField(loud->next, loud);
  dr_release_cyclic(loud);
  for (int i = 0; i < 100000; ++i) {
    Node *a = newLink(i);
    setField(a->next, a);
    dr_release_cyclic(a);
  }
  EXPECT_TRUE(deaths.empty());
  dr_gc_pause();
  const int64_t before = freed();
  for (int i = 0; i < 20000; ++i) {
    Node *a = newLink(i);
    setField(a->next, a);
    dr_release_cyclic(a);
  }
  rings::collectAll();
  EXPECT_EQ(freed(), before);
  dr_gc_resume();
  rings::collectAll();
  EXPECT_EQ(freed(), 220001);
  EXPECT_EQ(deaths.size(), 1u);
}

TEST_F(Rings, WhatIsTooMuchForOneGoIsCollectedInPieces) {
  Node *held = newLink(0), *last = held;
  for (int i = 1; i < 300000; ++i) {
    Node *node = newLink(i);
    setField(node->other, held);
    last->next = node;
    last = node;
  }
  setField(last->next, held);
  dr_retain_any(held);
  dr_release_cyclic(held); // the oldest candidate of the next collection, and leads to all of them
  for (int i = 0; i < 400000; ++i) {
    Node *a = newLink(i);
    setField(a->next, a);
    dr_release_cyclic(a);
  }
  EXPECT_GT(freed(), 30000);
  int64_t length = 1;
  for (Node *node = held->next; node != held; node = node->next)
    ++length;
  EXPECT_EQ(length, 300000);
  dr_release_cyclic(held);
  rings::collectAll();
  EXPECT_EQ(freed(), 700000);
}

TEST_F(Rings, CandidatesOfAnySizeDie) {
  for (int64_t length : {1, 20, 40, 1000, 100000}) {
    void **array = static_cast<void **>(dr_alloc_array_of(typeOfNodes(), 8, length));
    array[0] = newNode(int64_t(deaths.size()));
    dr_retain_any(array);
    dr_release_cyclic(array);
    EXPECT_EQ(statistic(rings::Statistic::Candidates), 1);
    array = static_cast<void **>(dr_array_resize(array, typeOfNodes(), 8, length + 1));
    dr_retain_any(array);
    dr_release_cyclic(array);
    dr_release_cyclic(array);
    EXPECT_EQ(statistic(rings::Statistic::Candidates), 0);
  }
  EXPECT_EQ(deaths.size(), 5u);
  rings::collectAll();
  EXPECT_EQ(freed(), 0);
}

TEST_F(Rings, DestructorsOfCandidatesSeeTheirOwnCount) {
  duringDeath = [](Node *node) { EXPECT_EQ(dr_ref_count(node), 1); };
  Node *a = newNode(1);
  dr_retain_any(a);
  dr_release_cyclic(a);
  dr_release_cyclic(a);
  EXPECT_EQ(deaths.size(), 1u);
  duringDeath = [](Node *node) { dr_retain_any(node); };
  Node *b = newNode(2);
  dr_retain_any(b);
  dr_release_cyclic(b);
  EXPECT_EXIT(dr_release_cyclic(b), testing::ExitedWithCode(134), "a destructor of Node let `this` escape");
  duringDeath = nullptr;
  dr_release_cyclic(b);
}

TEST_F(Rings, FewThatHoldMuchAreCollectedInTime) {
  for (int i = 0; i < 1000; ++i) {
    Node *a = newLink(i);
    setField(a->next, a);
    a->other = static_cast<Node *>(dr_alloc_array_of(typeOfInts(), 4, 1 << 18));
    dr_release_cyclic(a);
  }
  EXPECT_GT(freed(), 500);
  rings::collectAll();
  EXPECT_EQ(freed(), 1000);
}

/// A mutator with a few variables; the model says what can be reached from them.
class RandomGraph {
public:
  explicit RandomGraph(unsigned seed) : random(seed) {}

  void run() {
    const unsigned steps = 20 + pick(400);
    for (unsigned i = 0; i < steps; ++i)
      change();
    for (Node *&root : roots)
      setField(root, nullptr);
    rings::collectAll();
    EXPECT_EQ(alive(), 0u);
    for (void *weak : weaks) {
      EXPECT_EQ(dr_weak_get(weak), nullptr);
      dr_release_any(weak);
    }
  }
  /// Objects that can be reached are alive; after a collection, no others are.
  void verify(bool isExact) {
    std::set<Node *> reached;
    std::vector<Node *> work(std::begin(roots), std::end(roots));
    while (!work.empty()) {
      Node *node = work.back();
      work.pop_back();
      if (!node || !reached.insert(node).second)
        continue;
      EXPECT_GE(node->id, 0);
      EXPECT_FALSE(dead.count(node->id)) << "dead object " << node->id << " is still reached";
      work.push_back(node->next);
      work.push_back(node->other);
    }
    if (isExact)
      EXPECT_EQ(alive(), reached.size());
  }

private:
  unsigned pick(unsigned limit) { return random() % limit; }
  size_t alive() {
    for (; seen < deaths.size(); ++seen)
      EXPECT_TRUE(dead.insert(deaths[seen]).second) << "died twice";
    return size_t(made) - dead.size();
  }
  Node *any() {
    Node *node = roots[pick(6)];
    for (unsigned steps = pick(4); node && steps > 0; --steps)
      node = pick(2) ? node->next : node->other;
    return node;
  }
  void change() {
    Node *target = any();
    switch (pick(12)) {
    case 0: case 1: case 2: {
      Node *node = newNode(made++);
      if (target && pick(2))
        setField(node->next, target);
      setField(roots[pick(6)], node);
      dr_release_cyclic(node);
      break;
    }
    case 3: case 4: case 5:
      if (target)
        setField(pick(2) ? target->next : target->other, pick(4) ? any() : nullptr);
      break;
    case 6: case 7:
      setField(roots[pick(6)], pick(3) ? target : nullptr);
      break;
    case 8: // moved without counting, into what somebody holds
      if (Node *to = any(); target && to && !to->next) {
        dr_retain_any(to);
        to->next = target->other;
        target->other = nullptr;
        dr_release_cyclic(to);
      }
      break;
    case 9:
      if (target)
        weaks.push_back(dr_weak_of(target));
      else if (!weaks.empty())
        if (Node *node = static_cast<Node *>(dr_weak_get(weaks[pick(unsigned(weaks.size()))]))) {
          setField(roots[pick(6)], node);
          dr_release_cyclic(node);
        }
      break;
    case 10:
      rings::advanceBy(1 + pick(30), pick(2));
      break;
    case 11:
      if (pick(8) == 0) {
        rings::collectAll();
        verify(/*isExact=*/true);
      } else {
        verify(/*isExact=*/false);
      }
      break;
    }
  }

  std::mt19937 random;
  Node *roots[6] = {};
  std::vector<void *> weaks;
  std::set<int64_t> dead;
  size_t seen = 0;
  int64_t made = 0;
};

// Memory of the collector goes back in pieces, what stays is empty, and serves again.
TEST(RingNodes, TheMapGivesPiecesBackAndFindsAgain) {
  static rings::NodeMap map;
  const auto at = [](uintptr_t i) { return reinterpret_cast<void *>((uintptr_t(1) << 40) + i * 262160); };
  for (int round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < 500; ++i)
      map.set(at(i), i + 1);
    EXPECT_EQ(map.spanCount(), 500u);
    for (uint32_t i = 0; i < 500; ++i)
      EXPECT_EQ(map.find(at(i)), i + 1);
    EXPECT_EQ(map.find(at(500)), 0u);
    for (uint32_t i = 0; i < 500; ++i)
      map.clear(at(i));
    size_t pieces = 0;
    while (map.trim())
      ++pieces;
    EXPECT_EQ(map.spanCount(), 500 - pieces);
    EXPECT_EQ(map.spanCount(), rings::keptPieces());
    for (uint32_t i = 0; i < 500; ++i)
      EXPECT_EQ(map.find(at(i)), 0u);
  }
}

TEST(RingNodes, ListsGrowAndGiveBack) {
  static rings::List<uint64_t> list;
  static rings::Chunks<rings::Node> chunks;
  for (uint32_t i = 0; i < 400000; ++i) {
    list.add(i * 3);
    chunks.add({nullptr, i, 0, 0, 0});
  }
  list.count = 100;
  chunks.count = 5000;
  list.shrink();
  while (chunks.trim(/*kept=*/2)) {
  }
  EXPECT_LE(list.capacity * sizeof(uint64_t), size_t(1) << 20);
  EXPECT_EQ(chunks.made, 5000 / chunks.kEntries + 3);
  for (uint32_t i = 0; i < 100; ++i)
    EXPECT_EQ(list[i], i * 3);
  for (uint32_t i = 0; i < 5000; ++i)
    EXPECT_EQ(chunks[i].trial, i);
}

TEST_F(Rings, RandomGraphs) {
  for (unsigned seed = 0; seed < 50000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    deaths.clear();
    RandomGraph(seed).run();
  }
}

} // namespace
