#include "runtime/rc/ring_nodes.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt::rings {

void *resizeTable(void *old, size_t bytes) {
  void *table = os::heapResize(old, bytes);
  if (!table)
    panic("out of memory while rings of objects are looked for");
  return table;
}

void freeTable(void *table) { os::heapFree(table); }

NodeMap::Span &NodeMap::slotOf(uintptr_t number) {
  for (size_t at = size_t(uint64_t(number) * 0x9E3779B97F4A7C15u >> 24);; ++at) {
    Span &span = spans[at & (capacity - 1)];
    if (span.number == number || !span.number)
      return span;
  }
}

uint32_t *NodeMap::entryOf(const void *object, Span *&span) {
  if (!capacity)
    return nullptr;
  span = &slotOf(uintptr_t(object) >> kSpanBits);
  return span->number ? &span->nodes[(uintptr_t(object) >> kGranuleBits) & (kEntries - 1)] : nullptr;
}

uint32_t NodeMap::findElsewhere(const void *object) {
  Span *span;
  const uint32_t *entry = entryOf(object, span);
  if (!entry)
    return 0;
  lastNumber = span->number;
  lastNodes = span->nodes;
  return *entry;
}

void NodeMap::set(const void *object, uint32_t node) {
  Span *span;
  uint32_t *entry = entryOf(object, span);
  if (!entry) {
    if ((count + 1) * 2 > capacity)
      resize(capacity ? capacity * 2 : 64);
    span = &slotOf(uintptr_t(object) >> kSpanBits);
    *span = {uintptr_t(object) >> kSpanBits, static_cast<uint32_t *>(resizeTable(nullptr, kEntries * sizeof(uint32_t)))};
    __builtin_memset(span->nodes, 0, kEntries * sizeof(uint32_t));
    ++count;
    entry = &span->nodes[(uintptr_t(object) >> kGranuleBits) & (kEntries - 1)];
  }
  *entry = node;
}

void NodeMap::clear(const void *object) {
  Span *span;
  if (uint32_t *entry = entryOf(object, span))
    *entry = 0;
}

void NodeMap::resize(size_t newCapacity) {
  Span *old = spans;
  const size_t oldCapacity = capacity;
  spans = static_cast<Span *>(resizeTable(nullptr, newCapacity * sizeof(Span)));
  __builtin_memset(spans, 0, newCapacity * sizeof(Span));
  capacity = newCapacity;
  lastNumber = 0;
  for (size_t i = 0; i < oldCapacity; ++i)
    if (old[i].number)
      slotOf(old[i].number) = old[i];
  os::heapFree(old);
}

bool NodeMap::trim() {
  if (!capacity)
    return false;
  lastNumber = 0;
  // Nothing is found any more in a map that is empty.
  while (trimmed < capacity) {
    Span &span = spans[trimmed++];
    if (!span.number)
      continue;
    os::heapFree(span.nodes);
    span.number = 0;
    return true;
  }
  os::heapFree(spans);
  *this = {};
  return true;
}

} // namespace dream::rt::rings
