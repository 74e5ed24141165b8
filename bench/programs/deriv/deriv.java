// Symbolic derivatives: records behind an interface.
interface Expr {
    Expr derive(String x);

    long count();

    static Expr add(Expr a, Expr b) {
        if (a instanceof Number m) {
            if (b instanceof Number n) return new Number(m.value() + n.value());
            if (m.value() == 0) return b;
            if (b instanceof Sum s && s.left() instanceof Number n) return add(new Number(m.value() + n.value()), s.right());
            return new Sum(a, b);
        }
        if (b instanceof Number n) return n.value() == 0 ? a : add(b, a);
        if (b instanceof Sum s && s.left() instanceof Number) return add(s.left(), add(a, s.right()));
        if (a instanceof Sum s) return add(s.left(), add(s.right(), b));
        return new Sum(a, b);
    }

    static Expr multiply(Expr a, Expr b) {
        if (a instanceof Number m) {
            if (b instanceof Number n) return new Number(m.value() * n.value());
            if (m.value() == 0) return a;
            if (m.value() == 1) return b;
            if (b instanceof Product p && p.left() instanceof Number n)
                return multiply(new Number(m.value() * n.value()), p.right());
            return new Product(a, b);
        }
        if (b instanceof Number n) return n.value() == 0 ? b : n.value() == 1 ? a : multiply(b, a);
        if (b instanceof Product p && p.left() instanceof Number) return multiply(p.left(), multiply(a, p.right()));
        if (a instanceof Product p) return multiply(p.left(), multiply(p.right(), b));
        return new Product(a, b);
    }

    static Expr raise(Expr a, Expr b) {
        if (b instanceof Number n && n.value() == 0) return new Number(1);
        if (b instanceof Number n && n.value() == 1) return a;
        if (a instanceof Number m && m.value() == 0) return a;
        return new Power(a, b);
    }

    static Expr log(Expr a) {
        return a instanceof Number n && n.value() == 1 ? new Number(0) : new Logarithm(a);
    }
}

record Number(long value) implements Expr {
    public Expr derive(String x) { return new Number(0); }

    public long count() { return 1; }
}

record Variable(String name) implements Expr {
    public Expr derive(String x) { return new Number(name.equals(x) ? 1 : 0); }

    public long count() { return 1; }
}

record Sum(Expr left, Expr right) implements Expr {
    public Expr derive(String x) { return Expr.add(left.derive(x), right.derive(x)); }

    public long count() { return left.count() + right.count(); }
}

record Product(Expr left, Expr right) implements Expr {
    public Expr derive(String x) {
        return Expr.add(Expr.multiply(left, right.derive(x)), Expr.multiply(right, left.derive(x)));
    }

    public long count() { return left.count() + right.count(); }
}

record Power(Expr left, Expr right) implements Expr {
    public Expr derive(String x) {
        Expr inner = Expr.multiply(Expr.multiply(right, left.derive(x)), Expr.raise(left, new Number(-1)));
        return Expr.multiply(Expr.raise(left, right), Expr.add(inner, Expr.multiply(Expr.log(left), right.derive(x))));
    }

    public long count() { return left.count() + right.count(); }
}

record Logarithm(Expr of) implements Expr {
    public Expr derive(String x) { return Expr.multiply(of.derive(x), Expr.raise(of, new Number(-1))); }

    public long count() { return of.count(); }
}

class Main {
    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        Expr x = new Variable("x");
        Expr e = Expr.raise(x, x);
        for (int i = 1; i <= rounds; i++) {
            e = e.derive("x");
            System.out.println(i + ": " + e.count());
        }
    }
}
