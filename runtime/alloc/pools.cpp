// The slow half of the pools: spans from the system, cut into runs of blocks of one class.
//
// Spans double from 64 KB to 1 MB. A run is about a page of small blocks, or one large block; it is chained into the
// list in rising order, so that blocks that are allocated one after another lie one after another. What is left of a
// span when the next run does not fit becomes blocks of the classes that fill it: nothing is lost, no block or span
// has a header.
#include "runtime/alloc/alloc.h"
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt {

constinit thread_local ThreadCache threadCache = {};

static constexpr size_t kFirstSpan = 64 << 10;
static constexpr size_t kLargestSpan = 1 << 20;
static constexpr size_t kRunBytes = 4096;

static PoolTotals totals; // advisory: threads may lose updates

PoolTotals poolTotals() { return totals; }

uint64_t poolBytesFree() {
  uint64_t bytes = uint64_t(threadCache.freshEnd - threadCache.fresh);
  for (uint32_t cls = 1; cls < kClassCount; ++cls)
    for (const FreeBlock *block = threadCache.lists[cls]; block; block = block->next)
      bytes += classBytes(cls);
  return bytes;
}

constinit Allowance allowance = {};

static void spend(size_t bytes) {
  allowance.left -= int64_t(bytes);
  if (__builtin_expect(allowance.left < 0 && allowance.spent, 0))
    *allowance.spent = 0;
}

void outOfMemory(size_t bytes) {
  Message message;
  message << "out of memory (" << uint64_t(bytes) << " bytes wanted)";
  panic(message);
}

/// Makes blocks of what is left of the current span.
static void useRest(ThreadCache &cache) {
  while (cache.freshEnd - cache.fresh >= 16) {
    const size_t left = size_t(cache.freshEnd - cache.fresh);
    uint32_t cls = left >= kPoolLimit ? kClassCount - 1 : classOf(left);
    if (classBytes(cls) > left)
      --cls;
    // Only classes of whole 16 bytes: the position must stay a multiple of 16 for the next one.
    if (classBytes(cls) % 16 != 0)
      --cls;
    FreeBlock *block = reinterpret_cast<FreeBlock *>(cache.fresh);
    block->next = cache.lists[cls];
    cache.lists[cls] = block;
    cache.fresh += classBytes(cls);
  }
}

void *refillClass(uint32_t cls) {
  ThreadCache &cache = threadCache;
  const size_t size = classBytes(cls);
  size_t run = size >= kRunBytes ? size : kRunBytes / size * size;
  run = (run + 15) & ~size_t(15);
  if (size_t(cache.freshEnd - cache.fresh) < run) {
    useRest(cache);
    if (cache.lists[cls]) { // the rest was of this class
      FreeBlock *block = cache.lists[cls];
      cache.lists[cls] = block->next;
      return block;
    }
    size_t span = kFirstSpan;
    while (span < kLargestSpan && span < totals.bytes)
      span *= 2;
    char *pages = static_cast<char *>(os::mapPages(span));
    if (!pages)
      outOfMemory(span);
    totals.bytes += span;
    totals.spans += 1;
    spend(span);
    cache.fresh = pages;
    cache.freshEnd = pages + span;
  }
  char *first = cache.fresh;
  cache.fresh += run;
  char *last = first + (run / size - 1) * size;
  for (char *at = first; at < last; at += size)
    reinterpret_cast<FreeBlock *>(at)->next = reinterpret_cast<FreeBlock *>(at + size);
  reinterpret_cast<FreeBlock *>(last)->next = nullptr;
  cache.lists[cls] = reinterpret_cast<FreeBlock *>(first)->next;
  return first;
}

void *allocLarge(size_t bytes, bool zeroed) {
  void *block = zeroed ? os::heapAllocZeroed(bytes) : os::heapAlloc(bytes);
  if (!block)
    outOfMemory(bytes);
  spend(bytes);
  return block;
}

void *resizeLargeBlock(void *block, size_t bytes) {
  void *resized = os::heapResize(block, bytes);
  if (!resized)
    outOfMemory(bytes);
  return resized;
}

void freeLarge(void *block) { os::heapFree(block); }

Ptr dr_system_allocate(I64 bytes, I32) { return os::heapAlloc(size_t(bytes)); }
void dr_system_release(Ptr block) { os::heapFree(block); }

/// As blocks of the pools lie.
static int32_t alignOf(size_t bytes) { return bytes % 16 == 0 ? 16 : 8; }

void *allocFromProgram(size_t bytes) {
  void *block = dr_config.allocate(int64_t(bytes), alignOf(bytes));
  if (!block)
    outOfMemory(bytes);
  return block;
}

void freeToProgram(void *block, size_t bytes) { dr_config.release(block, int64_t(bytes), alignOf(bytes)); }

} // namespace dream::rt
