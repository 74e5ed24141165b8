# Symbolic derivatives: a variant object behind references, which cannot form cycles.
import std/[os, strutils]

type
  Kind = enum Number, Variable, Sum, Product, Power, Logarithm
  Expr {.acyclic.} = ref object
    case kind: Kind
    of Number: value: int
    of Variable: name: string
    of Logarithm: arg: Expr
    else: left, right: Expr

func number(value: int): Expr = Expr(kind: Number, value: value)
func isNumber(e: Expr, value: int): bool = e.kind == Number and e.value == value

func add(a, b: Expr): Expr =
  if a.kind == Number:
    if b.kind == Number: return number(a.value + b.value)
    if a.value == 0: return b
    if b.kind == Sum and b.left.kind == Number: return add(number(a.value + b.left.value), b.right)
    return Expr(kind: Sum, left: a, right: b)
  if b.kind == Number: return (if b.value == 0: a else: add(b, a))
  if b.kind == Sum and b.left.kind == Number: return add(b.left, add(a, b.right))
  if a.kind == Sum: return add(a.left, add(a.right, b))
  Expr(kind: Sum, left: a, right: b)

func multiply(a, b: Expr): Expr =
  if a.kind == Number:
    if b.kind == Number: return number(a.value * b.value)
    if a.value == 0: return a
    if a.value == 1: return b
    if b.kind == Product and b.left.kind == Number: return multiply(number(a.value * b.left.value), b.right)
    return Expr(kind: Product, left: a, right: b)
  if b.kind == Number: return (if b.value == 0: b elif b.value == 1: a else: multiply(b, a))
  if b.kind == Product and b.left.kind == Number: return multiply(b.left, multiply(a, b.right))
  if a.kind == Product: return multiply(a.left, multiply(a.right, b))
  Expr(kind: Product, left: a, right: b)

func raiseTo(a, b: Expr): Expr =
  if b.isNumber(0): number(1)
  elif b.isNumber(1) or a.isNumber(0): a
  else: Expr(kind: Power, left: a, right: b)

func log(a: Expr): Expr =
  if a.isNumber(1): number(0) else: Expr(kind: Logarithm, arg: a)

func derive(e: Expr, x: string): Expr =
  case e.kind
  of Number: number(0)
  of Variable: number(ord(e.name == x))
  of Sum: add(derive(e.left, x), derive(e.right, x))
  of Product: add(multiply(e.left, derive(e.right, x)), multiply(e.right, derive(e.left, x)))
  of Power:
    let inner = multiply(multiply(e.right, derive(e.left, x)), raiseTo(e.left, number(-1)))
    multiply(raiseTo(e.left, e.right), add(inner, multiply(log(e.left), derive(e.right, x))))
  of Logarithm: multiply(derive(e.arg, x), raiseTo(e.arg, number(-1)))

func count(e: Expr): int =
  case e.kind
  of Number, Variable: 1
  of Logarithm: count(e.arg)
  else: count(e.left) + count(e.right)

proc main() =
  let rounds = paramStr(1).parseInt
  let x = Expr(kind: Variable, name: "x")
  var e = raiseTo(x, x)
  for i in 1 .. rounds:
    e = derive(e, "x")
    echo i, ": ", count(e)

main()
