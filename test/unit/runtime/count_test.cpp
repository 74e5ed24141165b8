// The header word: every state, every flag, and the deaths of graphs.
#include "test/unit/runtime/program.h"

#include <cstring>

#include <gtest/gtest.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

/// An object that nobody frees: tests put any word into its header.
struct Held {
  alignas(16) ObjectHeader header{typeOfPlainObject(), 0};
  uint64_t fields[2] = {};
  void *payload() { return fields; }
};

int32_t afterRetain(int32_t word) {
  Held held;
  held.header.count = word;
  dr_retain_any(held.payload());
  return held.header.count;
}

int32_t afterRelease(int32_t word) {
  Held held;
  held.header.count = word;
  dr_release_any(held.payload());
  return held.header.count;
}

TEST(Count, LocalCountsMoveByOneAndKeepFlags) {
  for (int32_t flags = 0; flags < 8; ++flags)
    for (int64_t count : {1, 2, 3, 1000, (1 << 28) - 2}) {
      const int32_t word = int32_t(count << 3) | flags;
      EXPECT_EQ(afterRetain(word), int32_t(((count + 1) << 3) | flags));
      if (count > 1) {
        EXPECT_EQ(afterRelease(word), int32_t(((count - 1) << 3) | flags));
      }
    }
}

TEST(Count, LocalCountSaturatesIntoImmortal) {
  for (int32_t flags = 0; flags < 8; ++flags) {
    const int32_t most = 0x7FFFFFF8 | flags;
    const int32_t saturated = afterRetain(most);
    EXPECT_EQ(uint32_t(saturated), 0x80000000u | uint32_t(flags));
    EXPECT_EQ(afterRetain(saturated), saturated);
    EXPECT_EQ(afterRelease(saturated), saturated);
  }
}

TEST(Count, ImmortalAndTracedWordsStay) {
  for (uint32_t top : {0x80000000u, 0x9FFFFFF8u, 0xA0000000u, 0xBFFFFFF8u})
    for (uint32_t flags = 0; flags < 8; ++flags) {
      const int32_t word = int32_t(top | flags);
      EXPECT_EQ(afterRetain(word), word);
      EXPECT_EQ(afterRelease(word), word);
      Held held;
      held.header.count = word;
      EXPECT_EQ(dr_ref_count(held.payload()), -1);
    }
}

TEST(Count, SharedCountsMoveByOneAndSaturate) {
  for (uint32_t flags = 0; flags < 4; ++flags)
    for (uint32_t count : {2u, 3u, 70000u}) {
      const int32_t word = int32_t(0xC0000000u | count << 3 | flags);
      EXPECT_EQ(uint32_t(afterRetain(word)), 0xC0000000u | (count + 1) << 3 | flags);
      EXPECT_EQ(uint32_t(afterRelease(word)), 0xC0000000u | (count - 1) << 3 | flags);
    }
  EXPECT_EQ(uint32_t(afterRetain(int32_t(0xFF000000u))), 0x80000000u);
}

TEST(Count, EveryWordOfTheCountPart) {
  // A walk over all count words in steps that meet each state: retain then release is the identity, or the word is
  // sticky, or it is dead (which the death tests look at).
  for (uint64_t word = 8; word < (uint64_t(1) << 32); word += 0x10001 * 8 + 8) {
    const int32_t before = int32_t(uint32_t(word));
    if ((uint32_t(before) & 0x3FFFFFF8) == 0 && uint32_t(before) >= 0xC0000000u)
      continue;
    const int32_t between = afterRetain(before);
    if (uint32_t(between) >> 29 == 4)
      continue; // saturated
    EXPECT_EQ(afterRelease(between), before) << std::hex << word;
  }
}

TEST(CountDeathTest, DeadWordsPanic) {
  for (int32_t flags = 0; flags < 8; ++flags)
    EXPECT_EXIT(afterRelease(flags), testing::ExitedWithCode(134), "panic: release of a dead object");
  EXPECT_EXIT(afterRetain(0), testing::ExitedWithCode(134), "panic: retain of a dead object");
  EXPECT_EXIT(afterRelease(int32_t(0xC0000000u)), testing::ExitedWithCode(134), "panic: release of a dead object");
}

TEST(Count, RegionObjectsAreMarkedDeadAndNotFreed) {
  Held held;
  held.header.count = dream::abi::kCountOne | dream::abi::kFlagRegion;
  dr_release_any(held.payload());
  EXPECT_EQ(held.header.count, 0);
}

TEST(Count, SharedLastReleaseDies) {
  deaths.clear();
  Node *node = newNode(5);
  countWord(node) = int32_t(0xC0000000u | 1 << 3);
  dr_release_any(node);
  EXPECT_EQ(deaths, std::vector<int64_t>{5});
}

TEST(Count, NullIsFine) {
  dr_retain_any(nullptr);
  dr_release_any(nullptr);
  dr_release_plain(nullptr);
}

TEST(Death, FieldsDieAfterTheBodyInOrder) {
  deaths.clear();
  dr_release_any(newNode(1, newNode(2, newNode(3), newNode(4)), newNode(5)));
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2, 3, 4, 5}));
}

TEST(Death, SharedPartsDieWithTheLastHolder) {
  deaths.clear();
  Node *part = newNode(9);
  dr_retain_ref(part);
  dr_release_any(newNode(1, newNode(2, part), part));
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2, 9}));
}

TEST(Death, ThisMayBeHeldWhileTheDestructorRuns) {
  deaths.clear();
  duringDeath = [](Node *node) {
    dr_retain_any(node);
    EXPECT_EQ(dr_ref_count(node), 2);
    dr_release_any(node);
  };
  dr_release_any(newNode(1));
  duringDeath = nullptr;
  EXPECT_EQ(deaths, std::vector<int64_t>{1});
}

TEST(DeathDeathTest, ResurrectionPanics) {
  duringDeath = [](Node *node) { dr_retain_any(node); };
  EXPECT_EXIT(dr_release_any(newNode(1)), testing::ExitedWithCode(134), "panic: a destructor of Node let `this` escape");
  EXPECT_EXIT(dr_release_exact(newNode(1), sizeof(Node), reinterpret_cast<void *>(dropNode)), testing::ExitedWithCode(134),
              "a destructor of Node");
  duringDeath = [](Node *node) { dr_release_any(node); };
  EXPECT_EXIT(dr_release_any(newNode(1)), testing::ExitedWithCode(134), "panic: release of an object whose destructor runs");
  duringDeath = nullptr;
}

TEST(Death, ExactReleaseIsTheSame) {
  deaths.clear();
  Node *node = newNode(1, newNode(2));
  dr_retain_ref(node);
  dr_release_exact(node, sizeof(Node), reinterpret_cast<void *>(dropNode));
  EXPECT_TRUE(deaths.empty());
  dr_release_exact(node, sizeof(Node), reinterpret_cast<void *>(dropNode));
  EXPECT_EQ(deaths, (std::vector<int64_t>{1, 2}));
  dr_release_exact(dr_alloc_object_of(typeOfPlainObject(), 16), 16, nullptr);
}

/// Long chains die without recursion of that depth, whatever field they hang on.
TEST(Death, ChainsOfTenMillionNodes) {
  deaths.clear();
  for (bool byNext : {true, false}) {
    Node *head = nullptr;
    for (int i = 0; i < 10'000'000; ++i)
      head = byNext ? newNode(-1, head) : newNode(-1, nullptr, head);
    dr_release_any(head);
  }
}

TEST(Death, ChainsOfExactReleases) {
  // Each node releases the next by its exact type, as compiled code does for sealed classes.
  static void (*drop)(void *) = [](void *payload) {
    if (Node *next = static_cast<Node *>(payload)->next)
      dr_release_exact(next, sizeof(Node), reinterpret_cast<void *>(drop));
  };
  Node *head = nullptr;
  for (int i = 0; i < 1'000'000; ++i)
    head = newNode(-1, head);
  dr_release_exact(head, sizeof(Node), reinterpret_cast<void *>(drop));
}

TEST(Death, OrderBeyondTheDepthIsThatOfTheGraph) {
  // A chain whose every node also owns a leaf. Down to the limit leaves die after all that hangs on `next`; the deeper
  // part is put off as a whole and dies in its own order. Two runs agree.
  auto run = [] {
    deaths.clear();
    Node *head = nullptr;
    for (int i = 2499; i >= 0; --i)
      head = newNode(i, head, newNode(100000 + i));
    dr_release_any(head);
    return deaths;
  };
  const std::vector<int64_t> first = run();
  EXPECT_EQ(first.size(), 5000u);
  EXPECT_EQ(first, run());
  std::vector<int64_t> spine;
  for (int64_t id : first)
    if (id < 100000)
      spine.push_back(id);
  for (size_t i = 0; i < spine.size(); ++i)
    ASSERT_EQ(spine[i], int64_t(i));
}

TEST(Death, WideTreesBelowTheDepthLimit) {
  // At the bottom of a chain that is longer than the limit hangs an array of many nodes: all wait, all die, in order.
  deaths.clear();
  void **nodes = static_cast<void **>(dr_alloc_array_of(typeOfNodes(), 8, 100000));
  for (int i = 0; i < 100000; ++i)
    nodes[i] = newNode(i);
  Node *head = reinterpret_cast<Node *>(nodes);
  for (int i = 0; i < 1500; ++i)
    head = newNode(-1, head);
  dr_release_any(head);
  ASSERT_EQ(deaths.size(), 100000u);
  for (int i = 0; i < 100000; ++i)
    ASSERT_EQ(deaths[size_t(i)], i);
}

TEST(Objects, AreZeroedAndKnowTheirInterfaces) {
  for (int turn = 0; turn < 3; ++turn) {
    Node *node = static_cast<Node *>(dr_alloc_object_of(typeOfNode(), sizeof(Node)));
    EXPECT_EQ(node->next, nullptr);
    EXPECT_EQ(node->id, 0);
    EXPECT_EQ(node->other, nullptr);
    EXPECT_EQ(dr_ref_count(node), 1);
    for (uint32_t id = 0; id < 50; ++id)
      EXPECT_EQ(dr_implements(node, id), id == 3 || id == 7 || id == 12 || id == 40);
    EXPECT_EQ(take(dr_type_name(node)), "Node");
    memset(static_cast<void *>(node), 0xFF, sizeof(Node));
    *node = {nullptr, -1, nullptr};
    dr_release_any(node);
  }
}

} // namespace
