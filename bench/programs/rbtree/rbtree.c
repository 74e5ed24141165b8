// A red-black tree that is changed in place.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  struct Node *left, *right;
  int key;
  bool red, value;
} Node;

static bool isRed(const Node *t) { return t && t->red; }

static Node *raiseLeft(Node *t) {
  Node *l = t->left;
  t->left = l->right;
  l->right = t;
  return l;
}
static Node *raiseRight(Node *t) {
  Node *r = t->right;
  t->right = r->left;
  r->left = t;
  return r;
}

// A red node over two black ones.
static Node *split(Node *t) {
  t->red = true;
  t->left->red = t->right->red = false;
  return t;
}

static Node *into(Node *t, int key, bool value) {
  if (!t) {
    if (!(t = malloc(sizeof *t)))
      abort();
    *t = (Node){NULL, NULL, key, true, value};
  } else if (key == t->key) {
    t->value = value;
  } else if (key < t->key) {
    Node *l = t->left = into(t->left, key, value);
    if (!t->red && l->red) {
      if (isRed(l->right)) {
        t->left = raiseRight(l);
        return split(raiseLeft(t));
      }
      if (isRed(l->left))
        return split(raiseLeft(t));
    }
  } else {
    Node *r = t->right = into(t->right, key, value);
    if (!t->red && r->red) {
      if (isRed(r->left)) {
        t->right = raiseLeft(r);
        return split(raiseRight(t));
      }
      if (isRed(r->right))
        return split(raiseRight(t));
    }
  }
  return t;
}

static void walk(const Node *t, int *count, unsigned *check) {
  if (!t)
    return;
  walk(t->left, count, check);
  *count += t->value;
  *check = (*check * 31 + (unsigned)t->key) & 0x7fffffff;
  walk(t->right, count, check);
}

static void destroy(Node *t) {
  if (!t)
    return;
  destroy(t->left);
  destroy(t->right);
  free(t);
}

static void tree_of(int n) {
  Node *tree = NULL;
  for (int i = 0; i < n; i++) {
    int key = (int)(i * 7919L % n);
    tree = into(tree, key, key % 10 == 0);
    tree->red = false;
  }
  int count = 0;
  unsigned check = 0;
  walk(tree, &count, &check);
  printf("%d keys, %d true, check %u\n", n, count, check);
  destroy(tree);
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 100, trees = argc > 2 ? atoi(argv[2]) : 1;
  for (int i = 0; i < trees; i++)
    tree_of(n);
}
