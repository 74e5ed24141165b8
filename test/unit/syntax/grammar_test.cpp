// Random texts derived from the grammar's rules: each of them parses without an error, and prints to the same tree.
// Where section 3 of the grammar takes one of two readings, the derivation writes the other one with parentheses.
#include "parse_text.h"
#include "llvm/ADT/Twine.h"
#include <random>

using namespace dream::test;

namespace {

class Derivation {
public:
  explicit Derivation(unsigned seed) : random(seed) {}

  std::string file() {
    std::string text;
    if (chance(3))
      text += "module " + path() + ";\n";
    repeat(3, [&] {
      text += "import ";
      text += chance(3) ? "c \"x.h\"" : path() + (chance(2) ? " as " + name() : "");
      text += ";\n";
    });
    for (unsigned i = 0; i < 8; ++i)
      text += (chance(3) ? statement(4) : declaration(4, true)) + "\n";
    return text;
  }

private:
  // ---- Chance ----
  unsigned below(unsigned limit) { return limit ? random() % limit : 0; }
  bool chance(unsigned oneIn) { return below(oneIn) == 0; }
  template <typename F> void repeat(unsigned most, F what) {
    for (unsigned times = below(most + 1); times; --times)
      what();
  }
  template <typename F> std::string commas(unsigned least, unsigned most, F item) {
    std::string text;
    for (unsigned i = 0, count = least + below(most - least + 1); i < count; ++i)
      text += (i ? ", " : "") + item();
    return text;
  }
  std::string pick(std::initializer_list<const char *> words) { return words.begin()[below(words.size())]; }
  std::string maybe(unsigned oneIn, const std::string &text) { return chance(oneIn) ? text : ""; }

  // ---- Names and types ----
  std::string name() {
    return pick({"a", "b", "c", "x", "y", "foo", "Bar", "_1", "value", "get", "set", "init", "heap", "T", "U", "größe", "@if", "explicit",
                 "implicit", "rc", "gc", "weak", "type", "lock", "async", "from"});
  }
  /// Where contextual words mean something.
  std::string plainName() { return pick({"a", "b", "x", "y", "foo", "Bar", "T", "U", "_1", "@if"}); }
  std::string path() { return plainName() + maybe(3, "." + pick({"a", "class", "Bar", "if", "int"})); }
  std::string typeArgs(int depth) {
    return "<" + commas(1, 2, [&] {
             return chance(5) ? std::string("16") : chance(8) ? "(" + expression(depth - 1) + ")" : type(depth - 1);
           }) + ">";
  }
  std::string typeBase(int depth) {
    unsigned kind = depth <= 0 ? below(2) : below(8);
    switch (kind) {
    case 0: case 4: return pick({"int", "void", "string", "double", "i32", "object", "char", "u8"});
    case 1: case 5: return plainName();
    case 2: return plainName() + typeArgs(depth) + maybe(4, ".Inner" + maybe(2, typeArgs(depth - 1)));
    case 3: return "(" + commas(2, 3, [&] { return type(depth - 1) + maybe(2, " " + plainName()); }) + ")";
    case 6:
      return "func " + maybe(4, "ref ") + type(depth - 1) + "(" +
             commas(0, 2, [&] { return pick({"", "", "ref ", "in ", "out "}) + type(depth - 1) + maybe(2, " " + plainName()); }) + ")";
    case 7: return path();
    }
    return "int";
  }
  std::string type(int depth) {
    if (chance(12))
      return "own " + type(depth - 1);
    if (chance(16))
      return "weak " + plainName() + "?";
    if (chance(16))
      return "const " + plainName() + "*";
    std::string text = typeBase(depth);
    repeat(2, [&] {
      if (chance(2))
        text += pick({"?", "*", "[]", "[,]", "[][]", "[3]", "[2][]"});
    });
    return text;
  }
  /// Behind `is` and `as`, where a suffix could be an operator.
  std::string operandType(int depth) { return chance(3) ? plainName() + typeArgs(depth) : chance(3) ? pick({"int", "string[]", "T[,]"}) : path(); }

  // ---- Expressions ----
  std::string literal() {
    return pick({"0", "42", "1_000", "0xFF", "0b1u", "7L", "1.5", "1e3", "2f", ".5", "'c'", "'\\n'", "'\\''", "\"s\"", "\"\\u{41}{\"", "@\"a\"\"b\"",
                 "\"\"\"raw \"x\" \"\"\"", "true", "false", "null"});
  }
  std::string interpolated(int depth) {
    std::string text = pick({"$\"", "$@\"", "$\"\"\""});
    std::string close = text == "$\"\"\"" ? " \"\"\"" : "\"";
    repeat(3, [&] {
      text += pick({"text ", "{{", "}}", ""});
      text += "{" + operand(depth - 1) + maybe(4, "," + pick({"5", "-5"})) + maybe(4, ":" + pick({"D4", "X", "f2"})) + "}";
    });
    return text + pick({"", " end"}) + close;
  }
  std::string arguments(int depth) {
    return commas(0, 3, [&] {
      std::string text = maybe(6, plainName() + ": ");
      switch (below(8)) {
      case 0: return text + "ref " + postfix(depth - 1);
      case 1: return text + "out " + pick({"var x", "int y", "List<int> z", "a.b"});
      case 2: return text + "in " + postfix(depth - 1);
      }
      return text + expression(depth - 1);
    });
  }
  std::string lambda(int depth) {
    std::string text = maybe(6, "[" + commas(1, 2, [&] { return pick({"ref ", "move ", ""}) + plainName(); }) + "] ");
    text += chance(2) ? plainName()
                      : "(" + commas(0, 2, [&] {
                          std::string mode = pick({"", "", "ref ", "in ", "out "});
                          return maybe(8, "[A] ") + mode + (mode.empty() && chance(2) ? "" : type(depth - 2) + " ") + plainName();
                        }) + ")";
    return text + " => " + (chance(3) ? block(depth - 1) : chance(8) ? "throw " + postfix(depth - 1) : expression(depth - 1));
  }
  std::string initializers(int depth) {
    return "{ " + commas(0, 3, [&] {
             switch (below(6)) {
             case 0: return plainName() + " = " + initial(depth - 1);
             case 1: return "[" + expression(depth - 1) + "] = " + expression(depth - 1);
             case 2: return depth > 0 ? initializers(depth - 1) : std::string("1");
             }
             return expression(depth - 1);
           }) + " }";
  }
  std::string initial(int depth) { return chance(5) && depth > 0 ? initializers(depth - 1) : expression(depth); }
  std::string creation(int depth) {
    std::string text;
    switch (below(7)) {
    case 0: text = "new " + typeBase(depth - 1) + "(" + arguments(depth - 1) + ")" + maybe(4, " " + initializers(depth - 1)); break;
    case 1: text = "new(" + arguments(depth - 1) + ")"; break;
    case 2: text = "new " + plainName() + " " + initializers(depth - 1); break;
    case 3: text = "new " + path() + pick({"", "?", "*"}) + "[" + commas(1, 2, [&] { return expression(depth - 1); }) + "]" + pick({"", "[]", "[,][]"}); break;
    case 4: text = "new " + path() + pick({"[]", "[,]", "[][]"}) + " " + initializers(depth - 1); break;
    case 5: text = "new[] " + initializers(depth - 1); break;
    case 6: text = "new int[] [1, 2]"; break;
    }
    return "(" + text + maybe(6, " in " + pick({"heap", "frame"})) + ")";
  }
  std::string matchExpression(int depth) {
    std::string text = "match (" + commas(1, 2, [&] { return expression(depth - 1); }) + ") { ";
    for (unsigned i = 0, count = 1 + below(3); i < count; ++i) {
      text += pattern(depth - 1) + maybe(4, pick({" if ", " when "}) + operand(depth - 1)) + " => ";
      if (chance(4)) {
        text += "{ " + maybe(2, statement(depth - 2) + " ") + maybe(2, plainName() + "." + plainName()) + " }" + maybe(2, ",") + " ";
        continue;
      }
      text += (chance(8) ? "throw " + postfix(depth - 1) : chance(6) ? lambda(depth - 1) : expression(depth - 1)) + ", ";
    }
    return text + "}";
  }
  /// What needs no parentheses anywhere.
  std::string operand(int depth) {
    if (depth <= 0)
      return chance(2) ? plainName() : literal();
    switch (below(16)) {
    case 0: case 1: return plainName();
    case 2: return literal();
    case 3: return interpolated(depth - 1);
    case 4: return pick({"this", "base.x", "int.Parse", "string.Join(\",\")", "(default)", "default(int)", "sizeof(int)", "alignof(T[])", "offsetof(P, y)",
                         "nameof(a.b)", "nameof(int)", "List<int>.Empty", "F<int, U>(a)"});
    case 5: return "(" + expression(depth - 1) + ")";
    case 6: return "(" + commas(2, 3, [&] { return maybe(4, plainName() + ": ") + expression(depth - 1); }) + ")";
    case 7: return "[" + commas(0, 3, [&] { return maybe(5, ".. ") + operand(depth - 1); }) + "]";
    case 8: return creation(depth - 1);
    case 9: return "(" + matchExpression(depth - 1) + ")";
    case 10: return pick({"checked(", "unchecked("}) + expression(depth - 1) + ")";
    case 11: return "(" + lambda(depth - 1) + ")";
    case 12: return "(" + postfix(depth - 1) + ".f()?)";
    case 13: return "(" + additive(depth - 1) + pick({".. ", "..="}) + ")";
    case 14: return "(" + assignment(depth - 1) + ")";
    case 15: return "(" + postfix(depth - 1) + " is " + pattern(depth - 1) + ")";
    }
    return "a";
  }
  std::string postfix(int depth) {
    // A number does not join the dot behind it, and a literal is called by nobody.
    std::string text = operand(depth);
    repeat(3, [&] {
      switch (below(8)) {
      case 0: text += "." + pick({"a", "class", "Foo", "int", "get"}); break;
      case 1: text += "?." + plainName(); break;
      case 2: text += "->" + plainName(); break;
      case 3: text += "[" + expression(depth - 2) + maybe(4, ", ^1") + "]"; break;
      case 4: text += "(" + arguments(depth - 2) + ")"; break;
      case 5: text += text.back() == ')' ? "" : "!"; break;
      case 6: text += ".Foo" + typeArgs(depth - 2) + "()"; break;
      case 7: text = "(" + text + "?[" + operand(depth - 2) + "])"; break;
      }
    });
    return text;
  }
  std::string prefix(int depth) {
    std::string text = postfix(depth);
    repeat(1, [&] {
      if (chance(4))
        text = "(" + pick({"int", "T[]", "List<int>", "long?"}) + ")" + text;
      else
        text = pick({"-", "+", "!", "~", "*", "&", "^", "move ", "++", "--"}) + " " + text;
    });
    return text;
  }
  std::string additive(int depth) {
    std::string text = prefix(depth - 1);
    repeat(1, [&] { text += pick({" + ", " - ", " * ", " / ", " % "}) + prefix(depth - 1); });
    return text;
  }
  std::string assignment(int depth) {
    return postfix(depth - 1) + pick({" = ", " += ", " -= ", " *= ", " /= ", " %= ", " &= ", " |= ", " ^= ", " <<= ", " >>= ", " >>>= ", " ?\?= "}) +
           expression(depth - 1);
  }
  std::string expression(int depth) {
    if (depth <= 0)
      return operand(0);
    switch (below(14)) {
    case 0: return prefix(depth - 1) + pick({" == ", " != ", " < ", " <= ", " >= ", " << ", " >> ", " >>> "}) + prefix(depth - 1);
    case 1: return additive(depth - 1) + pick({" && ", " || ", " & ", " | ", " ^ "}) + additive(depth - 1);
    case 2: return operand(depth - 1) + " ? " + (chance(6) ? "throw a" : expression(depth - 1)) + " : " + (chance(6) ? "throw a" : operand(depth - 1));
    case 3: return prefix(depth - 1) + " ?\? " + (chance(4) ? "throw a" : prefix(depth - 1));
    case 4: return additive(depth - 1) + pick({".. ", "..=", " .. "}) + additive(depth - 1);
    case 5: return pick({".. ", "..="}) + additive(depth - 1);
    case 6: return prefix(depth - 1) + " is " + pick({"null", "not null", "> 3 and < 5", "T t", "1 or 2", "int i", "(a, _)", "{ X: 1 }", "List<int>"});
    case 7: return prefix(depth - 1) + " as " + operandType(depth - 1);
    case 8: return lambda(depth - 1);
    case 9: return matchExpression(depth - 1);
    case 10: return "(" + additive(depth - 1) + " > " + additive(depth - 1) + ")";
    }
    return additive(depth);
  }

  // ---- Patterns ----
  std::string constant() { return pick({"1", "-1", "'c'", "\"s\"", "1 + 2", "true", "A.B + 1", "int.Max", "(byte)3"}); }
  std::string pattern(int depth) {
    if (depth <= 0)
      return pick({"_", "null", "a", "1"});
    switch (below(14)) {
    case 0: return "_";
    case 1: return "var " + plainName();
    case 2: return "var (a, (b, c))";
    case 3: return constant();
    case 4: return constant() + pick({".. ", "..="}) + pick({"", "5", "'z'"});
    case 5: return pick({".. ", "..="}) + constant();
    case 6: return pick({"< ", "<= ", "> ", ">= "}) + constant();
    case 7: return path();
    case 8: return operandType(depth - 1) + " " + plainName();
    case 9: return path() + "(" + commas(0, 2, [&] { return pattern(depth - 1); }) + ")" + maybe(4, " " + plainName());
    case 10: return path() + " { " + commas(0, 2, [&] { return plainName() + ": " + pattern(depth - 1); }) + " }" + maybe(4, " " + plainName());
    case 11: return "(" + commas(1, 3, [&] { return pattern(depth - 1); }) + ")";
    case 12: return "not (" + pattern(depth - 1) + ")";
    case 13: return "(" + pattern(depth - 1) + ")" + pick({" and ", " or "}) + "(" + pattern(depth - 1) + ")";
    }
    return "_";
  }

  // ---- Statements ----
  std::string names() { return "(" + commas(1, 2, [&] { return chance(4) ? "(a, b)" : plainName(); }) + ")"; }
  std::string variables(int depth) {
    switch (below(8)) {
    case 0: return pick({"var ", "let ", "const "}) + commas(1, 2, [&] { return name() + " = " + initial(depth - 1); });
    case 1: return "ref " + (chance(2) ? "var" : type(depth - 1)) + " " + plainName() + " = ref " + postfix(depth - 1);
    case 2: return pick({"let ", "const "}) + typeBase(depth - 1) + " " + plainName() + " = " + expression(depth - 1);
    }
    return type(depth - 1) + " " + commas(1, 3, [&] {
             return plainName() + pick({"", "", "", "[3]", "[2][3]", "[]"}) + maybe(2, " = " + initial(depth - 1));
           });
  }
  std::string deconstruction(int depth) {
    return (chance(2) ? pick({"var ", "let "}) + names() : "(" + commas(1, 2, [&] { return type(depth - 1) + " " + plainName(); }) + ")") + " = " +
           expression(depth - 1);
  }
  std::string block(int depth) {
    std::string text = "{ ";
    repeat(2, [&] { text += statement(depth - 1) + " "; });
    return text + "}";
  }
  std::string expressionStatement(int depth) {
    switch (below(6)) {
    case 0: return plainName() + pick({"++", "--"});
    case 1: return pick({"++", "--", "move "}) + plainName();
    case 2: return "new " + plainName() + "()";
    case 3: return matchExpression(depth - 1);
    case 4: return plainName() + ".f(" + arguments(depth - 1) + ")" + maybe(4, "?");
    }
    return pick({"a", "a.b", "this.x", "a[1]", "(a, b)", "a.b[2].c", "*p"}) + pick({" = ", " += ", " ?\?= ", " >>= "}) + expression(depth - 1);
  }
  std::string body(int depth) { return chance(2) ? block(depth - 1) : statement(depth - 1); }
  std::string statement(int depth) {
    if (depth <= 0)
      return pick({";", "a();", "a = 1;", "return;", "{ }", "break;"});
    std::string condition = "(" + expression(depth - 1) + ")";
    switch (below(26)) {
    case 0: return block(depth - 1);
    case 1: return ";";
    case 2: return maybe(6, "[A] ") + variables(depth - 1) + ";";
    case 3: return expressionStatement(depth - 1) + ";";
    case 4: return "func " + type(depth - 1) + " " + plainName() + parameters(depth - 1) + functionBody(depth - 1);
    case 5: return plainName() + ": while " + condition + " { continue " + plainName() + "; }";
    case 6: return "if " + condition + " " + block(depth - 1) + maybe(2, " else " + body(depth - 1));
    case 7: return "while " + condition + " " + body(depth - 1);
    case 8: return "do " + block(depth - 1) + " while " + condition + ";";
    case 9:
      return "for (" + maybe(2, chance(4) ? deconstruction(depth - 1) : variables(depth - 1)) + "; " + maybe(2, expression(depth - 1)) + "; " +
             commas(0, 2, [&] { return expressionStatement(depth - 1); }) + ") " + body(depth - 1);
    case 10:
      return pick({"for", "foreach"}) + " (" + maybe(5, "ref ") + (chance(2) ? pick({"var ", "let "}) : type(depth - 1) + " ") +
             (chance(4) ? names() : plainName()) + " in " + expression(depth - 1) + ") " + body(depth - 1);
    case 11: return pick({"break;", "continue;", "break a;", "continue b;"});
    case 12: return "return " + maybe(2, expression(depth - 1)) + ";";
    case 13: return "return ref " + postfix(depth - 1) + ";";
    case 14: return "throw " + maybe(2, expression(depth - 1)) + ";";
    case 15: return chance(3) ? "yield break;" : "yield return " + expression(depth - 1) + ";";
    case 16: {
      std::string text = "try " + block(depth - 1);
      repeat(2, [&] { text += " catch " + maybe(2, "(" + path() + maybe(2, " e") + ") ") + maybe(4, "when " + condition + " ") + block(depth - 1); });
      return text + " finally " + block(depth - 1);
    }
    case 17: {
      std::string text = "switch " + condition + " { ";
      repeat(3, [&] { text += (chance(4) ? "default: " : "case " + operand(depth - 1) + ": ") + maybe(2, statement(depth - 1) + " "); });
      return text + "}";
    }
    case 18: return "defer " + body(depth - 1);
    case 19: return chance(2) ? "using (" + (chance(2) ? std::string("var x = ") : "") + expression(depth - 1) + ") " + body(depth - 1) : "using var y = " + expression(depth - 1) + ";";
    case 20: return "arena " + maybe(2, plainName() + " ") + maybe(2, condition + " ") + block(depth - 1);
    case 21: return pick({"nogc ", "unsafe ", "checked ", "unchecked "}) + block(depth - 1);
    case 22: return deconstruction(depth - 1) + ";";
    }
    return expressionStatement(depth - 1) + ";";
  }

  // ---- Declarations ----
  std::string parameters(int depth) {
    return "(" + commas(0, 3, [&] {
             return maybe(8, "[A(1)] ") + pick({"", "", "", "ref ", "in ", "out ", "params "}) + type(depth - 1) + " " + plainName() + pick({"", "", "[]"}) +
                    maybe(5, " = " + expression(depth - 2));
           }) + ")";
  }
  std::string functionBody(int depth) {
    switch (below(4)) {
    case 0: return ";";
    case 1: return " => " + (chance(6) ? "throw a" : expression(depth - 1)) + ";";
    }
    return " " + block(depth - 1);
  }
  std::string typeParams() { return "<" + commas(1, 2, [&] { return maybe(4, "const int ") + plainName(); }) + ">"; }
  std::string wheres(int depth) {
    std::string text;
    repeat(1, [&] {
      text += " where T : " + commas(1, 2, [&] { return chance(2) ? path() : pick({"class", "struct", "new()", "IComparable<T>"}); });
    });
    return text;
  }
  std::string modifiers() {
    return maybe(3, pick({"public ", "private ", "static ", "protected internal ", "virtual ", "override ", "sealed ", "abstract ", "export "}));
  }
  std::string head() { return maybe(8, "/// Doc\n") + maybe(6, "[A, B.C(1, x: 2)] ") + modifiers(); }
  std::string function(int depth, bool isMember) {
    switch (below(isMember ? 6 : 3)) {
    case 0: return "func " + plainName() + maybe(3, typeParams()) + parameters(depth) + wheres(depth) + functionBody(depth);
    case 3: return "func init(int first)" + maybe(2, pick({" : base(", " : this("}) + arguments(depth - 2) + ")") + " " + block(depth - 1);
    case 4:
      return "func " + type(depth - 1) + " operator " + pick({"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<<", ">>", "==", "!=", "<", ">", "<=", ">=", "++", "--", "[]"}) +
             parameters(depth - 1) + functionBody(depth);
    case 5: return "func " + pick({"implicit", "explicit"}) + " operator " + type(depth - 1) + parameters(depth - 1) + functionBody(depth);
    }
    return "func " + maybe(8, "ref ") + type(depth - 1) + " " + plainName() + maybe(3, typeParams()) + parameters(depth) + wheres(depth) + functionBody(depth);
  }
  std::string member(int depth) {
    std::string own = head();
    switch (below(10)) {
    case 0: return own + "~A() " + block(depth - 1);
    case 1: return own + "type K" + maybe(2, " : " + path()) + maybe(2, " = " + type(depth - 1)) + ";";
    case 2: return own + type(depth - 1) + " " + plainName() + " => " + expression(depth - 1) + ";";
    case 3:
      return own + type(depth - 1) + " " + plainName() + " { get" + functionBody(depth - 1) + maybe(2, " private set" + functionBody(depth - 1)) + " }" +
             maybe(3, " = " + initial(depth - 1) + ";");
    case 4: return own + type(depth - 1) + " this[" + type(depth - 1) + " i] { get" + functionBody(depth - 1) + " init" + functionBody(depth - 1) + " }";
    case 5: return own + variables(depth - 1) + ";";
    case 6: return depth > 1 ? own + typeDeclaration(depth - 1) : own + "int x;";
    }
    return own + function(depth - 1, true);
  }
  std::string members(int depth) {
    std::string text = " {\n";
    repeat(3, [&] { text += member(depth - 1) + "\n"; });
    return text + "}";
  }
  std::string typeDeclaration(int depth) {
    if (chance(4)) {
      std::string text = "enum " + plainName() + maybe(4, typeParams()) + maybe(4, " : byte") + " { ";
      text += commas(1, 3, [&] {
        return plainName() + maybe(3, "(" + commas(0, 2, [&] { return type(depth - 1) + maybe(2, " " + plainName()); }) + ")") + maybe(4, " = " + operand(depth - 1));
      });
      text += maybe(2, ";\n" + member(depth - 1));
      return text + " }";
    }
    return pick({"class ", "struct ", "interface ", "own class ", "rc class ", "gc unsafe class "}) + plainName() + maybe(3, typeParams()) +
           maybe(3, " : " + commas(1, 2, [&] { return path(); })) + wheres(depth) + members(depth);
  }
  std::string declaration(int depth, bool) {
    switch (below(4)) {
    case 0: return maybe(8, "/// Doc\n") + maybe(6, "[A] ") + maybe(3, "export ") + typeDeclaration(depth);
    case 1: return "extend" + maybe(3, typeParams()) + " " + type(1) + maybe(3, " : " + path()) + wheres(depth) + members(depth);
    case 2: return head() + variables(depth) + ";";
    }
    return head() + function(depth, false);
  }

  std::mt19937 random;
};

TEST(Grammar, RandomDerivations) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    std::string text = Derivation(seed).file();
    Parsed first(text);
    if (!first.errors().empty()) {
      std::string place;
      for (const dream::Diagnostic &diag : first.diagnostics)
        place += "\n" + std::to_string(first.sources.lineColumn(diag.range.begin).column) + ": " + diag.message + "\n" +
                 first.sources.lineText(diag.range.begin).str();
      ADD_FAILURE() << "seed " << seed << place;
      continue;
    }
    std::string printed = first.print();
    Parsed second(printed);
    EXPECT_EQ(second.errors(), "") << "seed " << seed << " printed as\n" << printed;
    EXPECT_EQ(first.dump(), second.dump()) << "seed " << seed << " printed as\n" << printed << "from\n" << text;
  }
}

} // namespace
