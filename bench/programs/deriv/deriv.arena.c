// Symbolic derivatives in one arena.
#include <stddef.h>
#include <stdlib.h>

static char *at, *end;

static void *allocate(size_t size) {
  enum { Chunk = 1 << 20 };
  if ((size_t)(end - at) < size) {
    if (!(at = malloc(Chunk)))
      abort();
    end = at + Chunk;
  }
  void *memory = at;
  at += size;
  return memory;
}

#define ALLOCATE allocate
#include "deriv.c"
