// A list of integers: growth, a loop by index, foreach, writing, and sorting.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

static long work(int n, int rounds) {
  std::vector<int> list;
  for (int i = 0; i < n; i++)
    list.push_back(int(unsigned(i) * 7919u) % 10007);
  long total = 0;
  for (int round = 0; round < rounds; round++) {
    for (size_t i = 0; i < list.size(); i++)
      total += list[i];
    for (int x : list)
      total ^= x;
    for (size_t i = 0; i < list.size(); i++)
      list[i] = int(unsigned(list[i]) * 3u + unsigned(round));
  }
  std::sort(list.begin(), list.end());
  return total + list[n / 2];
}

int main(int argc, char **argv) {
  int lists = argc > 1 ? std::atoi(argv[1]) : 1;
  long total = 0;
  for (int i = 0; i < lists; i++)
    total += work(100000 + i, 40);
  printf("%ld\n", total);
}
