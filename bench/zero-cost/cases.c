// The loops of cases.dr in C. With -fwrapv this is the same program, for Dream's integers wrap; without it C may take for granted
// that they do not.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tagged { int tag, n; };

static long where_select_sum(const int *xs, int n) {
  long sum = 0;
  for (int i = 0; i < n; i++)
    if (xs[i] % 3 == 1)
      sum += (long)xs[i] * 2;
  return sum;
}
static long captures(const int *xs, int n, int k) {
  long sum = 0;
  for (int i = 0; i < n; i++)
    if (xs[i] % 5 == k)
      sum += (long)xs[i] * k;
  return sum;
}
static long list(const int *xs, int n) {
  long sum = 0;
  for (int i = 0; i < n; i++)
    if (xs[i] % 2 == 0)
      sum += (long)xs[i] + 1;
  return sum;
}
static long zip(const int *xs, const int *ys, int n) {
  long sum = 0;
  for (int i = 0; i < n; i++)
    sum += (long)xs[i] * ys[i];
  return sum;
}
static int counting(const int *xs, int n) {
  int count = 0;
  for (int i = 10; i < n; i++) {
    if (xs[i] < 0)
      break;
    if (xs[i] & 4)
      count++;
  }
  return count;
}
static int range(int n) {
  int best = 0;
  for (int i = 0; i < n; i++) {
    int x = i * 7 % 1000;
    if (i == 0 || x > best)
      best = x;
  }
  return best;
}
static int generic(const int *all, int n) {
  int best = all[0];
  for (int i = 0; i < n; i++)
    if (all[i] > best)
      best = all[i];
  return best;
}
static long match(const struct tagged *steps, int n) {
  long value = 1;
  for (int i = 0; i < n; i++)
    switch (steps[i].tag) {
    case 0: value = (long)((unsigned long)value + steps[i].n); break;
    case 1: value = (long)((unsigned long)value * steps[i].n); break;
    default: value = (long)(0 - (unsigned long)value); break;
    }
  return value;
}
static int half(int x) { return x % 2 == 0 ? x / 2 : -1; }
static long optional(const int *xs, int n) {
  long sum = 0;
  for (int i = 0; i < n; i++) {
    int h = half(xs[i]);
    if (h != -1)
      sum += h;
  }
  return sum;
}

static long span(const int *xs, int n) {
  long sum = 0;
  for (int i = 0; i < n; i++)
    sum += xs[i] & 255;
  return sum;
}
static long write_list(int *xs, int n, int by) {
  for (int i = 0; i < n; i++)
    xs[i] = (int)((unsigned)xs[i] * by);
  return xs[n - 1];
}
static long write_rows(int **grid, int rows, int columns, int by) {
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      grid[y][x] += by;
  return grid[3][4];
}
static long histogram(const int *xs, int n) {
  int counts[256] = {0};
  for (int i = 0; i < n; i++)
    counts[xs[i] & 255]++;
  return counts[7];
}

struct data {
  int n, *xs, *ys, **grid;
  struct tagged *tagged;
};

static long run_nothing(const struct data *d, int round) { return 0; }
static long run_where_select_sum(const struct data *d, int round) { return where_select_sum(d->xs, d->n); }
static long run_captures(const struct data *d, int round) { return captures(d->xs, d->n, round % 5); }
static long run_list(const struct data *d, int round) { return list(d->xs, d->n); }
static long run_zip(const struct data *d, int round) { return zip(d->xs, d->ys, d->n); }
static long run_counting(const struct data *d, int round) { return counting(d->xs, d->n); }
static long run_range(const struct data *d, int round) { return range(d->n + round); }
static long run_generic(const struct data *d, int round) { return generic(d->xs, d->n); }
static long run_match(const struct data *d, int round) { return match(d->tagged, d->n); }
static long run_optional(const struct data *d, int round) { return optional(d->xs, d->n); }
static long run_span(const struct data *d, int round) { return span(d->xs, d->n); }
static long run_write_list(const struct data *d, int round) { return write_list(d->xs, d->n, round + 1); }
static long run_write_rows(const struct data *d, int round) { return write_rows(d->grid, 100, d->n / 100, round); }
static long run_write_new(const struct data *d, int round) { return histogram(d->ys, d->n); }
static const struct {
  const char *name;
  long (*run)(const struct data *, int);
} cases[] = {
    {"nothing", run_nothing},
    {"where_select_sum", run_where_select_sum},
    {"captures", run_captures},
    {"list", run_list},
    {"zip", run_zip},
    {"counting", run_counting},
    {"range", run_range},
    {"generic", run_generic},
    {"match", run_match},
    {"optional", run_optional},
    {"span", run_span},
    {"write_list", run_write_list},
    {"write_field", run_write_list},
    {"write_rows", run_write_rows},
    {"write_new", run_write_new},
};

int main(int argc, char **argv) {
  unsigned which = 0;
  while (strcmp(cases[which].name, argv[1]))
    if (++which == sizeof cases / sizeof *cases)
      return 1;
  int n = 199998 + argc;
  struct data d = {n, malloc(n * sizeof(int)), malloc(n * sizeof(int)), malloc(100 * sizeof(int *)), malloc(n * sizeof(struct tagged))};
  for (int y = 0; y < 100; y++)
    d.grid[y] = calloc(n / 100, sizeof(int));
  for (int i = 0; i < n; i++) {
    d.xs[i] = i;
    d.ys[i] = n - i;
    d.tagged[i] = (struct tagged){i % 3, i % 3 == 1 ? 3 : i};
  }
  unsigned long result = 0;
  for (int round = 0; round < 10; round++)
    result += (unsigned long)cases[which].run(&d, round);
  printf("%ld\n", (long)result);
  for (int y = 0; y < 100; y++)
    free(d.grid[y]);
  free(d.xs), free(d.ys), free(d.grid), free(d.tagged);
}
