// Arenas against a model: places, chunks and their reuse, what is listed, and what a checked program sees when one is closed.
#include "runtime/check/check.h"
#include "runtime/region/arena.h"
#include "test/unit/runtime/program.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

struct Arena {
  alignas(8) char memory[dream::abi::kArenaBytes];
  void *region;
  bool isOpen = true;
  explicit Arena(int64_t bytes = 0, bool isListed = false) { region = dr_arena_open(memory, const_cast<char *>("test"), bytes, isListed); }
  ~Arena() {
    if (isOpen)
      close();
  }
  void close() {
    dr_arena_close(region, nullptr);
    isOpen = false;
  }
  void *object() { return dr_region_object_of(region, typeOfPlainObject(), 16); }
  void *array(int64_t length) { return dr_region_array_of(region, typeOfInts(), 4, length); }
  const region::Arena &head() const { return *static_cast<const region::Arena *>(region); }
};

TEST(Arenas, ObjectsAreZeroedAndCounted) {
  for (int turn = 0; turn < 2; ++turn) {
    Arena arena;
    auto *first = static_cast<int64_t *>(arena.object());
    EXPECT_EQ(countWord(first), dream::abi::kCountOne | dream::abi::kFlagRegion);
    EXPECT_EQ(first[0] | first[1], 0);
    first[0] = first[1] = -1;
    dr_release_any(first);
    EXPECT_EQ(countWord(first), 0);
    EXPECT_NE(arena.object(), first); // its place is not used again
  }
}

TEST(Arenas, TheLastStringGivesItsPlaceBack) {
  Arena arena;
  arena.object();
  char *first = dr_str_of_i64(12345, arena.region);
  EXPECT_EQ(countWord(first), dream::abi::kCountOne | dream::abi::kFlagRegion);
  dr_release_any(first);
  char *second = dr_str_of_i64(67890, arena.region);
  EXPECT_EQ(second, first);
  char *third = dr_str_concat(second, second, arena.region);
  dr_release_any(second); // it is not the last one
  EXPECT_NE(dr_str_of_i64(13579, arena.region), second);
  char *longest = dr_str_repeat(third, 100000, arena.region);
  EXPECT_EQ(countWord(longest), dream::abi::kCountOne | dream::abi::kFlagRegion);
  EXPECT_EQ(arrayHeaderOf(longest).length, 1000000u);
}

TEST(Arenas, ListedStringsKeepTheirPlaces) {
  Arena arena(0, /*isListed=*/true);
  char *first = dr_str_of_i64(12345, arena.region);
  dr_release_any(first);
  EXPECT_NE(dr_str_of_i64(12345, arena.region), first);
}

TEST(Arenas, AnEmptyOneNeedsNoMemory) {
  const size_t before = region::chunksMade();
  for (int i = 0; i < 100; ++i)
    Arena arena(1 << 20);
  EXPECT_EQ(region::chunksMade(), before);
}

TEST(Arenas, LikeTurnsAskForChunksOnce) {
  auto turn = [](int64_t bytes) {
    Arena arena(bytes);
    for (int i = 0; i < 50000; ++i)
      arena.object();
    arena.array(300000);
  };
  turn(4096);
  const size_t before = region::chunksMade();
  for (int i = 0; i < 100; ++i)
    turn(4096);
  EXPECT_EQ(region::chunksMade(), before);
}

TEST(Arenas, ChunksDouble) {
  const size_t before = region::chunksMade();
  Arena arena(1 << 10);
  for (int i = 0; i < 1000000; ++i)
    arena.object();
  EXPECT_LE(region::chunksMade() - before, 16u);
}

TEST(Arenas, SeveralAreOpenAtOnce) {
  Arena outer, inner;
  std::vector<int64_t *> of[2];
  for (int i = 0; i < 10000; ++i)
    for (int k = 0; k < 2; ++k) {
      auto *object = static_cast<int64_t *>((k ? inner : outer).object());
      object[0] = object[1] = i * 2 + k;
      of[k].push_back(object);
    }
  EXPECT_TRUE(region::isInArena(of[0].front()) && region::isInArena(of[1].back()));
  for (int i = 0; i < 10000; ++i)
    for (int k = 0; k < 2; ++k)
      ASSERT_TRUE(of[k][i][0] == i * 2 + k && of[k][i][1] == i * 2 + k);
  inner.close();
  EXPECT_FALSE(region::isInArena(of[1].back()));
  for (int i = 0; i < 10000; ++i)
    ASSERT_EQ(of[0][i][1], i * 2);
  int64_t local = 0;
  EXPECT_FALSE(region::isInArena(&local));
}

TEST(Arenas, RegionsAreOpenBeside) {
  Arena arena;
  dream::rt::region::Mark mark;
  void *own = dr_region_open(&mark, arena.region);
  void *scratch = dr_region_object_of(own, typeOfPlainObject(), 16);
  auto *object = static_cast<int64_t *>(arena.object());
  object[0] = 5;
  memset(scratch, 0xFF, 16);
  dr_region_close(own, &mark, nullptr);
  EXPECT_EQ(object[0], 5);
}

TEST(Arenas, ArraysOfEveryLength) {
  Arena arena(1 << 10);
  std::mt19937_64 random(5);
  std::vector<std::pair<char *, int64_t>> arrays;
  for (int i = 0; i < 3000; ++i) {
    const int64_t length = int64_t(random() % (i % 100 == 0 ? 200000 : 300));
    char *array = static_cast<char *>(arena.array(length));
    ASSERT_EQ(uintptr_t(array) % 16, 0u);
    ASSERT_EQ(countWord(array), dream::abi::kCountOne | dream::abi::kFlagRegion);
    for (int64_t k = 0; k < length * 4; ++k)
      ASSERT_EQ(array[k], 0);
    memset(array, i % 127 + 1, size_t(length) * 4);
    arrays.push_back({array, length * 4});
  }
  for (size_t i = 0; i < arrays.size(); ++i)
    for (int64_t k = 0; k < arrays[i].second; ++k)
      ASSERT_EQ(arrays[i].first[k], char(i % 127 + 1));
}

TEST(Arenas, WhatIsListedLetsGoWhatItHolds) {
  char *text = newText("held by what lives when the arena is closed");
  for (int listed = 0; listed < 2; ++listed) {
    Arena arena(0, listed);
    for (int i = 0; i < 10000; ++i) {
      auto *strings = static_cast<char **>(dr_region_array_of(arena.region, typeOfStrings(), sizeof(char *), 2));
      dr_retain_any(text);
      strings[1] = text;
      ASSERT_EQ(uintptr_t(strings) % 16, 0u);
      if (i % 2)
        dr_release_any(strings);
    }
    arena.close();
    EXPECT_EQ(countWord(text) >> dream::abi::kCountShift, listed ? 1 : 5001);
    countWord(text) = dream::abi::kCountOne;
  }
  dr_release_any(text);
}

TEST(Arenas, RingsOfListedObjects) {
  char *text = newText("held by a ring");
  {
    Arena arena(0, true);
    void *rings[3];
    for (void *&ring : rings)
      ring = dr_region_array_of(arena.region, typeOfStrings(), sizeof(char *), 3);
    for (int i = 0; i < 3; ++i) { // Each is held by the one before it, and holds itself.
      auto **parts = static_cast<void **>(rings[i]);
      parts[0] = rings[(i + 1) % 3];
      parts[1] = rings[i];
      parts[2] = text;
      dr_retain_any(text);
      dr_retain_any(rings[i]);
    }
  }
  EXPECT_EQ(countWord(text), dream::abi::kCountOne);
  dr_release_any(text);
}

TEST(Arenas, LargeOnesAreGivenBackInTime) {
  {
    Arena large;
    for (int i = 0; i < 3000000; ++i)
      large.object();
  }
  for (int i = 0; i < 200; ++i) {
    Arena small;
    small.object();
  }
  const size_t before = region::chunksMade();
  {
    Arena large;
    for (int i = 0; i < 3000000; ++i)
      large.object();
  }
  EXPECT_GT(region::chunksMade(), before);
}

//===-- Under -fcheck-memory ----------------------------------------------------------------------------------===//

template <typename F> void checked(F &&body) {
  config.checkMemory = 1;
  body();
  _exit(0);
}

TEST(ArenasDeathTest, AReferenceFromOutsideIsSeen) {
  EXPECT_EXIT(checked([] {
                Arena arena;
                dr_retain_any(arena.object());
              }),
              testing::ExitedWithCode(134), "an object in a region is still referenced when the region closes");
}

TEST(ArenasDeathTest, RingsThroughTheHeapMayEnd) {
  EXPECT_EXIT(checked([] {
                Arena arena(0, true);
                auto **object = static_cast<void **>(dr_region_array_of(arena.region, typeOfStrings(), sizeof(char *), 1));
                auto **between = static_cast<void **>(dr_alloc_array_of(typeOfStrings(), sizeof(char *), 1));
                between[0] = object;
                object[0] = between;
              }),
              testing::ExitedWithCode(0), "");
}

TEST(ArenasDeathTest, ALateUseIsSeen) {
  EXPECT_EXIT(checked([] {
                Arena arena;
                void *object = arena.object();
                dr_release_any(object);
                arena.close();
                dr_retain_any(object);
              }),
              testing::ExitedWithCode(134), "which is no object");
}

} // namespace
