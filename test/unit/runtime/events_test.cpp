// What a listener is told of: collections, steps, pools that grow and shrink, arenas that end, leaks.
#include "runtime/alloc/alloc.h"
#include "runtime/events/events.h"
#include "test/unit/runtime/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

struct Told {
  dr_event_kind kind;
  std::string name;
  uint64_t count, total;
};

struct Events : testing::Test {
  std::vector<Told> all;
  void SetUp() override {
    dr_listen([](const dr_event *event, void *self) {
      static_cast<Events *>(self)->all.push_back({event->kind, event->name ? event->name : "", event->count, event->total});
    }, this);
  }
  void TearDown() override { dr_listen(nullptr, nullptr); }
  std::vector<Told> of(dr_event_kind kind) const {
    std::vector<Told> found;
    for (const Told &one : all)
      if (one.kind == kind)
        found.push_back(one);
    return found;
  }
  static void dropRing() {
    Node *first = newLink(-1), *second = newLink(-1, first);
    dr_retain_any(second);
    first->next = second;
    dr_release_cyclic(second);
  }
};

TEST_F(Events, ACollectionTellsWhatItFreed) {
  dr_gc_collect();
  all.clear();
  dropRing();
  dr_gc_collect();
  uint64_t freed = 0;
  for (const Told &one : of(DR_COLLECTED)) {
    freed += one.count;
    EXPECT_LE(one.count, one.total);
  }
  EXPECT_EQ(freed, 2u);
}

TEST_F(Events, AStepTellsItsTime) {
  dropRing();
  dr_gc_step(5000);
  ASSERT_FALSE(of(DR_STEPPED).empty());
  EXPECT_EQ(of(DR_STEPPED)[0].total, 5000u);
}

TEST_F(Events, PoolsGrowAndShrink) {
  if (!kPooled)
    GTEST_SKIP();
  std::vector<void *> blocks;
  for (int i = 0; i < 200000; ++i) // 400 MB, more than other tests have left
    blocks.push_back(dr_alloc_array_of(typeOfInts(), 4, 500));
  for (void *block : blocks)
    dr_release_any(block);
  dr_gc_collect();
  EXPECT_FALSE(of(DR_GREW).empty());
  for (const Told &one : of(DR_GREW))
    EXPECT_LE(one.count, one.total);
  EXPECT_FALSE(of(DR_SHRANK).empty());
}

TEST_F(Events, AnArenaTellsWhatWasInIt) {
  alignas(8) char memory[dream::abi::kArenaBytes];
  void *arena = dr_arena_open(memory, const_cast<char *>("frame"), 0, false);
  for (int i = 0; i < 10; ++i)
    dr_region_object_of(arena, typeOfPlainObject(), 16);
  dr_arena_close(arena, nullptr);
  ASSERT_EQ(of(DR_ARENA_ENDED).size(), 1u);
  EXPECT_EQ(of(DR_ARENA_ENDED)[0].name, "frame");
  EXPECT_GE(of(DR_ARENA_ENDED)[0].count, 240u);
}

TEST(EventsDeathTest, LeaksAreTold) {
  EXPECT_EXIT(
      {
        config.checkMemory = 1;
        static uint64_t leaked = 0;
        dr_listen([](const dr_event *event, void *) { leaked += event->kind == DR_LEAKED ? event->count : 0; }, nullptr);
        newLink(-1);
        newLink(-1);
        dr_finish(0);
        _exit(int(leaked));
      },
      testing::ExitedWithCode(2), "");
}

} // namespace
