// The spectral norm of an infinite matrix, by the power method: sums over vectors of doubles.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

using Vector = std::vector<double>;

static double a(int i, int j) { return 1.0 / double((i + j) * (i + j + 1) / 2 + i + 1); }

template <class At> static void multiply(const Vector &v, Vector &to, At at) {
  const int n = int(v.size());
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++)
      sum += at(i, j) * v[j];
    to[i] = sum;
  }
}

static void multiplyAtAv(const Vector &v, Vector &to, Vector &between) {
  multiply(v, between, [](int i, int j) { return a(i, j); });
  multiply(between, to, [](int i, int j) { return a(j, i); });
}

int main(int argc, char **argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 100;
  Vector u(n, 1.0), v(n), between(n);
  for (int i = 0; i < 10; i++) {
    multiplyAtAv(u, v, between);
    multiplyAtAv(v, u, between);
  }
  const double vBv = std::inner_product(u.begin(), u.end(), v.begin(), 0.0);
  const double vv = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
  std::printf("%.9f\n", std::sqrt(vBv / vv));
}
