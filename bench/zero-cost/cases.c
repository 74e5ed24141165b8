// The loops of cases.dr in C.
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

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "nothing";
  int n = 200000;
  int *xs = malloc(n * sizeof *xs), *ys = malloc(n * sizeof *ys);
  struct tagged *tagged = malloc(n * sizeof *tagged);
  for (int i = 0; i < n; i++) {
    xs[i] = i;
    ys[i] = n - i;
    tagged[i] = (struct tagged){i % 3, i % 3 == 1 ? 3 : i};
  }
  long result = 0;
  for (int round = 0; round < 10; round++) {
    if (!strcmp(name, "where_select_sum")) result += where_select_sum(xs, n);
    else if (!strcmp(name, "captures")) result += captures(xs, n, round % 5);
    else if (!strcmp(name, "list")) result += list(xs, n);
    else if (!strcmp(name, "zip")) result += zip(xs, ys, n);
    else if (!strcmp(name, "counting")) result += counting(xs, n);
    else if (!strcmp(name, "range")) result += range(n + round);
    else if (!strcmp(name, "generic")) result += generic(xs, n);
    else if (!strcmp(name, "match")) result = (long)((unsigned long)result + match(tagged, n));
    else if (!strcmp(name, "optional")) result += optional(xs, n);
    else if (strcmp(name, "nothing")) return 1;
  }
  printf("%ld\n", result);
  free(xs), free(ys), free(tagged);
}
