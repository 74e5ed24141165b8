// One record for each block that lives or lies in quarantine, found by the address of its payload.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt::check {

struct Record {
  const void *payload;  ///< Null in an empty slot.
  uint64_t bytes;       ///< Of the block, without guard bytes.
  uint64_t order;       ///< Rises with every allocation.
  uint32_t type;
  uint32_t allocatedAt; ///< Trace numbers.
  uint32_t freedAt;     ///< 0: alive.
  uint32_t front;       ///< Bytes before the payload.
  bool inFrame;         ///< No block: an object in a frame or region. `bytes` are those of its payload.
  uint32_t trial;       ///< While a frame or region ends: references to it from others there.
  const void *holder;   ///< In the report of leaks: another leak that refers to it.
  bool isReached;       ///< Then, too: something that is held refers to it,
  bool isHeld;          ///< and so it is held, or from elsewhere.
};

Record *findRecord(const void *payload); ///< Null if there is none. Pointers last until the next add or remove.
Record &addRecord(const void *payload);
void removeRecord(const void *payload);

/// All slots, empty ones included.
struct RecordRange {
  Record *first, *last;
  Record *begin() const { return first; }
  Record *end() const { return last; }
};
RecordRange recordSlots();

} // namespace dream::rt::check
