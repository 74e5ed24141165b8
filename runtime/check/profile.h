// What a program built with -fcount-profile does with counts: every retain, release and test whether it holds the only count,
// and every object that is made in the place of a dying one. Null does not count: nothing is looked at then.
#pragma once

#include "runtime/abi/config.h"

#include <stdint.h>

namespace dream::rt::check {

struct CountProfile {
  uint64_t retains, releases, uniqueTests, reuses;
};
extern CountProfile countProfile;

inline bool profiling() { return dr_config.countProfile != 0; }

/// Counts one operation; without the switch link-time optimisation removes it.
[[gnu::always_inline]] inline void note(uint64_t CountProfile::*what) {
  if (profiling())
    ++(countProfile.*what);
}

/// At exit: one line, "counts: 12 retains, 13 releases, 4 uniqueness checks, 0 reuses".
void reportCounts();

} // namespace dream::rt::check
