// The slow half of the pools: spans from the system, cut into granules, and those into runs of blocks of one class.
//
// Spans double from 64 KB to 1 MB. A run is about a page of small blocks, or one large block; it is chained into the
// list in rising order, so that blocks that are allocated one after another lie one after another. What is left of a
// granule when the next run does not fit becomes blocks of the classes that fill it: nothing is lost, no block or span
// has a header.
#include "runtime/alloc/alloc.h"
#include "runtime/abi/entries.h"
#include "runtime/events/events.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt {

constinit thread_local ThreadCache threadCache = {};

static constexpr size_t kFirstSpan = 64 << 10;
static constexpr size_t kLargestSpan = 1 << 20;
static constexpr size_t kRunBytes = 4096;

/// Free granules are looked for when so much has moved at least.
static constexpr size_t kLeastMoved = 4 << 20;
/// Memory that free granules keep, beside an eighth of what the pools have.
static constexpr size_t kKept = 4 << 20;

static PoolTotals totals; // advisory: threads may lose updates

PoolTotals poolTotals() { return totals; }

uint64_t poolBytesFree() {
  const ThreadCache &cache = threadCache;
  uint64_t bytes = uint64_t(cache.freshEnd - cache.fresh) + uint64_t(cache.spanEnd - cache.span);
  for (uint32_t cls = 1; cls < kClassCount; ++cls)
    for (FreeBlock *block = cache.lists[cls]; block; block = nextOf(block))
      bytes += classBytes(cls);
  for (uint32_t i = 0; i < cache.granuleCount; ++i)
    if (cache.granules[i].isSpare && !cache.granules[i].isDiscarded)
      bytes += cache.granules[i].bytes;
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

//===-- Granules ----------------------------------------------------------------------------------------------===//

/// The last one that begins at or before the block; the block may lie behind it, in memory of another thread.
static Granule *granuleOf(ThreadCache &cache, const void *block) {
  uint32_t low = 0, high = cache.granuleCount;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (cache.granules[middle].start <= block)
      low = middle + 1;
    else
      high = middle;
  }
  Granule *found = low ? &cache.granules[low - 1] : nullptr;
  return found && static_cast<const char *>(block) < found->start + found->bytes ? found : nullptr;
}

/// What others have given back joins the lists.
static void takeAllReturned(ThreadCache &cache) {
  for (uint32_t cls = 1; cls < kClassCount; ++cls)
    if (FreeBlock *first = cache.owner ? takeReturned(*cache.owner, cls) : nullptr) {
      FreeBlock *last = first;
      while (nextOf(last))
        last = nextOf(last);
      nextOf(last) = cache.lists[cls];
      cache.lists[cls] = first;
    }
}

/// Counts the free blocks of each granule; gives the bytes of all. Blocks of other threads go back to these.
static size_t countFree(ThreadCache &cache) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < cache.granuleCount; ++i)
    cache.granules[i].free = 0;
  for (uint32_t cls = 1; cls < kClassCount; ++cls) {
    Granule *last = nullptr; // neighbours in a list are often neighbours in memory
    FreeBlock **link = &cache.lists[cls];
    while (FreeBlock *block = *link) {
      char *at = blockOf(block);
      if (!last || at < last->start || at >= last->start + last->bytes)
        last = granuleOf(cache, at);
      bytes += classBytes(cls);
      FreeBlock *next = nextOf(block);
      if (!last && returnToOwner(at, cls)) {
        *link = next;
        continue;
      }
      if (last)
        ++last->free;
      link = &nextOf(block);
    }
  }
  return bytes;
}

/// Takes the blocks of spare granules out of the lists.
static void leaveOutSpares(ThreadCache &cache) {
  for (uint32_t cls = 1; cls < kClassCount; ++cls) {
    FreeBlock **link = &cache.lists[cls];
    for (FreeBlock *block = *link; block; block = nextOf(block)) {
      const Granule *granule = granuleOf(cache, blockOf(block));
      if (granule && granule->isSpare)
        continue;
      *link = block;
      link = &nextOf(block);
    }
    *link = nullptr;
  }
}

void giveBackMemory() {
  ThreadCache &cache = threadCache;
  takeAllReturned(cache);
  cache.moved = 0;
  cache.walked = countFree(cache);
  bool any = false;
  for (uint32_t i = 0; i < cache.granuleCount; ++i) {
    Granule &granule = cache.granules[i];
    if (granule.isSpare || i == cache.current || granule.free != granule.blocks)
      continue;
    granule.isSpare = true;
    cache.spares += 1;
    any = true;
  }
  if (!any)
    return;
  leaveOutSpares(cache);
  size_t kept = 0;
  const size_t before = totals.bytes, mostKept = kKept + before / 8;
  for (uint32_t i = 0; i < cache.granuleCount; ++i) {
    Granule &granule = cache.granules[i];
    if (!granule.isSpare || granule.isDiscarded || (kept += granule.bytes) <= mostKept)
      continue;
    os::discardPages(granule.start, granule.bytes);
    granule.isDiscarded = true;
    totals.bytes -= granule.bytes;
  }
  if (totals.bytes != before)
    events::tell(DR_SHRANK, nullptr, before - totals.bytes, totals.bytes);
}

/// Looks for free granules where that is worth what it costs. Asked by who takes memory: a program that ends does not, whatever it frees.
static void giveBackIfDue(const ThreadCache &cache) {
  if (cache.moved >= kLeastMoved && cache.moved >= cache.walked && cache.moved >= totals.bytes / 8)
    giveBackMemory();
}

/// The first one that can be cut again.
static Granule *takeSpare(ThreadCache &cache) {
  for (uint32_t i = 0; cache.spares && i < cache.granuleCount; ++i) {
    Granule &granule = cache.granules[i];
    if (!granule.isSpare)
      continue;
    cache.spares -= 1;
    if (granule.isDiscarded) {
      totals.bytes += granule.bytes;
      events::tell(DR_GREW, nullptr, granule.bytes, totals.bytes);
    }
    granule.isSpare = granule.isDiscarded = false;
    granule.blocks = 0;
    return &granule;
  }
  return nullptr;
}

static Granule *addGranule(ThreadCache &cache, char *start, size_t bytes) {
  if (cache.granuleCount == cache.granuleCapacity) {
    const uint32_t capacity = cache.granuleCapacity ? cache.granuleCapacity * 2 : 64;
    void *grown = os::heapResize(cache.granules, capacity * sizeof(Granule));
    if (!grown)
      outOfMemory(capacity * sizeof(Granule));
    cache.granules = static_cast<Granule *>(grown);
    cache.granuleCapacity = capacity;
  }
  uint32_t at = cache.granuleCount++;
  for (; at > 0 && cache.granules[at - 1].start > start; --at)
    cache.granules[at] = cache.granules[at - 1];
  cache.granules[at] = {start, uint32_t(bytes), 0, 0, false, false};
  return &cache.granules[at];
}

static void takeSpan(ThreadCache &cache) {
  size_t bytes = kFirstSpan;
  while (bytes < kLargestSpan && bytes < totals.bytes)
    bytes *= 2;
  char *pages = static_cast<char *>(os::mapPages(bytes));
  if (!pages)
    outOfMemory(bytes);
  totals.bytes += bytes;
  totals.spans += 1;
  spend(bytes);
  cache.moved += bytes;
  cache.span = pages;
  cache.spanEnd = pages + bytes;
  ownSpan(cache, pages, bytes);
  events::tell(DR_GREW, nullptr, bytes, totals.bytes);
}

/// Memory for the next runs.
static void nextGranule(ThreadCache &cache) {
  if (!cache.spares && cache.span == cache.spanEnd)
    giveBackIfDue(cache);
  Granule *granule = takeSpare(cache);
  if (!granule) {
    if (cache.span == cache.spanEnd)
      takeSpan(cache);
    const size_t left = size_t(cache.spanEnd - cache.span), bytes = left < kGranule ? left : kGranule;
    granule = addGranule(cache, cache.span, bytes);
    cache.span += bytes;
  }
  cache.current = uint32_t(granule - cache.granules);
  cache.fresh = granule->start;
  cache.freshEnd = granule->start + granule->bytes;
}

//===-- Blocks ------------------------------------------------------------------------------------------------===//

/// Makes blocks of what is left of the current granule.
static void useRest(ThreadCache &cache) {
  while (cache.freshEnd - cache.fresh >= 16) {
    const size_t left = size_t(cache.freshEnd - cache.fresh);
    uint32_t cls = left >= kPoolLimit ? kClassCount - 1 : classOf(left);
    if (classBytes(cls) > left)
      --cls;
    // Only classes of whole 16 bytes: the position must stay a multiple of 16 for the next one.
    if (classBytes(cls) % 16 != 0)
      --cls;
    FreeBlock *block = asFree(cache.fresh);
    nextOf(block) = cache.lists[cls];
    cache.lists[cls] = block;
    cache.fresh += classBytes(cls);
    cache.granules[cache.current].blocks += 1;
  }
}

FreeBlock *refillClass(uint32_t cls) {
  ThreadCache &cache = threadCache;
  if (FreeBlock *block = cache.owner ? takeReturned(*cache.owner, cls) : nullptr) {
    cache.lists[cls] = nextOf(block);
    return block;
  }
  const size_t size = classBytes(cls);
  size_t run = size >= kRunBytes ? size : kRunBytes / size * size;
  run = (run + 15) & ~size_t(15);
  if (size_t(cache.freshEnd - cache.fresh) < run) {
    useRest(cache);
    if (cache.lists[cls]) { // the rest was of this class
      FreeBlock *block = cache.lists[cls];
      cache.lists[cls] = nextOf(block);
      return block;
    }
    nextGranule(cache);
  }
  cache.granules[cache.current].blocks += uint32_t(run / size);
  FreeBlock *first = asFree(cache.fresh), *last = asFree(cache.fresh + run / size * size - size);
  cache.fresh += run;
  for (FreeBlock *block = first; block < last;) {
    FreeBlock *next = reinterpret_cast<FreeBlock *>(reinterpret_cast<char *>(block) + size);
    nextOf(block) = next;
    block = next;
  }
  nextOf(last) = nullptr;
  cache.lists[cls] = nextOf(first);
  return first;
}

void *allocLarge(size_t bytes, bool zeroed) {
  giveBackIfDue(threadCache);
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
void freeLarge(void *block, size_t bytes) {
  os::heapFree(block);
  threadCache.moved += bytes;
}

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
