// Section 3 of the grammar: each thing that could be read in two ways, both ways.
#include "parse_text.h"

using namespace dream::test;

namespace {

TEST(Ambiguity, DeclarationOrExpression) {
  EXPECT_EQ(statements("a b;"), "Var(Variables(b(a)))");
  EXPECT_EQ(statements("a b = c;"), "Var(Variables(b(a, c)))");
  EXPECT_EQ(statements("a * b;"), "Var(Variables(b(PointerType(a))))");
  EXPECT_EQ(statements("a * b = c;"), "Var(Variables(b(PointerType(a), c)))");
  EXPECT_EQ(statements("a.b c;"), "Var(Variables(c(a b)))");
  EXPECT_EQ(statements("a<b> c;"), "Var(Variables(c(a(a argument: b))))");
  EXPECT_EQ(statements("a < b > c;"), "Var(Variables(c(a(a argument: b))))");
  EXPECT_EQ(statements("a[3] b;"), "Var(Variables(b(FixedArrayType(size: 3, a))))");
  EXPECT_EQ(statements("a[3] = b;"), "(=(Index(a, Argument(3)), b))");
  EXPECT_EQ(statements("a b[3];"), "Var(Variables(b(FixedArrayType(size: 3, a))))");
  EXPECT_EQ(statements("a? b = c;"), "Var(Variables(b(OptionalType(a), c)))");
  EXPECT_EQ(statements("a.b = c;"), "(=(Member . b(a), c))");
  EXPECT_EQ(statements("a(b);"), "(Call(a, Argument(b)))");
  EXPECT_EQ(statements("int.Parse(a);"), "(Call(Member . Parse(BuiltinType int), Argument(a)))");
  EXPECT_EQ(statements("a?.b();"), "(Call(Member ?. b(a)))");
  EXPECT_EQ(statements("(a, b) = c;"), "(=(Tuple(a, b), c))");
  EXPECT_EQ(statements("(T a, U b) = c;"), "Deconstruct(NamesTree(NamesTree(a(T)), NamesTree(b(U))), value: c)");
  EXPECT_EQ(statements("(T, U) a = c;"), "Var(Variables(a(TupleType(T, U), c)))");
  EXPECT_EQ(statements("(a).b();"), "(Call(Member . b(Paren(a))))");
  EXPECT_EQ(statements("for (a b in c) { }"), "Foreach(a, variable: b(a), source: c, Block)");
  EXPECT_EQ(statements("for (a b = c; ; ) { }"), "For(Variables(b(a, c)), Block)");
  EXPECT_EQ(statements("for (a = c; ; ) { }"), "For(=(a, c), Block)");
  EXPECT_EQ(statements("T m[2][3];"), "Var(Variables(m(FixedArrayType(size: 2, FixedArrayType(size: 3, T)))))");
  EXPECT_EQ(statements("int[2][] m;"), "Var(Variables(m(FixedArrayType(size: 2, ArrayType rank 1(int)))))");
}

TEST(Ambiguity, FuncWithOrWithoutResult) {
  EXPECT_EQ(Parsed("func f() { }").shape(), "Func f(Block)");
  EXPECT_EQ(Parsed("func f<T>() => 1;").shape(), "Func f(TypeParam T, 1)");
  EXPECT_EQ(Parsed("func f();").shape(), "Func f ;");
  EXPECT_EQ(Parsed("func f() where T : I;").shape(), "Func f ;(WhereClause T(bound: I))");
  EXPECT_EQ(Parsed("func T f() { }").shape(), "Func f(result: T, Block)");
  EXPECT_EQ(Parsed("func T f<U>() { }").shape(), "Func f(result: T, TypeParam U, Block)");
  EXPECT_EQ(Parsed("func List<T> f() { }").shape(), "Func f(result: List(List argument: T), Block)");
  EXPECT_EQ(Parsed("func (int, int) f() { }").shape(), "Func f(result: TupleType(int, int), Block)");
  EXPECT_EQ(Parsed("func int(int) f;").shape(), "Variables(f(FuncType(result: int, parameter : int)))");
  EXPECT_EQ(Parsed("func T(T) f = g;").shape(), "Variables(f(FuncType(result: T, parameter : T), g))");
  EXPECT_EQ(Parsed("func T(T)[] f;").shape(), "Variables(f(ArrayType rank 1(FuncType(result: T, parameter : T))))");
  EXPECT_EQ(Parsed("func func T(T) f(int a) { }").shape(),
            "Func f(result: FuncType(result: T, parameter : T), Param a(int), Block)");
  EXPECT_EQ(statements("func int(int) f = g;"), "Var(Variables(f(FuncType(result: int, parameter : int), g)))");
  EXPECT_EQ(statements("func int f(int a) => a;"), "Func(Func f(result: int, Param a(int), a))");
}

TEST(Ambiguity, TypeArguments) {
  EXPECT_EQ(expression("a < b > (c)"), "Call(a(argument: b), Argument(c))");
  EXPECT_EQ(expression("a<b>(c)"), "Call(a(argument: b), Argument(c))");
  EXPECT_EQ(expression("a < b, c > (d)"), "Call(a(argument: b, argument: c), Argument(d))");
  EXPECT_EQ(expression("f(a < b, c > d)"), "Call(f, Argument(<(a, b)), Argument(>(c, d)))");
  EXPECT_EQ(expression("f(a < b, c > (d))"), "Call(f, Argument(Call(a(argument: b, argument: c), Argument(d))))");
  EXPECT_EQ(expression("a < b > c"), ">(<(a, b), c)");
  EXPECT_EQ(expression("a<b>.c"), "Member . c(a(argument: b))");
  EXPECT_EQ(expression("a<b> == c"), "==(a(argument: b), c)");
  EXPECT_EQ(expression("a<b> + c"), ">(<(a, b), +(c))");
  EXPECT_EQ(expression("a < b && c > (d)"), "&&(<(a, b), >(c, Paren(d)))");
  EXPECT_EQ(expression("a.b<c<d>>(e)"), "Call(Member . b(a, argument: c(c argument: d)), Argument(e))");
  EXPECT_EQ(expression("a < b >> c"), "<(a, >>(b, c))");
  EXPECT_EQ(expression("a<3>(b)"), "Call(a(argument: ConstArgType(3)), Argument(b))");
  EXPECT_EQ(expression("a<(3)>()"), "Call(a(argument: ConstArgType(3)))");
}

TEST(Ambiguity, Casts) {
  EXPECT_EQ(expression("(T)a"), "Cast(T, a)");
  EXPECT_EQ(expression("(T)1"), "Cast(T, 1)");
  EXPECT_EQ(expression("(T)\"s\""), "Cast(T, \"s\")");
  EXPECT_EQ(expression("(T)$\"{a}\""), "Cast(T, InterpolatedString(hole(a)))");
  EXPECT_EQ(expression("(T)!a"), "Cast(T, !(a))");
  EXPECT_EQ(expression("(T)~a"), "Cast(T, ~(a))");
  EXPECT_EQ(expression("(T)new U()"), "Cast(T, NewObject ()(U))");
  EXPECT_EQ(expression("(T)this"), "Cast(T, This)");
  EXPECT_EQ(expression("(T)int.Max"), "Cast(T, Member . Max(BuiltinType int))");
  EXPECT_EQ(expression("(a)(b)"), "Call(Paren(a), Argument(b))");
  EXPECT_EQ(expression("(a.b)(c)"), "Call(Paren(Member . b(a)), Argument(c))");
  EXPECT_EQ(expression("(a<b>)(c)"), "Cast(a(a argument: b), Paren(c))");
  EXPECT_EQ(expression("(int)(c)"), "Cast(int, Paren(c))");
  EXPECT_EQ(expression("(T?)(c)"), "Cast(OptionalType(T), Paren(c))");
  EXPECT_EQ(expression("(T[])(c)"), "Cast(ArrayType rank 1(T), Paren(c))");
  EXPECT_EQ(expression("(a) - b"), "-(Paren(a), b)");
  EXPECT_EQ(expression("(int) - b"), "Cast(int, -(b))");
  EXPECT_EQ(expression("(T*) - b"), "Cast(PointerType(T), -(b))");
  EXPECT_EQ(expression("(T?) - b"), "Cast(OptionalType(T), -(b))");
  EXPECT_EQ(expression("(T[]) & b"), "Cast(ArrayType rank 1(T), &(b))");
  EXPECT_EQ(expression("(a[i]) - b"), "-(Paren(Index(a, Argument(i))), b)");
  EXPECT_EQ(expression("(a) * b"), "*(Paren(a), b)");
  EXPECT_EQ(expression("(int) * b"), "Cast(int, *(b))");
  EXPECT_EQ(expression("(a) + b"), "+(Paren(a), b)");
  EXPECT_EQ(expression("(a)!"), "Postfix !(Paren(a))");
  EXPECT_EQ(expression("(a)!.b"), "Member . b(Postfix !(Paren(a)))");
  EXPECT_EQ(expression("(a)++"), "Postfix ++(Paren(a))");
  EXPECT_EQ(expression("(a).b"), "Member . b(Paren(a))");
  EXPECT_EQ(expression("(a)[1]"), "Index(Paren(a), Argument(1))");
  EXPECT_EQ(expression("(a, b)"), "Tuple(a, b)");
  EXPECT_EQ(expression("(int)x => 1"), "Cast(int, Lambda(Param x, 1))");
}

TEST(Ambiguity, QuestionMark) {
  EXPECT_EQ(expression("a ? b : c"), "Conditional(condition: a, true: b, false: c)");
  EXPECT_EQ(expression("a?"), "Postfix ?(a)");
  EXPECT_EQ(expression("a?.b"), "Member ?. b(a)");
  EXPECT_EQ(expression("a?[0]"), "Index ?(a, Argument(0))");
  EXPECT_EQ(expression("a ? [0] : [1]"), "Conditional(condition: a, true: Array(0), false: Array(1))");
  EXPECT_EQ(expression("a? + b"), "+(Postfix ?(a), b)");
  EXPECT_EQ(expression("a ? -b : c"), "Conditional(condition: a, true: -(b), false: c)");
  EXPECT_EQ(expression("a ? b? : c"), "Conditional(condition: a, true: Postfix ?(b), false: c)");
  EXPECT_EQ(expression("f(a?, b: c)"), "Call(f, Argument(Postfix ?(a)), Argument b(c))");
  EXPECT_EQ(expression("a ? (b ? c : d) : e"),
            "Conditional(condition: a, true: Paren(Conditional(condition: b, true: c, false: d)), false: e)");
  EXPECT_EQ(expression("a?.5:1"), "Conditional(condition: a, true: 0.5, false: 1)");
  EXPECT_EQ(expression("x is T ? a : b"), "Conditional(condition: Is(x, Type(T)), true: a, false: b)");
  EXPECT_EQ(expression("x is T?"), "Is(x, Type(OptionalType(T)))");
  EXPECT_EQ(expression("x is T? && y"), "&&(Is(x, Type(OptionalType(T))), y)");
  EXPECT_EQ(expression("x as T ? a : b"), "Conditional(condition: As(x, T), true: a, false: b)");
  EXPECT_EQ(expression("(x as T?)"), "Paren(As(x, OptionalType(T)))");
  EXPECT_EQ(expression("x as T ?\? y"), "?\?(As(x, T), y)");
}

TEST(Ambiguity, Arrows) {
  EXPECT_EQ(expression("a => b"), "Lambda(Param a, b)");
  EXPECT_EQ(expression("(a) => b"), "Lambda(Param a, b)");
  EXPECT_EQ(expression("match (a) { b if c => d }"), "Match(value: a, MatchArm(Type(b), when: c, =>: d))");
  EXPECT_EQ(expression("match (a) { b if (c) => d }"), "Match(value: a, MatchArm(Type(b), when: Paren(c), =>: d))");
  EXPECT_EQ(expression("match (a) { b if f(c => d) => e }"),
            "Match(value: a, MatchArm(Type(b), when: Call(f, Argument(Lambda(Param c, d))), =>: e))");
  EXPECT_EQ(expression("match (a) { b => c => d }"), "Match(value: a, MatchArm(Type(b), =>: Lambda(Param c, d)))");
}

TEST(Ambiguity, Brackets) {
  EXPECT_EQ(expression("[a, b]"), "Array(a, b)");
  EXPECT_EQ(expression("[ref a] () => b"), "Lambda [ ref a ](b)");
  EXPECT_EQ(expression("[move a] x => b"), "Lambda [ move a ](Param x, b)");
  EXPECT_EQ(expression("[a] x => b"), "Lambda [ a ](Param x, b)");
  EXPECT_EQ(expression("[a](b)"), "Call(Array(a), Argument(b))");
  EXPECT_EQ(expression("[..a]"), "Array(Spread(a))");
  EXPECT_EQ(expression("[a..b]"), "Array(Range(begin: a, end: b))");
  EXPECT_EQ(expression("a[..b]"), "Index(a, Argument(Range(end: b)))");
  EXPECT_EQ(statements("[A] int b;"), "Var(Variables(Attribute A, b(Attribute A, int)))");
  EXPECT_EQ(Parsed("func f([A] int b) { }").shape(), "Func f(Param b(Attribute A, int), Block)");
}

TEST(Ambiguity, Braces) {
  EXPECT_EQ(statements("int[] a = { 1 };"), "Var(Variables(a(ArrayType rank 1(int), InitializerList(1))))");
  EXPECT_EQ(statements("a = new T { b };"), "(=(a, NewObject(T, InitializerList(b))))");
  EXPECT_EQ(statements("int[] a = { { 1 }, { } };"),
            "Var(Variables(a(ArrayType rank 1(int), InitializerList(InitializerList(1), InitializerList))))");
  EXPECT_EQ(statements("f(x => { b(); });"), "(Call(f, Argument(Lambda(Param x, Block((Call(b)))))))");
  EXPECT_EQ(statements("{ b(); }"), "Block((Call(b)))");
}

TEST(Ambiguity, Words) {
  EXPECT_EQ(Parsed("own class A { }").shape(), "Class class A own");
  EXPECT_EQ(Parsed("own A a;").shape(), "Variables(a(OwnType(A)))");
  EXPECT_EQ(Parsed("rc sealed class A { }").shape(), "Class class A sealed rc");
  EXPECT_EQ(Parsed("rc a;").shape(), "Variables(a(rc))");
  EXPECT_EQ(expression("new T() in a"), "NewObject () in a(T)");
  EXPECT_EQ(statements("for (var a in new T() in b) { }"),
            "Foreach(variable: a var, source: NewObject () in b(T), Block)");
  EXPECT_EQ(expression("x is T y"), "Is(x, Type y(T))");
  EXPECT_EQ(expression("x is T and y"), "Is(x, Binary and(Type(T), Type(y)))");
  EXPECT_EQ(expression("x is T or y"), "Is(x, Binary or(Type(T), Type(y)))");
  EXPECT_EQ(expression("match (a) { T when b => c }"), "Match(value: a, MatchArm(Type(T), when: b, =>: c))");
  EXPECT_EQ(expression("match (a) { T when => c }"), "D1034");
  EXPECT_EQ(expression("match (a) { not => b, not c => d }"),
            "Match(value: a, MatchArm(Type(not), =>: b), MatchArm(Not(Type(c)), =>: d))");
}

TEST(Ambiguity, BareNamesInPatterns) {
  EXPECT_EQ(expression("match (a) { b => c }"), "Match(value: a, MatchArm(Type(b), =>: c))");
  EXPECT_EQ(expression("match (a) { b.c => d }"), "Match(value: a, MatchArm(Type(b c), =>: d))");
  EXPECT_EQ(expression("match (a) { b.c + 1 => d }"),
            "Match(value: a, MatchArm(Constant(+(Member . c(b), 1)), =>: d))");
  EXPECT_EQ(expression("match (a) { (b) => c }"), "Match(value: a, MatchArm(Type(b), =>: c))");
  EXPECT_EQ(expression("match (a) { (b, c) => d }"),
            "Match(value: a, MatchArm(Type ()(part: Type(b), part: Type(c)), =>: d))");
}

} // namespace
