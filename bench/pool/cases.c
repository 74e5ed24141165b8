// What cases.dr does, with the best pool that one can write in C: a list of free blocks of this size for each thread, popped and pushed inline, refilled
// from fresh memory a page at a time. A block begins with the header that Dream's has, since a program that counts needs it there: the type and a
// count of one are stored when a block is made. With COUNTED the count is looked at when one dies, too; else whoever frees knows that nobody else holds it.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
  uint32_t type;
  int32_t count;
  long fields[BYTES / 8 - 1];
};
struct free_block {
  struct free_block *next;
};
static _Thread_local struct free_block *pool;

__attribute__((noinline, cold)) static void *refill(void) {
  enum { run = 4096 / sizeof(struct block) };
  char *memory = malloc(run * sizeof(struct block));
  if (!memory)
    abort();
  for (int i = run; i-- > 1;) {
    struct free_block *one = (struct free_block *)(memory + i * sizeof(struct block));
    one->next = pool;
    pool = one;
  }
  return memory;
}
static inline struct block *make(long a) {
  struct free_block *taken = pool;
  if (__builtin_expect(!taken, 0))
    taken = refill();
  else
    pool = taken->next;
  struct block *made = (struct block *)taken;
  memset(made->fields, 0, sizeof made->fields);
  made->type = 64;
  made->count = 1;
  made->fields[0] = a;
  return made;
}
static inline void drop(struct block *block) {
#ifdef COUNTED
  if (__builtin_expect(--block->count, 0))
    return;
#endif
  struct free_block *freed = (struct free_block *)block;
  freed->next = pool;
  pool = freed;
}

static long at_once(struct block **all, int many, int turns) {
  long sum = 0;
  for (int i = 0; i < turns; i++) {
    struct block *block = make(i);
    sum += block->fields[0];
    drop(block);
  }
  return sum;
}
/// What a place held dies, as with every assignment to a variable that owns.
static inline void put(struct block **place, struct block *block) {
  struct block *old = *place;
  *place = block;
  if (old)
    drop(old);
}
static long in_order(struct block **all, int many, int turns) {
  for (int turn = 0; turn < turns; turn += many) {
    for (int i = 0; i < many; i++)
      put(&all[i], make(i));
    for (int i = 0; i < many; i++)
      put(&all[i], NULL);
  }
  return turns;
}
static long newest_first(struct block **all, int many, int turns) {
  for (int turn = 0; turn < turns; turn += many) {
    for (int i = 0; i < many; i++)
      put(&all[i], make(i));
    for (int i = many; i-- > 0;)
      put(&all[i], NULL);
  }
  return turns;
}
static long mixed(struct block **all, int many, int turns) {
  uint32_t random = 1;
  for (int i = 0; i < turns; i++) {
    random = random * 1664525u + 1013904223u;
    put(&all[random % (uint32_t)many], make(i));
  }
  return random;
}

#if BYTES >= 24
// The arena: a pointer that moves up through a chunk, which is used again.
struct link {
  uint32_t type;
  int32_t count;
  struct link *next;
  long fields[BYTES / 8 - 2];
};
static char *chunk, *arena_at, *arena_end;

__attribute__((noinline, cold)) static char *next_chunk(void) {
  enum { bytes = 1 << 20 };
  if (chunk || !(chunk = malloc(bytes))) // more than one is not needed here
    abort();
  arena_end = chunk + bytes;
  return chunk;
}
static inline struct link *make_link(struct link *next, long a) {
  char *at = arena_at;
  if (__builtin_expect((size_t)(arena_end - at) < sizeof(struct link), 0))
    at = next_chunk();
  arena_at = at + sizeof(struct link);
  struct link *made = (struct link *)at;
  memset(made->fields, 0, sizeof made->fields);
  made->type = 64;
  made->count = 1;
  made->next = next;
  made->fields[0] = a;
  return made;
}
static long in_arena(struct block **all, int many, int turns) {
  long sum = 0;
  for (int turn = 0; turn < turns; turn += many) {
    struct link *last = NULL;
    for (int i = 0; i < many; i++)
      last = make_link(last, i);
    sum += last->fields[0];
    __asm__ volatile("" : : "r"(last) : "memory"); // it was made for somebody
    arena_at = chunk;
  }
  return sum;
}
#endif

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    long (*run)(struct block **, int, int);
  } cases[] = {{"at_once", at_once}, {"in_order", in_order}, {"newest_first", newest_first}, {"mixed", mixed},
#if BYTES >= 24
    {"in_arena", in_arena},
#endif
  };
  int many = 999 + argc / 3;
  struct block **all = calloc(many, sizeof *all);
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
    if (!strcmp(argv[1], cases[i].name))
      printf("%ld\n", cases[i].run(all, many, atoi(argv[2])));
}
