// Runs the C program of dream.h.
#include "runtime/include/dream.h"
#include "test/unit/runtime/program.h"

#include <cstdlib>
#include <gtest/gtest.h>

extern "C" {
int c_strings();
int c_arrays();
int c_objects();
int c_pools();
void c_leak();
void c_overflow();
void c_too_large();
}

using namespace dream::rt::test;

namespace {

TEST(CApi, Works) {
  EXPECT_EQ(c_strings(), 0);
  EXPECT_EQ(c_arrays(), 0);
  EXPECT_EQ(c_objects(), 0);
  EXPECT_EQ(c_pools(), 0);
}

TEST(CApiDeathTest, LeavesNothingBehindUnderChecks) {
  EXPECT_EXIT((config.checkMemory = 1, exit(c_strings() + c_arrays() + c_objects() + c_pools() + dream::rt::dr_finish(0))),
              testing::ExitedWithCode(0), "^$");
}

TEST(CApiDeathTest, ALeakIsReported) {
  EXPECT_EXIT((config.leakCheck = 1, c_leak(), exit(dream::rt::dr_finish(0))), testing::ExitedWithCode(0),
              "^Warning: 1 string object\\(s\\) not released at program exit\n  string, allocated at c_leak \\(.*c_program.c:");
  EXPECT_EXIT((config.leakCheck = 1, dr_alloc(8), dr_alloc_array(2, 2), exit(dream::rt::dr_finish(0))),
              testing::ExitedWithCode(0), "^Warning: 1 array object(.|\n)*Warning: 1 class object");
}

TEST(CApiDeathTest, ImpossibleSizesPanic) {
  EXPECT_EXIT(c_overflow(), testing::ExitedWithCode(134), "panic: an array of 8 elements of [0-9]+ bytes is too large");
  EXPECT_EXIT(c_too_large(), testing::ExitedWithCode(134), "panic: array length [0-9]+ is too large");
}

} // namespace
