// A red-black tree that never changes while somebody else holds it: counted nodes, and an insertion copies the shared ones on its path and
// writes into the others. Reuse written by hand.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Node {
  int count;
  bool red, value;
  int key;
  struct Node *left, *right;
} Node;

static bool isRed(const Node *t) { return t && t->red; }
static Node *retain(Node *t) {
  if (t)
    ++t->count;
  return t;
}
static void release(Node *t) {
  if (t && --t->count == 0) {
    release(t->left);
    release(t->right);
    free(t);
  }
}

static Node *make(bool red, Node *left, int key, bool value, Node *right) {
  Node *made = malloc(sizeof *made);
  if (!made)
    abort();
  *made = (Node){1, red, value, key, left, right};
  return made;
}
// The node itself if nobody else holds it, or a copy.
static Node *own(Node *t) {
  if (t->count == 1)
    return t;
  --t->count;
  return make(t->red, retain(t->left), t->key, t->value, retain(t->right));
}

// All nodes given are written into.
static Node *node(Node *t, bool red, Node *left, Node *right) {
  t->red = red;
  t->left = left;
  t->right = right;
  return t;
}

// A black node whose left part was red and has been inserted into.
static Node *balanceLeft(Node *t, Node *l) {
  l = own(l);
  if (isRed(l->left)) {
    Node *x = own(l->left);
    x->red = false;
    return node(l, true, x, node(t, false, l->right, t->right));
  }
  if (isRed(l->right)) {
    Node *y = own(l->right);
    Node *right = node(t, false, y->right, t->right);
    return node(y, true, node(l, false, l->left, y->left), right);
  }
  l->red = true;
  return node(t, false, l, t->right);
}
static Node *balanceRight(Node *t, Node *r) {
  r = own(r);
  if (isRed(r->left)) {
    Node *x = own(r->left);
    Node *left = node(t, false, t->left, x->left);
    return node(x, true, left, node(r, false, x->right, r->right));
  }
  if (isRed(r->right)) {
    Node *y = own(r->right);
    y->red = false;
    return node(r, true, node(t, false, t->left, r->left), y);
  }
  r->red = true;
  return node(t, false, t->left, r);
}

static Node *into(Node *t, int key, bool value) {
  if (!t)
    return make(true, NULL, key, value, NULL);
  t = own(t);
  if (key < t->key) {
    bool balances = !t->red && isRed(t->left);
    Node *l = into(t->left, key, value);
    if (balances)
      return balanceLeft(t, l);
    t->left = l;
  } else if (key > t->key) {
    bool balances = !t->red && isRed(t->right);
    Node *r = into(t->right, key, value);
    if (balances)
      return balanceRight(t, r);
    t->right = r;
  } else {
    t->value = value;
  }
  return t;
}

static Node *insert(Node *t, int key, bool value) {
  Node *made = into(t, key, value);
  if (made->red)
    made = own(made), made->red = false;
  return made;
}

static void walk(const Node *t, int *count, unsigned *check) {
  if (!t)
    return;
  walk(t->left, count, check);
  *count += t->value;
  *check = (*check * 31 + (unsigned)t->key) & 0x7fffffff;
  walk(t->right, count, check);
}

static void tree_of(int n) {
  Node *tree = NULL;
  for (int i = 0; i < n; i++) {
    int key = (int)(i * 7919L % n);
    tree = insert(tree, key, key % 10 == 0);
  }
  int count = 0;
  unsigned check = 0;
  walk(tree, &count, &check);
  printf("%d keys, %d true, check %u\n", n, count, check);
  release(tree);
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 100, trees = argc > 2 ? atoi(argv[2]) : 1;
  for (int i = 0; i < trees; i++)
    tree_of(n);
}
