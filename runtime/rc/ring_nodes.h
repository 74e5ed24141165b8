// What the collector of rings knows: a node for each object, in the order in which they became known, and the way from an
// object to its node.
//
// The way is by address: for each 256 KB of addresses with such an object, a table with an entry for each 16 bytes. No two
// objects that can be in a ring have their payloads within 16 bytes, and looking one up is two loads, near the last ones when
// the objects are.
//
// All of it lies in pages of its own, which are taken and given back in pieces of 64 KB: what a piece costs is known, and no piece
// of work takes or gives back more than a few. At the end of a collection most of them go; as much stays as collections will
// need soon, in proportion to what the program has.
#pragma once

#include "runtime/table/table.h"

#include <stddef.h>
#include <stdint.h>

namespace dream::rt::rings {

inline constexpr size_t kPieceBytes = 64 << 10;

/// Zeroed memory for the collector; panics if there is none.
void *takePiece();
/// Gets some pieces for takePiece, and touches them: the system may take half a millisecond to find memory for a page, so a step
/// does that first, when most of its time is before it.
void readyPieces();
void givePiece(void *piece);
/// So many pieces stay where there were more.
size_t keptPieces();
/// Any number of pieces in a row, with what was in the old ones.
void *resizePieces(void *old, size_t oldBytes, size_t bytes);
/// A table of pointers, of the C library's heap.
void *resizeTable(void *old, size_t bytes);

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
  [[gnu::noinline, gnu::cold]] void grow() { resize(capacity ? capacity * 2 : kPieceBytes / sizeof(T)); }
  /// Gives four pieces back if the list has much more than it needs; false if not.
  bool trim() {
    if (capacity <= 8 * kPieceBytes / sizeof(T) || capacity / 8 < count)
      return false;
    resize(capacity - 4 * kPieceBytes / sizeof(T));
    return true;
  }
  void shrink() {
    while (trim()) {
    }
  }

private:
  void resize(size_t newCapacity) {
    items = static_cast<T *>(resizePieces(items, capacity * sizeof(T), newCapacity * sizeof(T)));
    capacity = newCapacity;
  }
};

/// The same in pieces: growing moves nothing.
template <typename T> struct Chunks {
  static constexpr size_t kBits = 63 - unsigned(__builtin_clzll(kPieceBytes / sizeof(T))), kEntries = size_t(1) << kBits;
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
    chunks[made] = static_cast<T *>(takePiece());
    ++made;
  }
  /// Gives a chunk back if that many are not needed; false if not.
  bool trim(size_t kept = 0) {
    if (made <= (count >> kBits) + 1 + kept)
      return false;
    givePiece(chunks[--made]);
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
      return lastNodes[entryOf(object)];
    return findElsewhere(object);
  }
  void set(const void *object, uint32_t node);
  void clear(const void *object);
  /// When it is empty: gives a piece back if there are more than may stay; false if not.
  bool trim();
  size_t spanCount() const { return spans.count; }

private:
  static constexpr unsigned kSpanBits = 18, kGranuleBits = 4;
  static constexpr size_t kEntries = size_t(1) << (kSpanBits - kGranuleBits);
  static_assert(kEntries * sizeof(uint32_t) == kPieceBytes);
  struct Span {
    void *start;
    uint32_t *nodes; ///< All 0 while nobody is known there.
  };
  static size_t entryOf(const void *object) { return uintptr_t(object) >> kGranuleBits & (kEntries - 1); }
  static void *startOf(const void *object) { return reinterpret_cast<void *>(uintptr_t(object) >> kSpanBits << kSpanBits); }
  [[gnu::noinline]] uint32_t findElsewhere(const void *object);

public:
  AddressTable<Span, &Span::start, 64> spans;
  size_t trimmed;       ///< Slots before this one are empty, while memory goes back.
  uintptr_t lastNumber; ///< Of the span that was found last, and its entries; 0 if there is none.
  uint32_t *lastNodes;
};

} // namespace dream::rt::rings
