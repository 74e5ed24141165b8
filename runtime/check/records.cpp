// Open addressing with linear probing; removal moves later entries back, so that no tombstones gather.
#include "runtime/check/records.h"
#include "runtime/check/traces.h"
#include "runtime/os/os.h"

namespace dream::rt::check {

static Record *table;
static size_t size; // a power of two
static size_t used;

static size_t homeOf(const void *payload) { return size_t((uint64_t(uintptr_t(payload)) >> 3) * 0x9E3779B97F4A7C15u >> 20); }

static Record &slotFor(const void *payload) {
  for (size_t at = homeOf(payload);; ++at) {
    Record &slot = table[at & (size - 1)];
    if (!slot.payload || slot.payload == payload)
      return slot;
  }
}

Record *findRecord(const void *payload) {
  if (used == 0)
    return nullptr;
  Record &slot = slotFor(payload);
  return slot.payload ? &slot : nullptr;
}

static void grow() {
  Record *old = table;
  const size_t oldSize = size;
  size = size ? size * 2 : 4096;
  table = static_cast<Record *>(tableMemory(size * sizeof(Record)));
  for (size_t i = 0; i < oldSize; ++i)
    if (old[i].payload)
      slotFor(old[i].payload) = old[i];
  os::heapFree(old);
}

Record &addRecord(const void *payload) {
  if (used * 4 >= size * 3)
    grow();
  Record &slot = slotFor(payload);
  if (!slot.payload)
    ++used;
  slot = Record{};
  slot.payload = payload;
  return slot;
}

void removeRecord(const void *payload) {
  Record *found = findRecord(payload);
  if (!found)
    return;
  --used;
  size_t hole = size_t(found - table);
  for (size_t at = hole + 1;; ++at) {
    Record &next = table[at & (size - 1)];
    if (!next.payload)
      break;
    // `next` may move into the hole unless its home lies after the hole.
    const size_t home = homeOf(next.payload) & (size - 1);
    if (((at - home) & (size - 1)) >= ((at - hole) & (size - 1))) {
      table[hole & (size - 1)] = next;
      hole = at;
    }
  }
  table[hole & (size - 1)] = Record{};
}

RecordRange recordSlots() { return {table, table + size}; }

} // namespace dream::rt::check
