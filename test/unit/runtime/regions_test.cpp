// Regions against a model: places, holes, nesting, both stacks, memory, and what a checked program sees when one is closed.
#include "runtime/region/region.h"
#include "test/unit/runtime/program.h"

#include <cstring>
#include <memory>

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;
using region::Mark;
using region::RegionStack;

namespace {

struct Region {
  Mark mark;
  void *stack;
  bool isOpen = true;
  explicit Region(void *beside = nullptr) : stack(dr_region_open(&mark, beside)) {}
  ~Region() {
    if (isOpen)
      close();
  }
  void close() {
    dr_region_close(stack, &mark, nullptr);
    isOpen = false;
  }
  void *object() { return dr_region_object_of(stack, typeOfPlainObject(), 16); }
  char *top() const { return static_cast<RegionStack *>(stack)->top; }
};

TEST(Regions, ObjectsAreZeroedAndCounted) {
  Region region;
  auto *first = static_cast<int64_t *>(region.object());
  EXPECT_EQ(countWord(first), dream::abi::kCountOne | dream::abi::kFlagRegion);
  EXPECT_EQ(first[0], 0);
  first[0] = first[1] = -1;
  dr_release_any(first);
  EXPECT_EQ(countWord(first), 0);
  auto *second = static_cast<int64_t *>(region.object());
  EXPECT_EQ(second, first); // the last one lowered the top
  EXPECT_EQ(second[0], 0);
  EXPECT_EQ(second[1], 0);
  dr_release_any(second);
}

TEST(Regions, CloseGivesEverythingBack) {
  Region outer;
  outer.object();
  char *before = outer.top();
  for (int turn = 0; turn < 1000; ++turn) {
    Region inner;
    for (int i = 0; i < 100; ++i)
      inner.object();
    inner.close();
    ASSERT_EQ(outer.top(), before);
  }
}

TEST(Regions, HolesServeTheirClass) {
  Region region;
  std::vector<void *> objects;
  for (int i = 0; i < 100; ++i)
    objects.push_back(region.object());
  for (int i = 0; i < 100; i += 2)
    dr_release_any(objects[i]);
  char *before = region.top();
  for (int i = 0; i < 50; ++i) {
    void *again = region.object();
    EXPECT_TRUE(again >= objects.front() && again <= objects.back());
  }
  EXPECT_EQ(region.top(), before);
}

TEST(Regions, MemoryStaysFlatWhenObjectsDie) {
  Region region;
  void *previous = region.object();
  region.object(); // so that nothing lies on top
  char *before = nullptr;
  for (int turn = 0; turn < 100000; ++turn) {
    void *next = region.object();
    dr_release_any(previous);
    previous = next;
    if (turn == 10)
      before = region.top();
  }
  EXPECT_EQ(region.top(), before);
}

TEST(Regions, WhatDiesInAnInnerRegionIsFreeAfterwards) {
  Region outer;
  void *first = outer.object();
  outer.object();
  {
    Region inner;
    inner.object();
    dr_release_any(first);
    EXPECT_NE(inner.object(), first);
  }
  EXPECT_EQ(outer.object(), first);
}

TEST(Regions, TheOtherStackKeepsApart) {
  Region result;
  result.object();
  Region own(result.stack);
  EXPECT_NE(own.stack, result.stack);
  own.object();
  void *part = result.object(); // while the other one is open
  own.close();
  memset(part, 1, 16);
  Region again(result.stack);
  again.object();
  EXPECT_EQ(static_cast<int64_t *>(part)[0], 0x0101010101010101);
}

TEST(Regions, ArraysLieAtMultiplesOf16) {
  Region region;
  for (int i = 0; i < 200; ++i) {
    region.object();
    void *array = dr_region_array_of(region.stack, typeOfInts(), 4, i);
    EXPECT_EQ(uintptr_t(array) % 16, 0u);
    EXPECT_EQ(arrayHeaderOf(array).length, uint32_t(i));
    for (int k = 0; k < i; ++k)
      ASSERT_EQ(static_cast<int32_t *>(array)[k], 0);
    memset(array, 0xFF, size_t(i) * 4);
    if (i % 3)
      dr_release_any(array);
  }
}

TEST(Regions, LongArraysAreOnTheHeap) {
  Region region;
  void *array = dr_region_array_of(region.stack, typeOfInts(), 4, 100000);
  EXPECT_EQ(countWord(array), dream::abi::kCountOne);
  dr_release_any(array);
}

TEST(Regions, StringsLieWhereTheyAreAskedFor) {
  Region region;
  char *text = dr_str_of_i64(-12345, region.stack);
  EXPECT_EQ(countWord(text), dream::abi::kCountOne | dream::abi::kFlagRegion);
  EXPECT_STREQ(text, "-12345");
  char *before = region.top();
  char *both = dr_str_concat(text, text, region.stack);
  EXPECT_EQ(countWord(both), dream::abi::kCountOne | dream::abi::kFlagRegion);
  EXPECT_STREQ(both, "-12345-12345");
  EXPECT_EQ(dr_str_concat(text, nullptr, region.stack), text); // once more
  dr_release_any(text);
  char *part = dr_str_substring(both, 2, 3, nullptr, nullptr);
  EXPECT_EQ(countWord(part), dream::abi::kCountOne); // on the heap
  dr_release_any(part);
  dr_release_any(both);
  EXPECT_EQ(region.top(), before);
  dr_release_any(text);
  EXPECT_EQ(countWord(text), 0);
}

TEST(Regions, StringsGrowInPlaceOnTop) {
  Region region;
  char *tail = dr_str_of_c(const_cast<char *>("0123456789"));
  char *text = dr_str_of_i64(12345, region.stack), *first = text;
  for (int i = 0; i < 50; ++i)
    text = dr_str_append(text, tail, nullptr);
  EXPECT_EQ(text, first);
  EXPECT_EQ(arrayHeaderOf(text).length, 505u);
  EXPECT_EQ(strlen(text), 505u);
  EXPECT_GE(region.top(), text + arrayHeaderOf(text).capacity);
  region.object(); // on top of it
  for (int i = 0; i < 100; ++i)
    text = dr_str_append(text, tail, region.stack);
  EXPECT_NE(text, first);
  EXPECT_EQ(countWord(first), 0);
  EXPECT_EQ(countWord(text), dream::abi::kCountOne | dream::abi::kFlagRegion);
  EXPECT_EQ(arrayHeaderOf(text).length, 1505u);
  EXPECT_EQ(memcmp(text + 1495, tail, 11), 0);
  region.object();
  char *left = text;
  while (text == left)
    text = dr_str_append(text, tail, nullptr);
  EXPECT_EQ(countWord(text), dream::abi::kCountOne);
  dr_release_any(text);
  dr_release_any(tail);
}

TEST(Regions, LongStringsAreOnTheHeap) {
  Region region;
  char *part = dr_str_of_i64(1234567, region.stack);
  char *text = dr_str_repeat(part, 10000, region.stack);
  EXPECT_EQ(countWord(text), dream::abi::kCountOne);
  dr_release_any(text);
  dr_release_any(part);
}

TEST(Regions, GrownArraysLeave) {
  Region region;
  void *array = dr_region_array_of(region.stack, typeOfInts(), 4, 3);
  region.object(); // on top of it
  static_cast<int32_t *>(array)[2] = 7;
  void *grown = dr_array_resize(array, typeOfInts(), 4, 10);
  EXPECT_EQ(countWord(grown), dream::abi::kCountOne);
  EXPECT_EQ(static_cast<int32_t *>(grown)[2], 7);
  EXPECT_EQ(static_cast<int32_t *>(grown)[9], 0);
  dr_release_any(grown);
}

TEST(Regions, TheLastArrayGrowsAndShrinksWhereItLies) {
  Region region;
  void *array = dr_region_array_of(region.stack, typeOfInts(), 4, 3);
  static_cast<int32_t *>(array)[2] = 7;
  for (int64_t length = 4; length < 2000; length += 3) {
    ASSERT_EQ(dr_array_resize(array, typeOfInts(), 4, length), array);
    ASSERT_EQ(static_cast<int32_t *>(array)[length - 1], 0);
    ASSERT_LE(static_cast<char *>(array) + length * 4, region.top());
    memset(static_cast<int32_t *>(array) + 3, 0xFF, size_t(length - 3) * 4);
  }
  EXPECT_EQ(dr_array_resize(array, typeOfInts(), 4, 3), array);
  EXPECT_EQ(static_cast<int32_t *>(array)[2], 7);
  void *next = region.object();
  EXPECT_LT(static_cast<char *>(next), static_cast<char *>(array) + 64);
  void *left = dr_array_resize(array, typeOfInts(), 4, 4);
  EXPECT_EQ(countWord(left), dream::abi::kCountOne);
  dr_release_any(left);
}

TEST(Regions, ALongArrayLeaves) {
  Region region;
  void *array = dr_region_array_of(region.stack, typeOfInts(), 4, 3);
  void *left = dr_array_resize(array, typeOfInts(), 4, 20000);
  EXPECT_EQ(countWord(left), dream::abi::kCountOne);
  dr_release_any(left);
}

TEST(Regions, SharedArraysAreCopiedToTheHeapBeforeAWrite) {
  Region region;
  void *array = dr_region_array_of(region.stack, typeOfInts(), 4, 3);
  dr_retain_any(array);
  void *copy = dr_unique_array(array);
  EXPECT_NE(copy, array);
  EXPECT_EQ(countWord(copy), dream::abi::kCountOne);
  EXPECT_EQ(countWord(array), dream::abi::kCountOne | dream::abi::kFlagRegion);
  dr_release_any(copy);
  dr_release_any(array);
}

TEST(Regions, MuchMemoryIsGivenBackInTime) {
  RegionStack &stack = region::stacks[0];
  {
    Region large;
    for (int i = 0; i < 3000000; ++i)
      large.object();
  }
  EXPECT_GT(size_t(stack.end - stack.reserve), size_t(60) << 20);
  for (int i = 0; i < 200; ++i) {
    Region small;
    small.object();
  }
  EXPECT_LT(size_t(stack.end - stack.reserve), size_t(20) << 20);
}

TEST(Regions, RandomEntriesNeverOverlapAndKeepTheirBytes) {
  std::mt19937_64 random(11);
  struct Entry {
    size_t bytes;
    unsigned char fill;
    size_t depth;
  };
  std::map<char *, Entry> live[2];
  std::vector<std::unique_ptr<Region>> open[2];
  for (int s = 0; s < 2; ++s)
    open[s].push_back(std::make_unique<Region>(s ? open[0][0]->stack : nullptr));
  for (int step = 0; step < 200000; ++step) {
    const int s = random() % 2;
    auto &entries = live[s];
    const unsigned what = random() % 100;
    if (what < 2 && open[s].size() < 20) {
      open[s].push_back(std::make_unique<Region>(s ? open[0][0]->stack : nullptr));
    } else if (what < 4 && open[s].size() > 1) {
      open[s].pop_back();
      std::erase_if(entries, [&](const auto &row) { return row.second.depth > open[s].size(); });
    } else if (what < 60 || entries.empty()) {
      const size_t bytes = random() % 4 ? 16 + random() % 100 : 16 + random() % 3000;
      char *at = region::allocate(region::stacks[s], bytes);
      auto next = entries.lower_bound(at);
      ASSERT_TRUE(next == entries.end() || at + bytes <= next->first);
      ASSERT_TRUE(next == entries.begin() || std::prev(next)->first + std::prev(next)->second.bytes <= at);
      memset(at, step & 0xFF, bytes);
      entries[at] = {bytes, static_cast<unsigned char>(step & 0xFF), open[s].size()};
    } else {
      auto entry = std::next(entries.begin(), long(random() % std::min<size_t>(entries.size(), 50)));
      for (size_t i = 0; i < entry->second.bytes; ++i)
        ASSERT_EQ(static_cast<unsigned char>(entry->first[i]), entry->second.fill);
      region::giveBack(entry->first, entry->second.bytes);
      entries.erase(entry);
    }
  }
  for (auto &regions : open)
    while (!regions.empty())
      regions.pop_back(); // a vector would close the outer ones first
}

TEST(Regions, NothingHappensToObjectsInFrames) {
  alignas(16) char frame[64] = {1};
  region::giveBack(frame, 64);
  EXPECT_EQ(frame[0], 1);
}

// ---- Chunks, where addresses cannot be reserved

TEST(RegionChunks, AStackGoesOnInChunksAndComesBack) {
  RegionStack &stack = region::stacks[1];
  Region keeper(&region::stacks[0]);
  char *end = stack.reserveEnd;
  stack.reserveEnd = stack.end; // no more addresses
  char *before = stack.top;
  {
    Region region(&region::stacks[0]);
    std::vector<int64_t *> objects;
    for (int i = 0; i < 300000; ++i) {
      objects.push_back(static_cast<int64_t *>(region.object()));
      objects.back()[0] = i;
    }
    EXPECT_NE(stack.chunk, nullptr);
    for (int i = 0; i < 300000; ++i)
      ASSERT_EQ(objects[i][0], i);
    {
      Region inner(&region::stacks[0]);
      for (int i = 0; i < 100000; ++i)
        inner.object();
      dr_release_any(objects[5]); // waits, in another chunk
    }
    EXPECT_EQ(region.object(), objects[5]);
    dr_release_any(objects[299000]);
    EXPECT_EQ(region.object(), objects[299000]);
  }
  EXPECT_EQ(stack.chunk, nullptr);
  EXPECT_EQ(stack.top, before);
  stack.reserveEnd = end;
}

// ---- Checked programs

TEST(RegionsDeathTest, AClosedRegionHoldsNothingThatIsReferenced) {
  config.checkMemory = 1;
  EXPECT_DEATH(
      {
        Region region;
        region.object();
        region.close();
      },
      "an object in a region is still referenced when the region closes: a live ");
  config.checkMemory = 0;
}

TEST(RegionsDeathTest, ADeadObjectIsPoisonedUntilTheRegionCloses) {
  config.checkMemory = 1;
  EXPECT_DEATH(
      {
        Region region;
        auto *object = static_cast<int64_t *>(region.object());
        region.object();
        dr_release_any(object);
        dr_retain_any(object);
      },
      "retain of a dead ");
  EXPECT_DEATH(
      {
        Region region;
        auto *object = static_cast<int64_t *>(region.object());
        dr_release_any(object);
        object[1] = 5;
        region.close();
      },
      "dead memory was written");
  config.checkMemory = 0;
}

/// Two arrays in a frame that can refer to each other. Each is held once at first.
struct Frame {
  alignas(16) char memory[2][sizeof(ArrayHeader) + 16] = {};
  void *payloads[2];

  Frame() {
    for (int i : {0, 1}) {
      payloads[i] = memory[i] + sizeof(ArrayHeader);
      arrayHeaderOf(payloads[i]) = {1, 1, {typeOfStrings(), dream::abi::kCountOne | dream::abi::kFlagRegion}};
      dr_frame_begin(payloads[i], 16);
    }
  }
  void refer(int from, int to) {
    *static_cast<void **>(payloads[from]) = payloads[to];
    dr_retain_any(payloads[to]);
  }
  void letGo(int i) { dr_release_any(payloads[i]); }
  void end(int first, int ending) { dr_frame_end(payloads, 2, first, ending, nullptr); }
};

TEST(FramesDeathTest, ARingThatNobodyKnowsMayEnd) {
  config.checkMemory = 1;
  EXPECT_EXIT(
      {
        Frame frame;
        frame.refer(0, 1);
        frame.refer(1, 0);
        frame.letGo(0);
        frame.letGo(1);
        frame.end(0, 1); // its storage is used again, for example
        frame.end(0, 2);
        _exit(0);
      },
      testing::ExitedWithCode(0), "");
  config.checkMemory = 0;
}

TEST(FramesDeathTest, WhatIsHeldFromElsewhereMayNot) {
  config.checkMemory = 1;
  EXPECT_DEATH(
      {
        Frame frame;
        frame.letGo(1);
        frame.end(0, 2);
      },
      "an object in a frame is still referenced when its storage ends: a live ");
  // Only the other one of the ring is held, but by that this one is, too.
  EXPECT_DEATH(
      {
        Frame frame;
        frame.refer(0, 1);
        frame.refer(1, 0);
        frame.letGo(0);
        frame.end(0, 1);
      },
      "an object in a frame is still referenced when its storage ends: a live ");
  config.checkMemory = 0;
}

[[noreturn]] void closeBehindEmptyArray() {
  Region outer;
  void *empty = dr_region_array_of(outer.stack, typeOfInts(), 4, 0);
  { Region inner; }
  dr_release_any(empty);
  outer.close();
  exit(0);
}

TEST(RegionsDeathTest, AnEmptyArrayBelongsToItsRegion) {
  config.checkMemory = 1;
  EXPECT_EXIT(closeBehindEmptyArray(), testing::ExitedWithCode(0), "");
  config.checkMemory = 0;
}

[[noreturn]] void leaveRing() {
  Region region;
  void *a = dr_region_array_of(region.stack, typeOfNodes(), 8, 1);
  void *b = dr_region_array_of(region.stack, typeOfNodes(), 8, 1);
  *static_cast<void **>(a) = b; // the references move into each other
  *static_cast<void **>(b) = a;
  region.close();
  exit(0);
}

TEST(RegionsDeathTest, WhatHoldsOnlyEachOtherMayBeLeft) {
  config.checkMemory = 1;
  EXPECT_EXIT(leaveRing(), testing::ExitedWithCode(0), "");
  config.checkMemory = 0;
}

} // namespace
