// Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Side = 256 };

static unsigned state = 1;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return (int)(state >> 8) % below;
}

static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (!memory)
    abort();
  return memory;
}

static int compare(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

static int different(const int *sorted, int n) {
  int count = n > 0;
  for (int i = 1; i < n; i++)
    count += sorted[i] != sorted[i - 1];
  return count;
}

static bool contains(const int *sorted, int n, int value) {
  int low = 0, high = n;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (sorted[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low < n && sorted[low] == value;
}

static void step(const unsigned char (*grid)[Side], unsigned char (*to)[Side]) {
  for (int y = 0; y < Side; y++) {
    const unsigned char *up = grid[(y + Side - 1) % Side], *here = grid[y], *down = grid[(y + 1) % Side];
    for (int x = 0; x < Side; x++) {
      int left = x == 0 ? Side - 1 : x - 1, right = x == Side - 1 ? 0 : x + 1;
      int around = up[left] + up[x] + up[right] + here[left] + here[right] + down[left] + down[x] + down[right];
      to[y][x] = around == 3 || (around == 2 && here[x]);
    }
  }
}

static int live(int rounds) {
  static unsigned char grids[2][Side][Side];
  int now = 0, alive = 0;
  for (int y = 0; y < Side; y++)
    for (int x = 0; x < Side; x++)
      grids[0][y][x] = next(3) == 0;
  for (int round = 0; round < rounds; round++, now = !now)
    step((const unsigned char(*)[Side])grids[now], grids[!now]);
  for (int y = 0; y < Side; y++)
    for (int x = 0; x < Side; x++)
      alive += grids[now][y][x];
  return alive;
}

static void numbers(int n) {
  int *values = allocate((size_t)n * sizeof *values), *sorted = allocate((size_t)n * sizeof *sorted);
  for (int i = 0; i < n; i++)
    values[i] = next(1000000);
  memcpy(sorted, values, (size_t)n * sizeof *values);
  qsort(sorted, (size_t)n, sizeof *sorted, compare);
  int found = 0;
  for (int i = 0; i < n; i++)
    found += contains(sorted, n, next(1000000));
  long *sums = allocate((size_t)(n + 1) * sizeof *sums), windows = 0;
  sums[0] = 0;
  for (int i = 0; i < n; i++)
    sums[i + 1] = sums[i] + values[i];
  for (int i = 0; i + 100 <= n; i++)
    windows ^= sums[i + 100] - sums[i];
  int *even = NULL, evens = 0, room = 0;
  for (int i = 0; i < n; i++)
    if (values[i] % 2 == 0) {
      if (evens == room && !(even = realloc(even, (size_t)(room = room ? room * 2 : 16) * sizeof *even)))
        abort();
      even[evens++] = values[i];
    }
  for (int i = 0, j = n - 1; i < j; i++, j--) {
    int value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
  unsigned check = 0;
  for (int i = 0; i < n; i++)
    check = (check * 31 + (unsigned)values[i]) & 0x7fffffff;
  printf("%d different, %d found, windows %ld, %d even, check %u\n", different(sorted, n), found, windows, evens, check);
  free(even);
  free(sums);
  free(sorted);
  free(values);
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 100, rounds = argc > 2 ? atoi(argv[2]) : 1, times = argc > 3 ? atoi(argv[3]) : 1;
  for (int i = 0; i < times; i++) {
    numbers(n);
    printf("%d alive\n", live(rounds));
  }
}
