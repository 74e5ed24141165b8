#include "parse_text.h"
#include <algorithm>

namespace dream::test {

/// One line of a dump, shorter.
static std::string shorten(llvm::StringRef line) {
  std::string role;
  if (size_t colon = line.find(": "); colon != llvm::StringRef::npos && !line.take_front(colon).contains('"')) {
    role = line.take_front(colon + 2).str();
    line = line.drop_front(colon + 2);
  }
  if (role == "type: " || role == "init: " || role == "body: " || role == "element: ")
    role.clear();
  for (llvm::StringRef plain : {"NameExpr ", "IntLiteral ", "FloatLiteral ", "StringLiteral ", "BinaryExpr ", "UnaryExpr ", "AssignExpr ",
                                "BuiltinType ", "NamedType ", "VariableDecl "})
    line.consume_front(plain);
  std::string text = line.str();
  for (llvm::StringRef suffix : {"Expr", "Pattern", "Literal", "Decl", "Stmt"})
    for (size_t at = text.find(suffix.str()); at != std::string::npos; at = text.find(suffix.str()))
      text.erase(at, suffix.size());
  text.erase(std::remove(text.begin(), text.end(), '\''), text.end());
  return role + text;
}

static std::string fold(llvm::ArrayRef<llvm::StringRef> lines, size_t &at, size_t indentation) {
  std::string text;
  while (at < lines.size()) {
    size_t own = lines[at].find_first_not_of(' ');
    if (own < indentation)
      break;
    if (!text.empty())
      text += ", ";
    text += shorten(lines[at++].drop_front(own));
    std::string inner = fold(lines, at, own + 1);
    if (!inner.empty())
      text += "(" + inner + ")";
  }
  return text;
}

std::string Parsed::shape() const {
  std::string text = dump();
  llvm::SmallVector<llvm::StringRef, 64> lines;
  llvm::StringRef(text).rtrim('\n').split(lines, '\n');
  size_t at = 1; // Behind "SourceFile".
  return fold(lines, at, 1);
}

std::string Parsed::mended() const {
  std::vector<FixIt> fixes;
  for (const Diagnostic &diag : diagnostics)
    fixes.insert(fixes.end(), diag.fixIts.begin(), diag.fixIts.end());
  std::sort(fixes.begin(), fixes.end(), [](auto &a, auto &b) { return a.range.begin > b.range.begin; });
  std::string text = sources.text(file).str();
  for (const FixIt &fix : fixes)
    text.replace(offset(fix.range.begin), fix.range.end.offset - fix.range.begin.offset, fix.text);
  return text;
}

std::string expression(llvm::StringRef text) {
  Parsed parsed(("var x = " + text + ";").str());
  if (!parsed.errors().empty())
    return parsed.errors();
  std::string whole = parsed.shape();
  llvm::StringRef inner(whole);
  if (!inner.consume_front("Variables(x var(") || !inner.consume_back("))"))
    return whole;
  return inner.str();
}

std::string statements(llvm::StringRef text) {
  Parsed parsed(("func f() { " + text + " }").str());
  if (!parsed.errors().empty())
    return parsed.errors();
  std::string whole = parsed.shape();
  llvm::StringRef inner(whole);
  if (!inner.consume_front("Func f(Block(") || !inner.consume_back("))"))
    return whole;
  return inner.str();
}

} // namespace dream::test
