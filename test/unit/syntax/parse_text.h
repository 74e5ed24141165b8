// Parsing a text in a test, and looking at what came of it.
#pragma once

#include "compiler/diag/render.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/printer.h"
#include "gtest/gtest.h"

namespace dream::test {

/// A text, its tree and its diagnostics.
class Parsed : private DiagnosticConsumer {
public:
  explicit Parsed(llvm::StringRef text) {
    engine.errorLimit = 0;
    file = sources.add("test.dr", text);
    tree = ast::parseFile(context, sources, file, engine);
  }

  /// The dump on one line: `+(a, *(b, c))`. Names and literals stand for themselves.
  std::string shape() const;
  std::string dump() const {
    std::string text;
    llvm::raw_string_ostream out(text);
    ast::dump(*tree, out);
    return text;
  }
  std::string print() const {
    std::string text;
    llvm::raw_string_ostream out(text);
    ast::print(*tree, out);
    return text;
  }
  /// Of the tree, in nodes.
  size_t height() const {
    size_t height = 0;
    std::string text = dump();
    for (llvm::StringRef rest = text; !rest.empty(); rest = rest.split('\n').second)
      height = std::max(height, rest.find_first_not_of(' ') / 2 + 1);
    return height;
  }
  /// "D1033 D1034", in order.
  std::string errors() const {
    std::string text;
    for (const Diagnostic &diag : diagnostics)
      text += (text.empty() ? "D" : " D") + std::to_string(unsigned(diag.id));
    return text;
  }
  /// The text with all fix-its applied.
  std::string mended() const;
  uint32_t offset(SourceLoc loc) const { return loc.offset - sources.start(file).offset; }

  SourceManager sources;
  FileId file;
  std::vector<Diagnostic> diagnostics;
  const ast::SourceFile *tree;

private:
  void handle(const Diagnostic &diag) override { diagnostics.push_back(diag); }

  NameTable names;
  ast::AstContext context{names};
  DiagnosticEngine engine{*this};
};

/// The shape of `var x = TEXT;`.
std::string expression(llvm::StringRef text);
/// The shape of `func f() { TEXT }`, without what is around the statements.
std::string statements(llvm::StringRef text);

} // namespace dream::test
