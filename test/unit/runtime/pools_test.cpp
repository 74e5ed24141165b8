// The allocator against a model, its classes, and what it costs in memory.
#include "runtime/alloc/alloc.h"
#include "test/unit/runtime/program.h"

#include <atomic>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace dream::rt;

namespace {

TEST(Pools, ClassesCoverEverySize) {
  for (size_t bytes = 1; bytes <= kPoolLimit; ++bytes) {
    const uint32_t cls = classOf(bytes);
    ASSERT_GE(cls, 1u);
    ASSERT_LT(cls, kClassCount);
    ASSERT_GE(classBytes(cls), bytes);
    if (cls > 1) {
      ASSERT_LT(classBytes(cls - 1), bytes);
    }
    ASSERT_EQ(classOf(classBytes(cls)), cls);
    if (bytes > kFineLimit) {
      ASSERT_EQ(classBytes(cls) % 16, 0u);
      ASSERT_LE(classBytes(cls), bytes + bytes / 4 + 1);
    }
  }
}

TEST(Pools, RandomBlocksNeverOverlapAndKeepTheirBytes) {
  std::mt19937_64 random(7);
  struct Block {
    char *at;
    size_t bytes;
    unsigned char fill;
  };
  std::vector<Block> live;
  std::map<char *, size_t> byAddress;
  for (int step = 0; step < 200000; ++step) {
    if (step % 10000 == 0) {
      for (; step % 30000 == 0 && !live.empty(); live.pop_back()) {
        byAddress.erase(live.back().at);
        freeBlock(live.back().at, live.back().bytes);
      }
      giveBackMemory();
    }
    if (live.empty() || random() % 100 < 55) {
      const unsigned scale = unsigned(random() % 17);
      size_t bytes = 1 + random() % (size_t(1) << scale);
      const bool zeroed = random() % 2;
      char *block = static_cast<char *>(zeroed ? allocBlockZeroed(bytes, 0) : allocBlock(bytes));
      ASSERT_EQ(uintptr_t(block) % 8, 0u);
      if (classOf(bytes < kPoolLimit ? bytes : kPoolLimit) % 2 == 0 || bytes > kFineLimit) {
        ASSERT_EQ(uintptr_t(block) % 16, 0u) << bytes;
      }
      if (zeroed)
        for (size_t i = 0; i < bytes; ++i)
          ASSERT_EQ(block[i], 0);
      const unsigned char fill = static_cast<unsigned char>(random());
      memset(block, fill, bytes);
      auto next = byAddress.lower_bound(block);
      if (next != byAddress.end()) {
        ASSERT_LE(block + bytes, next->first);
      }
      if (next != byAddress.begin()) {
        --next;
        ASSERT_LE(next->first + next->second, block);
      }
      byAddress[block] = bytes;
      live.push_back({block, bytes, fill});
    } else {
      const size_t victim = random() % live.size();
      const Block block = live[victim];
      live[victim] = live.back();
      live.pop_back();
      for (size_t i = 0; i < block.bytes; ++i)
        ASSERT_EQ(static_cast<unsigned char>(block.at[i]), block.fill);
      byAddress.erase(block.at);
      freeBlock(block.at, block.bytes);
    }
  }
  for (const Block &block : live)
    freeBlock(block.at, block.bytes);
}

#ifndef DREAM_POOLS_OFF
TEST(Pools, AFreedBlockIsTheNext) {
  void *first = allocBlock(48);
  freeBlock(first, 48);
  EXPECT_EQ(allocBlock(48), first);
  freeBlock(first, 48);
}

size_t residentBytes() {
  size_t pages = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  EXPECT_EQ(fscanf(file, "%zu %zu", &pages, &resident), 2);
  fclose(file);
  return resident * 4096;
}

TEST(Pools, WhatNothingLivesInGoesBackToTheSystem) {
  constexpr size_t kCount = 1500000, kPeak = kCount * 48;
  giveBackMemory();
  const uint64_t before = poolTotals().bytes;
  std::vector<void *> blocks(kCount);
  for (void *&block : blocks)
    memset(block = allocBlock(48), 1, 48);
  const size_t full = residentBytes();
  for (void *block : blocks)
    freeBlock(block, 48);
  giveBackMemory();
  EXPECT_LT(poolTotals().bytes, before + kPeak / 4);
  EXPECT_LT(residentBytes() + kPeak / 2, full);
  // And comes again, for blocks of another size.
  const uint64_t spans = poolTotals().spans;
  blocks.resize(kCount / 4);
  for (void *&block : blocks)
    memset(block = allocBlock(144), 2, 144);
  EXPECT_EQ(poolTotals().spans, spans);
  // What dies with a large block is noticed when the next one is made. One block in two keeps its granule.
  for (size_t i = 0; i < blocks.size(); i += 2)
    freeBlock(blocks[i], 144);
  giveBackMemory();
  EXPECT_GT(poolTotals().bytes, before + kPeak / 2);
  for (size_t i = 1; i < blocks.size(); i += 2)
    freeBlock(blocks[i], 144);
  freeBlock(allocBlock(kPeak), kPeak);
  freeBlock(allocBlock(2 * kPoolLimit), 2 * kPoolLimit);
  EXPECT_LT(poolTotals().bytes, before + kPeak / 4);
}

TEST(Pools, OverheadOfAMillionBlocksIsBelowOnePercent) {
  for (size_t bytes : {24, 32, 40, 200}) {
    const uint64_t before = poolTotals().bytes;
    std::vector<void *> blocks;
    for (int i = 0; i < 1000000; ++i)
      blocks.push_back(allocBlock(bytes));
    const uint64_t taken = poolTotals().bytes - before;
    EXPECT_LE(double(taken), double(bytes) * 1000000 * 1.01 + (2 << 20));
    for (void *block : blocks)
      freeBlock(block, bytes);
  }
}

// ---- Blocks of other threads

TEST(SharedPools, EachBlockHasItsThread) {
  void *mine = allocBlock(40), *large = allocBlock(kPoolLimit);
  Owner *me = ownerOf(mine);
  ASSERT_NE(me, nullptr);
  EXPECT_EQ(ownerOf(large), me);
  EXPECT_EQ(ownerOf(static_cast<char *>(large) + kPoolLimit - 1), me);
  std::thread([&] {
    EXPECT_EQ(ownerOf(mine), me);
    void *other = allocBlock(40);
    EXPECT_NE(ownerOf(other), nullptr);
    EXPECT_NE(ownerOf(other), me);
    freeShared(other, 40);
  }).join();
  EXPECT_EQ(ownerOf(&me), nullptr);
  EXPECT_EQ(ownerOf(reinterpret_cast<void *>(~uintptr_t(0))), nullptr);
  freeShared(mine, 40);
  EXPECT_EQ(allocBlock(40), mine);
  freeShared(mine, 40);
  freeShared(large, kPoolLimit);
}

TEST(SharedPools, WhatOtherThreadsFreeComesBack) {
  constexpr size_t kCount = 20000;
  std::vector<void *> blocks(kCount);
  uint64_t bytes = 0;
  for (int round = 0; round < 30; ++round) {
    for (void *&block : blocks)
      memset(block = allocBlock(104), round, 104);
    if (round == 1)
      bytes = poolTotals().bytes;
    std::thread([&] {
      for (void *block : blocks)
        freeShared(block, 104);
    }).join();
  }
  EXPECT_EQ(poolTotals().bytes, bytes);
  giveBackMemory();
  EXPECT_LE(poolTotals().bytes, bytes);
}

// A thread that frees them without a word gives them back when it looks for free memory.
TEST(SharedPools, WhatWasFreedAsOnesOwnGoesBackLater) {
  void *block = allocBlock(24000);
  std::thread([&] {
    freeBlock(block, 24000);
    giveBackMemory();
  }).join();
  std::vector<void *> blocks;
  while (blocks.size() < 2000 && (blocks.empty() || blocks.back() != block))
    blocks.push_back(allocBlock(24000));
  EXPECT_EQ(blocks.back(), block);
  for (void *one : blocks)
    freeBlock(one, 24000);
}

TEST(SharedPools, BlocksOfAThreadThatHasEndedStayWithWhoFreesThem) {
  void *block;
  std::thread([&] { block = allocBlock(56); }).join();
  EXPECT_NE(ownerOf(block), nullptr);
  freeShared(block, 56);
  EXPECT_EQ(allocBlock(56), block);
  freeShared(block, 56);
}

TEST(SharedPools, ThreadsThatExchangeBlocksNeverShareOne) {
  struct Block {
    uint32_t bytes;
    unsigned char fill;
    unsigned char rest[1];
  };
  std::atomic<Block *> places[64] = {};
  const auto end = [](Block *block) {
    if (!block)
      return true;
    bool isWhole = true;
    for (size_t i = offsetof(Block, rest); i < block->bytes; ++i)
      isWhole &= reinterpret_cast<unsigned char *>(block)[i] == block->fill;
    const uint32_t bytes = block->bytes;
    memset(block, 0xEE, bytes);
    freeShared(block, bytes);
    return isWhole;
  };
  std::atomic<int> broken = 0;
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int step = 0; step < 60000; ++step) {
      const uint32_t bytes = 16 + random() % (random() % 16 ? 300 : 20000);
      Block *block = static_cast<Block *>(allocBlock(bytes));
      block->bytes = bytes;
      block->fill = static_cast<unsigned char>(random());
      memset(block->rest, block->fill, bytes - offsetof(Block, rest));
      broken += !end(places[random() % 64].exchange(block, std::memory_order_acq_rel));
      if (step % 7000 == 0)
        giveBackMemory();
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 4; ++seed)
    threads.emplace_back(work, seed);
  for (std::thread &thread : threads)
    thread.join();
  for (std::atomic<Block *> &place : places)
    broken += !end(place);
  EXPECT_EQ(broken, 0);
}
#endif

} // namespace
