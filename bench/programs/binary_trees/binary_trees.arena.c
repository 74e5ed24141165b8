// Binary trees in an arena for each tree: a pointer that moves up through chunks, which are all given back at once.
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  struct Node *left, *right;
} Node;

enum { ChunkNodes = 4095 };
typedef struct Chunk {
  struct Chunk *next;
  Node nodes[ChunkNodes];
} Chunk;

typedef struct {
  Node *at, *end;
  Chunk *chunks;
} Arena;

static Chunk *spare; // chunks of arenas that are gone

static void addChunk(Arena *arena) {
  Chunk *chunk = spare;
  if (chunk)
    spare = chunk->next;
  else if (!(chunk = malloc(sizeof *chunk)))
    abort();
  chunk->next = arena->chunks;
  arena->chunks = chunk;
  arena->at = chunk->nodes;
  arena->end = chunk->nodes + ChunkNodes;
}

static void freeArena(Arena *arena) {
  while (arena->chunks) {
    Chunk *chunk = arena->chunks;
    arena->chunks = chunk->next;
    chunk->next = spare;
    spare = chunk;
  }
}

static Node *build(Arena *arena, int depth) {
  if (arena->at == arena->end)
    addChunk(arena);
  Node *node = arena->at++;
  node->left = depth ? build(arena, depth - 1) : NULL;
  node->right = depth ? build(arena, depth - 1) : NULL;
  return node;
}

static int check(const Node *node) {
  return node ? 1 + check(node->left) + check(node->right) : 0;
}

static int checkNew(int depth) {
  Arena arena = {0};
  int count = check(build(&arena, depth));
  freeArena(&arena);
  return count;
}

int main(int argc, char **argv) {
  int least = 4, most = argc > 1 ? atoi(argv[1]) : 10;
  if (most < least + 2)
    most = least + 2;
  printf("stretch tree of depth %d, check %d\n", most + 1, checkNew(most + 1));
  Arena staying = {0};
  Node *stays = build(&staying, most);
  for (int depth = least; depth <= most; depth += 2) {
    int count = 1 << (most - depth + least), sum = 0;
    for (int i = 0; i < count; i++)
      sum += checkNew(depth);
    printf("%d trees of depth %d, check %d\n", count, depth, sum);
  }
  printf("long lived tree of depth %d, check %d\n", most, check(stays));
  freeArena(&staying);
}
