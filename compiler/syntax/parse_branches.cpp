// Branches and loops: `if`, `for`, `foreach`, `switch`.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

/// A chain of `else if` is read in a loop: such chains grow long.
const Stmt *Parser::parseIf() {
  llvm::SmallVector<IfStmt *, 4> chain;
  const Stmt *last = nullptr;
  for (;;) {
    auto *stmt = make<IfStmt>(here());
    take();
    chain.push_back(stmt);
    stmt->condition = parseCondition();
    stmt->thenStmt = parseBody();
    finish(stmt);
    if (panicking || !at(Kw_else))
      break;
    take();
    if (at(Kw_if)) {
      if (!grow())
        break;
      continue;
    }
    last = parseBody();
    break;
  }
  for (IfStmt *stmt : llvm::reverse(chain)) {
    stmt->elseStmt = last;
    finish(stmt);
    last = stmt;
  }
  return last;
}

/// After an error in the head of a loop: to the block on the same line, if there is one.
void Parser::skipToBody() {
  uint32_t p = pos;
  while (p != last && tokens[p].kind != LeftBrace && !isCloserKind(tokens[p].kind) && !(tokens[p].has(Token::StartsLine) && p != pos))
    p = isOpenerKind(tokens[p].kind) ? partner(p) + 1 : p + 1;
  if (tokenAt(p).kind != LeftBrace)
    return;
  pos = p;
  panicking = false;
}

const Stmt *Parser::parseFor() {
  SourceLoc begin = here();
  if (peek().kind == LeftParen && isForeachHead(pos + 1))
    return parseForeach(begin);
  auto *stmt = make<ForStmt>(begin);
  take();
  if (!at(LeftParen)) {
    expect(LeftParen);
    skipToBody();
    stmt->body = parseBody();
    return finish(stmt);
  }
  auto expressions = [&](TokenKind end) {
    llvm::SmallVector<const Expr *, 2> exprs;
    if (!at(end) && !atCloser()) {
      do
        exprs.push_back(parseExpr());
      while (!panicking && accept(Comma));
    }
    return list(exprs);
  };
  inParens([&] {
    if (startsVariables(pos) || at(Kw_func)) {
      Head head;
      head.begin = here();
      head.token = pos;
      const Node *node = parseVariables(head);
      stmt->vars = llvm::dyn_cast<VariablesDecl>(node);
      stmt->deconstruct = llvm::dyn_cast<DeconstructStmt>(node);
    } else {
      stmt->inits = expressions(Semicolon);
    }
    expect(Semicolon);
    if (!panicking && !at(Semicolon))
      stmt->condition = parseExpr();
    expect(Semicolon);
    if (!panicking)
      stmt->steps = expressions(RightParen);
  });
  stmt->body = parseBody();
  return finish(stmt);
}

const Stmt *Parser::parseForeach(SourceLoc begin) {
  auto *stmt = make<ForeachStmt>(begin);
  take();
  if (!at(LeftParen)) {
    expect(LeftParen);
    stmt->names = makeLeaf(VarKeyword::Var);
    stmt->source = errorExpr();
    skipToBody();
    stmt->body = parseBody();
    return finish(stmt);
  }
  inParens([&] {
    stmt->byRef = accept(Kw_ref);
    VarKeyword keyword = at(Kw_var) ? VarKeyword::Var : at(Kw_let) ? VarKeyword::Let : VarKeyword::None;
    stmt->isLet = keyword == VarKeyword::Let;
    SourceLoc variableBegin = here();
    if (keyword != VarKeyword::None)
      take();
    else if (at(Identifier) && peek().kind == Kw_in)
      complain(DiagId::ExpectedToken, cur().range()).fix({here(), here()}, "var ") << "'var' or a type" << found();
    else
      stmt->type = parseType();
    if (at(LeftParen) && !panicking) {
      stmt->names = parseNames(keyword == VarKeyword::None ? VarKeyword::Var : keyword);
    } else {
      auto *variable = make<VariableDecl>(variableBegin);
      variable->keyword = keyword;
      variable->isRef = stmt->byRef;
      variable->type = stmt->type;
      if (!panicking)
        variable->name = expectName(&variable->nameRange);
      stmt->variable = finish(variable);
    }
    if (at(Equal) && stmt->variable && !panicking)
      fail(DiagId::ExpectedToken, cur().range()).note({begin, begin}, "'for (…; …; …)' counts") << "'in'" << found();
    expect(Kw_in);
    stmt->source = parseExpr();
  });
  stmt->body = parseBody();
  return finish(stmt);
}

/// Behind `case`: a constant and its `:`. Patterns are refused, and skipped.
const Expr *Parser::parseCaseLabel(uint32_t close) {
  static constexpr TokenSet patterns{Less, LessEqual, Greater, Kw_var, LeftBrace};
  Skipped type = skipType(pos);
  bool isPattern = patterns.has(kind()) || (type && tokenAt(type.end).kind == Identifier) || (atWord(words.not_) && peek().kind != Colon);
  const Expr *label = isPattern ? errorExpr() : parseExpr();
  if (!panicking && accept(Colon))
    return label;
  if (isPattern || canStartExpression(pos))
    fail(DiagId::CaseIsConstant, cur().range());
  else
    fail(DiagId::ExpectedToken, cur().range()) << "':'" << found();
  panicking = false;
  uint32_t first = pos;
  while (pos < close && !at(Colon) && (pos == first || !cur().has(Token::StartsLine)))
    skipTo(isOpenerKind(kind()) ? partner(pos) + 1 : pos + 1);
  accept(Colon);
  return label;
}

/// C's `switch`: sections of labels and statements.
const Stmt *Parser::parseSwitch() {
  auto *stmt = make<SwitchStmt>(here());
  take();
  stmt->value = parseCondition();
  if (!at(LeftBrace) || panicking) {
    expect(LeftBrace);
    return finish(stmt);
  }
  uint32_t close = partner(pos);
  take();
  llvm::SmallVector<const SwitchSection *, 8> sections;
  bool saidLabels = false;
  while (pos < close) {
    uint32_t first = pos;
    auto *section = make<SwitchSection>(here());
    llvm::SmallVector<const Expr *, 4> labels;
    while (pos < close && (at(Kw_case) || (at(Kw_default) && peek().kind == Colon))) {
      if (accept(Kw_case)) {
        labels.push_back(parseCaseLabel(close));
      } else {
        labels.push_back(nullptr);
        take();
        take();
      }
    }
    llvm::SmallVector<const Stmt *, 8> statements;
    while (pos < close && !at(Kw_case) && !(at(Kw_default) && peek().kind == Colon)) {
      uint32_t statement = pos;
      if (labels.empty() && !saidLabels) {
        complain(DiagId::LabelsBeforeStatements, cur().range());
        saidLabels = true;
      }
      statements.push_back(parseStatement());
      if (panicking)
        recoverStatement(statement);
      if (pos == statement)
        take();
    }
    section->labels = list(labels);
    section->statements = list(statements);
    sections.push_back(finish(section));
    if (pos == first)
      take();
  }
  pos = close;
  take();
  stmt->sections = list(sections);
  return finish(stmt);
}

} // namespace dream::ast
