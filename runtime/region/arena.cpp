#include "runtime/region/arena.h"
#include "runtime/abi/config.h"
#include "runtime/events/events.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt::region {

constinit thread_local Arena *openArenas = nullptr;
constinit thread_local KeptArena *keptArenas = nullptr;

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

/// Keeps it, unless there is much more than arenas of late have needed: then larger ones go, if there are some.
static void returnChunk(Chunk *chunk) {
  const size_t bytes = sizeOf(*chunk), most = kKeptMemory + 2 * kept.recent;
  for (unsigned log = kLargestLog; kept.bytes + bytes > most && log > logOf(bytes); --log)
    while (Chunk *large = kept.bySize[log]) {
      kept.bySize[log] = large->below;
      kept.bytes -= sizeOf(*large);
      os::heapFree(large);
    }
  if (kept.bytes + bytes > most)
    return os::heapFree(chunk);
  kept.bytes += bytes;
  Chunk *&list = kept.bySize[logOf(bytes)];
  chunk->below = list;
  list = chunk;
}

static char *startOf(Chunk *chunk) { return reinterpret_cast<char *>((uintptr_t(chunk + 1) + 15) & ~uintptr_t(15)); }
static size_t filledOf(const Arena &arena) { return arena.chunk ? size_t(arena.top - startOf(arena.chunk)) : 0; }
size_t bytesIn(const Arena &arena) { return arena.filled + filledOf(arena); }

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
  if (__builtin_expect(arena.isKept && static_cast<KeptArena &>(arena).isBusy, 0))
    panic("a destructor makes an object in the Arena that is being emptied");
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

static bool isIn(const Arena &arena, const void *payload) {
  const char *at = static_cast<const char *>(payload);
  for (const Chunk *chunk = arena.chunk; chunk; chunk = chunk->below)
    if (at > reinterpret_cast<const char *>(chunk) && at <= chunk->end)
      return true;
  return false;
}

bool isInArena(const void *payload) {
  for (const Arena *arena = openArenas; arena; arena = arena->outer)
    if (isIn(*arena, payload))
      return true;
  for (const KeptArena *arena = keptArenas; arena; arena = arena->next)
    if (isIn(*arena, payload))
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

static void begin(Arena &arena, const char *name, int64_t bytes, bool isListed) {
  arena = {};
  arena.isArena = true;
  arena.name = name;
  arena.firstBytes = bytes <= 0 ? kDefaultArena : size_t(bytes) < kLeastArena ? kLeastArena : size_t(bytes);
  arena.isListed = isListed;
}

void open(Arena &arena, const char *name, int64_t bytes, bool isListed) {
  begin(arena, name, bytes, isListed);
  arena.outer = openArenas;
  openArenas = &arena;
  fence();
}

static void returnChunks(Arena &arena) {
  const size_t bytes = bytesIn(arena);
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
  events::tell(DR_ARENA_ENDED, arena.name, bytes, 0);
}

void close(Arena &arena) {
  fence();
  openArenas = arena.outer;
  returnChunks(arena);
}

//===-- Kept ones ---------------------------------------------------------------------------------------------===//

KeptArena *makeKept(int64_t bytes) {
  KeptArena *arena = static_cast<KeptArena *>(os::heapAllocZeroed(sizeof(KeptArena)));
  if (!arena)
    outOfMemory(sizeof(KeptArena));
  begin(*arena, "Arena", bytes, /*isListed=*/true);
  arena->isKept = true;
  arena->next = keptArenas;
  keptArenas = arena;
  return arena;
}

void empty(KeptArena &arena) {
  const size_t bytes = bytesIn(arena);
  if (bytes > arena.mostBytes)
    arena.mostBytes = bytes;
  ++arena.timesEmptied;
  returnChunks(arena);
  // The next turn needs as much; in one chunk, its objects lie side by side.
  if (bytes > arena.firstBytes)
    arena.firstBytes = bytes < kLargestDoubling ? bytes : kLargestDoubling;
  arena.chunk = nullptr;
  arena.top = arena.end = arena.limit = nullptr;
  arena.filled = 0;
  arena.last = nullptr;
}

void endKept(KeptArena *arena) {
  KeptArena **link = &keptArenas;
  while (*link != arena)
    link = &(*link)->next;
  *link = arena->next;
  os::heapFree(arena);
}

} // namespace dream::rt::region
