// What --emit=tokens shows.
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/unicode.h"
#include "llvm/Support/Format.h"

namespace dream::ast {

void dumpTokens(const SourceManager &sources, FileId file, DiagnosticEngine &diags, llvm::raw_ostream &out) {
  NameTable names;
  AstContext context(names);
  TokenBuffer buffer = lex(context, sources, file);
  for (const Problem &problem : buffer.problems)
    report(problem, diags);
  auto quoted = [&](llvm::StringRef text) {
    out << " \"";
    out.write_escaped(text, true);
    out << '"';
  };
  auto docs = buffer.docs.begin();
  for (const Token &token : buffer.tokens) {
    LineColumn place = sources.lineColumn({token.begin});
    out << place.line << ':' << place.column << ' ';
    switch (token.kind) {
#define TOKEN(NAME, TEXT) case TokenKind::NAME: out << #NAME; break;
#define PUNCT(NAME, TEXT) case TokenKind::NAME: out << '\'' << TEXT << '\''; break;
#define KEYWORD(WORD) case TokenKind::Kw_##WORD: out << #WORD; break;
#include "compiler/syntax/tokens.def"
    }
    auto is = [&](auto... kinds) { return ((token.kind == kinds) || ...); };
    if (is(TokenKind::Identifier, TokenKind::BuiltinWord))
      out << ' ' << token.name.text();
    else if (is(TokenKind::Int))
      out << ' ' << token.integer << (token.has(Token::Unsigned) ? " unsigned" : "") << (token.has(Token::Long) ? " long" : "");
    else if (is(TokenKind::Float))
      out << ' ' << llvm::format("%.17g", token.real) << (token.has(Token::Single) ? " single" : "");
    else if (is(TokenKind::Char))
      out << ' ' << codePoint(token.integer);
    else if (is(TokenKind::String, TokenKind::StringText, TokenKind::HoleFormat))
      quoted(buffer.strings[token.index]);
    if (token.has(Token::HasDoc)) {
      out << " doc";
      quoted(docs++->text);
    }
    out << '\n';
  }
}

} // namespace dream::ast
