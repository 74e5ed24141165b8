// Graphs whose nodes refer to each other in both directions; the array of nodes owns them.
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  int id, distance, count, room;
  struct Node **edges;
} Node;

static unsigned state = 3;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return (int)(state >> 8) % below;
}

static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (!memory)
    abort();
  return memory;
}

static void addEdge(Node *from, Node *to) {
  if (from->count == from->room) {
    from->room = from->room ? from->room * 2 : 4;
    if (!(from->edges = realloc(from->edges, (size_t)from->room * sizeof *from->edges)))
      abort();
  }
  from->edges[from->count++] = to;
}

static void connect(Node *a, Node *b) {
  addEdge(a, b);
  addEdge(b, a);
}

static Node **build(int count) {
  Node **nodes = allocate((size_t)count * sizeof *nodes);
  for (int i = 0; i < count; i++) {
    nodes[i] = allocate(sizeof *nodes[i]);
    *nodes[i] = (Node){.id = i, .distance = -1};
  }
  for (int i = 1; i < count; i++) {
    connect(nodes[i], nodes[next(i)]);
    connect(nodes[i], nodes[next(count)]);
  }
  return nodes;
}

static unsigned search(Node *start, int count) {
  Node **queue = allocate((size_t)count * sizeof *queue);
  int head = 0, tail = 0;
  unsigned check = 0;
  start->distance = 0;
  queue[tail++] = start;
  while (head < tail) {
    Node *node = queue[head++];
    check = (check * 31 + (unsigned)(node->id + node->distance)) & 0x7fffffff;
    for (int i = 0; i < node->count; i++)
      if (node->edges[i]->distance < 0) {
        node->edges[i]->distance = node->distance + 1;
        queue[tail++] = node->edges[i];
      }
  }
  free(queue);
  return check;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 2, count = argc > 2 ? atoi(argv[2]) : 50;
  unsigned check = 0;
  for (int round = 0; round < rounds; round++) {
    Node **nodes = build(count);
    check ^= search(nodes[0], count);
    for (int i = 0; i < count; i++) {
      free(nodes[i]->edges);
      free(nodes[i]);
    }
    free(nodes);
  }
  printf("%d graphs of %d nodes, check %u\n", rounds, count, check);
}
