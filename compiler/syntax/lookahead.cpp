// Telling things apart: section 3 of the grammar. Nothing here moves the cursor or builds anything. Brackets match, so
// that a look across them is one step; the nesting of what is looked at is limited, so that no look is long.
#include "compiler/syntax/parser_impl.h"

namespace dream::ast {

namespace {
constexpr unsigned kMaxLook = 40;
} // namespace

// ---- Types ----------------------------------------------------------------------------------------------------------

/// `weak` before a type. `weak = …`, `weak;` and `weak x =` are uses of a name.
bool Parser::isWeakModifier(uint32_t p) const {
  if (!isName(p, words.weak_))
    return false;
  TokenKind next = tokenAt(p + 1).kind;
  if (next == BuiltinWord || next == Kw_own)
    return true;
  if (next != Identifier)
    return false;
  TokenKind after = tokenAt(p + 2).kind;
  return after != Equal && after != Semicolon;
}

/// `<` Type … `>`: the position behind it, or 0.
uint32_t Parser::skipTypeArgs(uint32_t p, unsigned nesting) const {
  ++p;
  if (tokenAt(p).kind == Greater)
    return p + 1;
  for (;;) {
    if (tokenAt(p).kind == Int) {
      ++p;
    } else if (Skipped type = skipType(p, nesting + 1)) {
      p = type.end;
    } else if (tokenAt(p).kind == LeftParen) {
      p = partner(p) + 1;
    } else {
      return 0;
    }
    if (tokenAt(p).kind == Greater)
      return p + 1;
    if (tokenAt(p).kind != Comma)
      return 0;
    ++p;
  }
}

Parser::Skipped Parser::skipType(uint32_t p, unsigned nesting) const {
  if (nesting > kMaxLook)
    return {};
  Shape shape = Shape::Certain;
  bool isPrefixed = false;
  while (tokenAt(p).kind == Kw_own || isWeakModifier(p)) {
    isPrefixed = true;
    ++p;
  }
  if (tokenAt(p).kind == Kw_const) {
    isPrefixed = true;
    ++p;
  }
  switch (tokenAt(p).kind) {
  case BuiltinWord:
    shape = Shape::Built;
    ++p;
    break;
  case Identifier:
    shape = Shape::PlainName;
    for (;;) {
      ++p;
      if (tokenAt(p).kind == Less) {
        shape = Shape::Certain;
        p = skipTypeArgs(p, nesting);
        if (!p)
          return {};
      }
      if (tokenAt(p).kind != Dot || !(tokenAt(p + 1).kind == Identifier || isWord(tokenAt(p + 1).kind)))
        break;
      ++p;
    }
    break;
  case LeftParen: {
    uint32_t close = partner(p++);
    bool first = true, isTuple = false;
    shape = Shape::MaybeExpr;
    while (p < close) {
      Skipped element = skipType(p, nesting + 1);
      if (!element)
        return {};
      p = element.end;
      if (element.shape == Shape::Certain || element.shape == Shape::Built || element.shape == Shape::Suffixed || tokenAt(p).kind == Identifier)
        shape = Shape::Certain;
      else if (first && shape == Shape::MaybeExpr)
        shape = element.shape;
      p += tokenAt(p).kind == Identifier;
      first = false;
      if (p == close)
        break;
      if (tokenAt(p).kind != Comma || p + 1 == close)
        return {};
      if (shape == Shape::PlainName)
        shape = Shape::MaybeExpr;
      isTuple = true;
      ++p;
    }
    if (isTuple && shape == Shape::PlainName)
      shape = Shape::MaybeExpr;
    p = close + 1;
    break;
  }
  case Kw_func: {
    ++p;
    p += tokenAt(p).kind == Kw_ref;
    Skipped result = skipType(p, nesting + 1);
    if (!result || tokenAt(result.end).kind != LeftParen)
      return {};
    uint32_t close = partner(result.end);
    p = result.end + 1;
    while (p < close) {
      TokenKind mode = tokenAt(p).kind;
      p += mode == Kw_ref || mode == Kw_in || mode == Kw_out;
      Skipped param = skipType(p, nesting + 1);
      if (!param)
        return {};
      p = param.end + (tokenAt(param.end).kind == Identifier);
      if (p < close && (tokenAt(p).kind != Comma || p + 1 == close))
        return {};
      p += tokenAt(p).kind == Comma && p < close;
    }
    p = close + 1;
    break;
  }
  default: // Nothing else begins a type.
    return {};
  }
  for (;;) {
    TokenKind kind = tokenAt(p).kind;
    if (kind == Question || kind == Star || kind == QuestionQuestion) {
      shape = Shape::Suffixed;
      ++p;
    } else if (kind == LeftBracket) {
      uint32_t close = partner(p);
      bool isRank = true;
      for (uint32_t i = p + 1; i < close && isRank; ++i)
        isRank = tokenAt(i).kind == Comma;
      if (isRank)
        shape = Shape::Suffixed;
      else if (shape != Shape::Built && shape != Shape::Certain && shape != Shape::Suffixed)
        shape = Shape::MaybeExpr;
      p = close + 1;
    } else {
      break;
    }
  }
  return {p, isPrefixed ? Shape::Certain : shape};
}

uint32_t Parser::skipTypeParams(uint32_t p) const {
  if (tokenAt(p).kind != Less)
    return p;
  ++p;
  while (tokenAt(p).kind != Greater) {
    if (tokenAt(p).kind == Kw_const) {
      Skipped type = skipType(p + 1);
      if (!type)
        return 0;
      p = type.end;
    }
    if (tokenAt(p).kind != Identifier)
      return 0;
    ++p;
    if (tokenAt(p).kind == Comma)
      ++p;
    else if (tokenAt(p).kind != Greater)
      return 0;
  }
  return p + 1;
}

/// At `<` behind a name in an expression: type arguments, if they parse and one of `( ) ] } , ; : . ?. == !=` follows.
bool Parser::typeArgsFollow() const {
  uint32_t p = skipTypeArgs(pos, 0);
  if (!p)
    return false;
  TokenKind next = tokenAt(p).kind;
  for (TokenKind k : {LeftParen, RightParen, RightBracket, RightBrace, Comma, Semicolon, Colon, Dot, QuestionDot, EqualEqual,
                      BangEqual, HoleClose, HoleFormat, EndOfFile})
    if (next == k)
      return true;
  return false;
}

// ---- Declarations ---------------------------------------------------------------------------------------------------

/// A type, a name, and one of `= ; , [ in`; or what can only be meant as that.
bool Parser::startsVariables(uint32_t p) const {
  switch (tokenAt(p).kind) {
  case Kw_var: case Kw_let: case Kw_const: case Kw_ref: case Kw_own:
    return true;
  case BuiltinWord:
    return tokenAt(p + 1).kind != Dot;
  case LeftParen:
    if (isTypedDeconstruction(p))
      return true;
    break;
  case Identifier: {
    TokenKind next = tokenAt(p + 1).kind;
    if (next == Equal || next == LeftParen || next == Semicolon)
      return false; // Most statements end here.
    break;
  }
  case Kw_func:
    break;
  default: // Nothing else begins a type.
    return false;
  }
  Skipped type = skipType(p);
  if (!type || tokenAt(type.end).kind != Identifier)
    return false;
  const Token &after = tokenAt(type.end + 1);
  switch (after.kind) {
  case Equal: case Semicolon: case Comma: case LeftBracket: case Kw_in:
    return true;
  default: // A forgotten `;`: two names in a row are no expression.
    return tokenAt(type.end - 1).kind != Star && tokenAt(type.end - 1).kind != Question &&
           (after.has(Token::StartsLine) || after.kind == RightBrace || after.kind == EndOfFile) &&
           !tokenAt(type.end).has(Token::StartsLine);
  }
}

/// `(T a, U b) =`
bool Parser::isTypedDeconstruction(uint32_t p) const {
  uint32_t close = partner(p);
  if (tokenAt(close + 1).kind != Equal || close == p + 1)
    return false;
  for (++p; p < close; ++p) {
    Skipped type = skipType(p);
    if (!type || tokenAt(type.end).kind != Identifier)
      return false;
    p = type.end + 1;
    if (p < close && tokenAt(p).kind != Comma)
      return false;
  }
  return true;
}

/// Behind `func`: a name, type parameters and `(…)` before `{ => : where ;` leave no room for a result type.
bool Parser::hasNoResult(uint32_t p) const {
  if (tokenAt(p).kind != Identifier)
    return false;
  p = skipTypeParams(p + 1);
  if (!p || tokenAt(p).kind != LeftParen)
    return false;
  TokenKind after = tokenAt(partner(p) + 1).kind;
  return after == LeftBrace || after == FatArrow || after == Colon || after == Kw_where || after == Semicolon || after == Arrow;
}

/// At `func`: a function, rather than a variable of function type.
bool Parser::isFunction(uint32_t p) const {
  ++p;
  if ((isName(p, words.implicit_) || isName(p, words.explicit_)) && tokenAt(p + 1).kind == Kw_operator)
    return true;
  if (hasNoResult(p))
    return true;
  uint32_t afterRef = p + (tokenAt(p).kind == Kw_ref);
  if (Skipped result = skipType(afterRef)) {
    const Token &name = tokenAt(result.end);
    if (name.kind == Kw_operator)
      return true;
    TokenKind after = tokenAt(result.end + 1).kind;
    if (name.kind == Identifier && (after == LeftParen || after == Less))
      return true;
  }
  // A variable needs a name behind its type; else something is wrong with a function.
  Skipped type = skipType(p - 1);
  return !type || tokenAt(type.end).kind != Identifier;
}

/// A declaration that lacks only its `func`.
bool Parser::looksLikeFunctionWithoutFunc(uint32_t p, Place place) const {
  auto opensBody = [&](uint32_t q) {
    TokenKind k = tokenAt(q).kind;
    return k == LeftBrace || k == FatArrow || k == Kw_where;
  };
  if (tokenAt(p).kind == Identifier) {
    // A constructor, or a function without result type.
    uint32_t open = skipTypeParams(p + 1);
    if (open && tokenAt(open).kind == LeftParen) {
      uint32_t after = partner(open) + 1;
      bool sameLine = !tokenAt(after).has(Token::StartsLine);
      if (opensBody(after) && (sameLine || place != Place::Block))
        return true;
      if (place == Place::Member && (tokenAt(after).kind == Colon || tokenAt(after).kind == Semicolon))
        return true;
    }
  }
  Skipped type = skipType(p);
  if (!type)
    return (isName(p, words.implicit_) || isName(p, words.explicit_)) && tokenAt(p + 1).kind == Kw_operator;
  if (tokenAt(type.end).kind == Kw_operator)
    return true;
  if (tokenAt(type.end).kind != Identifier)
    return false;
  uint32_t open = skipTypeParams(type.end + 1);
  if (!open || tokenAt(open).kind != LeftParen)
    return false;
  uint32_t after = partner(open) + 1;
  if (opensBody(after) || place == Place::Member)
    return true;
  if (tokenAt(after).kind != Semicolon)
    return false;
  // `T f();` and `T f(int a);` declare; `T x(1);` is what another language would write.
  if (open + 1 == partner(open))
    return true;
  Skipped param = skipType(open + 1);
  return param && tokenAt(param.end).kind == Identifier;
}

/// A word that modifies the declaration it stands before.
bool Parser::isModifierWord(uint32_t p) const {
  switch (tokenAt(p).kind) {
  case Kw_public: case Kw_private: case Kw_protected: case Kw_internal: case Kw_export: case Kw_static: case Kw_abstract:
  case Kw_virtual: case Kw_override: case Kw_sealed: case Kw_extern:
    return true;
  case Kw_unsafe:
    return tokenAt(p + 1).kind != LeftBrace;
  case Identifier:
    if (!isName(p, words.rc_) && !isName(p, words.gc_))
      return false;
    [[fallthrough]];
  case Kw_own:
    // Before `class` and `struct` only, other modifiers between.
    for (++p;; ++p) {
      TokenKind k = tokenAt(p).kind;
      if (k == Kw_class || k == Kw_struct)
        return true;
      bool isOther = k == Kw_public || k == Kw_private || k == Kw_protected || k == Kw_internal || k == Kw_export ||
                     k == Kw_static || k == Kw_abstract || k == Kw_sealed || k == Kw_unsafe || k == Kw_own ||
                     isName(p, words.rc_) || isName(p, words.gc_);
      if (!isOther)
        return false;
    }
  default: // No modifier.
    return false;
  }
}

/// At the `(` of a `for`: `ref? (T | var | let) (x | (x, y)) in`.
bool Parser::isForeachHead(uint32_t open) const {
  uint32_t p = open + 1;
  p += tokenAt(p).kind == Kw_ref;
  if (tokenAt(p).kind == Kw_var || tokenAt(p).kind == Kw_let)
    ++p;
  else if (Skipped type = skipType(p))
    p = type.end;
  else
    return false;
  if (tokenAt(p).kind == LeftParen)
    return tokenAt(partner(p) + 1).kind == Kw_in;
  // `for (x in xs)` forgot a word, which is said later.
  return tokenAt(p).kind == Kw_in || (tokenAt(p).kind == Identifier && tokenAt(p + 1).kind == Kw_in);
}

// ---- Expressions ----------------------------------------------------------------------------------------------------

bool Parser::canStartExpression(uint32_t p) const {
  switch (tokenAt(p).kind) {
  case Identifier: case Int: case Float: case Char: case String: case StringStart: case Invalid:
  case LeftParen: case LeftBracket: case Bang: case Tilde: case Plus: case Minus: case Star: case Amp: case Caret:
  case PlusPlus: case MinusMinus: case DotDot: case DotDotEqual:
  case Kw_true: case Kw_false: case Kw_null: case Kw_this: case Kw_base: case Kw_new: case Kw_match: case Kw_default:
  case Kw_sizeof: case Kw_alignof: case Kw_offsetof: case Kw_nameof: case Kw_checked: case Kw_unchecked: case Kw_move:
    return true;
  case BuiltinWord:
    return tokenAt(p + 1).kind == Dot;
  default: // Operators, other words, closing brackets.
    return false;
  }
}

/// At a `?`: does a conditional expression begin here? Only if an expression can start behind it, and a `:` comes before
/// a `,`, a `;` or the closing bracket.
bool Parser::isConditional() const {
  if (!canStartExpression(pos + 1) && tokenAt(pos + 1).kind != Kw_throw)
    return false;
  for (uint32_t p = pos + 1; p < last; ++p) {
    TokenKind k = tokens[p].kind;
    if (k == Colon)
      return true;
    if (k == Comma || k == Semicolon || k == HoleFormat || isCloserKind(k))
      return false;
    if (isOpenerKind(k))
      p = partner(p);
  }
  return false;
}

/// At `(`: a cast?
bool Parser::isCast() const {
  uint32_t close = partner(pos);
  Skipped type = skipType(pos + 1);
  if (!type || type.end != close)
    return false;
  bool isPlain = type.shape == Shape::PlainName || type.shape == Shape::MaybeExpr;
  bool isBuilt = type.shape == Shape::Built || type.shape == Shape::Suffixed;
  switch (tokenAt(close + 1).kind) {
  case LeftParen:
    return !isPlain;
  case Plus: case Minus: case Amp: case Star: case PlusPlus: case MinusMinus:
    return isBuilt;
  case LeftBracket: case Caret:
    return tokenAt(pos + 1).kind == BuiltinWord; // Which cannot be indexed, nor stand before an operator.
  case Bang:
    return canStartExpression(close + 2); // Else it is the postfix one.
  case DotDot: case DotDotEqual:
    return false;
  default: // A name, a literal, `~`, a word that begins an expression.
    return canStartExpression(close + 1);
  }
}

/// `=>` behind a name or the matching `)`.
bool Parser::isLambda() const {
  switch (kind()) {
  case Identifier:
    return peek().kind == FatArrow && !inGuard;
  case LeftParen:
    return tokenAt(partner(pos) + 1).kind == FatArrow && !inGuard;
  case LeftBracket:
    return isCaptureList(pos);
  default: // Nothing else begins a lambda.
    return false;
  }
}

/// `[ref a, b, move c]` before a lambda.
bool Parser::isCaptureList(uint32_t p) const {
  uint32_t close = partner(p);
  bool isCertain = tokenAt(p + 1).kind == Kw_ref || (tokenAt(p + 1).kind == Kw_move && tokenAt(close + 1).kind == LeftParen);
  const Token &next = tokenAt(close + 1);
  bool hasLambda = (next.kind == Identifier && tokenAt(close + 2).kind == FatArrow) ||
                   (next.kind == LeftParen && tokenAt(partner(close + 1) + 1).kind == FatArrow);
  if (!hasLambda)
    return isCertain && tokenAt(p + 1).kind == Kw_ref;
  for (++p; p < close; ++p) {
    TokenKind mode = tokenAt(p).kind;
    p += mode == Kw_ref || mode == Kw_move;
    if (tokenAt(p).kind != Identifier)
      return isCertain;
    ++p;
    if (p < close && tokenAt(p).kind != Comma)
      return isCertain;
  }
  return true;
}

// ---- Patterns -------------------------------------------------------------------------------------------------------

bool Parser::canStartPattern(uint32_t p) const {
  switch (tokenAt(p).kind) {
  case Kw_var: case Less: case LessEqual: case Greater: case LeftBrace: case BuiltinWord: case Kw_own:
    return true;
  case Identifier:
    return !isName(p, words.and_) && !isName(p, words.or_) && !isName(p, words.when_);
  case LeftBracket: case Star: case Amp: case Caret: case PlusPlus: case MinusMinus: case Bang: case Kw_move: case Kw_new:
  case Kw_match:
    return false;
  default: // What begins an expression begins a constant.
    return canStartExpression(p);
  }
}

/// Is a constant meant, rather than a type or a variant with its parts? A name, dotted or not, counts as a type here.
bool Parser::isConstantPattern() const {
  switch (kind()) {
  case BuiltinWord:
    return peek().kind == Dot;
  case LeftParen: {
    // `(1 + 2) * 3`, `(byte)3`; all other parentheses are a pattern's.
    uint32_t after = partner(pos) + 1;
    for (TokenKind k : {Plus, Minus, Star, Slash, Percent, LessLess, DotDot, DotDotEqual, Int, Float, Char, String, Dot})
      if (tokenAt(after).kind == k)
        return true;
    return false;
  }
  case Identifier: {
    uint32_t p = pos + 1;
    if (tokenAt(p).kind == Less) {
      if (uint32_t behind = skipTypeArgs(p, 0))
        p = behind;
    }
    while (tokenAt(p).kind == Dot && (tokenAt(p + 1).kind == Identifier || isWord(tokenAt(p + 1).kind))) {
      p += 2;
      if (tokenAt(p).kind == Less)
        if (uint32_t behind = skipTypeArgs(p, 0))
          p = behind;
    }
    for (TokenKind k : {Plus, Minus, Star, Slash, Percent, LessLess, DotDot, DotDotEqual})
      if (tokenAt(p).kind == k)
        return true;
    return tokenAt(p).kind == Greater && adjacent(p) && tokenAt(p + 1).kind == Greater;
  }
  case Kw_own: case LeftBrace:
    return false;
  default: // Literals and operators.
    return canStartExpression(pos);
  }
}

} // namespace dream::ast
