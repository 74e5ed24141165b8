// Short call traces, each kept once and named by a number.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt::check {

inline constexpr unsigned kTraceDepth = 8;

struct Trace {
  uintptr_t addresses[kTraceDepth];
  uint32_t count;
};

/// The number of this trace; equal traces have equal numbers.
uint32_t internTrace(const uintptr_t *addresses, unsigned count);
const Trace &traceOf(uint32_t number);

/// Memory for the checker's own tables, never null: without memory it panics.
void *tableMemory(size_t bytes);

} // namespace dream::rt::check
