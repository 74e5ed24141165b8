// Symbolic derivatives: types behind an interface.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type Expr interface {
	derive(x string) Expr
	count() int
}
type Number int
type Variable string
type Sum struct{ left, right Expr }
type Product struct{ left, right Expr }
type Power struct{ left, right Expr }
type Logarithm struct{ of Expr }

func add(a, b Expr) Expr {
	n, bIsNumber := b.(Number)
	sum, _ := b.(*Sum)
	if m, ok := a.(Number); ok {
		if bIsNumber {
			return m + n
		}
		if m == 0 {
			return b
		}
		if sum != nil {
			if first, ok := sum.left.(Number); ok {
				return add(m+first, sum.right)
			}
		}
		return &Sum{a, b}
	}
	if bIsNumber {
		if n == 0 {
			return a
		}
		return add(b, a)
	}
	if sum != nil {
		if first, ok := sum.left.(Number); ok {
			return add(first, add(a, sum.right))
		}
	}
	if s, ok := a.(*Sum); ok {
		return add(s.left, add(s.right, b))
	}
	return &Sum{a, b}
}

func multiply(a, b Expr) Expr {
	n, bIsNumber := b.(Number)
	product, _ := b.(*Product)
	if m, ok := a.(Number); ok {
		if bIsNumber {
			return m * n
		}
		switch m {
		case 0:
			return a
		case 1:
			return b
		}
		if product != nil {
			if first, ok := product.left.(Number); ok {
				return multiply(m*first, product.right)
			}
		}
		return &Product{a, b}
	}
	if bIsNumber {
		switch n {
		case 0:
			return b
		case 1:
			return a
		}
		return multiply(b, a)
	}
	if product != nil {
		if first, ok := product.left.(Number); ok {
			return multiply(first, multiply(a, product.right))
		}
	}
	if p, ok := a.(*Product); ok {
		return multiply(p.left, multiply(p.right, b))
	}
	return &Product{a, b}
}

func raise(a, b Expr) Expr {
	if n, ok := b.(Number); ok && n == 0 {
		return Number(1)
	} else if ok && n == 1 {
		return a
	}
	if m, ok := a.(Number); ok && m == 0 {
		return a
	}
	return &Power{a, b}
}

func logarithm(a Expr) Expr {
	if n, ok := a.(Number); ok && n == 1 {
		return Number(0)
	}
	return &Logarithm{a}
}

func (n Number) derive(string) Expr { return Number(0) }
func (v Variable) derive(x string) Expr {
	if string(v) == x {
		return Number(1)
	}
	return Number(0)
}
func (s *Sum) derive(x string) Expr { return add(s.left.derive(x), s.right.derive(x)) }
func (p *Product) derive(x string) Expr {
	return add(multiply(p.left, p.right.derive(x)), multiply(p.right, p.left.derive(x)))
}
func (p *Power) derive(x string) Expr {
	inner := multiply(multiply(p.right, p.left.derive(x)), raise(p.left, Number(-1)))
	return multiply(raise(p.left, p.right), add(inner, multiply(logarithm(p.left), p.right.derive(x))))
}
func (l *Logarithm) derive(x string) Expr { return multiply(l.of.derive(x), raise(l.of, Number(-1))) }

func (Number) count() int      { return 1 }
func (Variable) count() int    { return 1 }
func (s *Sum) count() int      { return s.left.count() + s.right.count() }
func (p *Product) count() int  { return p.left.count() + p.right.count() }
func (p *Power) count() int    { return p.left.count() + p.right.count() }
func (l *Logarithm) count() int { return l.of.count() }

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	x := Variable("x")
	e := raise(x, x)
	for i := 1; i <= rounds; i++ {
		e = e.derive("x")
		fmt.Printf("%d: %d\n", i, e.count())
	}
}
