// The frame of a program: start, arguments, exit, and what it asks of the system.
#include "runtime/abi/entries.h"
#include "runtime/check/check.h"
#include "runtime/check/profile.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/program/arguments.h"
#include "runtime/rc/rc.h"

namespace dream::rt {

static int argumentCount;
static char **arguments;

[[gnu::noinline]] void dr_start(I32 argc, Ptr argv) {
  argumentCount = argc;
  arguments = static_cast<char **>(argv);
  // Traces end at main, whose frame is the caller's: that saves asking the system, which reads a file to answer.
  const uintptr_t here = uintptr_t(__builtin_frame_address(0)), caller = *reinterpret_cast<const uintptr_t *>(here);
  if (caller > here && caller - here < 65536)
    os::setStackTop(caller + 8 * sizeof(uintptr_t));
  catchFaults();
}

I32 dr_finish(I32 code) {
  collectRingsAtExit();
  endLeftArenas();
  os::streamFlush(os::kOutput);
  check::reportAtExit();
  return code;
}

void dr_exit(I32 code) {
  os::streamFlush(os::kOutput);
  check::reportCounts();
  check::reportStatistics();
  os::exitClean(code);
}

OwnObj dr_args(U32 type) {
  const int64_t count = argumentCount > 1 ? argumentCount - 1 : 0;
  char **strings = static_cast<char **>(newArray(type, sizeof(char *), count));
  for (int64_t i = 0; i < count; ++i)
    strings[i] = dr_str_of_c(arguments[i + 1]);
  return strings;
}

const char *argument(int32_t index) { return index < argumentCount ? arguments[index] : nullptr; }

I32 dr_arg_count() { return argumentCount; }
OwnStr dr_arg(I32 index) { return dr_str_of_c(arguments[index]); }
I32 dr_processor_count() { return os::processorCount(); }

OwnStr dr_working_directory() {
  char buffer[4096];
  return dr_str_of_c(const_cast<char *>(os::workingDirectory(buffer, sizeof(buffer))));
}

OwnStr dr_env(Str name) {
  const char *value = name ? os::environment(name) : nullptr;
  return value ? dr_str_of_c(const_cast<char *>(value)) : nullptr;
}

I64 dr_monotonic_ns() { return os::monotonicNanoseconds(); }
I64 dr_utc_ns() { return os::utcNanoseconds(); }

} // namespace dream::rt
