// Binary trees owned by unique_ptr.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

struct Node {
  std::unique_ptr<Node> left, right;
  int check() const { return 1 + (left ? left->check() : 0) + (right ? right->check() : 0); }
};

static std::unique_ptr<Node> build(int depth) {
  auto node = std::make_unique<Node>();
  if (depth > 0) {
    node->left = build(depth - 1);
    node->right = build(depth - 1);
  }
  return node;
}

int main(int argc, char **argv) {
  const int least = 4;
  const int most = std::max(least + 2, argc > 1 ? std::atoi(argv[1]) : 10);
  std::printf("stretch tree of depth %d, check %d\n", most + 1, build(most + 1)->check());
  const auto stays = build(most);
  for (int depth = least; depth <= most; depth += 2) {
    const int count = 1 << (most - depth + least);
    int check = 0;
    for (int i = 0; i < count; i++)
      check += build(depth)->check();
    std::printf("%d trees of depth %d, check %d\n", count, depth, check);
  }
  std::printf("long lived tree of depth %d, check %d\n", most, stays->check());
}
