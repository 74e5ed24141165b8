// Constant folding: a tree of nodes with one owner each, which is taken apart and put together again.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

enum class Kind { Variable, Number, Sum, Product };
struct Expr;
using Ref = std::unique_ptr<Expr>;
struct Expr {
  Kind kind;
  long value = 0;
  Ref left, right;
  explicit Expr(Kind kind, long value) : kind(kind), value(value) {}
  Expr(Kind kind, Ref left, Ref right) : kind(kind), left(std::move(left)), right(std::move(right)) {}
  bool isPair() const { return kind == Kind::Sum || kind == Kind::Product; }
};

static Ref number(long value) { return std::make_unique<Expr>(Kind::Number, value); }

static Ref build(int depth, long value) {
  if (depth == 0)
    return value == 0 ? std::make_unique<Expr>(Kind::Variable, 1) : number(value);
  Ref left = build(depth - 1, value + 1);
  return std::make_unique<Expr>(Kind::Sum, std::move(left), build(depth - 1, value == 0 ? 0 : value - 1));
}

static Ref append(Kind kind, Ref e, Ref last) {
  if (e->kind != kind)
    return std::make_unique<Expr>(kind, std::move(e), std::move(last));
  Ref rest = append(kind, std::move(e->right), std::move(last));
  return std::make_unique<Expr>(kind, std::move(e->left), std::move(rest));
}

static Ref lean(Ref e) {
  if (!e->isPair())
    return e;
  Ref left = lean(std::move(e->left));
  return append(e->kind, std::move(left), lean(std::move(e->right)));
}

static long apply(Kind kind, long a, long b) { return kind == Kind::Sum ? a + b : a * b; }

static Ref fold(Ref e) {
  if (!e->isPair())
    return e;
  const Kind kind = e->kind;
  Ref left = fold(std::move(e->left)), right = fold(std::move(e->right));
  if (left->kind == Kind::Number) {
    if (right->kind == Kind::Number)
      return number(apply(kind, left->value, right->value));
    if (right->kind == kind && right->right->kind == Kind::Number)
      return std::make_unique<Expr>(kind, number(apply(kind, left->value, right->right->value)), std::move(right->left));
    if (right->kind == kind && right->left->kind == Kind::Number)
      return std::make_unique<Expr>(kind, number(apply(kind, left->value, right->left->value)), std::move(right->right));
  }
  return std::make_unique<Expr>(kind, std::move(left), std::move(right));
}

static long evaluate(const Expr &e) {
  if (e.kind == Kind::Number)
    return e.value;
  return e.isPair() ? apply(e.kind, evaluate(*e.left), evaluate(*e.right)) : 0;
}

static long size(const Expr &e) { return e.isPair() ? size(*e.left) + size(*e.right) + 1 : 1; }

int main(int argc, char **argv) {
  for (int round = 1; argc > 2 && round <= std::atoi(argv[2]); round++) {
    Ref e = build(std::atoi(argv[1]), round);
    const long before = evaluate(*e), count = size(*e);
    e = fold(lean(std::move(e)));
    std::printf("%ld in %ld, %ld in %ld\n", before, count, evaluate(*e), size(*e));
  }
}
