// Panics and traces: what is printed, and the exit code.
#include "test/unit/runtime/program.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

extern "C" {
// Functions named as the compiler names them.
[[gnu::noinline]] void boundsPanic(const char *place) asm("shop.Cart.Item");
[[gnu::noinline]] void boundsPanic(const char *place) {
  dr_panic_bounds(5, 3, const_cast<char *>(place));
  asm volatile(""); // no tail call, which would leave no frame
}
[[gnu::noinline]] void cartTotal(const char *place) asm("shop.Cart.Total$int$string");
[[gnu::noinline]] void cartTotal(const char *place) {
  boundsPanic(place);
  asm volatile("");
}
[[gnu::noinline]] void *throwsHere(void *exception) asm("shop.Pay");
[[gnu::noinline]] void *throwsHere(void *exception) {
  dr_note_throw(exception);
  asm volatile("");
  return exception;
}
}

namespace {

#define EXPECT_PANIC(STATEMENT, TEXT) EXPECT_EXIT(STATEMENT, testing::ExitedWithCode(134), TEXT)

char place[] = "shop.dr:12:7";

TEST(PanicDeathTest, MessageThenTrace) {
  EXPECT_PANIC(cartTotal(place), "^panic: index 5 is outside the array of length 3\n"
                                 "  at shop.Cart.Item \\(shop.dr:12:7\\)\n"
                                 "  at shop.Cart.Total \\(.*panic_test.cpp:[0-9]+\\)\n");
  EXPECT_PANIC(cartTotal(nullptr), "  at shop.Cart.Item \\(.*panic_test.cpp:[0-9]+\\)\n");
}

TEST(PanicDeathTest, EveryKind) {
  char message[] = "something", name[] = "Cart.items", type[] = "Dog";
  EXPECT_PANIC(dr_panic_message(message, place), "^panic: something\n");
  EXPECT_PANIC(dr_panic_range(1, 9, 4, place), "^panic: range 1..9 is outside the length 4\n");
  EXPECT_PANIC(dr_panic_late(name, place), "^panic: Cart.items is read before it is set\n");
  EXPECT_PANIC(dr_panic_taken(name, place), "^panic: overlapping access to Cart.items\n");
  EXPECT_PANIC(dr_panic_cast(newNode(1), type, place), "^panic: cast of Node to Dog failed\n");
  EXPECT_PANIC(dr_panic_cast(nullptr, type, place), "^panic: cast of null to Dog failed\n");
  EXPECT_PANIC(dr_panic_divide(place), "^panic: division by zero\n");
  EXPECT_PANIC(dr_panic_overflow(place), "^panic: arithmetic overflow\n");
  EXPECT_PANIC(dr_panic_scalar(0xD800, place), "^panic: 55296 is not a Unicode character\n");
  EXPECT_PANIC(dr_panic_message(message, nullptr), "^panic: something\n");
}

TEST(PanicDeathTest, OutputIsFlushedBefore) {
  EXPECT_PANIC(
      {
        dup2(2, 1);
        char *text = newText("printed before ");
        dr_console_write(text, 1);
        dr_panic_divide(nullptr);
      },
      "^printed before panic: division by zero");
}

#if !__has_feature(address_sanitizer)
#pragma clang diagnostic ignored "-Winfinite-recursion"
[[gnu::noinline]] int recurse(int n) {
  volatile char frame[200];
  frame[n % 200] = char(n);
  return recurse(n + 1) + frame[n % 200];
}

TEST(PanicDeathTest, StackOverflow) {
  EXPECT_PANIC(
      {
        dr_start(0, nullptr);
        recurse(0);
      },
      "^panic: stack overflow\n  at .*recurse.*\n");
}
#endif

TEST(PanicDeathTest, InvalidAccess) {
  EXPECT_PANIC(
      {
        dr_start(0, nullptr);
        *reinterpret_cast<volatile int *>(uintptr_t(64)) = 1;
      },
      "^panic: invalid memory access at 0x40\n");
}

TEST(Exceptions, TheTraceOfAThrowIsRemembered) {
  Node *exception = newNode(1);
  EXPECT_EQ(take(dr_throw_trace(exception)), "");
  throwsHere(exception);
  const std::string trace = take(dr_throw_trace(exception));
  EXPECT_TRUE(trace.starts_with("  at shop.Pay (")) << trace;
  EXPECT_NE(trace.find("panic_test.cpp:"), std::string::npos) << trace;
  EXPECT_EQ(trace.find("dr_note_throw"), std::string::npos) << trace;
  // Others are thrown and handled meanwhile.
  Node *others[3];
  for (Node *&other : others)
    throwsHere(other = newNode(2));
  EXPECT_EQ(take(dr_throw_trace(exception)), trace);
  dr_release_any(exception);
  for (Node *other : others)
    dr_release_any(other);
}

TEST(ExceptionsDeathTest, UncaughtPrintsTypeMessageAndTrace) {
  EXPECT_EXIT(
      {
        deaths.clear();
        char *text = newText("PayError: no money");
        dr_uncaught(throwsHere(newNode(1)), text);
        exit(deaths.size() == 1 ? 1 : 3);
      },
      testing::ExitedWithCode(1), "^Unhandled exception: PayError: no money\n  at shop.Pay \\(");
}

} // namespace
