// Which operator binds tighter: every pair of them.
#include "parse_text.h"

using namespace dream::test;

namespace {

struct Level {
  bool isRight;
  std::vector<std::string> operators;
};

// Loosest first, as grammar.md lists them.
const std::vector<Level> kLevels = {
    {true, {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "?\?="}},
    {true, {"?\?"}},
    {false, {"||"}},
    {false, {"&&"}},
    {false, {"|"}},
    {false, {"^"}},
    {false, {"&"}},
    {false, {"==", "!="}},
    {false, {"<", ">", "<=", ">="}},
    {false, {"<<", ">>", ">>>"}},
    {false, {"+", "-"}},
    {false, {"*", "/", "%"}},
};

TEST(Precedence, EveryPairOfBinaryOperators) {
  for (size_t i = 0; i < kLevels.size(); ++i)
    for (size_t j = 0; j < kLevels.size(); ++j)
      for (const std::string &first : kLevels[i].operators)
        for (const std::string &second : kLevels[j].operators) {
          bool leftFirst = i > j || (i == j && !kLevels[i].isRight);
          std::string expected = leftFirst ? second + "(" + first + "(a, b), c)" : first + "(a, " + second + "(b, c))";
          EXPECT_EQ(expression("a " + first + " b " + second + " c"), expected);
        }
}

TEST(Precedence, Conditional) {
  EXPECT_EQ(expression("a ? b : c ? d : e"), "Conditional(condition: a, true: b, false: Conditional("
                                             "condition: c, true: d, false: e))");
  EXPECT_EQ(expression("a ?\? b ? c : d"), "Conditional(condition: ?\?(a, b), true: c, false: d)");
}

TEST(Precedence, Ranges) {
  EXPECT_EQ(expression("1..n - 1"), "Range(begin: 1, end: -(n, 1))");
  EXPECT_EQ(expression("a + 1 .. b << 1"), "Range(begin: +(a, 1), end: <<(b, 1))");
  EXPECT_EQ(expression("a..b < c"), "<(Range(begin: a, end: b), c)");
  EXPECT_EQ(expression("a < b..c"), "<(a, Range(begin: b, end: c))");
  EXPECT_EQ(expression("a..b is T"), "Is(Range(begin: a, end: b), Type(T))");
  EXPECT_EQ(expression("..b == c"), "==(Range(end: b), c)");
  EXPECT_EQ(expression("a.. == c"), "==(Range(begin: a), c)");
  EXPECT_EQ(expression("-1..^1"), "Range(begin: -(1), end: ^(1))");
}

TEST(Precedence, IsAndAs) {
  EXPECT_EQ(expression("a + b is T && c"), "&&(Is(+(a, b), Type(T)), c)");
  EXPECT_EQ(expression("a as T == b"), "==(As(a, T), b)");
  EXPECT_EQ(expression("a << b as T"), "As(<<(a, b), T)");
  EXPECT_EQ(expression("a is 1 or 2 and > 3 || b"), "||(Is(a, Binary or(Constant(1), Binary and(Constant(2), Relational >(3)))), b)");
}

TEST(Precedence, PrefixAndPostfix) {
  EXPECT_EQ(expression("-a * !b"), "*(-(a), !(b))");
  EXPECT_EQ(expression("-a.b"), "-(Member . b(a))");
  EXPECT_EQ(expression("-a++"), "-(Postfix ++(a))");
  EXPECT_EQ(expression("*p++"), "*(Postfix ++(p))");
  EXPECT_EQ(expression("&a[i].b"), "&(Member . b(Index(a, Argument(i))))");
  EXPECT_EQ(expression("move a.b"), "move(Member . b(a))");
  EXPECT_EQ(expression("(T)a.b"), "Cast(T, Member . b(a))");
  EXPECT_EQ(expression("(T)a + b"), "+(Cast(T, a), b)");
  EXPECT_EQ(expression("- -a"), "-(-(a))");
  EXPECT_EQ(expression("!(int)a!.b?"), "!(Cast(int, Postfix ?(Member . b(Postfix !(a)))))");
  EXPECT_EQ(expression("a.b()[c]->d?.e"), "Member ?. e(Member -> d(Index(Call(Member . b(a)), Argument(c))))");
}

TEST(Precedence, LambdasAreLoosest) {
  EXPECT_EQ(expression("x => a = b"), "Lambda(Param x, =(a, b))");
  EXPECT_EQ(expression("a = x => b ? c : d"),
            "=(a, Lambda(Param x, Conditional(condition: b, true: c, false: d)))");
}

} // namespace
