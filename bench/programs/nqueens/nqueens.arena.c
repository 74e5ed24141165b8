// The queens of a board in one arena, which nothing is given back to.
#include <stddef.h>
#include <stdlib.h>

static char *at, *end;

static void *allocate_(size_t size) {
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

#define ALLOCATE allocate_
#define FREE(memory) ((void)(memory))
#include "nqueens.c"
