// Graphs whose nodes refer to each other in both directions; a vector owns the nodes.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <queue>
#include <vector>

static unsigned state = 3;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return int(state >> 8) % below;
}

struct Node {
  int id, distance = -1;
  std::vector<Node *> edges;
  explicit Node(int id) : id(id) {}
};
using Graph = std::vector<std::unique_ptr<Node>>;

static void connect(Node &a, Node &b) {
  a.edges.push_back(&b);
  b.edges.push_back(&a);
}

static Graph build(int count) {
  Graph nodes;
  for (int i = 0; i < count; i++)
    nodes.push_back(std::make_unique<Node>(i));
  for (int i = 1; i < count; i++) {
    connect(*nodes[i], *nodes[next(i)]);
    connect(*nodes[i], *nodes[next(count)]);
  }
  return nodes;
}

static unsigned search(Node &start) {
  std::queue<Node *> queue;
  start.distance = 0;
  queue.push(&start);
  unsigned check = 0;
  while (!queue.empty()) {
    const Node *node = queue.front();
    queue.pop();
    check = (check * 31 + unsigned(node->id + node->distance)) & 0x7fffffff;
    for (Node *next : node->edges)
      if (next->distance < 0) {
        next->distance = node->distance + 1;
        queue.push(next);
      }
  }
  return check;
}

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 2, count = argc > 2 ? std::atoi(argv[2]) : 50;
  unsigned check = 0;
  for (int round = 0; round < rounds; round++) {
    const Graph nodes = build(count);
    check ^= search(*nodes[0]);
  }
  std::printf("%d graphs of %d nodes, check %u\n", rounds, count, check);
}
