// Patterns.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

const Pattern *Parser::parsePattern() {
  Nest nest(*this);
  Height level(*this);
  SourceLoc begin = here();
  if (!nest.ok())
    return finish(make<WildcardPattern>(begin));
  const Pattern *pattern = parseAndPattern();
  while (!panicking) {
    if (atWord(words.or_)) {
      take();
    } else if (!behindIs && (at(Pipe) || at(PipePipe))) {
      complain(DiagId::OrPattern, cur().range()).fix(cur().range(), "or") << "or" << found();
      take();
    } else {
      break;
    }
    auto *both = make<BinaryPattern>(begin);
    both->lhs = pattern;
    both->rhs = parseAndPattern();
    pattern = finish(both);
    if (!grow())
      break;
  }
  return pattern;
}

const Pattern *Parser::parseAndPattern() {
  SourceLoc begin = here();
  const Pattern *pattern = parseUnaryPattern();
  while (!panicking && atWord(words.and_)) {
    take();
    auto *both = make<BinaryPattern>(begin);
    both->isAnd = true;
    both->lhs = pattern;
    both->rhs = parseUnaryPattern();
    pattern = finish(both);
    if (!grow())
      break;
  }
  return pattern;
}

const Pattern *Parser::parseUnaryPattern() {
  Nest nest(*this);
  if (!nest.ok())
    return finish(make<WildcardPattern>(here()));
  if (atWord(words.not_) && canStartPattern(pos + 1)) {
    auto *pattern = make<NotPattern>(here());
    take();
    pattern->inner = parseUnaryPattern();
    grow();
    return finish(pattern);
  }
  return parsePrimaryPattern();
}

const Pattern *Parser::parsePrimaryPattern() {
  SourceLoc begin = here();
  if (panicking)
    return finish(make<WildcardPattern>(begin));
  if (atWord(words.underscore)) {
    TokenKind next = peek().kind;
    if (next != Dot && next != LeftParen && next != LeftBrace && next != Less && next != LeftBracket) {
      auto *pattern = make<WildcardPattern>(begin);
      take();
      return finish(pattern);
    }
  }
  if (at(Kw_var)) {
    auto *pattern = make<VarPattern>(begin);
    take();
    pattern->names = parseNames(VarKeyword::Var);
    return finish(pattern);
  }
  if (at(Less) || at(LessEqual) || at(Greater)) {
    auto *pattern = make<RelationalPattern>(begin);
    bool isGreater = at(Greater);
    bool hasEqual = at(LessEqual) || (isGreater && adjacent(pos) && peek().kind == Equal);
    pattern->op = isGreater ? hasEqual ? BinaryOp::GreaterEqual : BinaryOp::Greater : hasEqual ? BinaryOp::LessEqual : BinaryOp::Less;
    take();
    if (isGreater && hasEqual)
      take();
    pattern->value = parseBinary(kConstantPrecedence);
    return finish(pattern);
  }
  if (at(DotDot) || at(DotDotEqual) || isConstantPattern())
    return parseConstantPattern();
  if (at(LeftParen) || at(LeftBrace) || at(Identifier) || at(BuiltinWord) || at(Kw_own) || at(Kw_func))
    return parseTypePattern();
  failHere(DiagId::ExpectedPattern);
  return finish(make<WildcardPattern>(begin));
}

/// A constant, or a range whose ends may lack.
const Pattern *Parser::parseConstantPattern() {
  SourceLoc begin = here();
  const Expr *low = nullptr;
  if (!at(DotDot) && !at(DotDotEqual))
    low = parseBinary(kConstantPrecedence);
  if (!panicking && (at(DotDot) || at(DotDotEqual))) {
    auto *range = make<RangePattern>(begin);
    range->low = low;
    range->inclusive = at(DotDotEqual);
    take();
    bool hasHigh = canStartExpression(pos) && !at(DotDot) && !at(DotDotEqual) && !atWord(words.and_) && !atWord(words.or_) &&
                   !atWord(words.when_);
    if (hasHigh)
      range->high = parseBinary(kConstantPrecedence);
    return finish(range);
  }
  auto *constant = make<ConstantPattern>(begin);
  constant->value = low;
  return finish(constant);
}

/// `Circle(r)`, `Point { X: 0 } p`, `(a, b)`, `string s`, a bare name.
const Pattern *Parser::parseTypePattern() {
  auto *pattern = make<TypePattern>(here());
  Setting inside(behindIs, behindIs);
  if (!at(LeftParen) && !at(LeftBrace))
    pattern->type = parseType(behindIs ? TypeEnd::Operand : TypeEnd::Plain);
  if (at(LeftParen) && !panicking) {
    llvm::SmallVector<const Pattern *, 4> parts;
    bool isBehindIs = behindIs;
    behindIs = false; // Inside the parentheses no operator of an expression can follow.
    bracketed(Trailing::No, [&] { parts.push_back(parsePattern()); });
    behindIs = isBehindIs;
    bool isOnly = parts.size() == 1 && !pattern->type && !at(LeftBrace) &&
                  (!at(Identifier) || atWord(words.and_) || atWord(words.or_) || atWord(words.when_));
    if (isOnly)
      return parts[0]; // Parentheses that only group.
    pattern->hasParts = true;
    pattern->parts = list(parts);
  }
  if (at(LeftBrace) && !panicking) {
    pattern->hasProperties = true;
    llvm::SmallVector<TypePattern::Property, 4> properties;
    behindIs = false;
    bracketed(Trailing::Yes, [&] {
      TypePattern::Property property{};
      property.name = expectName(&property.range);
      if (expect(Colon))
        property.pattern = parsePattern();
      if (property.pattern)
        properties.push_back(property);
    });
    pattern->properties = list(properties);
  }
  if (at(Identifier) && !panicking && !atWord(words.and_) && !atWord(words.or_) && !atWord(words.when_))
    pattern->designator = expectName(&pattern->designatorRange);
  return finish(pattern);
}

} // namespace dream::ast
