#include "runtime/region/arena.h"
#include "runtime/abi/config.h"
#include "runtime/os/os.h"

namespace dream::rt::region {

constinit thread_local Arena *openArenas = nullptr;

//===-- Chunks ------------------------------------------------------------------------------------------------===//

constexpr unsigned kLargestLog = 46;
/// The chunks that a thread keeps: their sizes are powers of two.
struct Kept {
  Chunk *bySize[kLargestLog + 4];
  size_t bytes;
  size_t recent; ///< What arenas have needed lately, roughly.
};
static constinit thread_local Kept kept = {};
static size_t made; // advisory: threads may lose some
size_t chunksMade() { return made; }

static size_t sizeOf(const Chunk &chunk) { return size_t(chunk.end - reinterpret_cast<const char *>(&chunk)); }
static unsigned logOf(size_t bytes) { return 63u - unsigned(__builtin_clzll(bytes)); }

static Chunk *takeChunk(size_t bytes) {
  const unsigned log = logOf(bytes - 1) + 1;
  if (log > kLargestLog)
    outOfMemory(bytes);
  for (unsigned at = log; at < log + 3; ++at) // one that is far too large will be needed elsewhere
    if (Chunk *chunk = kept.bySize[at]) {
      kept.bySize[at] = chunk->below;
      kept.bytes -= sizeOf(*chunk);
      return chunk;
    }
  const size_t size = size_t(1) << log;
  char *memory = static_cast<char *>(os::heapAlloc(size));
  if (!memory)
    outOfMemory(size);
  ++made;
  Chunk *chunk = reinterpret_cast<Chunk *>(memory);
  chunk->end = memory + size;
  return chunk;
}

/// Keeps it, unless there is much more than arenas of late have needed.
static void returnChunk(Chunk *chunk) {
  const size_t bytes = sizeOf(*chunk);
  if (kept.bytes + bytes > kKeptMemory + 2 * kept.recent)
    return os::heapFree(chunk);
  kept.bytes += bytes;
  Chunk *&list = kept.bySize[logOf(bytes)];
  chunk->below = list;
  list = chunk;
}

static char *startOf(Chunk *chunk) { return reinterpret_cast<char *>((uintptr_t(chunk + 1) + 15) & ~uintptr_t(15)); }
static size_t filledOf(Arena &arena) { return arena.chunk ? size_t(arena.top - startOf(arena.chunk)) : 0; }

/// Goes on in a chunk that has room for `bytes`.
static void grow(Arena &arena, size_t bytes) {
  size_t size = arena.firstBytes;
  if (arena.chunk) {
    arena.filled += filledOf(arena);
    arena.chunk->topBelow = arena.top; // how far it is filled
    size = sizeOf(*arena.chunk) < kLargestDoubling ? 2 * sizeOf(*arena.chunk) : kLargestDoubling;
  }
  const size_t needed = bytes + sizeof(Chunk) + 32;
  Chunk *chunk = takeChunk(needed > size ? needed : size);
  chunk->below = arena.chunk;
  arena.chunk = chunk;
  arena.top = startOf(chunk);
  arena.end = chunk->end;
  arena.limit = arena.isListed ? nullptr : arena.end; // so that every object comes here to be listed
}

char *allocateInArena(Arena &arena, size_t size, size_t front) {
  const size_t listed = arena.isListed ? sizeof(Listed) : 0;
  auto place = [&] { return size % 16 == 0 ? (uintptr_t(arena.top) + 15) & ~uintptr_t(15) : uintptr_t(arena.top); };
  if (!arena.chunk || place() + listed + size > uintptr_t(arena.end))
    grow(arena, listed + size);
  char *at = reinterpret_cast<char *>(place());
  if (listed) {
    Listed *entry = reinterpret_cast<Listed *>(at);
    at += sizeof(Listed);
    *entry = {arena.last, at + front};
    arena.last = entry;
  }
  arena.top = at + size;
  return at;
}

bool giveBackLast(void *block, size_t bytes) {
  char *at = static_cast<char *>(block);
  Arena *arena = openArenas;
  // What is listed is looked at when the arena is closed.
  if (!arena || arena->isListed || at + (bytes <= kPoolLimit ? entryBytes(bytes) : bytes) != arena->top)
    return false;
  arena->top = at;
  return true;
}

bool isInArena(const void *payload) {
  const char *at = static_cast<const char *>(payload);
  for (const Arena *arena = openArenas; arena; arena = arena->outer)
    for (const Chunk *chunk = arena->chunk; chunk; chunk = chunk->below)
      if (at > reinterpret_cast<const char *>(chunk) && at <= chunk->end)
        return true;
  return false;
}

void fill(Arena &arena, unsigned char byte) {
  char *end = arena.top;
  for (Chunk *chunk = arena.chunk; chunk; chunk = chunk->below, end = chunk ? chunk->topBelow : nullptr)
    __builtin_memset(startOf(chunk), byte, size_t(end - startOf(chunk)));
}

//===-- Opening and closing -----------------------------------------------------------------------------------===//

static ArenaStatistics statistics[kMostArenaNames];

const ArenaStatistics *statisticsOf(size_t index) {
  return index < kMostArenaNames && statistics[index].times ? &statistics[index] : nullptr;
}

static void count(const Arena &arena, size_t bytes) {
  for (ArenaStatistics &row : statistics) {
    if (!row.times)
      row.name = arena.name;
    else if (__builtin_strcmp(row.name, arena.name) != 0)
      continue;
    row.times += 1;
    row.bytes += bytes;
    if (bytes > row.peak)
      row.peak = bytes;
    return;
  }
}

void open(Arena &arena, const char *name, int64_t bytes, bool isListed) {
  arena = {};
  arena.isArena = true;
  arena.outer = openArenas;
  arena.name = name;
  arena.firstBytes = bytes <= 0 ? kDefaultArena : size_t(bytes) < kLeastArena ? kLeastArena : size_t(bytes);
  arena.isListed = isListed;
  openArenas = &arena;
  fence();
}

void close(Arena &arena) {
  fence();
  openArenas = arena.outer;
  const size_t bytes = arena.filled + filledOf(arena);
  kept.recent -= kept.recent / 16;
  if (bytes > kept.recent)
    kept.recent = bytes;
  for (Chunk *chunk = arena.chunk; chunk;) {
    Chunk *below = chunk->below;
    returnChunk(chunk);
    chunk = below;
  }
  if (dr_config.memoryStats)
    count(arena, bytes);
}

} // namespace dream::rt::region
