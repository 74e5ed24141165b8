// The slow half of regions: memory for the stacks, holes, and what is done where a region is closed that left something.
#include "runtime/region/region.h"
#include "runtime/os/os.h"
#include "runtime/region/arena.h"

namespace dream::rt::region {

constinit thread_local RegionStack stacks[2] = {};

static constexpr size_t kReserves[] = {size_t(64) << 30, size_t(1) << 30, size_t(64) << 20};
static constexpr size_t kLeastStep = 256 << 10, kLargestStep = 64 << 20, kChunkBytes = 1 << 20;
static constexpr size_t kPageUnit = 64 << 10;

static size_t memoryNow, memoryMost; // advisory: threads may lose updates
size_t mostMemory() { return memoryMost; }

static void countMemory(size_t more) {
  memoryNow += more;
  if (memoryNow > memoryMost)
    memoryMost = memoryNow;
}

//===-- Memory ------------------------------------------------------------------------------------------------===//

static constexpr size_t roundUp(size_t bytes, size_t unit) { return (bytes + unit - 1) & ~(unit - 1); }

/// Goes on in a chunk that has room for `bytes`.
static void addChunk(RegionStack &stack, size_t bytes) {
  const size_t size = bytes + sizeof(Chunk) + 16 > kChunkBytes ? bytes + sizeof(Chunk) + 16 : kChunkBytes;
  char *memory = static_cast<char *>(os::heapAlloc(size));
  if (!memory)
    outOfMemory(size);
  countMemory(size);
  Chunk *chunk = reinterpret_cast<Chunk *>(memory);
  *chunk = {stack.chunk, stack.top, stack.end, memory + size, stack.chunk ? stack.chunk->number + 1 : 1};
  stack.chunk = chunk;
  stack.top = memory + roundUp(sizeof(Chunk), 16);
  stack.end = chunk->end;
}

static void dropChunk(RegionStack &stack) {
  Chunk *chunk = stack.chunk;
  memoryNow -= size_t(chunk->end - reinterpret_cast<char *>(chunk));
  stack.chunk = chunk->below;
  stack.top = chunk->topBelow;
  stack.end = chunk->endBelow;
  os::heapFree(chunk);
}

void prepare(RegionStack &stack) {
  for (size_t bytes : kReserves)
    if (char *addresses = static_cast<char *>(os::reserveAddresses(bytes))) {
      stack.reserve = addresses;
      stack.reserveEnd = addresses + bytes;
      break;
    }
  stack.start = stack.top = stack.end = stack.reserve;
  if (!stack.reserve) {
    addChunk(stack, 0); // of which the stack never lets go
    stack.start = stack.top;
    stack.startChunk = stack.chunk;
  }
  stack.limit = stack.end;
}

/// Makes room for `bytes` behind the top.
static void grow(RegionStack &stack, size_t bytes) {
  const size_t more = roundUp(bytes + 16, kPageUnit); // the top may be moved to a multiple of 16 first
  if (!stack.chunk && size_t(stack.reserveEnd - stack.end) >= more) {
    size_t step = size_t(stack.end - stack.reserve);
    step = step < kLeastStep ? kLeastStep : step > kLargestStep ? kLargestStep : step;
    step = step < more ? more : step;
    if (step > size_t(stack.reserveEnd - stack.end))
      step = more;
    if (os::commitPages(stack.end, step)) {
      stack.end += step;
      countMemory(step);
      return;
    }
  }
  addChunk(stack, bytes);
}

/// Gives back what the regions of late have not needed. A region that needs much in every turn of a loop keeps it.
static void shrink(RegionStack &stack) {
  if (stack.chunk)
    return;
  const size_t used = size_t(stack.top - stack.start);
  stack.recent -= stack.recent / 16;
  if (used > stack.recent)
    stack.recent = used;
  if (size_t(stack.end - stack.start) <= kKeptMemory + 2 * stack.recent)
    return;
  char *end = stack.reserve + roundUp(size_t(stack.start - stack.reserve) + stack.recent + kKeptMemory / 2, kPageUnit);
  os::decommitPages(end, size_t(stack.end - end));
  memoryNow -= size_t(stack.end - end);
  stack.end = end;
}

//===-- Entries -----------------------------------------------------------------------------------------------===//

char *allocateSlow(RegionStack &stack, size_t size, size_t front) {
  if (stack.isArena)
    return allocateInArena(static_cast<Arena &>(stack), size, front);
  if (stack.holes) {
    Hole *&list = stack.holes->lists[classOf(size)];
    if (Hole *hole = list) {
      list = hole->next;
      return reinterpret_cast<char *>(hole);
    }
  }
  auto place = [&] { return size % 16 == 0 ? (uintptr_t(stack.top) + 15) & ~uintptr_t(15) : uintptr_t(stack.top); };
  if (place() + size > uintptr_t(stack.end))
    grow(stack, size);
  char *at = reinterpret_cast<char *>(place());
  stack.top = at + size;
  stack.limit = stack.holes ? nullptr : stack.end;
  return at;
}

/// In which piece of the stack the block lies: 0 for the reserve, chunks by their numbers, −1 if in none.
static int64_t pieceOf(const RegionStack &stack, const char *block) {
  if (block >= stack.reserve && block < stack.reserveEnd)
    return 0;
  for (const Chunk *chunk = stack.chunk; chunk; chunk = chunk->below)
    if (block > reinterpret_cast<const char *>(chunk) && block < chunk->end)
      return int64_t(chunk->number);
  return -1;
}

/// Whether the region that was opened last has made the block, which lies in the piece.
static bool isInLast(const RegionStack &stack, const char *block, int64_t piece) {
  const int64_t first = stack.startChunk ? int64_t(stack.startChunk->number) : 0;
  return piece > first || (piece == first && block >= stack.start);
}
bool isInLast(const RegionStack &stack, const void *block) {
  const char *at = static_cast<const char *>(block);
  return isInLast(stack, at, pieceOf(stack, at));
}

void giveBack(void *block, size_t bytes) {
  char *at = static_cast<char *>(block);
  for (RegionStack &stack : stacks) {
    // Mostly it lies in the last region, in the reserve.
    const bool isHere = !stack.chunk && size_t(at - stack.start) < size_t(stack.top - stack.start);
    const int64_t piece = isHere ? 0 : pieceOf(stack, at);
    if (piece < 0)
      continue;
    const size_t size = entryBytes(bytes);
    Hole *hole = reinterpret_cast<Hole *>(at);
    if (!isHere && !isInLast(stack, at, piece)) {
      *hole = {stack.waiting, bytes};
      stack.waiting = hole;
      return;
    }
    if (at + size == stack.top) {
      stack.top = at;
      return;
    }
    if (!stack.holes) {
      Holes *holes = reinterpret_cast<Holes *>(allocateSlow(stack, entryBytes(sizeof(Holes)), 0));
      __builtin_memset(holes, 0, sizeof(Holes));
      stack.holes = holes;
      stack.limit = nullptr;
    }
    Hole *&list = stack.holes->lists[classOf(size)];
    hole->next = list;
    list = hole;
    return;
  }
}

bool resizeLast(void *block, size_t bytes, size_t newBytes) {
  if (bytes > kPoolLimit || newBytes > kPoolLimit)
    return false;
  char *at = static_cast<char *>(block), *end = at + entryBytes(bytes), *top = at + entryBytes(newBytes);
  auto resize = [&](RegionStack &stack) {
    if (top <= stack.end)
      stack.top = top;
    return top <= stack.end;
  };
  for (RegionStack &stack : stacks)
    if (end == stack.top && isInLast(stack, block))
      return resize(stack);
  for (Arena *arena = openArenas; arena; arena = arena->outer)
    if (end == arena->top)
      return resize(*arena);
  return false;
}

bool expectDeath(const void *payload) {
  for (RegionStack &stack : stacks) {
    if (pieceOf(stack, static_cast<const char *>(payload)) < 0)
      continue;
    if (stack.expected.bytes == 0) {
      stack.expected = {stack.waiting, 1};
      stack.waiting = &stack.expected;
    }
    return true;
  }
  return isInArena(payload); // which waits for all deaths when it is closed
}

void closeSlow(RegionStack &stack, const Mark &mark) {
  while (stack.chunk != stack.startChunk)
    dropChunk(stack);
  shrink(stack);
  stack.top = stack.start;
  stack.start = mark.start;
  stack.startChunk = mark.startChunk;
  stack.holes = mark.holes;
  stack.limit = mark.holes ? nullptr : stack.end;
  Hole *hole = stack.waiting;
  stack.waiting = nullptr;
  while (hole) {
    Hole *next = hole->next;
    if (hole == &stack.expected)
      hole->bytes = 0;
    else
      giveBack(hole, hole->bytes);
    hole = next;
  }
}

} // namespace dream::rt::region
