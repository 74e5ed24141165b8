// The effects of entries.def, for everybody who reads that column.
#pragma once

#include <stdint.h>

namespace dream::abi::effects {

inline constexpr uint32_t kNone = 0, kAllocates = 1, kCounts = 2, kPanics = 4, kNoReturn = 8, kReadOnly = 16, kDrops = 32,
                          kCold = 64, kMakesString = 128;

} // namespace dream::abi::effects
