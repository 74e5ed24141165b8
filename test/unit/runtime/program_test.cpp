// The program's frame and the console.
#include "test/unit/runtime/program.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

TEST(ProgramDeathTest, ArgumentsComeWithoutTheName) {
  EXPECT_EXIT(([] {
                const char *argv[] = {"prog", "one", "", "tw\xC3\xB6", nullptr};
                config.checkMemory = 1;
                dr_start(4, argv);
                char **arguments = static_cast<char **>(dr_args(typeOfStrings()));
                const bool good = arrayHeaderOf(arguments).length == 3 && view(arguments[0]) == "one" &&
                                  view(arguments[1]).empty() && view(arguments[2]) == "tw\xC3\xB6";
                dr_release_any(arguments);
                exit(good ? dr_finish(9) : 1);
              }()),
              testing::ExitedWithCode(9), "^$");
}

TEST(ProgramDeathTest, ConsoleKeepsItsOrderWithC) {
  EXPECT_EXIT(([] {
                dup2(2, 1); // both streams to the file that the test reads
                char *text = newText("two ");
                printf("one ");
                dr_console_write(text, 1);
                printf("three ");
                dr_console_write(text, 2);
                dr_console_write_line(nullptr, 1);
                dr_exit(4);
              }()),
              testing::ExitedWithCode(4), "^one two three two \\(null\\)\n$");
}

TEST(ProgramDeathTest, LinesAreRead) {
  EXPECT_EXIT(([] {
                int ends[2];
                if (pipe(ends) != 0)
                  exit(99);
                const std::string input = "first\r\n\n" + std::string(5000, 'x') + "\nlast";
                if (write(ends[1], input.data(), input.size()) != ssize_t(input.size()))
                  exit(98);
                close(ends[1]);
                dup2(ends[0], 0);
                config.checkMemory = 1;
                const bool good = take(dr_console_read_line()) == "first" && take(dr_console_read_line()).empty() &&
                                  take(dr_console_read_line()) == std::string(5000, 'x') &&
                                  dr_console_read_char() == 'l' && take(dr_console_read_line()) == "ast" &&
                                  dr_console_read_line() == nullptr && dr_console_read_char() == -1;
                exit(good ? dr_finish(0) : 1);
              }()),
              testing::ExitedWithCode(0), "^$");
}

TEST(Program, SystemServices) {
  char *name = newText("PATH"), *missing = newText("NO_SUCH_VARIABLE_HERE");
  EXPECT_EQ(take(dr_env(name)), getenv("PATH"));
  EXPECT_EQ(dr_env(missing), nullptr);
  dr_release_any(name);
  dr_release_any(missing);
  const int64_t before = dr_monotonic_ns();
  EXPECT_GE(dr_monotonic_ns(), before);
  EXPECT_GT(dr_utc_ns(), int64_t(1600000000) * 1000000000);
}

} // namespace
