int sum_ints(const int *xs, int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    sum += xs[i];
  return sum;
}

void fill_ints(int *xs, int n, int v) {
  for (int i = 0; i < n; ++i)
    xs[i] = v;
}
