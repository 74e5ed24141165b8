// Symbolic derivatives: an enum behind Rc.
use std::rc::Rc;
use Expr::*;

enum Expr {
    Number(i64),
    Variable(&'static str),
    Sum(Ref, Ref),
    Product(Ref, Ref),
    Power(Ref, Ref),
    Logarithm(Ref),
}
type Ref = Rc<Expr>;

fn number(value: i64) -> Ref {
    Rc::new(Number(value))
}

/// The value of a number.
fn value(e: &Expr) -> Option<i64> {
    match e {
        Number(n) => Some(*n),
        _ => None,
    }
}

fn add(a: Ref, b: Ref) -> Ref {
    match (&*a, &*b) {
        (Number(m), Number(n)) => number(m + n),
        (Number(0), _) => b,
        (_, Number(0)) => a,
        (_, Number(_)) => add(b, a),
        (_, Sum(first, rest)) if value(first).is_some() => match (value(&a), value(first)) {
            (Some(m), Some(n)) => add(number(m + n), rest.clone()),
            _ => add(first.clone(), add(a, rest.clone())),
        },
        (Sum(left, right), _) => add(left.clone(), add(right.clone(), b)),
        _ => Rc::new(Sum(a, b)),
    }
}

fn multiply(a: Ref, b: Ref) -> Ref {
    match (&*a, &*b) {
        (Number(m), Number(n)) => number(m * n),
        (Number(0), _) => a,
        (_, Number(0)) => b,
        (Number(1), _) => b,
        (_, Number(1)) => a,
        (_, Number(_)) => multiply(b, a),
        (_, Product(first, rest)) if value(first).is_some() => match (value(&a), value(first)) {
            (Some(m), Some(n)) => multiply(number(m * n), rest.clone()),
            _ => multiply(first.clone(), multiply(a, rest.clone())),
        },
        (Product(left, right), _) => multiply(left.clone(), multiply(right.clone(), b)),
        _ => Rc::new(Product(a, b)),
    }
}

fn raise(a: Ref, b: Ref) -> Ref {
    match (&*a, &*b) {
        (_, Number(0)) => number(1),
        (_, Number(1)) | (Number(0), _) => a,
        _ => Rc::new(Power(a, b)),
    }
}

fn logarithm(a: Ref) -> Ref {
    match *a {
        Number(1) => number(0),
        _ => Rc::new(Logarithm(a)),
    }
}

fn derive(e: &Expr, x: &str) -> Ref {
    match e {
        Number(_) => number(0),
        Variable(name) => number(i64::from(*name == x)),
        Sum(f, g) => add(derive(f, x), derive(g, x)),
        Product(f, g) => add(multiply(f.clone(), derive(g, x)), multiply(g.clone(), derive(f, x))),
        Power(f, g) => {
            let inner = multiply(multiply(g.clone(), derive(f, x)), raise(f.clone(), number(-1)));
            multiply(raise(f.clone(), g.clone()), add(inner, multiply(logarithm(f.clone()), derive(g, x))))
        }
        Logarithm(f) => multiply(derive(f, x), raise(f.clone(), number(-1))),
    }
}

fn count(e: &Expr) -> i64 {
    match e {
        Number(_) | Variable(_) => 1,
        Sum(f, g) | Product(f, g) | Power(f, g) => count(f) + count(g),
        Logarithm(f) => count(f),
    }
}

fn main() {
    let rounds: i32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(4);
    let x = Rc::new(Variable("x"));
    let mut e = raise(x.clone(), x);
    for i in 1..=rounds {
        e = derive(&e, "x");
        println!("{i}: {}", count(&e));
    }
}
