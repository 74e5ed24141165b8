// Expressions: operators by precedence. What they join is in parse_primary.cpp.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

const Expr *Parser::errorExpr() { return errorExpr(here()); }

namespace {
/// How tight operators bind, loosest first.
enum Precedence : int {
  PrecLogicalOr = 1, PrecLogicalAnd, PrecBitOr, PrecBitXor, PrecBitAnd, PrecEquality, PrecRelational, PrecRange, PrecShift,
  PrecAdditive, PrecMultiplicative,
};
static_assert(PrecShift == kConstantPrecedence);

struct AssignmentOperator {
  bool isAssignment = false;
  AssignOp op = AssignOp::Assign;
  unsigned tokens = 1;
};
} // namespace

/// An operator between two operands, which may be several adjacent tokens that begin with `>`.
struct Parser::Operator {
  enum Kind : uint8_t { None, Binary, Range, Is, As } kind = None;
  int precedence = 0;
  BinaryOp op = BinaryOp::Add;
  unsigned tokens = 1;
};

Parser::Operator Parser::operatorHere() const {
  auto binary = [](int precedence, BinaryOp op, unsigned tokens = 1) { return Operator{Operator::Binary, precedence, op, tokens}; };
  switch (kind()) {
  case PipePipe: return binary(PrecLogicalOr, BinaryOp::LogicalOr);
  case AmpAmp: return binary(PrecLogicalAnd, BinaryOp::LogicalAnd);
  case Pipe: return binary(PrecBitOr, BinaryOp::BitOr);
  case Caret: return binary(PrecBitXor, BinaryOp::BitXor);
  case Amp: return binary(PrecBitAnd, BinaryOp::BitAnd);
  case EqualEqual: return binary(PrecEquality, BinaryOp::Equal);
  case BangEqual: return binary(PrecEquality, BinaryOp::NotEqual);
  case Less: return binary(PrecRelational, BinaryOp::Less);
  case LessEqual: return binary(PrecRelational, BinaryOp::LessEqual);
  case LessLess: return binary(PrecShift, BinaryOp::Shl);
  case Plus: return binary(PrecAdditive, BinaryOp::Add);
  case Minus: return binary(PrecAdditive, BinaryOp::Sub);
  case Star: return binary(PrecMultiplicative, BinaryOp::Mul);
  case Slash: return binary(PrecMultiplicative, BinaryOp::Div);
  case Percent: return binary(PrecMultiplicative, BinaryOp::Rem);
  case DotDot: case DotDotEqual: return {Operator::Range, PrecRange, {}, 1};
  case Kw_is: return {Operator::Is, PrecRelational, {}, 1};
  case Kw_as: return {Operator::As, PrecRelational, {}, 1};
  case Greater: {
    unsigned count = 1;
    while (count < 3 && adjacent(pos + count - 1) && peek(count).kind == Greater)
      ++count;
    // `>=`, `>>=` and `>>>=` end in a `=` of their own.
    bool hasEqual = adjacent(pos + count - 1) && peek(count).kind == Equal;
    if (count == 1)
      return hasEqual ? binary(PrecRelational, BinaryOp::GreaterEqual, 2) : binary(PrecRelational, BinaryOp::Greater);
    if (hasEqual)
      return {};
    return count == 2 ? binary(PrecShift, BinaryOp::Shr, 2) : binary(PrecShift, BinaryOp::UShr, 3);
  }
  default: // No operator between operands.
    return {};
  }
}

// ---- From the loosest ----------------------------------------------------------------------------------------------

static AssignmentOperator assignmentOf(TokenKind kind) {
  using enum TokenKind;
  switch (kind) {
  case Equal: return {true, AssignOp::Assign};
  case PlusEqual: return {true, AssignOp::Add};
  case MinusEqual: return {true, AssignOp::Sub};
  case StarEqual: return {true, AssignOp::Mul};
  case SlashEqual: return {true, AssignOp::Div};
  case PercentEqual: return {true, AssignOp::Rem};
  case AmpEqual: return {true, AssignOp::And};
  case PipeEqual: return {true, AssignOp::Or};
  case CaretEqual: return {true, AssignOp::Xor};
  case LessLessEqual: return {true, AssignOp::Shl};
  case QuestionQuestionEqual: return {true, AssignOp::Coalesce};
  default: // No assignment.
    return {};
  }
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
  AssignmentOperator assign = assignmentOf(kind());
  if (at(Greater)) {
    // `>>=` and `>>>=` come as tokens of their own.
    unsigned count = 1;
    while (count < 3 && adjacent(pos + count - 1) && peek(count).kind == Greater)
      ++count;
    if (count > 1 && adjacent(pos + count - 1) && peek(count).kind == Equal)
      assign = {true, count == 2 ? AssignOp::Shr : AssignOp::UShr, count + 1};
  }
  if (!assign.isAssignment)
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
  auto *expr = make<ThrowExpr>(here());
  take();
  expr->value = parseCoalesce();
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
  if ((at(DotDot) || at(DotDotEqual)) && least <= PrecRange && !panicking)
    return parseRangeEnd(begin, nullptr);
  const Expr *lhs = parsePrefix();
  bool hadRange = false;
  while (!panicking) {
    Operator op = operatorHere();
    if (op.kind == Operator::None || op.precedence < least)
      break;
    switch (op.kind) {
    case Operator::None:
      break;
    case Operator::Range:
      if (hadRange) {
        failHere(DiagId::ExpectedExpression);
        return lhs;
      }
      lhs = parseRangeEnd(begin, lhs);
      hadRange = true;
      break;
    case Operator::Is: {
      auto *is = make<IsExpr>(begin);
      take();
      is->value = lhs;
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
    switch (kind()) {
    case Dot: case QuestionDot: case Arrow: {
      auto *member = make<MemberExpr>(begin);
      member->access = at(Dot) ? MemberAccess::Dot : at(Arrow) ? MemberAccess::Arrow : MemberAccess::Conditional;
      take();
      member->object = expr;
      member->name = memberName(&member->nameRange);
      if (at(Less) && !panicking && typeArgsFollow())
        member->typeArgs = parseTypeArgs();
      expr = finish(member);
      break;
    }
    case LeftBracket: {
      auto *index = make<IndexExpr>(begin);
      index->object = expr;
      index->args = parseArgs();
      expr = finish(index);
      break;
    }
    case LeftParen: {
      auto *call = make<CallExpr>(begin);
      call->callee = expr;
      call->args = parseArgs();
      expr = finish(call);
      break;
    }
    case PlusPlus: wrap(PostfixOp::Inc); break;
    case MinusMinus: wrap(PostfixOp::Dec); break;
    case Bang: wrap(PostfixOp::NotNull); break;
    case Question:
      if (isConditional())
        return expr;
      if (peek().kind == LeftBracket) {
        auto *index = make<IndexExpr>(begin);
        take();
        index->conditional = true;
        index->object = expr;
        index->args = parseArgs();
        expr = finish(index);
      } else {
        wrap(PostfixOp::Propagate);
      }
      break;
    case Identifier: case Kw_switch:
      if (!refusePostfix())
        return expr;
      break;
    default: // No postfix operator.
      return expr;
    }
    if (!grow())
      break;
  }
  return expr;
}

} // namespace dream::ast
