// Errors, and how parsing goes on after them.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

/// Reports what the lexer and balance() found up to a place, so that all errors come in order of the text.
void Parser::flushLexer(SourceLoc before) {
  while (reportedProblems < buffer.problems.size() && buffer.problems[reportedProblems].range.begin <= before)
    report(buffer.problems[reportedProblems++], diags);
}

void Parser::emit(const Problem &problem) {
  flushLexer(problem.range.begin);
  report(problem, diags);
}

/// A token as an error names it.
std::string Parser::found(uint32_t p) const {
  const Token &token = tokens[p];
  if (p == last)
    return "the end of the file";
  llvm::StringRef written = textOf(token.range());
  if (token.kind == HoleFormat)
    return "':'";
  if (written.empty() || written.size() > 40 || written.contains('\n'))
    return describe(token.kind).str();
  if (token.kind == StringStart || token.kind == StringText || token.kind == StringEnd)
    return "a string";
  return ("'" + written + "'").str();
}

bool Parser::expect(TokenKind k) {
  if (accept(k))
    return true;
  fail(DiagId::ExpectedToken, gap()) << describe(k) << found();
  return false;
}

/// A `;` that is missing at the end of a line is reported there, and nothing is skipped for it.
void Parser::expectSemicolon() {
  if (panicking || accept(Semicolon))
    return;
  SourceLoc end = previousEnd();
  if (cur().has(Token::StartsLine) || atCloser() || cur().has(Token::Synthetic)) {
    if (!isKnown())
      complain(DiagId::MissingSemicolon, {end, end}).fix({end, end}, ";");
    return;
  }
  fail(DiagId::ExpectedToken, cur().range()) << "';'" << found();
}

void Parser::tooDeep() {
  if (!saidTooDeep)
    Report(*this, DiagId::TooDeep, cur().range(), false);
  saidTooDeep = true;
  panicking = true;
}

unsigned Parser::columnOf(uint32_t p) const {
  size_t at = tokens[p].begin - start.offset;
  return at - (text.take_front(at).rfind('\n') + 1);
}

/// Does a statement or a declaration begin here for sure?
bool Parser::beginsStatementLine(uint32_t p) const {
  if (!tokens[p].has(Token::StartsLine))
    return false;
  static constexpr TokenSet words{
      Kw_if,       Kw_while, Kw_do,        Kw_for,      Kw_foreach,  Kw_break,  Kw_continue, Kw_return,  Kw_throw,  Kw_try,
      Kw_switch,   Kw_defer, Kw_using,     Kw_arena,    Kw_nogc,     Kw_unsafe, Kw_var,      Kw_let,     Kw_const,  Kw_func,
      Kw_class,    Kw_struct, Kw_interface, Kw_enum,    Kw_extend,   Kw_import, Kw_module,   Kw_public,  Kw_private,
      Kw_protected, Kw_internal, Kw_export, Kw_static,  Kw_abstract, Kw_virtual, Kw_override, Kw_sealed, Kw_extern,
      Kw_case,     Kw_else,  Kw_catch,     Kw_finally};
  return words.has(tokens[p].kind);
}

/// To the next comma of this list, or its end.
void Parser::recoverInList(uint32_t close) {
  panicking = false;
  while (pos < close && !at(Comma)) {
    if (isOpenerKind(kind()))
      skipTo(partner(pos));
    take();
  }
}

/// To the end of the statement that began at `first`: behind a `;` or a block that ends its line, or before what begins a
/// new one.
void Parser::recoverStatement(uint32_t first) {
  panicking = false;
  bool fromLine = tokens[first].has(Token::StartsLine);
  unsigned indentation = fromLine ? columnOf(first) : 0;
  while (!atCloser()) {
    if (accept(Semicolon)) {
      if (!at(Kw_else) || tokens[first].kind != Kw_if)
        return;
      take(); // The other branch of what could not be read.
      continue;
    }
    if (pos != first && cur().has(Token::StartsLine)) {
      if (beginsStatementLine(pos) || (fromLine && columnOf(pos) <= indentation && !at(LeftBrace)))
        return;
    }
    bool isBlock = at(LeftBrace);
    if (isOpenerKind(kind()))
      skipTo(partner(pos));
    take();
    if (isBlock && at(Kw_else) && tokens[first].kind == Kw_if)
      continue;
    if (isBlock && (cur().has(Token::StartsLine) || atCloser()))
      return;
  }
}

/// Behind one of several things in a row, which began at `first`. What begins none of them is an error, and skipped.
void Parser::endItem(uint32_t first, DiagId expected) {
  if (panicking)
    recoverStatement(first);
  if (pos == first) {
    failHere(expected);
    take();
    recoverStatement(first);
  }
}

Name Parser::expectName(SourceRange *range) {
  if (at(Identifier)) {
    if (range)
      *range = cur().range();
    Name name = cur().name;
    take();
    return name;
  }
  // A reserved word where only a name can stand, if what follows does not say that the name was forgotten.
  if (isWord(kind()) && !beginsStatementLine(pos) && !panicking) {
    static constexpr TokenSet behindName{Equal, Semicolon, Comma, RightParen, LeftParen, LeftBrace, FatArrow, Colon, Less, Kw_in};
    if (behindName.has(peek().kind)) {
      complain(DiagId::KeywordAsName, cur().range()).fix({here(), here()}, "@") << found() << cur().name.text();
      if (range)
        *range = cur().range();
      Name name = cur().name;
      take();
      return name;
    }
  }
  failMissing(DiagId::ExpectedName);
  if (range)
    *range = {here(), here()};
  return {};
}

/// Behind `.`, `?.` and `->`, where every word is a name.
Name Parser::memberName(SourceRange *range) {
  if (!isWord(kind()) || beginsStatementLine(pos))
    return expectName(range);
  if (range)
    *range = cur().range();
  Name name = cur().name;
  take();
  return name;
}

llvm::StringRef Parser::docAt(uint32_t p) const {
  if (LLVM_LIKELY(!tokens[p].has(Token::HasDoc)))
    return {};
  auto doc = std::lower_bound(buffer.docs.begin(), buffer.docs.end(), tokens[p].begin,
                              [](const TokenBuffer::Doc &doc, uint32_t begin) { return doc.at < begin; });
  return doc != buffer.docs.end() && doc->at == tokens[p].begin ? doc->text : llvm::StringRef();
}

} // namespace dream::ast
