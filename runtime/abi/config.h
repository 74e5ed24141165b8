// What the compiler says to the runtime about one program: two constants that the compiler defines in the program's own
// module, so that link-time optimisation folds every test of a switch that is off. (The archive has default definitions
// for C programs that link the runtime alone; the program's win.)
//
// What the runtime expects of compiled code besides:
//   functions keep frame pointers ("frame-pointer"="all") and have unwind tables, for traces;
//   symbols are the readable name, `module.Type.Method`, with anything that makes them unique after a `$`:
//     a trace shows what stands before it, and leaves out what ends in `.new`, the makers of objects;
//   a trace ends at C's `main`, and does not show it when it has no source (so the compiler's has line 0, if any).
#pragma once

#include "runtime/abi/type_descriptor.h"

namespace dream::abi {

struct DrConfig {
  uint32_t size;        ///< sizeof(DrConfig), as the compiler knew it.
  uint32_t checkMemory; ///< -fcheck-memory: poison, quarantine, validate headers, record allocations, report leaks.
  uint32_t memoryStats; ///< --memory-stats: count allocations, report leaks, print four lines at exit.
  uint32_t leakCheck;   ///< Record allocations and report leaks, without the other checks.
  uint32_t countProfile; ///< -fcount-profile: count what is done with counts, print it at exit.
  uint32_t unused;
  /// The program's own allocator, or null for both: where the blocks of objects, arrays and strings come from. It gives null
  /// if there is no memory, and neither allocates nor counts.
  void *(*allocate)(int64_t bytes, int32_t align);
  void (*release)(void *block, int64_t bytes, int32_t align);
};
static_assert(sizeof(DrConfig) == 24 + 2 * sizeof(void *));

} // namespace dream::abi

/// The program's switches.
extern "C" const dream::abi::DrConfig dr_config;
/// All type descriptors of the program; see type_descriptor.h.
extern "C" const char dr_types[];
