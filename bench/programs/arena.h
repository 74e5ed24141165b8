// The arena of the C programs that give nothing back: a pointer that moves up through chunks.
#include <stddef.h>
#include <stdlib.h>

static char *arenaAt, *arenaEnd;

static void *allocateInArena(size_t size) {
  enum { Chunk = 1 << 20 };
  if ((size_t)(arenaEnd - arenaAt) < size) {
    if (!(arenaAt = malloc(Chunk)))
      abort();
    arenaEnd = arenaAt + Chunk;
  }
  void *memory = arenaAt;
  arenaAt += size;
  return memory;
}
