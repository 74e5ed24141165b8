// Statements.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

// ---- Blocks ---------------------------------------------------------------------------------------------------------

/// At `{`.
const BlockStmt *Parser::parseBlock() {
  auto *block = make<BlockStmt>(here());
  uint32_t close = partner(pos);
  Nest nest(*this);
  Height level(*this);
  llvm::SmallVector<const Stmt *, 16> statements;
  if (nest.ok() && !panicking) {
    Setting normal(inGuard, false);
    take();
    parseStatements(close, statements);
  }
  pos = close;
  take();
  block->statements = list(statements);
  return finish(block);
}

void Parser::parseStatements(uint32_t close, llvm::SmallVectorImpl<const Stmt *> &statements) {
  while (pos < close) {
    uint32_t first = pos;
    statements.push_back(parseStatement());
    endItem(first, DiagId::ExpectedStatement);
  }
}

const BlockStmt *Parser::expectBlock() {
  if (at(LeftBrace) && !panicking)
    return parseBlock();
  expect(LeftBrace);
  return finish(make<BlockStmt>(here()));
}

/// The statement that another one governs.
const Stmt *Parser::parseBody() {
  if (panicking)
    return errorStmt(here());
  if (at(Kw_else) || atCloser()) {
    if (!isKnown())
      complain(DiagId::ExpectedStatement, gap()) << found();
    return errorStmt(here());
  }
  uint32_t first = pos;
  const Stmt *body = parseStatement();
  if (panicking)
    recoverStatement(first);
  return body;
}

/// `( Expr )`; recovers at the parenthesis.
const Expr *Parser::parseCondition() {
  if (!at(LeftParen)) {
    // `if x > 0 {`: what is meant is clear.
    if (!panicking && !isKnown() && canStartExpression(pos) && !cur().has(Token::StartsLine)) {
      SourceRange first = cur().range();
      std::string name = found();
      const Expr *condition = parseExpr();
      bool isWhole = !panicking && at(LeftBrace);
      Report said(*this, DiagId::ExpectedToken, first, panicking);
      said << "'('" << name;
      if (isWhole)
        said.fix({first.begin, first.begin}, "(").fix({previousEnd(), previousEnd()}, ")");
      panicking = !isWhole;
      return condition;
    }
    expect(LeftParen);
    return errorExpr();
  }
  return parseParenOperand();
}

// ---- One statement --------------------------------------------------------------------------------------------------

const Stmt *Parser::parseStatement() {
  Nest nest(*this);
  Height level(*this);
  if (!nest.ok())
    return errorStmt(here());
  return parseStatementInner();
}

const Stmt *Parser::parseStatementInner() {
  SourceLoc begin = here();
  if (at(LeftBrace))
    return parseBlock();
  if (accept(Semicolon))
    return finish(make<EmptyStmt>(begin));
  if (at(Identifier)) {
    if (const Stmt *special = parseNameStatement())
      return special;
  } else if (isWord(kind())) {
    if (const Stmt *stmt = parseWordStatement())
      return stmt;
  }
  if (at(LeftBracket) || isModifierWord(pos))
    return parseDeclarationStatement(parseHead());
  Head head;
  head.begin = begin;
  head.token = pos;
  head.doc = docAt(pos);
  return parseDeclarationStatement(head);
}

/// A statement that begins with a name but is neither a declaration nor an expression: `yield`, a label, what is refused.
/// Null if there is none.
const Stmt *Parser::parseNameStatement() {
  SourceLoc begin = here();
  TokenKind next = peek().kind;
  if (atWord(words.yield_) && (next == Kw_return || next == Kw_break)) {
    auto *stmt = make<YieldStmt>(begin);
    take();
    stmt->isBreak = at(Kw_break);
    take();
    if (!stmt->isBreak)
      stmt->value = parseExpr();
    expectSemicolon();
    return finish(stmt);
  }
  if (next == Colon) {
    auto *stmt = make<LabeledStmt>(begin);
    stmt->label = expectName(&stmt->labelRange);
    take();
    if (atCloser()) {
      failHere(DiagId::ExpectedStatement);
      stmt->body = errorStmt(here());
      return finish(stmt);
    }
    stmt->body = parseStatement();
    return finish(stmt);
  }
  if (next == Equal || (next == Dot && !startsVariables(pos)))
    return parseExpressionStatement();
  return refuseStatement();
}

/// A statement that begins with a reserved word; null if a declaration or an expression does.
const Stmt *Parser::parseWordStatement() {
  SourceLoc begin = here();
  if (at(Kw_if))
    return parseIf();
  static constexpr TokenSet jumps{Kw_return, Kw_break, Kw_continue, Kw_throw};
  if (jumps.has(kind()))
    return parseJump();
  if (at(Kw_for))
    return parseFor();
  if (at(Kw_foreach))
    return parseForeach(begin);
  if (accept(Kw_while)) {
    auto *stmt = make<WhileStmt>(begin);
    stmt->condition = parseCondition();
    stmt->body = parseBody();
    return finish(stmt);
  }
  if (accept(Kw_do)) {
    auto *stmt = make<DoStmt>(begin);
    stmt->body = parseBody();
    expect(Kw_while);
    stmt->condition = parseCondition();
    expectSemicolon();
    return finish(stmt);
  }
  if (at(Kw_try))
    return parseTry();
  if (at(Kw_switch))
    return parseSwitch();
  if (accept(Kw_defer)) {
    auto *stmt = make<DeferStmt>(begin);
    stmt->body = parseBody();
    return finish(stmt);
  }
  if (at(Kw_using))
    return parseUsing();
  if (at(Kw_arena))
    return parseArena();
  bool isMode = (at(Kw_unsafe) || at(Kw_checked) || at(Kw_unchecked)) && peek().kind == LeftBrace;
  if (isMode || at(Kw_nogc)) {
    auto *stmt = make<ModeStmt>(begin);
    stmt->mode = at(Kw_nogc)      ? BlockMode::NoGc
                 : at(Kw_unsafe)  ? BlockMode::Unsafe
                 : at(Kw_checked) ? BlockMode::Checked
                                  : BlockMode::Unchecked;
    take();
    stmt->body = expectBlock();
    return finish(stmt);
  }
  if (at(Kw_else) || at(Kw_catch) || at(Kw_finally) || at(Kw_case))
    return parseStrayClause();
  return nullptr;
}

/// `else` without `if`, and its kind. What it governs is read and dropped, so that it gives no error more.
const Stmt *Parser::parseStrayClause() {
  SourceLoc begin = here();
  bool isCase = at(Kw_case);
  complain(DiagId::StrayClause, cur().range()) << found() << (at(Kw_else) ? "'if'" : isCase ? "'switch'" : "'try'");
  take();
  if (isCase) {
    parseExpr();
    accept(Colon);
    return errorStmt(begin);
  }
  if (at(LeftParen))
    skipTo(partner(pos) + 1);
  if (!atCloser())
    parseBody();
  return errorStmt(begin);
}

/// Variables, a local function, or, where none of these begins, an expression.
const Stmt *Parser::parseDeclarationStatement(const Head &given) {
  Head head = given;
  SourceLoc begin = head.begin;
  if (panicking)
    return errorStmt(begin);
  auto refuseModifiers = [&] {
    if (!head.modifiers)
      return;
    complain(DiagId::LocalModifier, head.modifierRange) << ("'" + textOf(head.modifierRange) + "'");
    head.modifiers = 0;
  };
  bool isFunc = at(Kw_func) && isFunction(pos);
  bool lacksFunc = !isFunc && !at(Kw_func) && looksLikeFunctionWithoutFunc(pos, Place::Block);
  if (isFunc || lacksFunc) {
    refuseModifiers();
    if (!head.attributes.empty()) {
      complain(DiagId::MisplacedAttribute, head.attributes.front()->range);
      head.attributes = {};
    }
    auto *stmt = make<FuncStmt>(begin);
    stmt->func = parseFunc(head);
    return finish(stmt);
  }
  if (startsVariables(pos) || at(Kw_func)) {
    refuseModifiers();
    const Node *node = parseVariables(head);
    expectSemicolon();
    if (auto *variables = llvm::dyn_cast<VariablesDecl>(node))
      return makeVarStmt(variables);
    return llvm::cast<Stmt>(node);
  }
  if (at(Kw_class) || at(Kw_struct) || at(Kw_interface) || at(Kw_enum) || at(Kw_extend)) {
    complain(DiagId::LocalType, cur().range());
    parseTypeDecl(head);
    return errorStmt(begin);
  }
  if (!head.isPlain()) {
    if (!isKnown())
      complain(DiagId::StatementAsDeclaration, {head.begin, head.end});
    if (atCloser())
      return errorStmt(begin);
    return parseStatement();
  }
  return parseExpressionStatement();
}

const VarStmt *Parser::makeVarStmt(const VariablesDecl *decl) {
  auto *stmt = make<VarStmt>(decl->range.begin);
  stmt->decl = decl;
  return finish(stmt);
}

/// Assignment, call, `++ --`, `new`, `match`, `move`, postfix `?`.
bool Parser::mayStand(const Expr *expr) const {
  if (llvm::isa<AssignExpr, CallExpr, NewObject, NewArray, MatchExpr, ErrorExpr>(expr))
    return true;
  if (auto *unary = llvm::dyn_cast<UnaryExpr>(expr))
    return unary->op == UnaryOp::PreInc || unary->op == UnaryOp::PreDec || unary->op == UnaryOp::Move;
  if (auto *postfix = llvm::dyn_cast<PostfixExpr>(expr))
    return postfix->op != PostfixOp::NotNull;
  return false;
}

const Stmt *Parser::parseExpressionStatement() {
  auto *stmt = make<ExprStmt>(here());
  if (!canStartExpression(pos) && !at(BuiltinWord)) {
    failHere(DiagId::ExpectedStatement);
    return errorStmt(stmt->range.begin);
  }
  bool startsBroken = isBroken(pos);
  stmt->expr = parseExpr();
  // An expression with no effect at the end of a line that lacks its `;` is one mistake, not two.
  if (!panicking && !mayStand(stmt->expr) && !startsBroken) {
    if (at(Semicolon) || atCloser() || cur().has(Token::StartsLine)) {
      if (!isKnown())
        complain(DiagId::NotAStatement, stmt->expr->range);
      accept(Semicolon);
      return finish(stmt);
    }
  }
  if (llvm::isa<MatchExpr>(stmt->expr) && !panicking && !at(Semicolon))
    return finish(stmt); // It ends in its brace, like a block.
  expectSemicolon();
  return finish(stmt);
}

const Stmt *Parser::parseJump() {
  SourceLoc begin = here();
  if (at(Kw_break) || at(Kw_continue)) {
    bool isBreak = at(Kw_break);
    take();
    Name label;
    SourceRange labelRange;
    if (at(Identifier) && !cur().has(Token::StartsLine))
      label = expectName(&labelRange);
    expectSemicolon();
    if (isBreak) {
      auto *stmt = make<BreakStmt>(begin);
      stmt->label = label;
      stmt->labelRange = labelRange;
      return finish(stmt);
    }
    auto *stmt = make<ContinueStmt>(begin);
    stmt->label = label;
    stmt->labelRange = labelRange;
    return finish(stmt);
  }
  // A `return` that ends its line has no value, whatever the next line holds.
  auto hasValue = [&] { return !at(Semicolon) && !atCloser() && !beginsStatementLine(pos); };
  if (accept(Kw_return)) {
    auto *stmt = make<ReturnStmt>(begin);
    stmt->byRef = accept(Kw_ref);
    if (stmt->byRef || hasValue())
      stmt->value = parseExpr();
    expectSemicolon();
    return finish(stmt);
  }
  take();
  auto *stmt = make<ThrowStmt>(begin);
  if (hasValue())
    stmt->value = parseExpr();
  expectSemicolon();
  return finish(stmt);
}

// ---- The others -----------------------------------------------------------------------------------------------------

const Stmt *Parser::parseTry() {
  auto *stmt = make<TryStmt>(here());
  SourceRange word = cur().range();
  take();
  if (at(LeftBrace)) {
    stmt->body = parseBlock();
  } else {
    // A statement without braces is read all the same.
    expect(LeftBrace);
    panicking = false;
    stmt->body = finish(make<BlockStmt>(here()));
    if (!atCloser() && !at(Kw_catch) && !at(Kw_finally))
      parseBody();
  }
  llvm::SmallVector<const CatchClause *, 2> catches;
  while (!panicking && at(Kw_catch))
    catches.push_back(parseCatch());
  stmt->catches = list(catches);
  if (!panicking && accept(Kw_finally))
    stmt->finallyBlock = expectBlock();
  else if (catches.empty() && !panicking)
    complain(DiagId::TryAlone, word);
  return finish(stmt);
}

/// `catch ("(" Type NAME? ")")? (when Cond)? Block`
const CatchClause *Parser::parseCatch() {
  auto *clause = make<CatchClause>(here());
  take();
  if (at(LeftParen)) {
    inParens([&] {
      SourceLoc begin = here();
      clause->type = parseType();
      if (at(Identifier) && !panicking) {
        auto *variable = make<VariableDecl>(begin);
        variable->type = clause->type;
        variable->name = expectName(&variable->nameRange);
        clause->variable = finish(variable);
      }
    });
  }
  if (atWord(words.when_)) {
    take();
    clause->guard = parseCondition();
  }
  clause->body = expectBlock();
  return finish(clause);
}

const Stmt *Parser::parseUsing() {
  auto *stmt = make<UsingStmt>(here());
  SourceRange word = cur().range();
  take();
  Head head;
  head.begin = here();
  head.token = pos;
  if (at(LeftParen) && !isTypedDeconstruction(pos)) {
    inParens([&] {
      head.begin = here();
      head.token = pos;
      if (startsVariables(pos) || at(Kw_func))
        stmt->vars = parseVariablesOnly(head);
      else
        stmt->expr = parseExpr();
    });
    stmt->body = parseBody();
    return finish(stmt);
  }
  // `using System;`
  uint32_t p = pos;
  while (tokenAt(p).kind == Identifier && tokenAt(p + 1).kind == Dot)
    p += 2;
  bool isImport = (tokenAt(p).kind == Identifier && tokenAt(p + 1).kind == Semicolon) || at(Kw_static);
  if (isImport) {
    complain(DiagId::UsingImports, word).fix(word, "import");
    while (!at(Semicolon) && !atCloser() && !cur().has(Token::StartsLine))
      take();
    accept(Semicolon);
    return errorStmt(word.begin);
  }
  stmt->vars = parseVariablesOnly(head);
  expectSemicolon();
  return finish(stmt);
}

/// `arena NAME? Cond? Block`
const Stmt *Parser::parseArena() {
  auto *stmt = make<ArenaStmt>(here());
  take();
  if (at(Identifier))
    stmt->name = expectName(&stmt->nameRange);
  if (at(LeftParen))
    stmt->size = parseCondition();
  stmt->body = expectBlock();
  return finish(stmt);
}

} // namespace dream::ast
