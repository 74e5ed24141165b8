// The spectral norm of an infinite matrix, by the power method: sums over arrays of doubles.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double A(int i, int j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static void multiplyAv(const double *v, double *av, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0.0;
    for (int j = 0; j < n; j++)
      sum += A(i, j) * v[j];
    av[i] = sum;
  }
}

static void multiplyAtv(const double *v, double *atv, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0.0;
    for (int j = 0; j < n; j++)
      sum += A(j, i) * v[j];
    atv[i] = sum;
  }
}

static void multiplyAtAv(const double *v, double *atAv, int n) {
  double *u = malloc(n * sizeof(double));
  multiplyAv(v, u, n);
  multiplyAtv(u, atAv, n);
  free(u);
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 100;
  double *u = malloc(n * sizeof(double));
  double *v = malloc(n * sizeof(double));
  for (int i = 0; i < n; i++)
    u[i] = 1.0;
  for (int i = 0; i < 10; i++) {
    multiplyAtAv(u, v, n);
    multiplyAtAv(v, u, n);
  }
  double vBv = 0.0, vv = 0.0;
  for (int i = 0; i < n; i++) {
    vBv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  printf("%.9f\n", sqrt(vBv / vv));
  free(u);
  free(v);
}
