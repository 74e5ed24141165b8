// What a program may ask about its memory while it runs (Memory.Stats).
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/check/check.h"

namespace dream::rt {

using check::MemoryStatistic;

I64 dr_memory_statistic(I32 which) {
  auto counted = [](uint64_t number) { return check::tracking() ? I64(number) : I64(-1); };
  switch (MemoryStatistic(which)) {
  case MemoryStatistic::Live: return counted(check::statistics().live);
  case MemoryStatistic::LiveBytes: return counted(check::statistics().liveBytes);
  case MemoryStatistic::PeakBytes: return counted(check::statistics().peakBytes);
  case MemoryStatistic::Allocations: return counted(check::statistics().allocations);
  case MemoryStatistic::PoolBytes: return I64(poolTotals().bytes);
  case MemoryStatistic::PoolBytesFree: return I64(poolBytesFree());
  }
  return 0;
}

} // namespace dream::rt
