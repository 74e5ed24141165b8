// Operands: literals, names, parentheses, lambdas, strings with holes, `new`, `match`, arguments.
#include "compiler/syntax/parser_impl.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::ast {

const Expr *Parser::parsePrimary() {
  SourceLoc begin = here();
  if (panicking)
    return errorExpr();
  const Token &token = cur();
  auto simple = [&](auto *node) {
    take();
    return finish(node);
  };
  if (at(Identifier)) {
    if (const Expr *refused = refuseExpression())
      return refused;
    auto *name = make<NameExpr>(begin);
    name->name = token.name;
    take();
    if (at(Less) && typeArgsFollow())
      name->typeArgs = parseTypeArgs();
    return finish(name);
  }
  if (at(Int)) {
    auto *literal = make<IntLiteral>(begin);
    literal->value = token.integer;
    literal->isUnsigned = token.has(Token::Unsigned);
    literal->isLong = token.has(Token::Long);
    return simple(literal);
  }
  if (at(Float)) {
    auto *literal = make<FloatLiteral>(begin);
    literal->value = token.real;
    literal->isSingle = token.has(Token::Single);
    return simple(literal);
  }
  if (at(Char)) {
    auto *literal = make<CharLiteral>(begin);
    literal->value = token.integer;
    return simple(literal);
  }
  if (at(String)) {
    auto *literal = make<StringLiteral>(begin);
    literal->value = buffer.strings[token.index];
    return simple(literal);
  }
  if (at(StringStart))
    return parseInterpolated();
  if (at(LeftParen))
    return parseParenthesized();
  if (at(LeftBracket))
    return isCaptureList(pos) ? parseLambda() : parseArrayLiteral();
  if (at(BuiltinWord)) {
    auto *type = make<BuiltinTypeExpr>(begin);
    type->builtin = Builtin(token.builtin);
    if (peek().kind == Dot)
      return simple(type);
    fail(DiagId::TypeAsValue, token.range()) << found();
    take();
    return errorExpr(begin);
  }
  if (at(Invalid)) {
    take(); // The lexer has reported it.
    return errorExpr(begin);
  }
  return parseWordOperand();
}

/// What begins with a reserved word.
const Expr *Parser::parseWordOperand() {
  SourceLoc begin = here();
  auto simple = [&](auto *node) {
    take();
    return finish(node);
  };
  if (at(Kw_true) || at(Kw_false)) {
    auto *literal = make<BoolLiteral>(begin);
    literal->value = at(Kw_true);
    return simple(literal);
  }
  if (at(Kw_null))
    return simple(make<NullLiteral>(begin));
  if (at(Kw_this))
    return simple(make<ThisExpr>(begin));
  if (at(Kw_base))
    return simple(make<BaseExpr>(begin));
  if (at(Kw_new))
    return parseNew();
  if (at(Kw_match))
    return parseMatch();
  if (at(Kw_sizeof) || at(Kw_alignof) || at(Kw_offsetof))
    return parseTypeQuery();
  if (accept(Kw_default)) {
    auto *expr = make<DefaultExpr>(begin);
    if (at(LeftParen))
      inParens([&] { expr->type = parseType(); });
    return finish(expr);
  }
  if (accept(Kw_nameof)) {
    auto *expr = make<NameofExpr>(begin);
    expr->value = parseParenOperand();
    return finish(expr);
  }
  if (at(Kw_checked) || at(Kw_unchecked)) {
    auto *expr = make<CheckedExpr>(begin);
    expr->isChecked = at(Kw_checked);
    take();
    expr->value = parseParenOperand();
    return finish(expr);
  }
  failMissing(DiagId::ExpectedExpression);
  return errorExpr(begin);
}

/// `(e)` behind a word.
const Expr *Parser::parseParenOperand() {
  if (!at(LeftParen)) {
    expect(LeftParen);
    return errorExpr();
  }
  const Expr *expr = nullptr;
  inParens([&] {
    if (at(BuiltinWord) && peek().kind == RightParen) {
      auto *type = make<BuiltinTypeExpr>(here()); // nameof(int)
      type->builtin = Builtin(cur().builtin);
      take();
      expr = finish(type);
    } else {
      expr = parseExpr();
    }
  });
  return expr ? expr : errorExpr();
}

/// `sizeof(T)`, `alignof(T)`, `offsetof(T, f)`
const Expr *Parser::parseTypeQuery() {
  auto *expr = make<TypeQueryExpr>(here());
  expr->query = at(Kw_sizeof) ? TypeQuery::SizeOf : at(Kw_alignof) ? TypeQuery::AlignOf : TypeQuery::OffsetOf;
  take();
  if (!at(LeftParen)) {
    expect(LeftParen);
    expr->type = errorType();
    return finish(expr);
  }
  inParens([&] {
    expr->type = parseType();
    if (expr->query == TypeQuery::OffsetOf && expect(Comma))
      expr->field = expectName(&expr->fieldRange);
  });
  return finish(expr);
}

/// `(e)`, or a tuple.
const Expr *Parser::parseParenthesized() {
  SourceLoc begin = here();
  uint32_t open = pos;
  llvm::SmallVector<TupleExpr::Element, 4> elements;
  bracketed(Trailing::No, [&] {
    TupleExpr::Element element{};
    if (isArgumentName(pos)) {
      element.name = expectName();
      take();
    }
    element.value = parseExpr();
    elements.push_back(element);
  });
  grow();
  if (elements.size() == 1 && !elements[0].name && tokens[partner(open) - 1].kind != Comma) {
    auto *paren = make<ParenExpr>(begin);
    paren->inner = elements[0].value;
    return finish(paren);
  }
  auto *tuple = make<TupleExpr>(begin);
  tuple->elements = list(elements);
  return finish(tuple);
}

/// `[a, b, ..c]`
const Expr *Parser::parseArrayLiteral() {
  auto *array = make<ArrayLiteral>(here());
  llvm::SmallVector<const Expr *, 8> elements;
  bracketed(Trailing::Yes, [&] {
    if (!at(DotDot)) {
      elements.push_back(parseExpr());
      return;
    }
    auto *spread = make<SpreadExpr>(here());
    take();
    spread->value = parseExpr();
    elements.push_back(finish(spread));
  });
  array->elements = list(elements);
  grow();
  return finish(array);
}

/// `x => e`, `(int a, b) => { … }`, `[ref x] () => e`
const Expr *Parser::parseLambda() {
  auto *lambda = make<LambdaExpr>(here());
  if (at(LeftBracket)) {
    lambda->hasCaptureList = true;
    llvm::SmallVector<LambdaExpr::Capture, 4> captures;
    bracketed(Trailing::Yes, [&] {
      LambdaExpr::Capture capture{};
      capture.mode = accept(Kw_ref)    ? LambdaExpr::CaptureMode::Ref
                     : accept(Kw_move) ? LambdaExpr::CaptureMode::Move
                                       : LambdaExpr::CaptureMode::Copy;
      capture.name = expectName(&capture.range);
      captures.push_back(capture);
    });
    lambda->captures = list(captures);
  }
  llvm::SmallVector<const ParamDecl *, 4> params;
  if (at(Identifier)) {
    auto *param = make<ParamDecl>(here());
    param->name = expectName(&param->nameRange);
    params.push_back(finish(param));
  } else if (at(LeftParen)) {
    bracketed(Trailing::No, [&] {
      auto *param = make<ParamDecl>(here());
      param->attributes = parseAttributes();
      param->mode = accept(Kw_ref) ? ParamMode::Ref : accept(Kw_in) ? ParamMode::In : accept(Kw_out) ? ParamMode::Out : ParamMode::Value;
      bool isBare = at(Identifier) && (peek().kind == Comma || peek().kind == RightParen);
      if (!isBare)
        param->type = parseType();
      param->name = expectName(&param->nameRange);
      params.push_back(finish(param));
    });
  } else {
    expect(LeftParen);
  }
  lambda->params = list(params);
  expect(FatArrow);
  Setting normal(inGuard, false);
  if (at(LeftBrace) && !panicking)
    lambda->block = parseBlock();
  else
    lambda->expr = parseThrowOr(&Parser::parseExpr);
  grow();
  return finish(lambda);
}

// ---- Strings with holes ---------------------------------------------------------------------------------------------

const Expr *Parser::parseInterpolated() {
  auto *string = make<InterpolatedString>(here());
  llvm::SmallVector<InterpolatedString::Part, 4> parts;
  Setting normal(inGuard, false);
  take();
  while (!at(StringEnd)) {
    InterpolatedString::Part part{};
    if (at(StringText)) {
      part.text = buffer.strings[cur().index];
      take();
      if (!part.text.empty()) // A piece of a raw string may be.
        parts.push_back(part);
      continue;
    }
    uint32_t close = partner(pos);
    SourceRange open = cur().range();
    take();
    if (pos == close && !isKnown()) {
      complain(DiagId::EmptyHole, {open.begin, {tokens[close].end}});
      part.hole = errorExpr();
    } else {
      part.hole = parseExpr();
    }
    if (!panicking && accept(Comma))
      part.width = parseExpr();
    if (!panicking && at(HoleFormat)) {
      part.format = buffer.strings[cur().index];
      part.formatRange = {here().plus(1), {cur().end}};
      if (part.format.empty())
        complain(DiagId::UnknownFormat, part.formatRange) << part.format;
      take();
    }
    if (pos != close && !isBroken(close)) {
      // `{a ? b : c}`: the `:` began the format.
      bool isConditional = tokens[pos - 1].kind == Question && tokens[close - 1].kind == HoleFormat;
      if (isConditional)
        fail(DiagId::UnknownFormat, {{tokens[close - 1].begin}, {tokens[close].begin}}) << buffer.strings[tokens[close - 1].index].trim();
      else
        fail(DiagId::ExpectedToken, cur().range()) << "'}'" << found();
    }
    panicking = false;
    skipTo(close);
    take();
    parts.push_back(part);
  }
  take();
  string->parts = list(parts);
  grow();
  return finish(string);
}

// ---- new ------------------------------------------------------------------------------------------------------------

const Expr *Parser::parseNew() {
  SourceLoc begin = here();
  take();
  // `new[] {…}`
  if (at(LeftBracket))
    return parseNewArray(begin, nullptr);
  if (at(LeftBrace)) {
    complain(DiagId::RefusedAnonymous, {begin, previousEnd()});
    skipTo(partner(pos) + 1);
    return errorExpr(begin);
  }

  auto *object = make<NewObject>(begin);
  const TypeNode *type = nullptr;
  bool isTupleType = false;
  if (at(LeftParen)) {
    TokenKind after = tokenAt(partner(pos) + 1).kind;
    isTupleType = (after == LeftBracket || after == LeftBrace || after == LeftParen || after == Question) && skipType(pos) &&
                  skipType(pos).shape == Shape::Certain;
  }
  if (!at(LeftParen) || isTupleType) {
    SourceLoc typeBegin = here();
    type = parseTypeBase();
    // `new int?[3]`: the element's own suffixes.
    while (!panicking && (at(Question) || at(Star))) {
      uint32_t p = pos;
      while (tokenAt(p).kind == Question || tokenAt(p).kind == Star)
        ++p;
      if (tokenAt(p).kind != LeftBracket)
        break;
      if (at(Question)) {
        auto *optional = make<OptionalType>(typeBegin);
        optional->element = type;
        take();
        type = finish(optional);
      } else {
        auto *pointer = make<PointerType>(typeBegin);
        pointer->element = type;
        take();
        type = finish(pointer);
      }
      if (!grow())
        break;
    }
    if (at(LeftBracket) && !panicking)
      return parseNewArray(begin, type);
  }
  object->type = type;
  if (at(LeftParen) && !panicking) {
    object->hasArgs = true;
    object->args = parseArgs();
  }
  if (at(LeftBrace) && !panicking && (type || object->hasArgs))
    object->init = parseInitializerList();
  else if (!object->hasArgs && !panicking)
    fail(DiagId::ExpectedToken, cur().range()) << "'(', '{' or '['" << found();
  object->region = parseRegion();
  grow();
  return finish(object);
}

/// `in NAME` behind `new …`.
const NameExpr *Parser::parseRegion() {
  if (panicking || !accept(Kw_in))
    return nullptr;
  auto *name = make<NameExpr>(here());
  name->name = expectName();
  return finish(name);
}

/// At the first bracket.
const Expr *Parser::parseNewArray(SourceLoc begin, const TypeNode *element) {
  auto *array = make<NewArray>(begin);
  array->element = element;
  llvm::SmallVector<const Expr *, 2> sizes;
  llvm::SmallVector<unsigned, 4> ranks;
  auto isRank = [&] { return at(LeftBracket) && (peek().kind == Comma || peek().kind == RightBracket); };
  SourceRange sizeRange = cur().range();
  if (!isRank()) {
    sizeRange.end = {tokens[partner(pos)].end};
    bracketed(Trailing::No, [&] { sizes.push_back(parseExpr()); });
    ranks.push_back(std::max<size_t>(sizes.size(), 1));
  }
  while (isRank())
    ranks.push_back(parseTypeBracket().rank);
  array->sizes = list(sizes);
  array->ranks = list(ranks);
  if (at(LeftBrace) && !panicking) {
    if (!sizes.empty()) {
      auto said = fail(DiagId::SizeAndValues, sizeRange);
      if (sizes.size() == 1)
        said.fix({sizeRange.begin.plus(1), {sizeRange.end.offset - 1}}, "");
      panicking = false;
      array->sizes = {};
    }
    array->init = parseInitializerList();
  } else if (sizes.empty() && at(LeftBracket) && !panicking) {
    array->init = parseArrayLiteral();
  } else if (sizes.empty() && !panicking) {
    fail(DiagId::ExpectedToken, cur().range()) << "a size in the brackets, or '{'" << found();
  } else if (!element && !panicking) {
    fail(DiagId::ExpectedType, sizeRange) << "'['";
  }
  array->region = parseRegion();
  grow();
  return finish(array);
}

// ---- match ----------------------------------------------------------------------------------------------------------

const Expr *Parser::parseMatch() {
  Nest nest(*this);
  auto *match = make<MatchExpr>(here());
  take();
  if (!nest.ok())
    return finish(match);
  if (!at(LeftParen)) {
    expect(LeftParen);
    return finish(match);
  }
  llvm::SmallVector<const Expr *, 4> values;
  bracketed(Trailing::No, [&] { values.push_back(parseExpr()); });
  if (values.empty())
    complain(DiagId::ExpectedExpression, {match->range.begin, previousEnd()}) << "')'";
  match->values = list(values);
  if (!at(LeftBrace)) {
    expect(LeftBrace);
    return finish(match);
  }
  llvm::SmallVector<const MatchArm *, 8> arms;
  uint32_t close = partner(pos);
  {
    Setting normal(inGuard, false);
    take();
    while (pos < close) {
      arms.push_back(parseArm());
      if (panicking)
        recoverInList(close);
      if (pos >= close)
        break;
      if (accept(Comma))
        continue;
      if (tokens[pos - 1].kind == RightBrace && arms.back()->block)
        continue; // Behind a block the comma is optional.
      SourceLoc end = previousEnd();
      if (cur().has(Token::StartsLine)) {
        Report(*this, DiagId::ExpectedToken, {end, end}, isKnown()).fix({end, end}, ",") << "','" << found();
      } else {
        Report(*this, DiagId::ExpectedToken, cur().range(), isKnown()) << "',' or '}'" << found();
        recoverInList(close);
        accept(Comma);
      }
    }
    pos = close;
    take();
  }
  match->arms = list(arms);
  grow();
  return finish(match);
}

/// `Pat ((if|when) Expr)? => (Expr | Block)`
const MatchArm *Parser::parseArm() {
  auto *arm = make<MatchArm>(here());
  {
    Setting arms(behindIs, false);
    arm->pattern = parsePattern();
  }
  if (!panicking && (at(Kw_if) || atWord(words.when_))) {
    take();
    Setting guard(inGuard, true);
    arm->guard = parseExpr();
  }
  expect(FatArrow);
  if (at(LeftBrace) && !panicking)
    parseArmBlock(arm);
  else
    arm->expr = parseThrowOr(&Parser::parseExpr);
  return finish(arm);
}

/// A block that may end in an expression without `;`, the arm's value.
void Parser::parseArmBlock(MatchArm *arm) {
  Nest nest(*this);
  Height level(*this);
  auto *block = make<BlockStmt>(here());
  uint32_t close = partner(pos);
  llvm::SmallVector<const Stmt *, 8> statements;
  take();
  while (pos < close && nest.ok()) {
    uint32_t first = pos;
    bool isExpression = (canStartExpression(pos) || isLambda()) && !at(LeftBracket) && !startsVariables(pos) &&
                        !(at(Identifier) && peek().kind == Colon) && !atWord(words.yield_) &&
                        !((at(Kw_checked) || at(Kw_unchecked)) && peek().kind == LeftBrace) &&
                        !looksLikeFunctionWithoutFunc(pos, Place::Block);
    if (isExpression && !panicking) {
      SourceLoc begin = here();
      const Expr *expr = parseExpr();
      if (pos == close && !panicking) {
        arm->blockValue = expr;
        break;
      }
      auto *stmt = make<ExprStmt>(begin);
      stmt->expr = expr;
      if (!panicking && !mayStand(expr))
        complain(DiagId::NotAStatement, expr->range);
      if (!llvm::isa<MatchExpr>(expr) || panicking || at(Semicolon))
        expectSemicolon();
      statements.push_back(finish(stmt));
    } else {
      statements.push_back(parseStatement());
    }
    endItem(first, DiagId::ExpectedStatement);
  }
  pos = close;
  take();
  panicking = false;
  block->statements = list(statements);
  arm->block = finish(block);
}

// ---- Arguments ------------------------------------------------------------------------------------------------------

/// At `(` or `[`.
List<const Argument *> Parser::parseArgs() {
  llvm::SmallVector<const Argument *, 4> args;
  bracketed(Trailing::No, [&] { args.push_back(parseArgument()); });
  return list(args);
}

const Argument *Parser::parseArgument() {
  auto *argument = make<Argument>(here());
  if (isArgumentName(pos)) {
    argument->name = expectName(&argument->nameRange);
    take();
  }
  if (accept(Kw_out)) {
    argument->mode = ParamMode::Out;
    SourceLoc begin = here();
    bool isVar = at(Kw_var);
    Skipped type = isVar ? Skipped() : skipType(pos);
    bool isTyped = type && tokenAt(type.end).kind == Identifier;
    bool isDiscarded = at(Identifier) && cur().name == words.underscore && (peek().kind == Comma || peek().kind == RightParen);
    if (isDiscarded) { // `out _`: a variable that nobody can name
      auto *variable = make<VariableDecl>(begin);
      variable->keyword = VarKeyword::Var;
      variable->nameRange = cur().range();
      take();
      argument->outVariable = finish(variable);
      return finish(argument);
    }
    if (isVar || isTyped) {
      auto *variable = make<VariableDecl>(begin);
      if (accept(Kw_var))
        variable->keyword = VarKeyword::Var;
      else
        variable->type = parseType();
      variable->name = expectName(&variable->nameRange);
      argument->outVariable = finish(variable);
      return finish(argument);
    }
  } else if (accept(Kw_ref)) {
    argument->mode = ParamMode::Ref;
  } else if (accept(Kw_in)) {
    argument->mode = ParamMode::In;
  }
  argument->value = parseExpr();
  return finish(argument);
}

} // namespace dream::ast
