// A red-black tree: std::map is one.
#include <cstdio>
#include <cstdlib>
#include <map>

static void treeOf(int n) {
  std::map<int, bool> tree;
  for (int i = 0; i < n; i++) {
    const int key = int(i * 7919L % n);
    tree[key] = key % 10 == 0;
  }
  int count = 0;
  unsigned check = 0;
  for (const auto &[key, value] : tree) {
    count += value;
    check = (check * 31 + unsigned(key)) & 0x7fffffff;
  }
  std::printf("%d keys, %d true, check %u\n", n, count, check);
}

int main(int argc, char **argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 100, trees = argc > 2 ? std::atoi(argv[2]) : 1;
  for (int i = 0; i < trees; i++)
    treeOf(n);
}
