// Errors: how many, in which order, what their fix-its do; deep and truncated input.
#include "parse_text.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/unicode.h"
#include "llvm/ADT/StringExtras.h"

using namespace dream;
using namespace dream::test;

namespace {

std::string repeat(llvm::StringRef text, unsigned times) {
  std::string result;
  for (unsigned i = 0; i < times; ++i)
    result += text;
  return result;
}

TEST(FixIts, MendTheText) {
  struct Case {
    const char *broken, *mended;
  };
  for (Case test : std::initializer_list<Case>{
           {"int x = 1\nint y = 2;", "int x = 1;\nint y = 2;"},
           {"int f() { return 1; }", "func int f() { return 1; }"},
           {"class A { A(int x) { } void g() { } static A operator +(A a, A b) => a; }",
            "class A { func A(int x) { } func void g() { } static func A operator +(A a, A b) => a; }"},
           {"class A { readonly int a = 3; }", "class A { let int a = 3; }"},
           {"namespace A.B;\nint x;", "module A.B;\nint x;"},
           {"using System.Text;", "import System.Text;"},
           {"partial class A { }", "class A { }"},
           {"async func void f() { }", "func void f() { }"},
           {"func f() { var x = await g(); }", "func f() { var x = g(); }"},
           {"func f() { int* p = stackalloc int[3]; }", "func f() { int* p = new int[3]; }"},
           {"func f() { g(1, 2; }", "func f() { g(1, 2); }"},
           {"func f() { g(1, [2); }", "func f() { g(1, [2]); }"},
           {"func f() { g(1]; }", "func f() { g(1); }"},
           {"func f() { if x > 0 { } }", "func f() { if (x > 0) { } }"},
           {"func f() { for (x in xs) { } }", "func f() { for (var x in xs) { } }"},
           {"func f(a: int, b: List<T>) -> string { }", "func string f(int a, List<T> b) { }"},
           {"func f(): int { }", "func int f() { }"},
           {"func f() { let x: int = 3; }", "func f() { let int x = 3; }"},
           {"int class = 1;", "int @class = 1;"},
           {"public public int a;", "public int a;"},
           {"func f(int a,) { }", "func f(int a) { }"},
           {"var x = new int[3] { 1, 2, 3 };", "var x = new int[] { 1, 2, 3 };"},
           {"var x = 'ab';", "var x = \"ab\";"},
           {"var x = $\"{a\";", "var x = $\"{a}\";"},
           {"var x = $\"}\";", "var x = $\"}}\";"},
           {"var x = “hi”;", "var x = \"hi\";"},
           {"var x = a – b;", "var x = a - b;"},
           {"var x = match (a) { 1 | 2 => 3 };", "var x = match (a) { 1 or 2 => 3 };"},
           {"var x = match (a) {\n1 => 2\n3 => 4\n};", "var x = match (a) {\n1 => 2,\n3 => 4\n};"},
           {"enum E {\nA\nB\n}", "enum E {\nA,\nB\n}"},
           {"class A { int x;; }", "class A { int x; }"},
           {"class A { ~A { } }", "class A { ~A() { } }"},
       }) {
    Parsed broken(test.broken);
    EXPECT_NE(broken.errors(), "") << test.broken;
    EXPECT_EQ(broken.mended(), test.mended);
    EXPECT_EQ(Parsed(test.mended).errors(), "") << test.mended;
  }
}

TEST(Recovery, ErrorsComeInOrderOfTheText) {
  Parsed parsed("var a = ;\nvar b = \"x;\nvar c = ;\nvar d = 'ab';\nfunc f( { }\nvar e = ;\nvar g = 1e999;\n");
  EXPECT_EQ(parsed.errors(), "D1034 D1005 D1034 D1008 D1030 D1034 D1013");
}

TEST(Recovery, OneErrorForEachMistake) {
  // A mistake in the middle leaves what is around it alone: the last declaration is there, and only one error is.
  for (const char *mistake : {
           "x = ;", "x = (1 + ;", "f(1, , 2);", "if (x { y(); }", "while { }", "for (;) { }", "int 3;", "foo(", "a b c d;", "x = @;",
           "return return;", "switch x { }", "try { }", "x = new;", "var;", "x = [1, 2;", "x = {1};", "else { }", "x..y..z;",
           "case 1:", "public;", "goto a;", "lock (x) { }", "x = y switch { 1 => 2 };", "x = \"abc;", "x = 'a;", "x = 0x;",
           "x = $\"{a;", "match (x) { 1 };", "match (x) { 1 => };", "x = a ? b;", "x = (T)(;", "int[ a;", "x = sizeof(;",
       }) {
    std::string text = ("func before() { }\nfunc f() {\n    a();\n    " + llvm::Twine(mistake) + "\n    b();\n}\nint after;\n").str();
    Parsed parsed(text);
    EXPECT_EQ(parsed.diagnostics.size(), 1u) << mistake << ": " << parsed.errors();
    EXPECT_TRUE(llvm::StringRef(parsed.shape()).ends_with("Variables(after(int))")) << mistake << ": " << parsed.shape();
    EXPECT_NE(parsed.shape().find("Call(b)"), std::string::npos) << mistake << ": " << parsed.shape();
  }
}

TEST(Recovery, MembersGoOnAfterErrors) {
  for (const char *mistake : {"int;", "int x = ;", "func;", "func f(", "func f( { }", "int x y;", "void f() { }", "~;", "int P { }",
                              "int P { get foo; }", "static { }", "if (x) { }", "x = 1;", "[A", "int this { get; }"}) {
    std::string text = ("class A {\n    int before;\n    " + llvm::Twine(mistake) + "\n    int after;\n}\nint last;\n").str();
    Parsed parsed(text);
    EXPECT_GE(parsed.diagnostics.size(), 1u) << mistake;
    EXPECT_LE(parsed.diagnostics.size(), 2u) << mistake << ": " << parsed.errors();
    EXPECT_NE(parsed.shape().find("before"), std::string::npos) << mistake;
    EXPECT_TRUE(llvm::StringRef(parsed.shape()).ends_with("Variables(last(int))")) << mistake << ": " << parsed.shape();
  }
}

TEST(Recovery, InvalidUtf8) {
  Parsed parsed("var x = \xFF;\nvar y = \"\xC0\xAF\";\n// \xE9\nvar z = 1;");
  ASSERT_EQ(parsed.diagnostics.size(), 1u); // Once a file: the rest tends to be in another encoding, too.
  EXPECT_EQ(parsed.diagnostics[0].id, DiagId::InvalidUtf8);
}

TEST(Recovery, NulCharacters) {
  EXPECT_EQ(Parsed(llvm::StringRef("var x\0 = 1;", 11)).errors(), "D1001");
  EXPECT_EQ(Parsed(llvm::StringRef("var x = \"a\0b\";", 14)).errors(), "");
}

// ---- Depth ----------------------------------------------------------------------------------------------------------

TEST(Depth, TenThousandOfEverything) {
  unsigned n = 10000;
  std::pair<const char *, const char *> pairs[] = {
      {"(", ")"}, {"[", "]"}, {"f(", ")"}, {"a[", "]"}, {"{", "}"}, {"if (a) ", ""}, {"a => ", ""}, {"-", ""}, {"!", ""}, {"*", ""},
      {"(int)", ""}, {"a ? b : ", ""}, {"a ? ", ""}, {"a + ", ""}, {"a ?? ", ""}, {"a = ", ""}, {"a.b().", ""}, {"a?", ""}, {"List<", ">"},
      {"(a, ", ")"}, {"x is (", ")"}, {"not ", ""}, {"$\"{", "}\""}, {"new A { X = ", "}"}, {"match (", ")"}, {"match (a) { b => ", "}"},
      {"while (a) ", ""}, {"a: ", ""}, {"else if (a) b();", ""}, {"defer ", ""}, {"class A {", "}"}, {"func f() {", "}"}, {"func int(", ")"},
      {"func ", "()"}, {"own ", ""}, {"int[", "]"}, {"T?", ""}, {"int*", ""}, {"a < ", ""}, {"a < (", ")"}, {"..", ""}, {"try {", "} finally { }"},
      {"switch (a) { case 1: ", "}"}, {"x => {", "}"}, {"a is b ? ", ""}, {"var (", ")"}, {"a.", ""}, {"a as ", ""}, {"/*", "*/"}, {"1 or ", ""},
      {"if (a) b(); else ", ""}, {"[ref a] () => ", ""}, {"<", ">"}, {"{ X: ", "}"}, {"extend ", "{ }"}, {"namespace a {", "}"}, {"await ", ""},
      {"lock (a) ", ""}, {"async ", ""}, {"throw ", ""}, {"a ?\? throw ", ""}, {"async () => ", ""}, {"from x in ", ""}, {"x switch { ", "}"}, {"yield return ", ""}, {"enum E { ", "}"},
  };
  size_t highest = 0;
  for (auto [open, close] : pairs)
    for (const char *before : {"", "x = ", "x = match (a) { ", "class A { int x = ", "T "}) {
      std::string text = before + repeat(open, n) + "a" + repeat(close, n) + ";";
      Parsed parsed(text);
      EXPECT_LT(parsed.diagnostics.size(), 20100u) << open;
      parsed.print(); // Whatever came out is low enough to be walked.
      highest = std::max(highest, parsed.height());
    }
  EXPECT_LE(highest, ast::kMaxTreeHeight);
  EXPECT_GT(highest, ast::kMaxTreeHeight / 4);
  EXPECT_EQ(Parsed("var x = " + repeat("(", n) + "a" + repeat(")", n) + ";").errors(), "D1043");
  EXPECT_EQ(Parsed("func f() " + repeat("{", n) + repeat("}", n)).errors(), "D1043");
  EXPECT_EQ(Parsed("var x = " + repeat("-", n) + "a;").errors(), "D1043");
  EXPECT_EQ(Parsed("var x = " + repeat("a + ", n) + "a;").errors(), "D1043");
  EXPECT_EQ(Parsed("func f() { " + repeat("if (a) b(); else ", n) + "c(); }").errors(), "D1043");
}

TEST(Depth, WhatPeopleWriteIsNotTooDeep) {
  EXPECT_EQ(Parsed("var x = " + repeat("(", 256) + "a" + repeat(")", 256) + ";").errors(), "");
  EXPECT_EQ(Parsed("func f() " + repeat("{", 256) + repeat("}", 256)).errors(), "");
  EXPECT_EQ(Parsed("var x = " + repeat("a + ", 1000) + "a;").errors(), "");
  EXPECT_EQ(Parsed("func f() { " + repeat("if (a) b(); else ", 1000) + "c(); }").errors(), "");
  EXPECT_EQ(Parsed("var x = " + repeat("a ? b : ", 256) + "c;").errors(), "");
  EXPECT_EQ(Parsed("var x = [" + repeat("1, ", 100000) + "];").errors(), "");
}

// ---- Prefixes -------------------------------------------------------------------------------------------------------

const char *const kSample = R"(module a.b;
import c "x.h"; import d.e as f;
/// Doc
[A(1)] export class P<T, const int N> : B, I<T> where T : class, new() {
  public string name = $"{a,5:D4} {b(c => { return d; })}", other[2]; ~P() { } int X { get => 1; private set { } } = 3;
  func P(int x = 1, params T[] y) : base(x, z: 2) { this.x = x; } static func P operator >>(P a, P b) => a;
  type Key : I = int; int this[int i] => i; const char* s; func int(int) cb = (int a, ref b) => a;
}
enum E : byte { A(int x, T), B = 1, C; func f() { } }
extend<T> List<T> : I { }
func int main(string[] args) {
  int a = 1, m[2][3] = {{1}, {2}}; var (b, (c, d)) = e; (T f, U g) = h; ref int r = ref a; let l = [1, ..x, 2..^3];
  outer: for (int i = 0; i < 10; i++) { if (a < b > (c)) continue outer; else if (x is T t and not null or > 3) break; else { } }
  foreach (var (k, v) in map) using (var y = open()) arena z(10) { nogc { unsafe { *p = &q; } } }
  switch (x) { case 1: case 'c': f(); break; default: throw new E("s") in heap; }
  try { yield return (int)a.b?.c[1]!.d?; } catch (E e) when (e.x) { } finally { do { } while (a); }
  return match (x, y) { (1, _) if z => { g(); 5 } Circle(var r) => r as T ?? throw q, { X: 1..=2 } => a ? b : c, _ => new T[3][] };
}
)";

TEST(Prefixes, NoneCrashesOrHangs) {
  // A prefix at each token, and the text without each token.
  SourceManager sources;
  NameTable names;
  ast::AstContext context(names);
  FileId file = sources.add("sample", kSample);
  ast::TokenBuffer buffer = ast::lex(context, sources, file);
  ASSERT_EQ(Parsed(kSample).errors(), "");
  uint32_t start = sources.start(file).offset;
  llvm::StringRef text = kSample;
  for (const ast::Token &token : buffer.tokens) {
    Parsed prefix(text.take_front(token.begin - start));
    prefix.print();
    std::string without = (text.take_front(token.begin - start) + text.drop_front(token.end - start)).str();
    Parsed hole(without);
    hole.print();
    EXPECT_LE(hole.diagnostics.size(), 12u) << "without the token at " << (token.begin - start);
    std::string twice = (text.take_front(token.end - start) + " " + text.drop_front(token.begin - start)).str();
    Parsed doubled(twice);
    doubled.print();
    EXPECT_LE(doubled.diagnostics.size(), 12u) << "with the token at " << (token.begin - start) << " twice";
  }
}

// ---- Unicode --------------------------------------------------------------------------------------------------------

TEST(Unicode, NamesAreComparedInNormalFormC) {
  // é composed and decomposed; Hangul; marks in two orders; one that does not compose back.
  EXPECT_EQ(Parsed("var caf\xC3\xA9 = 1;").dump(), Parsed("var cafe\xCC\x81 = 1;").dump());
  EXPECT_EQ(Parsed("var \xEA\xB0\x81 = 1;").dump(), Parsed("var \xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8 = 1;").dump());
  EXPECT_EQ(ast::toNfc("a\xCC\xA3\xCC\x82").str(), "\xE1\xBA\xAD");
  EXPECT_EQ(ast::toNfc("a\xCC\x82\xCC\xA3").str(), "\xE1\xBA\xAD");
  EXPECT_EQ(ast::toNfc("\xE2\x84\xAB").str(), "\xC3\x85"); // The ångström sign is the letter.
  EXPECT_EQ(ast::toNfc("\xE0\xA5\x98").str(), "\xE0\xA4\x95\xE0\xA4\xBC"); // Excluded from composition.
  EXPECT_EQ(Parsed("var \xE2\x82\xAC = 1;").errors(), "D1001"); // € is no letter.
}

TEST(Unicode, Positions) {
  Parsed parsed("\xEF\xBB\xBFvar \xC3\xA9 = ;");
  ASSERT_EQ(parsed.diagnostics.size(), 1u);
  LineColumn place = parsed.sources.lineColumn(parsed.diagnostics[0].range.begin);
  EXPECT_EQ(place.line, 1u);
  EXPECT_EQ(place.column, 13u); // In bytes.
}

} // namespace
