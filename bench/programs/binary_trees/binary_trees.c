// Binary trees with malloc and free.
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  struct Node *left, *right;
} Node;

static Node *build(int depth) {
  Node *node = malloc(sizeof *node);
  if (!node)
    abort();
  node->left = depth ? build(depth - 1) : NULL;
  node->right = depth ? build(depth - 1) : NULL;
  return node;
}

static int check(const Node *node) {
  return node ? 1 + check(node->left) + check(node->right) : 0;
}

static void destroy(Node *node) {
  if (!node)
    return;
  destroy(node->left);
  destroy(node->right);
  free(node);
}

static int checkNew(int depth) {
  Node *tree = build(depth);
  int count = check(tree);
  destroy(tree);
  return count;
}

int main(int argc, char **argv) {
  int least = 4, most = argc > 1 ? atoi(argv[1]) : 10;
  if (most < least + 2)
    most = least + 2;
  printf("stretch tree of depth %d, check %d\n", most + 1, checkNew(most + 1));
  Node *stays = build(most);
  for (int depth = least; depth <= most; depth += 2) {
    int count = 1 << (most - depth + least), sum = 0;
    for (int i = 0; i < count; i++)
      sum += checkNew(depth);
    printf("%d trees of depth %d, check %d\n", count, depth, sum);
  }
  printf("long lived tree of depth %d, check %d\n", most, check(stays));
  destroy(stays);
}
