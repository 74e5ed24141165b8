// Checking programs from memory: what needs no driver and no installation.
#include "compiler/diag/render.h"
#include "compiler/sema/check.h"
#include "compiler/sema/print_program.h"
#include "compiler/syntax/parser.h"
#include "gtest/gtest.h"

using namespace dream;

namespace {

struct Checked {
  SourceManager sources;
  NameTable names;
  TypeTable types;
  ast::AstContext trees{names};
  std::string text;
  llvm::raw_string_ostream out{text};
  std::unique_ptr<DiagnosticConsumer> renderer = makeTextRenderer(sources, out, false);
  DiagnosticEngine diags{*renderer};
  std::unique_ptr<sema::Program> program;

  Checked(llvm::ArrayRef<llvm::StringRef> library, llvm::StringRef source) {
    std::vector<const ast::SourceFile *> core, files;
    for (llvm::StringRef text : library)
      core.push_back(ast::parseFile(trees, sources, sources.add("core.dr", text), diags));
    files.push_back(ast::parseFile(trees, sources, sources.add("test.dr", source), diags));
    program = sema::checkProgram(types, names, sources, core, files, diags, {});
  }
  const sema::FunctionInfo *function(llvm::StringRef symbol) const {
    for (const sema::FunctionInfo &info : program->functions)
      if (info.symbol == symbol)
        return &info;
    return nullptr;
  }
};

} // namespace

TEST(Sema, aLibraryThatLacksSomethingIsReported) {
  Checked c({"module core; export class Exception { }"}, "");
  EXPECT_NE(c.text.find("D2021"), std::string::npos);
  EXPECT_NE(c.text.find("'core.concat'"), std::string::npos);
  EXPECT_EQ(c.text.find("'Exception'"), std::string::npos);
}

TEST(Sema, throwingFlowsThroughCallsAndStopsAtHandlers) {
  Checked c({}, R"(
    class E { }
    func void direct() { throw new E(); }
    func void caller() { direct(); }
    func void swallows() { try { caller(); } catch { } }
    func void handlerThrows() { try { caller(); } catch { direct(); } }
    func void finallyThrows() { try { } finally { direct(); } }
    func void quiet() { swallows(); }
    func void ping(int n) { if (n > 0) pong(n - 1); }
    func void pong(int n) { ping(n); caller(); }
  )");
  for (llvm::StringRef throws : {"test.direct", "test.caller", "test.handlerThrows", "test.finallyThrows", "test.ping", "test.pong"})
    EXPECT_TRUE(c.function(throws) && c.function(throws)->mayThrow) << throws.str();
  for (llvm::StringRef quiet : {"test.swallows", "test.quiet"})
    EXPECT_TRUE(c.function(quiet) && !c.function(quiet)->mayThrow) << quiet.str();
}

TEST(Sema, anOverrideFamilyAgreesOnThrowing) {
  Checked c({}, R"(
    interface I { func void M(); }
    class A : I { virtual func void M() { } }
    class B : A { override func void M() { throw "x"; } }
    class C : I { func void M() { } }
    func void use(I i) { i.M(); }
    func void direct() { new C(); }
  )");
  for (llvm::StringRef symbol : {"test.I.M", "test.A.M", "test.B.M", "test.C.M", "test.use"})
    EXPECT_TRUE(c.function(symbol) && c.function(symbol)->mayThrow) << symbol.str();
  EXPECT_FALSE(c.function("test.direct")->mayThrow);
  EXPECT_EQ(c.function("test.A.M")->slot, std::optional<unsigned>(0));
  EXPECT_EQ(c.function("test.B.M")->slot, std::optional<unsigned>(0));
  EXPECT_EQ(c.function("test.B.M")->overrides, c.program->declaredFunctions.get(c.function("test.A.M")->decl));
}

TEST(Sema, structMethodsThatWriteThisAreFound) {
  Checked c({}, R"(
    struct In { int x; func void Set(int v) { x = v; } }
    struct P { In inner; int[] list; int n { get; set; }
      func void Direct() { inner.x = 1; }
      func void Nested() { inner.Set(1); }
      func void Element() { list[0] = 1; }
      func void Through() { Nested(); }
      func void Property() { n = 3; }
      func void Whole() { this = new P(); }
      func void ByRef() { set(ref inner.x); }
      func int Reads() => inner.x + list.Length + n; }
    func void set(ref int x) { x = 1; }
  )");
  EXPECT_FALSE(c.diags.hasErrors()) << c.text;
  for (llvm::StringRef writes : {"Direct", "Nested", "Element", "Through", "Property", "Whole", "ByRef"})
    EXPECT_TRUE(c.function(("test.P." + writes).str())->mutatesThis) << writes.str();
  EXPECT_FALSE(c.function("test.P.Reads")->mutatesThis);
}

TEST(Sema, lateFields) {
  Checked c({}, R"(
    class Other { func void See(Node n) { } }
    class Node { Other set; Other early; Other some; Other leaked; Other read; let Other init = new Other();
      func Node(bool b) { set = new Other(); if (b) some = set; read.See(this); early = set; leaked = set; read = set; } }
    class Derived : Node { Other mine; func Derived() : base(true) { mine = new Other(); } }
    class Quiet { Other a; Other b; func Quiet(bool c) { if (c) { a = new Other(); } else { a = new Other(); } b = a; } }
    class MoreQuiet : Quiet { Other d; func MoreQuiet() : base(true) { d = new Other(); } }
  )");
  EXPECT_FALSE(c.diags.hasErrors()) << c.text;
  auto late = [&](llvm::StringRef type, llvm::StringRef field) {
    for (size_t i = 0; i < c.types.nominalCount(); ++i)
      if (c.types.info(NominalId(i)).name.text() == type)
        for (const FieldInfo &info : c.types.info(NominalId(i)).fields)
          if (info.name.text() == field)
            return info.isLate;
    ADD_FAILURE() << field.str();
    return false;
  };
  EXPECT_FALSE(late("Node", "set"));
  EXPECT_FALSE(late("Node", "init"));
  EXPECT_TRUE(late("Node", "some"));
  EXPECT_TRUE(late("Node", "early")); // seen by See(this) before it is set
  EXPECT_TRUE(late("Node", "read"));
  EXPECT_TRUE(late("Derived", "mine")); // the base constructor shows `this` around
  EXPECT_FALSE(late("Quiet", "a"));
  EXPECT_FALSE(late("Quiet", "b"));
  EXPECT_FALSE(late("MoreQuiet", "d"));
}

TEST(Sema, moduleVariablesAreInitialisedImportsFirst) {
  SourceManager sources;
  NameTable names;
  TypeTable types;
  ast::AstContext trees(names);
  std::string text;
  llvm::raw_string_ostream out(text);
  auto renderer = makeTextRenderer(sources, out, false);
  DiagnosticEngine diags(*renderer);
  std::vector<const ast::SourceFile *> files;
  auto add = [&](llvm::StringRef source) { files.push_back(ast::parseFile(trees, sources, sources.add("x.dr", source), diags)); };
  add("module main; import b; int x = f(); int folded = 2 + 3; func int f() => 1;");
  add("module a; export int y = g(); func int g() => 1; int z;");
  add("module b; import a; import main; int w = h(); func int h() => 1;");
  auto program = sema::checkProgram(types, names, sources, {}, files, diags, {});
  EXPECT_FALSE(diags.hasErrors()) << text;
  std::vector<std::string> order;
  for (sema::VariableId variable : program->initialisers)
    order.push_back((*program)[variable].qualifiedName);
  EXPECT_EQ(order, (std::vector<std::string>{"a.y", "b.w", "main.x"}));
}

// Deep nesting and long chains are other people's generated code; they must not take quadratic time or a deep stack.
TEST(Sema, manyDeclarationsAndLongExpressions) {
  std::string source;
  for (int i = 0; i < 5000; ++i)
    source += "func int fn" + std::to_string(i) + "(int a) { int b = a + " + std::to_string(i) + "; return b > 3 ? fn" +
              std::to_string(i ? i - 1 : 0) + "(b) : b; }\n";
  source += "func int sum(int a) => a";
  for (int i = 0; i < 300; ++i)
    source += " + a";
  source += ";\n";
  Checked c({}, source);
  EXPECT_FALSE(c.diags.hasErrors()) << c.text.substr(0, 400);
}
