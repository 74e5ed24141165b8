// What a checked or counted program knows about its memory (-fcheck-memory, --memory-stats): a record of every live
// block with the place of its allocation, the report of those that live at exit, statistics, and under -fcheck-memory
// poisoned and quarantined dead blocks, guard bytes, and headers that are validated at every use.
// Without these switches nothing here runs, and link-time optimisation removes the calls.
#pragma once

#include "runtime/abi/config.h"

#include <stddef.h>

namespace dream::rt::check {

/// What dead memory is overwritten with.
inline constexpr unsigned char kPoison = 0xDB;

/// Are blocks recorded at all?
inline bool tracking() { return (dr_config.checkMemory | dr_config.memoryStats | dr_config.leakCheck) != 0; }
/// Are uses validated?
inline bool validating() { return dr_config.checkMemory != 0; }

/// A zeroed block whose payload begins `front` bytes into it, recorded with the callers of this function.
[[gnu::noinline, gnu::cold]] void *allocate(uint32_t type, size_t bytes, size_t front);
/// Ends the life of a payload that `allocate` made; panics when something about it is not as recorded.
[[gnu::noinline, gnu::cold]] void free(void *payload);
/// Panics unless `payload` is live or static. `use` is what is being done: "retain", "release".
[[gnu::noinline, gnu::cold]] void validateUse(const void *payload, const char *use);
/// Objects in frames, of `bytes` bytes of payload: they are recorded from their making until their storage is used again or
/// given up, where one that still lives panics. `place` as for panics.
[[gnu::noinline, gnu::cold]] void beginInFrame(void *payload, size_t bytes);
[[gnu::noinline, gnu::cold]] void dieInFrame(void *payload);

/// Where objects lie, or will: of those `count` payloads, `ending` from `first` on are over.
struct FrameObjects {
  void *const *payloads;
  size_t count, first, ending;
};
/// Of the objects that end, those that live are held by nobody but each other and what is held by nobody, or this panics.
[[gnu::noinline, gnu::cold]] void endInFrame(const FrameObjects &objects, const char *place);
/// The objects of a region that closes. Those that live are held by nobody but each other, or this panics.
[[gnu::noinline, gnu::cold]] void refuseHeld(void *const *payloads, size_t count, const char *place);
/// Then they are dead.
[[gnu::noinline, gnu::cold]] void forgetInRegion(void *const *payloads, size_t count);

/// Panics when a live block's header or guard bytes, or a quarantined block, were written over.
void validateHeap();

/// At exit: validates, then writes the leak report and the statistics that the program's switches ask for.
void reportAtExit();
/// After Environment.Exit, which leaves objects alive on purpose: statistics only.
void reportStatistics();

struct Statistics {
  uint64_t allocations, live, liveBytes, peakBytes, poolsUsed;
};
Statistics statistics();

/// For dr_memory_statistic. The first four are counted in programs that record their blocks.
enum class MemoryStatistic : int32_t { Live, LiveBytes, PeakBytes, Allocations, PoolBytes, PoolBytesFree };

} // namespace dream::rt::check
