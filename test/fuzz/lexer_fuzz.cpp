// Any bytes give tokens: positions in order and inside the text, brackets that match once they are balanced.
#include "compiler/syntax/balance.h"
#include "compiler/syntax/lexer.h"
#include <cstdlib>

using namespace dream;
using namespace dream::ast;

static void require(bool holds) {
  if (!holds)
    abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  SourceManager sources;
  NameTable names;
  AstContext context(names);
  FileId file = sources.add("fuzz", text);
  uint32_t start = sources.start(file).offset;
  TokenBuffer buffer = lex(context, sources, file);

  auto check = [&] {
    uint32_t last = start;
    for (const Token &token : buffer.tokens) {
      require(token.begin >= last && token.end >= token.begin && token.end <= start + size);
      last = token.begin;
    }
    require(!buffer.tokens.empty() && buffer.tokens.back().kind == TokenKind::EndOfFile);
  };
  check();
  for (const Problem &problem : buffer.problems)
    require(problem.range.begin.offset >= start && problem.range.begin <= problem.range.end &&
            problem.range.end.offset <= start + size);

  balance(buffer, sources.text(file), sources.start(file));
  check();
  llvm::SmallVector<TokenKind, 64> open;
  for (const Token &token : buffer.tokens) {
    using enum TokenKind;
    for (auto [left, right] : {std::pair{LeftParen, RightParen}, {LeftBracket, RightBracket}, {LeftBrace, RightBrace}, {HoleOpen, HoleClose}}) {
      if (token.kind == left)
        open.push_back(right);
      if (token.kind == right) {
        require(!open.empty() && open.back() == right);
        open.pop_back();
      }
    }
  }
  require(open.empty());
  return 0;
}
