// Functions, operators, constructors, and their parameters and bodies.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

/// At `func`, or where only the `func` lacks.
const FuncDecl *Parser::parseFunc(const Head &head) {
  if (!accept(Kw_func) && !panicking)
    complain(DiagId::MissingFunc, cur().range()).fix({here(), here()}, "func ");
  return parseFuncAfterKeyword(head);
}

const FuncDecl *Parser::parseFuncAfterKeyword(const Head &head) {
  auto *func = begin<FuncDecl>(head);
  if ((atWord(words.implicit_) || atWord(words.explicit_)) && peek().kind == Kw_operator) {
    func->funcKind = FuncKind::Conversion;
    func->name = cur().name;
    func->nameRange = cur().range();
    take();
    take();
    func->result = parseType();
  } else {
    if (!hasNoResult(pos)) {
      // `func foo {`: more likely the parameters lack than that a type stands here.
      TokenKind next = peek().kind;
      bool isName = at(Identifier) && (next == LeftBrace || next == FatArrow || next == Semicolon || next == EndOfFile ||
                                            peek().has(Token::StartsLine));
      bool isBareName = at(Identifier) && next == LeftParen; // `func foo(…)` without a body
      if (!isName && !isBareName) {
        func->returnsRef = accept(Kw_ref);
        func->result = parseType();
      }
    }
    if (at(Kw_operator) && !panicking)
      parseOperatorName(func);
    else if (!panicking)
      func->name = expectName(&func->nameRange);
  }
  func->typeParams = parseTypeParams();
  parseParams(func);
  if (at(Arrow) && !panicking) {
    // `func f() -> int`
    SourceLoc before = previousEnd(), arrow = here();
    take();
    const TypeNode *type = parseType();
    if (!panicking) {
      SourceLoc place = func->nameRange.begin;
      complain(DiagId::ResultAfterParameters, {arrow, type->range.end})
          .fix({before, type->range.end}, "")
          .fix({place, place}, textOf(type->range) + " ");
      func->result = type;
    }
  }
  if (at(Colon) && !panicking)
    parseChain(func);
  func->wheres = parseWheres();
  parseFunctionBody(func->hasBody, func->block, func->expr);
  if (func->isVariadic && !(func->modifiers & ModExtern))
    complain(DiagId::VariadicNotExtern, func->nameRange);
  return finish(func);
}

/// At `operator`: the name is the operator's spelling.
void Parser::parseOperatorName(FuncDecl *func) {
  func->funcKind = FuncKind::Operator;
  take();
  SourceLoc begin = here();
  llvm::StringRef spelling;
  if (at(LeftBracket) && peek().kind == RightBracket) {
    take();
    take();
    spelling = "[]";
  } else if (at(Greater)) {
    unsigned count = 1;
    take();
    while (count < 3 && at(Greater) && tokens[pos - 1].end == cur().begin)
      take(), ++count;
    if (count == 1 && at(Equal) && tokens[pos - 1].end == cur().begin) {
      take();
      spelling = ">=";
    } else {
      spelling = llvm::StringRef(">>>").take_front(count);
    }
  } else {
    for (TokenKind k : {Plus, Minus, Star, Slash, Percent, Amp, Pipe, Caret, Tilde, Bang, LessLess, EqualEqual, BangEqual,
                        Less, LessEqual, PlusPlus, MinusMinus})
      if (at(k))
        spelling = describe(k).trim('\'');
    if (!spelling.empty())
      take();
  }
  if (spelling.empty() || spelling == ">>>") {
    bool isOperator = !at(LeftParen) && !atCloser();
    SourceRange range = spelling.empty() ? cur().range() : since(begin);
    complain(DiagId::UnknownOperator, range) << ("'" + textOf(range) + "'");
    if (spelling.empty() && isOperator)
      take();
  }
  func->name = context.names.intern(spelling);
  func->nameRange = since(begin);
}

void Parser::parseParams(FuncDecl *func) {
  if (!at(LeftParen)) {
    expect(LeftParen);
    return;
  }
  llvm::SmallVector<const ParamDecl *, 6> params;
  SourceRange variadic;
  bracketed(Trailing::No, [&] {
    if (variadic.isValid()) {
      complain(DiagId::VariadicNotLast, variadic);
      variadic = {};
    }
    if (at(Ellipsis)) {
      variadic = cur().range();
      func->isVariadic = true;
      take();
      return;
    }
    params.push_back(parseParam(false));
  });
  func->params = list(params);
}

/// `Attr* (ref|in|out|params)? Type NAME ("[" "]")* ("=" Expr)?`
const ParamDecl *Parser::parseParam(bool isIndexer) {
  auto *param = make<ParamDecl>(here());
  param->doc = docAt(pos);
  param->attributes = parseAttributes();
  if (at(Kw_this)) {
    complain(DiagId::RefusedThisParameter, cur().range());
    take();
  }
  // `params params` is a parameter of a type of that name.
  Skipped listed = atWord(words.params_) ? skipType(pos + 1) : Skipped();
  bool isParams = listed && (peek().kind != Identifier || tokenAt(listed.end).kind == Identifier);
  if (accept(Kw_ref))
    param->mode = ParamMode::Ref;
  else if (accept(Kw_in))
    param->mode = ParamMode::In;
  else if (accept(Kw_out))
    param->mode = ParamMode::Out;
  else if (isParams) {
    param->isParams = true;
    take();
  }
  if (at(Identifier) && (peek().kind == Comma || peek().kind == RightParen || peek().kind == Colon) && !panicking) {
    // A name alone, or `name: Type`.
    param->name = expectName(&param->nameRange);
    if (accept(Colon)) {
      SourceRange written{param->nameRange.end, {}};
      param->type = parseType();
      written.end = param->type->range.end;
      llvm::StringRef typeText = textOf(param->type->range);
      complain(DiagId::TypeAfterName, {param->nameRange.begin, written.end})
              .fix({param->nameRange.begin, param->nameRange.begin}, typeText + " ")
              .fix(written, "")
          << typeText << param->name.text();
    } else {
      if (!isKnown())
        complain(DiagId::ParameterForm, param->nameRange);
      param->type = errorType();
    }
  } else {
    param->type = parseType();
    if (!panicking && (at(Comma) || at(RightParen) || at(RightBracket)) && !isKnown()) {
      complain(DiagId::ParameterForm, param->type->range);
      return finish(param);
    }
    if (!panicking)
      param->name = expectName(&param->nameRange);
    for (uint32_t p = pos; !panicking && tokenAt(p).kind == LeftBracket; p = partner(p) + 1)
      if (partner(p) != p + 1)
        fail(DiagId::ExpectedToken, tokens[p + 1].range()) << "']'" << found(p + 1); // A parameter has no size.
    param->type = parseNameBrackets(param->type);
  }
  if (!panicking && accept(Equal))
    param->defaultValue = parseExpr();
  return finish(param);
}

/// `: base(…)`, `: this(…)`
void Parser::parseChain(FuncDecl *func) {
  SourceLoc begin = here();
  take();
  if (accept(Kw_base)) {
    func->callsBase = true;
  } else if (accept(Kw_this)) {
    func->callsThis = true;
  } else if (Skipped type = skipType(pos); type && !func->result && (tokenAt(type.end).kind == LeftBrace || tokenAt(type.end).kind == FatArrow)) {
    // `func f(): int {`
    const TypeNode *result = parseType();
    SourceLoc place = func->nameRange.begin;
    complain(DiagId::ResultAfterParameters, since(begin)).fix(since(begin), "").fix({place, place}, textOf(result->range) + " ");
    func->result = result;
    return;
  } else {
    fail(DiagId::ExpectedToken, cur().range()) << "'base' or 'this'" << found();
    return;
  }
  if (at(LeftParen))
    func->chainArgs = parseArgs();
  else
    expect(LeftParen);
  func->chainRange = since(begin);
}

/// `Block | "=>" Expr ";" | ";"`
void Parser::parseFunctionBody(bool &hasBody, const BlockStmt *&block, const Expr *&expr) {
  if (panicking) {
    // What went wrong before the body does not keep the body from being read.
    uint32_t p = pos;
    while (!isCloserKind(tokenAt(p).kind) && p != last && !at(Semicolon)) {
      if (tokens[p].kind == LeftBrace)
        break;
      if (tokens[p].kind == Semicolon || (tokens[p].has(Token::StartsLine) && p != pos))
        return;
      p = isOpenerKind(tokens[p].kind) ? partner(p) + 1 : p + 1;
    }
    if (tokenAt(p).kind != LeftBrace)
      return;
    panicking = false;
    pos = p;
  }
  if (at(LeftBrace)) {
    hasBody = true;
    block = parseBlock();
  } else if (accept(FatArrow)) {
    hasBody = true;
    expr = parseThrowOr(&Parser::parseExpr);
    expectSemicolon();
  } else if (accept(Semicolon)) {
    return;
  } else if (!isKnown()) {
    SourceLoc end = previousEnd();
    bool atLineEnd = cur().has(Token::StartsLine) || atCloser();
    if (atLineEnd)
      complain(DiagId::ExpectedBody, {end, end}) << found();
    else
      failMissing(DiagId::ExpectedBody);
  }
}

} // namespace dream::ast
