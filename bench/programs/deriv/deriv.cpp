// Symbolic derivatives: a variant behind shared_ptr.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>

struct Expr;
using Ref = std::shared_ptr<const Expr>;
struct Number { long value; };
struct Variable { std::string name; };
struct Sum { Ref left, right; };
struct Product { Ref left, right; };
struct Power { Ref left, right; };
struct Logarithm { Ref of; };
struct Expr {
  std::variant<Number, Variable, Sum, Product, Power, Logarithm> is;
};

template <class T> static Ref make(T value) { return std::make_shared<const Expr>(Expr{std::move(value)}); }
template <class T> static const T *as(const Ref &e) { return std::get_if<T>(&e->is); }
static Ref number(long value) { return make(Number{value}); }
static bool equals(const Ref &e, long value) {
  const Number *n = as<Number>(e);
  return n && n->value == value;
}

static Ref add(const Ref &a, const Ref &b) {
  const Number *n = as<Number>(b);
  const Sum *sum = as<Sum>(b);
  const Number *first = sum ? as<Number>(sum->left) : nullptr;
  if (const Number *m = as<Number>(a)) {
    if (n)
      return number(m->value + n->value);
    if (m->value == 0)
      return b;
    if (first)
      return add(number(m->value + first->value), sum->right);
    return make(Sum{a, b});
  }
  if (n)
    return n->value == 0 ? a : add(b, a);
  if (first)
    return add(sum->left, add(a, sum->right));
  if (const Sum *s = as<Sum>(a))
    return add(s->left, add(s->right, b));
  return make(Sum{a, b});
}

static Ref multiply(const Ref &a, const Ref &b) {
  const Number *n = as<Number>(b);
  const Product *product = as<Product>(b);
  const Number *first = product ? as<Number>(product->left) : nullptr;
  if (const Number *m = as<Number>(a)) {
    if (n)
      return number(m->value * n->value);
    if (m->value == 0)
      return a;
    if (m->value == 1)
      return b;
    if (first)
      return multiply(number(m->value * first->value), product->right);
    return make(Product{a, b});
  }
  if (n)
    return n->value == 0 ? b : n->value == 1 ? a : multiply(b, a);
  if (first)
    return multiply(product->left, multiply(a, product->right));
  if (const Product *p = as<Product>(a))
    return multiply(p->left, multiply(p->right, b));
  return make(Product{a, b});
}

static Ref raise(const Ref &a, const Ref &b) {
  if (equals(b, 0))
    return number(1);
  if (equals(b, 1) || equals(a, 0))
    return a;
  return make(Power{a, b});
}

static Ref logarithm(const Ref &a) { return equals(a, 1) ? number(0) : make(Logarithm{a}); }

static Ref derive(const Ref &e, const std::string &x);
struct Derive {
  const std::string &x;
  Ref operator()(const Number &) const { return number(0); }
  Ref operator()(const Variable &v) const { return number(v.name == x); }
  Ref operator()(const Sum &s) const { return add(derive(s.left, x), derive(s.right, x)); }
  Ref operator()(const Product &p) const {
    return add(multiply(p.left, derive(p.right, x)), multiply(p.right, derive(p.left, x)));
  }
  Ref operator()(const Power &p) const {
    const Ref inner = multiply(multiply(p.right, derive(p.left, x)), raise(p.left, number(-1)));
    return multiply(raise(p.left, p.right), add(inner, multiply(logarithm(p.left), derive(p.right, x))));
  }
  Ref operator()(const Logarithm &l) const { return multiply(derive(l.of, x), raise(l.of, number(-1))); }
};
static Ref derive(const Ref &e, const std::string &x) { return std::visit(Derive{x}, e->is); }

static long count(const Ref &e);
struct Count {
  long operator()(const Number &) const { return 1; }
  long operator()(const Variable &) const { return 1; }
  long operator()(const Logarithm &l) const { return count(l.of); }
  template <class T> long operator()(const T &pair) const { return count(pair.left) + count(pair.right); }
};
static long count(const Ref &e) { return std::visit(Count{}, e->is); }

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 4;
  const Ref x = make(Variable{"x"});
  Ref e = raise(x, x);
  for (int i = 0; i < rounds; i++) {
    e = derive(e, "x");
    std::printf("%d: %ld\n", i + 1, count(e));
  }
}
