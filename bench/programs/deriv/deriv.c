// Symbolic derivatives: parts are shared, so nothing is freed before the end. How memory is asked for is up to ALLOCATE.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCATE
#define ALLOCATE malloc
#endif

typedef enum { Number, Variable, Sum, Product, Power, Logarithm } Kind;
typedef struct Expr {
  Kind kind;
  union {
    long value;
    const char *name;
    const struct Expr *left;
  };
  const struct Expr *right;
} Expr;

static const Expr *make(Expr e) {
  Expr *made = ALLOCATE(sizeof *made);
  if (!made)
    abort();
  *made = e;
  return made;
}

static const Expr *number(long value) { return make((Expr){Number, .value = value}); }
static const Expr *pair(Kind kind, const Expr *left, const Expr *right) { return make((Expr){kind, .left = left, .right = right}); }
static int is(const Expr *e, long value) { return e->kind == Number && e->value == value; }
// Whether e is a pair of this kind that begins with a number.
static int begins(const Expr *e, Kind kind) { return e->kind == kind && e->left->kind == Number; }

static const Expr *add(const Expr *a, const Expr *b) {
  if (a->kind == Number) {
    if (b->kind == Number)
      return number(a->value + b->value);
    if (a->value == 0)
      return b;
    if (begins(b, Sum))
      return add(number(a->value + b->left->value), b->right);
    return pair(Sum, a, b);
  }
  if (b->kind == Number)
    return b->value == 0 ? a : add(b, a);
  if (begins(b, Sum))
    return add(b->left, add(a, b->right));
  if (a->kind == Sum)
    return add(a->left, add(a->right, b));
  return pair(Sum, a, b);
}

static const Expr *multiply(const Expr *a, const Expr *b) {
  if (a->kind == Number) {
    if (b->kind == Number)
      return number(a->value * b->value);
    if (a->value == 0)
      return a;
    if (a->value == 1)
      return b;
    if (begins(b, Product))
      return multiply(number(a->value * b->left->value), b->right);
    return pair(Product, a, b);
  }
  if (b->kind == Number)
    return b->value == 0 ? b : b->value == 1 ? a : multiply(b, a);
  if (begins(b, Product))
    return multiply(b->left, multiply(a, b->right));
  if (a->kind == Product)
    return multiply(a->left, multiply(a->right, b));
  return pair(Product, a, b);
}

static const Expr *raise(const Expr *a, const Expr *b) {
  if (is(b, 0))
    return number(1);
  if (is(b, 1) || is(a, 0))
    return a;
  return pair(Power, a, b);
}

static const Expr *logarithm(const Expr *a) { return is(a, 1) ? number(0) : pair(Logarithm, a, NULL); }

static const Expr *derive(const Expr *e, const char *x) {
  switch (e->kind) {
  case Number:
    return number(0);
  case Variable:
    return number(strcmp(e->name, x) == 0);
  case Sum: {
    const Expr *left = derive(e->left, x);
    return add(left, derive(e->right, x));
  }
  case Product: {
    const Expr *left = multiply(e->left, derive(e->right, x));
    return add(left, multiply(e->right, derive(e->left, x)));
  }
  case Power: {
    const Expr *inner = multiply(multiply(e->right, derive(e->left, x)), raise(e->left, number(-1)));
    return multiply(raise(e->left, e->right), add(inner, multiply(logarithm(e->left), derive(e->right, x))));
  }
  case Logarithm:
    return multiply(derive(e->left, x), raise(e->left, number(-1)));
  }
  abort();
}

static long count(const Expr *e) {
  switch (e->kind) {
  case Number:
  case Variable:
    return 1;
  case Logarithm:
    return count(e->left);
  default:
    return count(e->left) + count(e->right);
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 4;
  const Expr *x = make((Expr){Variable, .name = "x"});
  const Expr *e = raise(x, x);
  for (int i = 0; i < rounds; i++) {
    e = derive(e, "x");
    printf("%d: %ld\n", i + 1, count(e));
  }
}
