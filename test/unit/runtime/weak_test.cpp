// Weak references: cells, the flag that tells of them, and reading them at each moment of an object's life.
#include "test/unit/runtime/program.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

bool readsNull(void *weak) {
  void *object = dr_weak_get(weak);
  dr_release_any(object);
  return object == nullptr;
}

TEST(Weak, AllReferencesToAnObjectShareItsCell) {
  Node *node = newNode(-1);
  void *one = dr_weak_of(node), *other = dr_weak_of(node);
  EXPECT_EQ(one, other);
  EXPECT_EQ(countWord(node), 8 | 2);
  EXPECT_EQ(dr_ref_count(one), 3); // the object's own, and two
  void *object = dr_weak_get(one);
  EXPECT_EQ(object, node);
  EXPECT_EQ(dr_ref_count(node), 2);
  dr_release_any(object);
  dr_release_any(node);
  EXPECT_TRUE(readsNull(one));
  dr_release_any(one);
  EXPECT_TRUE(readsNull(other));
  dr_release_any(other);
}

TEST(Weak, NullGivesNull) {
  EXPECT_EQ(dr_weak_of(nullptr), nullptr);
  EXPECT_EQ(dr_weak_get(nullptr), nullptr);
}

TEST(Weak, ACellOutlivesItsReferencesAndServesAgain) {
  Node *node = newNode(-1);
  void *first = dr_weak_of(node);
  dr_release_any(first);
  EXPECT_EQ(countWord(node), 8 | 2);
  void *second = dr_weak_of(node);
  EXPECT_EQ(first, second);
  dr_release_any(node);
  EXPECT_TRUE(readsNull(second));
  dr_release_any(second);
}

void *watched;

TEST(Weak, ADyingObjectCannotBeFound) {
  deaths.clear();
  Node *node = newNode(7);
  watched = dr_weak_of(node);
  duringDeath = [](Node *dying) {
    EXPECT_TRUE(readsNull(watched));
    EXPECT_EQ(dr_weak_of(dying), nullptr);
  };
  dr_release_any(node);
  duringDeath = nullptr;
  EXPECT_EQ(deaths, std::vector<int64_t>{7});
  EXPECT_TRUE(readsNull(watched));
  dr_release_any(watched);
}

TEST(Weak, EveryWayToReleaseEmptiesTheCell) {
  for (int way = 0; way < 3; ++way) {
    Node *node = newNode(-1);
    void *weak = dr_weak_of(node);
    if (way == 0)
      dr_release_ref(node);
    else if (way == 1)
      dr_release_exact(node, sizeof(Node), reinterpret_cast<void *>(dropNode));
    else
      dr_free_unbuilt(node);
    EXPECT_TRUE(readsNull(weak));
    dr_release_any(weak);
  }
}

TEST(Weak, WhatNeverDiesIsAlwaysFound) {
  Node *node = newNode(-1);
  countWord(node) = int32_t(0x80000000);
  void *weak = dr_weak_of(node);
  EXPECT_EQ(dr_weak_get(weak), node);
  EXPECT_EQ(uint32_t(countWord(node)), 0x80000000u);
  dr_release_any(weak);
  countWord(node) = 8;
  dr_release_any(node);
}

TEST(Weak, ManyObjectsInAnyOrder) {
  std::mt19937 random(1);
  struct Watched {
    Node *node;
    void *weak;
  };
  std::vector<Watched> living;
  std::vector<void *> dead;
  for (int turn = 0; turn < 200000; ++turn) {
    if (living.empty() || random() % 3 != 0) {
      Node *node = newNode(-1);
      living.push_back({node, dr_weak_of(node)});
    } else {
      std::swap(living[random() % living.size()], living.back());
      dr_release_any(living.back().node);
      dead.push_back(living.back().weak);
      living.pop_back();
    }
    if (turn % 1000 == 0) {
      for (const Watched &one : living) {
        void *object = dr_weak_get(one.weak);
        ASSERT_EQ(object, one.node);
        dr_release_any(object);
      }
      for (void *weak : dead) {
        ASSERT_TRUE(readsNull(weak));
        dr_release_any(weak);
      }
      dead.clear();
    }
    if (living.size() > 20000)
      while (living.size() > 10) {
        dr_release_any(living.back().node);
        dead.push_back(living.back().weak);
        living.pop_back();
      }
  }
  for (const Watched &one : living) {
    dr_release_any(one.node);
    dr_release_any(one.weak);
  }
  for (void *weak : dead)
    dr_release_any(weak);
}

} // namespace
