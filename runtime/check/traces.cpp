// The table of traces: an array that grows, and a hash table of positions in it.
#include "runtime/check/traces.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt::check {

static Trace *traces;      // number − 1 is the position
static uint32_t traceCount, traceCapacity;
static uint32_t *slots;    // numbers, 0 is empty
static uint32_t slotCount; // a power of two

void *tableMemory(size_t bytes) {
  void *memory = os::heapAllocZeroed(bytes);
  if (!memory)
    panic("out of memory for the records of -fcheck-memory or --memory-stats");
  return memory;
}

static uint64_t hashOf(const uintptr_t *addresses, unsigned count) {
  uint64_t hash = count;
  for (unsigned i = 0; i < count; ++i)
    hash = (hash ^ addresses[i]) * 0x9E3779B97F4A7C15u, hash ^= hash >> 29;
  return hash;
}

static void growTables() {
  const uint32_t capacity = traceCapacity ? traceCapacity * 2 : 1024;
  Trace *moved = static_cast<Trace *>(tableMemory(size_t(capacity) * sizeof(Trace)));
  if (traceCount)
    __builtin_memcpy(moved, traces, traceCount * sizeof(Trace));
  os::heapFree(traces);
  os::heapFree(slots);
  traces = moved;
  traceCapacity = capacity;
  slotCount = capacity * 2;
  slots = static_cast<uint32_t *>(tableMemory(size_t(slotCount) * sizeof(uint32_t)));
  for (uint32_t number = 1; number <= traceCount; ++number) {
    uint64_t at = hashOf(traces[number - 1].addresses, traces[number - 1].count);
    while (slots[at & (slotCount - 1)])
      ++at;
    slots[at & (slotCount - 1)] = number;
  }
}

uint32_t internTrace(const uintptr_t *addresses, unsigned count) {
  if (count > kTraceDepth)
    count = kTraceDepth;
  if (traceCount == traceCapacity)
    growTables();
  for (uint64_t at = hashOf(addresses, count);; ++at) {
    uint32_t &slot = slots[at & (slotCount - 1)];
    if (slot == 0) {
      Trace &trace = traces[traceCount++];
      trace.count = count;
      __builtin_memcpy(trace.addresses, addresses, count * sizeof(uintptr_t));
      return slot = traceCount;
    }
    const Trace &trace = traces[slot - 1];
    if (trace.count == count && __builtin_memcmp(trace.addresses, addresses, count * sizeof(uintptr_t)) == 0)
      return slot;
  }
}

const Trace &traceOf(uint32_t number) { return traces[number - 1]; }

} // namespace dream::rt::check
