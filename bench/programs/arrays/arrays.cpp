// Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

static unsigned state = 1;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return int(state >> 8) % below;
}

constexpr int Side = 256;
using Grid = std::vector<std::array<unsigned char, Side>>;

static void step(const Grid &grid, Grid &to) {
  for (int y = 0; y < Side; y++) {
    const auto &up = grid[(y + Side - 1) % Side], &here = grid[y], &down = grid[(y + 1) % Side];
    for (int x = 0; x < Side; x++) {
      const int left = x == 0 ? Side - 1 : x - 1, right = x == Side - 1 ? 0 : x + 1;
      const int around = up[left] + up[x] + up[right] + here[left] + here[right] + down[left] + down[x] + down[right];
      to[y][x] = around == 3 || (around == 2 && here[x]);
    }
  }
}

static int live(int rounds) {
  Grid grid(Side), other(Side);
  for (auto &row : grid)
    for (auto &cell : row)
      cell = next(3) == 0;
  for (int round = 0; round < rounds; round++) {
    step(grid, other);
    std::swap(grid, other);
  }
  return std::accumulate(grid.begin(), grid.end(), 0, [](int sum, const auto &row) { return std::accumulate(row.begin(), row.end(), sum); });
}

static void numbers(int n) {
  std::vector<int> values(n);
  for (int &value : values)
    value = next(1000000);
  std::vector<int> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  int found = 0;
  for (int i = 0; i < n; i++)
    found += std::binary_search(sorted.begin(), sorted.end(), next(1000000));
  std::vector<long> sums(n + 1);
  std::partial_sum(values.begin(), values.end(), sums.begin() + 1, [](long sum, int value) { return sum + value; });
  long windows = 0;
  for (int i = 0; i + 100 <= n; i++)
    windows ^= sums[i + 100] - sums[i];
  std::vector<int> even;
  std::copy_if(values.begin(), values.end(), std::back_inserter(even), [](int value) { return value % 2 == 0; });
  std::reverse(values.begin(), values.end());
  unsigned check = 0;
  for (int value : values)
    check = (check * 31 + unsigned(value)) & 0x7fffffff;
  const auto different = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
  std::printf("%ld different, %d found, windows %ld, %zu even, check %u\n", long(different), found, windows, even.size(), check);
}

int main(int argc, char **argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 100, rounds = argc > 2 ? std::atoi(argv[2]) : 1;
  const int times = argc > 3 ? std::atoi(argv[3]) : 1;
  for (int i = 0; i < times; i++) {
    numbers(n);
    std::printf("%d alive\n", live(rounds));
  }
}
