#include "runtime/rc/ring_nodes.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt::rings {

// Of a step of the usual length none takes more.
static constexpr size_t kReady = 4, kPageBytes = 4096;
static constinit void *ready[kReady] = {};
static constinit size_t readyCount = 0;

static void *checked(void *memory) {
  if (!memory)
    panic("out of memory while rings of objects are looked for");
  return memory;
}

void *takePiece() {
  if (readyCount)
    return ready[--readyCount];
  return checked(os::mapPages(kPieceBytes));
}

void readyPieces() {
  while (readyCount < kReady) {
    char *piece = static_cast<char *>(checked(os::mapPages(kPieceBytes)));
    for (size_t at = 0; at < kPieceBytes; at += kPageBytes)
      *static_cast<volatile char *>(piece + at) = 0;
    ready[readyCount++] = piece;
  }
}

void givePiece(void *piece) { os::unmapPages(piece, kPieceBytes); }
void *resizePieces(void *old, size_t oldBytes, size_t bytes) {
  return checked(old ? os::resizePages(old, oldBytes, bytes) : os::mapPages(bytes));
}
void *resizeTable(void *old, size_t bytes) { return checked(os::heapResize(old, bytes)); }

size_t keptPieces() { return 16 + size_t(poolTotals().bytes) / 16 / kPieceBytes; }

uint32_t NodeMap::findElsewhere(const void *object) {
  const Span *span = spans.find(startOf(object));
  if (!span)
    return 0;
  lastNumber = uintptr_t(object) >> kSpanBits;
  lastNodes = span->nodes;
  return lastNodes[entryOf(object)];
}

void NodeMap::set(const void *object, uint32_t node) {
  Span *span = spans.find(startOf(object));
  if (!span) {
    span = &spans.add(startOf(object), "rings of objects");
    span->nodes = static_cast<uint32_t *>(takePiece());
  }
  span->nodes[entryOf(object)] = node;
}

void NodeMap::clear(const void *object) {
  if (const Span *span = spans.find(startOf(object)))
    span->nodes[entryOf(object)] = 0;
}

bool NodeMap::trim() {
  if (spans.count <= keptPieces()) {
    trimmed = 0;
    return false;
  }
  lastNumber = 0;
  // What stands behind an entry that goes may move to its place, never before it: there it is empty all the way.
  while (!spans.slots[trimmed].start)
    ++trimmed;
  givePiece(spans.slots[trimmed].nodes);
  spans.remove(spans.slots[trimmed]);
  return true;
}

} // namespace dream::rt::rings
