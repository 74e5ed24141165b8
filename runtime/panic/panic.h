// The end of a program that did something it must not: message, trace, exit code 134. And the traces themselves, which
// uncaught exceptions and leak reports use too: walks along frame pointers, turned to text only when they are printed.
#pragma once

#include "runtime/panic/text.h"

namespace dream::rt {

inline constexpr int kPanicExitCode = 134;

/// Prints `panic: message`, and the trace of the caller, whose first line shows `place` ("file:line:col", may be null).
[[noreturn, gnu::noinline, gnu::cold]] void panic(const char *message, const char *place = nullptr);
[[noreturn]] inline void panic(const Message &message, const char *place = nullptr) { panic(message.text(), place); }

/// Return addresses of the callers of the frame `framePointer`, innermost first. Frames below `low` are not believed.
unsigned walkFrames(uintptr_t framePointer, uintptr_t low, uintptr_t *addresses, unsigned limit);
/// Those of the function that contains this.
#define DREAM_WALK_HERE(ADDRESSES, LIMIT)                                                                                  \
  ::dream::rt::walkFrames(uintptr_t(__builtin_frame_address(0)), uintptr_t(__builtin_frame_address(0)), ADDRESSES, LIMIT)

/// Writes one line "  at Function (file:line)" for each address that belongs to the program, not to the runtime.
void writeTrace(Sink sink, const uintptr_t *addresses, unsigned count, const char *place = nullptr);
/// Writes "Function (file:line)" of the innermost frame of the program; false if there is none.
bool writeInnermost(Sink sink, const uintptr_t *addresses, unsigned count);

/// A sink that writes to the standard error file, past all buffers.
Sink errorSink();

/// Makes invalid memory accesses and stack overflows panics.
void catchFaults();

} // namespace dream::rt
