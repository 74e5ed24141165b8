// What the collector of rings knows: a node for each object, in the order in which they became known, and the way from an
// object to its node.
//
// The way is by address: for each 256 KB of addresses with such an object, a table with an entry for each 16 bytes. No two
// objects that can be in a ring have their payloads within 16 bytes, and looking one up is two loads, near the last ones when
// the objects are. All of it is given back at the end of a collection.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt::rings {

/// Memory for the collector; panics if there is none.
void *resizeTable(void *old, size_t bytes);
void freeTable(void *table);

/// A growing list of plain values; growing never gives memory back.
template <typename T> struct List {
  T *items;
  size_t count, capacity;

  T &operator[](size_t index) { return items[index]; }
  void add(T item) {
    if (__builtin_expect(count == capacity, 0))
      grow();
    items[count++] = item;
  }
  T takeLast() { return items[--count]; }
  [[gnu::noinline, gnu::cold]] void grow() {
    capacity = capacity ? capacity * 2 : 512;
    items = static_cast<T *>(resizeTable(items, capacity * sizeof(T)));
  }
  /// Gives a megabyte back if the list has much more than it needs; false if not.
  bool trim() {
    if (capacity <= 65536 || capacity / 8 < count)
      return false;
    capacity -= (size_t(1) << 20) / sizeof(T) < capacity / 2 ? (size_t(1) << 20) / sizeof(T) : capacity / 2;
    items = static_cast<T *>(resizeTable(items, capacity * sizeof(T)));
    return true;
  }
  void shrink() {
    while (trim()) {
    }
  }
};

/// The same in chunks: growing moves nothing, and memory goes back a piece at a time.
template <typename T> struct Chunks {
  static constexpr size_t kBits = 14, kEntries = size_t(1) << kBits;
  T **chunks;
  size_t count, made, capacity; ///< Entries, chunks, and room for chunks.

  T &operator[](size_t index) { return chunks[index >> kBits][index & (kEntries - 1)]; }
  void add(T item) {
    if (__builtin_expect(count >> kBits == made, 0))
      grow();
    (*this)[count++] = item;
  }
  T takeLast() { return (*this)[--count]; }
  [[gnu::noinline, gnu::cold]] void grow() {
    if (made == capacity) {
      capacity = capacity ? capacity * 2 : 64;
      chunks = static_cast<T **>(resizeTable(chunks, capacity * sizeof(T *)));
    }
    chunks[made] = static_cast<T *>(resizeTable(nullptr, kEntries * sizeof(T)));
    ++made;
  }
  /// Gives a chunk back that is not needed; false if there is none.
  bool trim() {
    if (made <= (count >> kBits) + 1)
      return false;
    freeTable(chunks[--made]);
    return true;
  }
};

struct Node {
  void *object;   ///< Null once it is dead.
  uint32_t trial; ///< References from what was looked at. Of suspects, the node that stands for its group.
  uint32_t flags;
  uint32_t next;  ///< Of the group; 0 at its end.
  uint32_t last;  ///< Of the group of which this node stands for it.
};

/// From objects to numbers of nodes; 0 is none.
class NodeMap {
public:
  [[gnu::always_inline]] inline uint32_t find(const void *object) {
    // Most objects lie near the one that was looked for before.
    if (__builtin_expect(uintptr_t(object) >> kSpanBits == lastNumber, 1))
      return lastNodes[(uintptr_t(object) >> kGranuleBits) & (kEntries - 1)];
    return findElsewhere(object);
  }
  void set(const void *object, uint32_t node);
  void clear(const void *object);
  /// When it is empty: gives a part of its memory back; false if there is none.
  bool trim();

private:
  static constexpr unsigned kSpanBits = 18, kGranuleBits = 4;
  static constexpr size_t kEntries = size_t(1) << (kSpanBits - kGranuleBits);
  struct Span {
    uintptr_t number; ///< Of the addresses, in units of their size. 0 in an empty slot.
    uint32_t *nodes;
  };
  [[gnu::noinline]] uint32_t findElsewhere(const void *object);
  Span &slotOf(uintptr_t number);
  uint32_t *entryOf(const void *object, Span *&span);
  void resize(size_t capacity);

public:
  Span *spans;
  size_t capacity, count; ///< The capacity is a power of two, or 0.
  size_t trimmed;         ///< Slots whose memory has gone back.
  uintptr_t lastNumber;   ///< Of the span that was found last, and its entries; 0 if there is none.
  uint32_t *lastNodes;
};

} // namespace dream::rt::rings
