// What C# has and Dream refuses, each with a diagnostic that says what to use instead (grammar.md, section 5). All of
// these words are names otherwise. What follows is read as the nearest thing that Dream has, so that one word gives one
// error.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

/// Where a declaration may begin. True: a word was reported and taken, look again; `panicking` is set where the rest
/// cannot be read either.
bool Parser::refuseDeclarationWord(Place place) {
  if (!at(Identifier) || cur().has(Token::Escaped) || panicking)
    return false;
  Name word = cur().name;
  SourceRange range = cur().range();
  TokenKind next = peek().kind;
  bool sameLine = !peek().has(Token::StartsLine);
  auto isDeclarationAhead = [&](uint32_t p) {
    TokenKind k = tokenAt(p).kind;
    return k == Kw_func || k == Kw_class || k == Kw_struct || k == Kw_interface || k == Kw_enum || isModifierWord(p);
  };
  auto typeAndName = [&](uint32_t p) {
    Skipped type = skipType(p);
    return type && tokenAt(type.end).kind == Identifier;
  };
  if (!sameLine)
    return false;

  if (word == words.async_ && (isDeclarationAhead(pos + 1) || looksLikeFunctionWithoutFunc(pos + 1, place))) {
    complain(DiagId::RefusedAsync, range).fix({range.begin, {peek().begin}}, "") << "async";
    take();
    return true;
  }
  if (word == words.partial_ && (isDeclarationAhead(pos + 1) || looksLikeFunctionWithoutFunc(pos + 1, place))) {
    complain(DiagId::RefusedPartial, range).fix({range.begin, {peek().begin}}, "");
    take();
    return true;
  }
  if ((word == words.readonly_ && (typeAndName(pos + 1) || isDeclarationAhead(pos + 1))) ||
      (word == words.volatile_ && (typeAndName(pos + 1) || isDeclarationAhead(pos + 1)))) {
    bool isReadonly = word == words.readonly_;
    auto said = complain(isReadonly ? DiagId::RefusedReadonly : DiagId::RefusedVolatile, range);
    if (isReadonly && typeAndName(pos + 1))
      said.fix(range, "let");
    take();
    return true;
  }
  if (word == words.record_ && (next == Kw_class || next == Kw_struct ||
                                (next == Identifier && (peek(2).kind == LeftParen || peek(2).kind == LeftBrace ||
                                                             peek(2).kind == Colon || peek(2).kind == Less)))) {
    complain(DiagId::RefusedRecord, range);
    while (!at(Semicolon) && !at(LeftBrace) && !atCloser())
      skipTo(isOpenerKind(kind()) ? partner(pos) + 1 : pos + 1);
    if (at(LeftBrace))
      skipTo(partner(pos));
    if (!isCloserKind(kind()) || tokens[pos].kind == RightBrace)
      take();
    return true;
  }
  if (word == words.delegate_ && typeAndName(pos + 1)) {
    fail(DiagId::RefusedDelegate, range) << "delegate";
    return false;
  }
  if (word == words.event_ && typeAndName(pos + 1)) {
    complain(DiagId::RefusedDelegate, range) << "event";
    take();
    return true;
  }
  if (word == words.fixed_ && typeAndName(pos + 1)) {
    complain(DiagId::RefusedFixed, range);
    take();
    return true;
  }
  return false;
}

/// `namespace A.B;`, and `namespace A { … }`, whose contents are read as if they stood in the file.
bool Parser::refuseNamespace(llvm::SmallVectorImpl<const Node *> &items) {
  if (!atWord(words.namespace_) || peek().kind != Identifier || peek().has(Token::StartsLine))
    return false;
  SourceRange range = cur().range();
  take();
  SourceLoc begin = here();
  do
    memberName();
  while (!panicking && accept(Dot));
  auto said = complain(DiagId::RefusedNamespace, range);
  said << textOf(since(begin));
  if (accept(Semicolon)) {
    said.fix(range, "module");
    return true;
  }
  if (!at(LeftBrace)) {
    expect(LeftBrace);
    return true;
  }
  uint32_t close = partner(pos);
  take();
  while (pos < close) {
    uint32_t first = pos;
    parseItem(items);
    if (panicking)
      recoverStatement(first);
    if (pos == first)
      take();
  }
  pos = close;
  take();
  return true;
}

/// Where a statement may begin. Null: nothing is refused.
const Stmt *Parser::refuseStatement() {
  if (!at(Identifier) || cur().has(Token::Escaped) || panicking)
    return nullptr;
  SourceLoc begin = here();
  SourceRange range = cur().range();
  Name word = cur().name;
  TokenKind next = peek().kind;
  if (word == words.goto_ && (next == Identifier || next == Kw_case || next == Kw_default) && !peek().has(Token::StartsLine)) {
    complain(DiagId::RefusedGoto, range);
    while (!at(Semicolon) && !atCloser() && !peek().has(Token::StartsLine))
      take();
    accept(Semicolon);
    return errorStmt(begin);
  }
  if ((word == words.lock_ || word == words.fixed_) && next == LeftParen) {
    const Token &after = tokenAt(partner(pos + 1) + 1);
    bool isStatement = after.kind == LeftBrace || (after.kind == Identifier && word == words.lock_);
    if (isStatement) {
      complain(word == words.lock_ ? DiagId::RefusedLock : DiagId::RefusedFixed, range);
      take();
      skipTo(partner(pos) + 1);
      parseBody();
      return errorStmt(begin);
    }
  }
  bool isAwaited = next == Identifier || next == Kw_this || next == Kw_base || next == Kw_new;
  if (word == words.await_ && isAwaited && !peek().has(Token::StartsLine))
    return parseExpressionStatement();
  if (word == words.await_ && (next == Kw_foreach || next == Kw_using)) {
    complain(DiagId::RefusedAsync, range).fix({range.begin, {peek().begin}}, "") << "await";
    take();
    return parseStatement();
  }
  if (refuseDeclarationWord(Place::Block)) {
    if (atCloser())
      return errorStmt(begin);
    return parseStatement();
  }
  if (panicking)
    return errorStmt(begin);
  return nullptr;
}

/// At a name that begins an operand. Null: nothing is refused.
const Expr *Parser::refuseExpression() {
  SourceLoc begin = here();
  const Token &token = cur();
  if (token.has(Token::Escaped))
    return nullptr;
  TokenKind next = peek().kind;
  bool sameLine = !peek().has(Token::StartsLine);
  if (token.name == words.await_ && sameLine && (next == Identifier || next == Kw_this || next == Kw_base || next == Kw_new)) {
    complain(DiagId::RefusedAsync, token.range()).fix({begin, {peek().begin}}, "") << "await";
    take();
    Nest nest(*this);
    return nest.ok() ? parsePrefix() : errorExpr();
  }
  if (token.name == words.async_ && sameLine && (next == LeftParen || next == Identifier)) {
    uint32_t head = next == LeftParen ? partner(pos + 1) : pos + 1;
    if (tokenAt(head + 1).kind == FatArrow) {
      complain(DiagId::RefusedAsync, token.range()).fix({begin, {peek().begin}}, "") << "async";
      take();
      return parseLambda();
    }
  }
  if (token.name == words.typeof_ && next == LeftParen) {
    complain(DiagId::RefusedDynamic, token.range()) << "typeof";
    take();
    skipTo(partner(pos) + 1);
    return errorExpr(begin);
  }
  if (token.name == words.stackalloc_ && sameLine && (next == BuiltinWord || next == Identifier)) {
    complain(DiagId::RefusedStackalloc, token.range()).fix(token.range(), "new");
    return parseNew();
  }
  if (token.name == words.delegate_ && sameLine && (next == LeftBrace || (next == LeftParen && tokenAt(partner(pos + 1) + 1).kind == LeftBrace))) {
    complain(DiagId::RefusedDelegate, token.range()) << "delegate";
    take();
    if (at(LeftParen))
      skipTo(partner(pos) + 1);
    parseBlock();
    return errorExpr(begin);
  }
  if (token.name == words.from_ && sameLine && next == Identifier && peek(2).kind == Kw_in) {
    complain(DiagId::RefusedQuery, token.range());
    while (!at(Semicolon) && !at(Comma) && !atCloser())
      skipTo(isOpenerKind(kind()) ? partner(pos) + 1 : pos + 1);
    return errorExpr(begin);
  }
  return nullptr;
}

/// Behind an operand: `x switch {…}`, `x with {…}`. What stands for the whole then, which is behind the cursor; else null.
const Expr *Parser::refusePostfix(const Expr *operand, SourceLoc begin) {
  bool isSwitch = at(Kw_switch), isWith = atWord(words.with_);
  if ((!isSwitch && !isWith) || peek().kind != LeftBrace || cur().has(Token::StartsLine))
    return nullptr;
  complain(isSwitch ? DiagId::RefusedSwitchExpression : DiagId::RefusedWith, cur().range());
  take();
  skipTo(partner(pos) + 1);
  return isSwitch ? errorExpr(begin) : operand; // `with` gives what it was given.
}

/// `static Point() {…}`, `static func init() {…}`, `static {…}`
bool Parser::refuseStaticConstructor(const Head &head, Name owner) {
  if (!(head.modifiers & ModStatic))
    return false;
  uint32_t p = pos + at(Kw_func);
  bool isConstructor = tokenAt(p).kind == Identifier && (tokenAt(p).name == owner || isName(p, words.init_)) &&
                       tokenAt(p + 1).kind == LeftParen && partner(p + 1) == p + 2 &&
                       ((at(Kw_func) && isFunction(pos)) || tokenAt(partner(p + 1) + 1).kind == LeftBrace);
  if (!isConstructor && !at(LeftBrace))
    return false;
  complain(DiagId::RefusedStaticConstructor, tokenAt(p).range());
  if (isConstructor)
    skipTo(partner(p + 1) + 1);
  if (at(LeftBrace))
    parseBlock();
  else
    accept(Semicolon);
  return true;
}

/// At a name that begins a type: `dynamic`, `decimal`.
const TypeNode *Parser::refuseType() {
  if (cur().has(Token::Escaped) || peek().kind == Dot || peek().kind == Less)
    return nullptr;
  bool isDynamic = cur().name == words.dynamic_, isDecimal = cur().name == words.decimal_;
  if (!isDynamic && !isDecimal)
    return nullptr;
  complain(isDynamic ? DiagId::RefusedDynamic : DiagId::RefusedDecimal, cur().range()) << cur().name.text();
  SourceLoc begin = here();
  take();
  return finish(make<ErrorType>(begin));
}

} // namespace dream::ast
