// The product of two square matrices in one block each, the innermost loop along the rows.
#include <stdio.h>
#include <stdlib.h>

static double *multiply(const double *a, const double *b, int n) {
  double *c = calloc((size_t)n * n, sizeof(double));
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < n; k++) {
      double x = a[(size_t)i * n + k];
      for (int j = 0; j < n; j++)
        c[(size_t)i * n + j] += x * b[(size_t)k * n + j];
    }
  }
  return c;
}

static double *fill(int n, int seed) {
  double *m = malloc((size_t)n * n * sizeof(double));
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++)
      m[(size_t)i * n + j] = (double)((i * 31 + j * 17 + seed) % 100) / 10.0;
  }
  return m;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1;
  int n = 400;
  double *a = fill(n, 1);
  double *b = fill(n, 2);
  double sum = 0.0;
  for (int round = 0; round < rounds; round++) {
    double *c = multiply(a, b, n);
    sum += c[round * n + n - 1 - round];
    a[round * n + round] = sum / 1000000.0;
    free(c);
  }
  printf("%.6f\n", sum);
  free(a);
  free(b);
}
