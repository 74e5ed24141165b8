// A hash table of entries that are found by an address: open addressing with linear probing, at most three quarters full.
// Removal moves later entries back, so that no tombstones gather. Memory is the C library's heap; entries are zero where empty.
#pragma once

#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

#include <stddef.h>
#include <stdint.h>

namespace dream::rt {

/// `Key` is the member of an entry that holds its address, null in an empty slot; `first` is the first capacity, a power of two.
template <typename Entry, auto Key, size_t first> struct AddressTable {
  Entry *slots;
  size_t capacity, count;

  /// Null if there is none. Pointers to entries last until the next add or remove.
  Entry *find(const void *address) const {
    if (count == 0)
      return nullptr;
    Entry &slot = slots[slotOf(address)];
    return slot.*Key ? &slot : nullptr;
  }

  /// The entry of the address, emptied but for its key if it was there. `wanted` says what memory could not be had for.
  Entry &add(auto address, const char *wanted) {
    if (count * 4 >= capacity * 3)
      grow(wanted);
    Entry &slot = slots[slotOf(address)];
    if (!(slot.*Key))
      ++count;
    slot = Entry{};
    slot.*Key = address;
    return slot;
  }

  void remove(Entry &entry) {
    --count;
    size_t hole = size_t(&entry - slots);
    for (size_t at = next(hole); slots[at].*Key; at = next(at)) {
      // What stands here may move into the hole unless its home lies behind that.
      const size_t home = homeOf(slots[at].*Key);
      if (((at - home) & (capacity - 1)) < ((at - hole) & (capacity - 1)))
        continue;
      slots[hole] = slots[at];
      hole = at;
    }
    slots[hole] = Entry{};
  }

private:
  size_t homeOf(const void *address) const {
    return size_t((uint64_t(uintptr_t(address)) >> 3) * 0x9E3779B97F4A7C15u >> 20) & (capacity - 1);
  }
  size_t next(size_t slot) const { return (slot + 1) & (capacity - 1); }
  /// Where the entry is, or where it would be.
  size_t slotOf(const void *address) const {
    size_t slot = homeOf(address);
    while (slots[slot].*Key && slots[slot].*Key != address)
      slot = next(slot);
    return slot;
  }
  void grow(const char *wanted) {
    const AddressTable old = *this;
    capacity = capacity ? capacity * 2 : first;
    slots = static_cast<Entry *>(os::heapAllocZeroed(capacity * sizeof(Entry)));
    if (!slots) {
      Message message;
      message << "out of memory for " << wanted;
      panic(message);
    }
    for (size_t i = 0; i < old.capacity; ++i)
      if (old.slots[i].*Key)
        slots[slotOf(old.slots[i].*Key)] = old.slots[i];
    os::heapFree(old.slots);
  }
};

} // namespace dream::rt
