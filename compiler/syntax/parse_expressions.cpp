// Expressions: operators by precedence. What they join is in parse_primary.cpp.
#include "compiler/syntax/parser_impl.h"
#include <array>

namespace dream::ast {

const Expr *Parser::errorExpr() { return errorExpr(here()); }

namespace {
/// How tight operators bind, loosest first.
enum Precedence : int {
  PrecLogicalOr = 1, PrecLogicalAnd, PrecBitOr, PrecBitXor, PrecBitAnd, PrecEquality, PrecRelational, PrecRange, PrecShift,
  PrecAdditive, PrecMultiplicative,
};
static_assert(PrecShift == kConstantPrecedence);
} // namespace

/// An operator between two operands, which may be several adjacent tokens that begin with `>`.
struct Parser::Operator {
  enum Kind : uint8_t { None, Binary, Range, Is, As } kind = None;
  int precedence = 0;
  BinaryOp op = BinaryOp::Add;
  unsigned tokens = 1;
};

/// `tokens` is 0 where no assignment stands.
struct Parser::Assignment {
  unsigned tokens = 0;
  AssignOp op = AssignOp::Assign;
};

Parser::Operator Parser::operatorHere() const {
  using Op = Operator;
  // By token; what begins with `>` is put together from several.
  static constexpr auto table = [] {
    std::array<Op, 256> rows{};
    auto binary = [&](TokenKind kind, int precedence, BinaryOp op) { rows[size_t(kind)] = {Op::Binary, precedence, op, 1}; };
    binary(PipePipe, PrecLogicalOr, BinaryOp::LogicalOr);
    binary(AmpAmp, PrecLogicalAnd, BinaryOp::LogicalAnd);
    binary(Pipe, PrecBitOr, BinaryOp::BitOr);
    binary(Caret, PrecBitXor, BinaryOp::BitXor);
    binary(Amp, PrecBitAnd, BinaryOp::BitAnd);
    binary(EqualEqual, PrecEquality, BinaryOp::Equal);
    binary(BangEqual, PrecEquality, BinaryOp::NotEqual);
    binary(Less, PrecRelational, BinaryOp::Less);
    binary(LessEqual, PrecRelational, BinaryOp::LessEqual);
    binary(LessLess, PrecShift, BinaryOp::Shl);
    binary(Plus, PrecAdditive, BinaryOp::Add);
    binary(Minus, PrecAdditive, BinaryOp::Sub);
    binary(Star, PrecMultiplicative, BinaryOp::Mul);
    binary(Slash, PrecMultiplicative, BinaryOp::Div);
    binary(Percent, PrecMultiplicative, BinaryOp::Rem);
    rows[size_t(DotDot)] = rows[size_t(DotDotEqual)] = {Op::Range, PrecRange, {}, 1};
    rows[size_t(Kw_is)] = {Op::Is, PrecRelational, {}, 1};
    rows[size_t(Kw_as)] = {Op::As, PrecRelational, {}, 1};
    return rows;
  }();
  if (!at(Greater))
    return table[size_t(kind())];
  unsigned count = greaterCount();
  // `>=`, `>>=` and `>>>=` end in a `=` of their own.
  bool hasEqual = adjacent(pos + count - 1) && peek(count).kind == Equal;
  if (count == 1)
    return {Op::Binary, PrecRelational, hasEqual ? BinaryOp::GreaterEqual : BinaryOp::Greater, hasEqual ? 2u : 1u};
  if (hasEqual)
    return {};
  return {Op::Binary, PrecShift, count == 2 ? BinaryOp::Shr : BinaryOp::UShr, count};
}

/// How many adjacent `>` stand here, up to three.
unsigned Parser::greaterCount() const {
  unsigned count = 1;
  while (count < 3 && adjacent(pos + count - 1) && peek(count).kind == Greater)
    ++count;
  return count;
}

// ---- From the loosest ----------------------------------------------------------------------------------------------

/// `>>=` and `>>>=` come as tokens of their own.
Parser::Assignment Parser::assignmentHere() const {
  static constexpr auto table = [] {
    std::array<Assignment, 256> rows{};
    auto row = [&](TokenKind kind, AssignOp op) { rows[size_t(kind)] = {1, op}; };
    row(Equal, AssignOp::Assign);
    row(PlusEqual, AssignOp::Add);
    row(MinusEqual, AssignOp::Sub);
    row(StarEqual, AssignOp::Mul);
    row(SlashEqual, AssignOp::Div);
    row(PercentEqual, AssignOp::Rem);
    row(AmpEqual, AssignOp::And);
    row(PipeEqual, AssignOp::Or);
    row(CaretEqual, AssignOp::Xor);
    row(LessLessEqual, AssignOp::Shl);
    row(QuestionQuestionEqual, AssignOp::Coalesce);
    return rows;
  }();
  if (!at(Greater))
    return table[size_t(kind())];
  unsigned count = greaterCount();
  if (count == 1 || !adjacent(pos + count - 1) || peek(count).kind != Equal)
    return {};
  return {count + 1, count == 2 ? AssignOp::Shr : AssignOp::UShr};
}

const Expr *Parser::parseExpr() {
  Nest nest(*this);
  if (!nest.ok() || panicking)
    return errorExpr();
  Height level(*this);
  SourceLoc begin = here();
  const Expr *target = parseConditionalExpr();
  if (panicking)
    return target;
  Assignment assign = assignmentHere();
  if (!assign.tokens)
    return target;
  auto *expr = make<AssignExpr>(begin);
  expr->op = assign.op;
  expr->target = target;
  expr->opRange = {here(), {peek(assign.tokens - 1).end}};
  for (unsigned i = 0; i < assign.tokens; ++i)
    take();
  expr->value = parseExpr();
  return finish(expr);
}

/// `throw e` where it may stand for a value.
const Expr *Parser::parseThrowOr(const Expr *(Parser::*rule)()) {
  if (!at(Kw_throw) || panicking)
    return (this->*rule)();
  Nest nest(*this);
  auto *expr = make<ThrowExpr>(here());
  take();
  expr->value = nest.ok() ? parseCoalesce() : errorExpr();
  return finish(expr);
}

const Expr *Parser::parseConditionalExpr() {
  Nest nest(*this);
  if (!nest.ok() || panicking)
    return errorExpr();
  if (isLambda())
    return parseLambda();
  SourceLoc begin = here();
  const Expr *condition = parseCoalesce();
  if (!at(Question) || panicking || !isConditional())
    return condition;
  auto *expr = make<ConditionalExpr>(begin);
  take();
  expr->condition = condition;
  {
    Setting normal(inGuard, false);
    expr->whenTrue = parseThrowOr(&Parser::parseExpr);
  }
  expect(Colon);
  expr->whenFalse = parseThrowOr(&Parser::parseConditionalExpr);
  grow();
  return finish(expr);
}

/// Right associative: the operands are collected and joined from the right.
const Expr *Parser::parseCoalesce() {
  const Expr *first = parseBinary(PrecLogicalOr);
  if (!at(QuestionQuestion) || panicking)
    return first;
  llvm::SmallVector<const Expr *, 4> operands{first};
  llvm::SmallVector<SourceRange, 4> places;
  while (!panicking && at(QuestionQuestion)) {
    places.push_back(cur().range());
    take();
    if (at(Kw_throw))
      operands.push_back(parseThrowOr(&Parser::parseCoalesce));
    else
      operands.push_back(isLambda() ? parseLambda() : parseBinary(PrecLogicalOr));
    if (!grow())
      break;
  }
  const Expr *joined = operands.back();
  for (size_t i = operands.size() - 1; i-- > 0;) {
    auto *expr = context.make<BinaryExpr>({operands[i]->range.begin, joined->range.end});
    expr->op = BinaryOp::Coalesce;
    expr->lhs = operands[i];
    expr->rhs = joined;
    expr->opRange = places[i];
    joined = expr;
  }
  return joined;
}

/// Operators that bind at least so tight, the tightest first.
const Expr *Parser::parseBinary(int least) {
  Height level(*this);
  SourceLoc begin = here();
  bool hadRange = (at(DotDot) || at(DotDotEqual)) && least <= PrecRange && !panicking;
  const Expr *lhs = hadRange ? parseRangeEnd(begin, nullptr) : parsePrefix();
  while (!panicking) {
    Operator op = operatorHere();
    if (op.kind == Operator::None || op.precedence < least)
      break;
    switch (op.kind) {
    case Operator::None:
      break;
    case Operator::Range:
      if (hadRange) {
        failMissing(DiagId::ExpectedExpression);
        return lhs;
      }
      lhs = parseRangeEnd(begin, lhs);
      hadRange = true;
      break;
    case Operator::Is: {
      auto *is = make<IsExpr>(begin);
      take();
      is->value = lhs;
      Setting operand(behindIs, true);
      is->pattern = parsePattern();
      lhs = finish(is);
      break;
    }
    case Operator::As: {
      auto *as = make<AsExpr>(begin);
      take();
      as->value = lhs;
      as->type = parseType(TypeEnd::Operand);
      lhs = finish(as);
      break;
    }
    case Operator::Binary: {
      auto *binary = make<BinaryExpr>(begin);
      binary->op = op.op;
      binary->lhs = lhs;
      binary->opRange = {here(), {peek(op.tokens - 1).end}};
      for (unsigned i = 0; i < op.tokens; ++i)
        take();
      binary->rhs = parseBinary(op.precedence + 1);
      lhs = finish(binary);
      break;
    }
    }
    if (!grow())
      break;
  }
  return lhs;
}

/// At `..` or `..=`; the end may lack.
const Expr *Parser::parseRangeEnd(SourceLoc begin, const Expr *low) {
  auto *range = make<RangeExpr>(begin);
  range->begin = low;
  range->inclusive = at(DotDotEqual);
  take();
  if (canStartExpression(pos) && !at(DotDot) && !at(DotDotEqual))
    range->end = parseBinary(PrecShift);
  return finish(range);
}

// ---- Prefix and postfix ---------------------------------------------------------------------------------------------

/// Prefix operators and casts are collected, so that a long row of them needs no recursion.
const Expr *Parser::parsePrefix() {
  struct Prefix {
    SourceLoc begin;
    UnaryOp op;
    const TypeNode *cast;
  };
  llvm::SmallVector<Prefix, 4> prefixes;
  while (!panicking) {
    SourceLoc begin = here();
    if (at(LeftParen)) {
      if (!isCast())
        break;
      uint32_t close = partner(pos);
      take();
      const TypeNode *type = parseType();
      skipTo(close);
      take();
      prefixes.push_back({begin, UnaryOp::Plus, type});
    } else {
      UnaryOp op;
      if (at(Plus)) op = UnaryOp::Plus;
      else if (at(Minus)) op = UnaryOp::Minus;
      else if (at(Bang)) op = UnaryOp::Not;
      else if (at(Tilde)) op = UnaryOp::BitNot;
      else if (at(PlusPlus)) op = UnaryOp::PreInc;
      else if (at(MinusMinus)) op = UnaryOp::PreDec;
      else if (at(Amp)) op = UnaryOp::AddressOf;
      else if (at(Star)) op = UnaryOp::Deref;
      else if (at(Caret)) op = UnaryOp::FromEnd;
      else if (at(Kw_move)) op = UnaryOp::Move;
      else break;
      prefixes.push_back({begin, op, nullptr});
      take();
    }
    if (prefixes.size() > kMaxHeight) {
      tooDeep();
      break;
    }
  }
  const Expr *expr = isLambda() && !prefixes.empty() && prefixes.back().cast ? parseLambda() : parsePostfix();
  for (const Prefix &prefix : llvm::reverse(prefixes)) {
    grow();
    SourceRange range{prefix.begin, expr->range.end};
    if (prefix.cast) {
      auto *cast = context.make<CastExpr>(range);
      cast->type = prefix.cast;
      cast->operand = expr;
      expr = cast;
    } else {
      auto *unary = context.make<UnaryExpr>(range);
      unary->op = prefix.op;
      unary->operand = expr;
      expr = unary;
    }
  }
  return expr;
}

const Expr *Parser::parsePostfix() {
  SourceLoc begin = here();
  return parsePostfixOf(parsePrimary(), begin);
}

const Expr *Parser::parsePostfixOf(const Expr *expr, SourceLoc begin) {
  auto wrap = [&](PostfixOp op) {
    auto *postfix = make<PostfixExpr>(begin);
    take();
    postfix->op = op;
    postfix->operand = expr;
    expr = finish(postfix);
  };
  while (!panicking) {
    if (at(Dot) || at(QuestionDot) || at(Arrow)) {
      auto *member = make<MemberExpr>(begin);
      member->access = at(Dot) ? MemberAccess::Dot : at(Arrow) ? MemberAccess::Arrow : MemberAccess::Conditional;
      take();
      member->object = expr;
      member->name = memberName(&member->nameRange);
      if (at(Less) && !panicking && typeArgsFollow())
        member->typeArgs = parseTypeArgs();
      expr = finish(member);
    } else if (at(LeftParen)) {
      auto *call = make<CallExpr>(begin);
      call->callee = expr;
      call->args = parseArgs();
      expr = finish(call);
    } else if (at(LeftBracket) || (at(Question) && peek().kind == LeftBracket && !isConditional())) {
      auto *index = make<IndexExpr>(begin);
      index->conditional = accept(Question);
      index->object = expr;
      bool isEmpty = peek().kind == RightBracket;
      index->args = parseArgs();
      if (isEmpty && !isKnown() && !panicking)
        complain(DiagId::ExpectedExpression, tokens[pos - 1].range()) << "']'";
      expr = finish(index);
    } else if (at(PlusPlus)) {
      wrap(PostfixOp::Inc);
    } else if (at(MinusMinus)) {
      wrap(PostfixOp::Dec);
    } else if (at(Bang)) {
      wrap(PostfixOp::NotNull);
    } else if (at(Question)) {
      if (isConditional())
        return expr;
      wrap(PostfixOp::Propagate);
    } else if (const Expr *refused = refusePostfix(expr, begin)) {
      expr = refused;
    } else {
      return expr;
    }
    if (!grow())
      break;
  }
  return expr;
}

} // namespace dream::ast
