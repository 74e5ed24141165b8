// The queens of a board: lists that share their tails, counted by hand where they are shared. ALLOCATE and FREE may be others.
#include <stdio.h>
#include <stdlib.h>

#ifndef ALLOCATE
#define ALLOCATE malloc
#define FREE free
#endif

typedef struct Queens {
  struct Queens *rest;
  int row, count;
} Queens;
typedef struct Solutions {
  struct Solutions *rest;
  Queens *queens;
} Solutions;

static void *allocate(size_t size) {
  void *memory = ALLOCATE(size);
  if (!memory)
    abort();
  return memory;
}

static Queens *queen(int row, Queens *rest) {
  Queens *made = allocate(sizeof *made);
  *made = (Queens){rest, row, 1};
  if (rest)
    rest->count++;
  return made;
}

static Solutions *solution(Queens *queens, Solutions *rest) {
  Solutions *made = allocate(sizeof *made);
  *made = (Solutions){rest, queens};
  return made;
}

static void release(Queens *queens) {
  while (queens && --queens->count == 0) {
    Queens *rest = queens->rest;
    FREE(queens);
    queens = rest;
  }
}

// Frees one solution, and gives the next one.
static Solutions *finish(Solutions *solutions) {
  Solutions *rest = solutions->rest;
  release(solutions->queens);
  FREE(solutions);
  return rest;
}

static int isSafe(int row, const Queens *queens) {
  int distance = 1;
  for (const Queens *q = queens; q; q = q->rest, distance++)
    if (q->row == row || q->row == row + distance || q->row == row - distance)
      return 0;
  return 1;
}

static Solutions *place(int n, int columns) {
  if (columns == 0)
    return solution(NULL, NULL);
  Solutions *found = NULL;
  for (Solutions *s = place(n, columns - 1); s; s = finish(s))
    for (int row = n; row >= 1; row--)
      if (isSafe(row, s->queens))
        found = solution(queen(row, s->queens), found);
  return found;
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 6, count = 0;
  unsigned check = 0;
  for (Solutions *s = place(n, n); s; s = finish(s)) {
    count++;
    for (const Queens *q = s->queens; q; q = q->rest)
      check = (check * 31 + (unsigned)q->row) & 0x7fffffff;
  }
  printf("%d queens: %d solutions, check %u\n", n, count, check);
}
