// Constant folding: each node is allocated and freed for itself; what is taken apart is written over where a pass makes the same kind.
#include <stdio.h>
#include <stdlib.h>

#ifndef ALLOCATE
static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (!memory)
    abort();
  return memory;
}
#define ALLOCATE allocate
#define RELEASE free
#endif

typedef enum { Variable, Number, Sum, Product } Kind;
typedef struct Expr {
  Kind kind;
  union {
    long value;
    struct {
      struct Expr *left, *right;
    };
  };
} Expr;

static Expr *leaf(Kind kind, long value) {
  Expr *e = ALLOCATE(sizeof *e);
  e->kind = kind;
  e->value = value;
  return e;
}

static Expr *pair(Kind kind, Expr *left, Expr *right) {
  Expr *e = ALLOCATE(sizeof *e);
  e->kind = kind;
  e->left = left;
  e->right = right;
  return e;
}

static int isPair(const Expr *e) { return e->kind >= Sum; }

static Expr *build(int depth, long value) {
  if (depth == 0)
    return value == 0 ? leaf(Variable, 1) : leaf(Number, value);
  Expr *left = build(depth - 1, value + 1);
  return pair(Sum, left, build(depth - 1, value == 0 ? 0 : value - 1));
}

static Expr *append(Kind kind, Expr *e, Expr *last) {
  if (e->kind != kind)
    return pair(kind, e, last);
  e->right = append(kind, e->right, last);
  return e;
}

static Expr *lean(Expr *e) {
  if (!isPair(e))
    return e;
  Kind kind = e->kind;
  Expr *left = lean(e->left), *right = lean(e->right);
  RELEASE(e);
  return append(kind, left, right);
}

static long apply(Kind kind, long a, long b) { return kind == Sum ? a + b : a * b; }

static Expr *fold(Expr *e) {
  if (!isPair(e))
    return e;
  Expr *left = e->left = fold(e->left), *right = e->right = fold(e->right);
  if (left->kind != Number)
    return e;
  Kind kind = e->kind;
  if (right->kind == Number) {
    left->value = apply(kind, left->value, right->value);
    RELEASE(right);
    RELEASE(e);
    return left;
  }
  if (right->kind != kind || (right->right->kind != Number && right->left->kind != Number))
    return e;
  int isLast = right->right->kind == Number;
  Expr *other = isLast ? right->right : right->left;
  left->value = apply(kind, left->value, other->value);
  e->right = isLast ? right->left : right->right;
  RELEASE(other);
  RELEASE(right);
  return e;
}

static long evaluate(const Expr *e) {
  if (e->kind == Number)
    return e->value;
  return isPair(e) ? apply(e->kind, evaluate(e->left), evaluate(e->right)) : 0;
}

static long size(const Expr *e) { return isPair(e) ? size(e->left) + size(e->right) + 1 : 1; }

static void destroy(Expr *e) {
  if (isPair(e)) {
    destroy(e->left);
    destroy(e->right);
  }
  RELEASE(e);
}

int main(int argc, char **argv) {
  for (int round = 1; argc > 2 && round <= atoi(argv[2]); round++) {
    Expr *e = build(atoi(argv[1]), round);
    long before = evaluate(e), count = size(e);
    e = fold(lean(e));
    printf("%ld in %ld, %ld in %ld\n", before, count, evaluate(e), size(e));
    destroy(e);
  }
}
