// Checked programs: late uses, overruns, leak reports, statistics. Each runs in a process of its own, with its switches.
#include "runtime/check/check.h"
#include "test/unit/runtime/program.h"

#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

extern "C" {
[[gnu::noinline]] void *makesText(const char *text) asm("notes.Make");
[[gnu::noinline]] void *makesText(const char *text) {
  void *made = newText(text);
  asm volatile("");
  return made;
}
[[gnu::noinline]] void freesText(void *text) asm("notes.Free$string");
[[gnu::noinline]] void freesText(void *text) {
  dr_release_any(text);
  asm volatile("");
}
}

namespace {

void checked() { config.checkMemory = 1; }
void counted() { config.memoryStats = 1; }

TEST(CheckDeathTest, LateUsesNameTheObjectAndItsPlaces) {
  const char *expected = "panic: (retain|release) of a dead string, allocated at notes.Make \\(.*check_test.cpp:[0-9]+\\), "
                         "freed at notes.Free \\(.*check_test.cpp:[0-9]+\\)";
  EXPECT_EXIT((checked(), [] {
                void *text = makesText("hello");
                freesText(text);
                dr_retain_any(text);
              }()),
              testing::ExitedWithCode(134), expected);
  EXPECT_EXIT((checked(), [] {
                void *text = makesText("hello");
                freesText(text);
                dr_release_plain(text);
              }()),
              testing::ExitedWithCode(134), expected);
}

TEST(CheckDeathTest, ForeignPointersAreFound) {
  EXPECT_EXIT((checked(), [] {
                alignas(16) static uint64_t memory[4] = {0, 0x1234567800000000u, 0, 0};
                dr_retain_any(memory + 2);
              }()),
              testing::ExitedWithCode(134), "panic: retain of 0x[0-9a-f]+, which is no object");
}

TEST(CheckDeathTest, StaticDataIsFine) {
  EXPECT_EXIT((checked(), [] {
                dr_retain_any(dr_str_of_bool(true));
                dr_release_any(dr_str_of_bool(true));
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0), "^$");
}

TEST(CheckDeathTest, OverrunsAreFound) {
  EXPECT_EXIT((checked(), [] {
                int *array = static_cast<int *>(dr_alloc_array_of(typeOfInts(), 4, 4));
                asm volatile("" : "+r"(array));
                array[4] = 1;
                dr_release_any(array);
              }()),
              testing::ExitedWithCode(134), "panic: memory after the end was written: a live int\\[\\]");
  EXPECT_EXIT((checked(), [] {
                char *text = static_cast<char *>(makesText("abc"));
                headerOf(text).type = 1;
                dr_finish(0);
              }()),
              testing::ExitedWithCode(134), "panic: the header was written over: a live string, allocated at notes.Make");
}

TEST(CheckDeathTest, WritesToDeadMemoryAreFound) {
  EXPECT_EXIT((checked(), [] {
                Node *node = newNode(-1);
                dr_release_any(node);
                asm volatile("" : "+r"(node));
                node->id = 3;
                dr_finish(0);
              }()),
              testing::ExitedWithCode(134), "panic: dead memory was written: a dead Node");
}

TEST(CheckDeathTest, DoubleDeathInADestructorIsFound) {
  EXPECT_EXIT((checked(), [] {
                duringDeath = [](Node *node) { dr_release_any(node); };
                dr_release_any(newNode(1));
              }()),
              testing::ExitedWithCode(134), "panic: release of an object whose destructor runs");
}

TEST(CheckDeathTest, LeaksAreReportedByKindTypeAndPlace) {
  EXPECT_EXIT((checked(), [] {
                makesText("leak");
                newNode(1, newNode(2));
                dr_alloc_array_of(typeOfInts(), 4, 3);
                freesText(makesText("no leak"));
                exit(dr_finish(7));
              }()),
              testing::ExitedWithCode(7),
              "^Warning: 1 string object\\(s\\) not released at program exit\n"
              "  string, allocated at notes.Make \\(.*check_test.cpp:[0-9]+\\)\n"
              "Warning: 1 array object\\(s\\) not released at program exit\n"
              "  int\\[\\], allocated at .*\n"
              "Warning: 2 class object\\(s\\) not released at program exit\n"
              "  Node, allocated at ");
}

TEST(CheckDeathTest, EqualLeaksShareALine) {
  EXPECT_EXIT((checked(), [] {
                for (int i = 0; i < 2; ++i)
                  makesText("leak");
                makesText("leak"); // from elsewhere, but made at the same place
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0),
              "^Warning: 3 string object\\(s\\) not released at program exit\n"
              "  string, allocated at notes.Make \\(.*\\), 3 times\n$");
}

TEST(CheckDeathTest, StatisticsAreFourLines) {
  EXPECT_EXIT((counted(), [] {
                for (int i = 0; i < 1247; ++i)
                  dr_release_any(dr_alloc_array_of(typeOfInts(), 4, i % 2 ? 2 : 500000));
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0),
              "^Total allocations: 1,247\nPeak memory usage: 1.9 MB\nActive objects at exit: 0\nMemory pools used: 1\n$");
  EXPECT_EXIT((counted(), [] {
                makesText("leak");
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0),
              "^Total allocations: 1\nPeak memory usage: 32 B\nActive objects at exit: 1\nMemory pools used: 1\n"
              "Warning: 1 string object");
  EXPECT_EXIT((counted(), makesText("kept on purpose"), dr_exit(3)), testing::ExitedWithCode(3),
              "^Total allocations: 1\n.*\nActive objects at exit: 1\nMemory pools used: 1\n$");
}

TEST(CheckDeathTest, NothingIsSaidWithoutSwitches) {
  EXPECT_EXIT((makesText("leak"), _exit(dr_finish(0))), testing::ExitedWithCode(0), "^$");
}

/// A long random life of strings, arrays and nodes under all checks, in which nothing is wrong.
TEST(CheckDeathTest, ACorrectProgramIsSilent) {
  EXPECT_EXIT((checked(), [] {
                std::mt19937 random(9);
                std::vector<void *> held;
                for (int step = 0; step < 200000; ++step) {
                  switch (random() % 8) {
                  case 0:
                    held.push_back(newText(std::string(random() % 100, 'x')));
                    break;
                  case 1:
                    held.push_back(dr_alloc_array_of(typeOfInts(), 4, random() % 50));
                    break;
                  case 2:
                    held.push_back(newNode(-1, newNode(-1), newNode(-1, newNode(-1))));
                    break;
                  case 3:
                    if (!held.empty()) {
                      void *one = held[random() % held.size()];
                      dr_retain_any(one);
                      held.push_back(one);
                    }
                    break;
                  case 4: {
                    void **strings = static_cast<void **>(dr_alloc_array_of(typeOfStrings(), 8, 4));
                    for (int i = 0; i < 3; ++i)
                      strings[i] = newText("element");
                    dr_retain_any(strings);
                    held.push_back(strings);
                    held.push_back(dr_unique_array(strings));
                    break;
                  }
                  default:
                    if (!held.empty()) {
                      const size_t at = random() % held.size();
                      dr_release_any(held[at]);
                      held[at] = held.back();
                      held.pop_back();
                    }
                  }
                }
                for (void *one : held)
                  dr_release_any(one);
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0), "^$");
}

TEST(CheckDeathTest, LongChainsUnderChecks) {
  EXPECT_EXIT((checked(), [] {
                Node *head = nullptr;
                for (int i = 0; i < 300000; ++i)
                  head = newNode(-1, head);
                dr_release_exact(head, sizeof(Node), reinterpret_cast<void *>(dropNode));
                exit(dr_finish(0));
              }()),
              testing::ExitedWithCode(0), "^$");
}

} // namespace
