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

/// `(T a, U)`, or one type in parentheses.
Parser::Skipped Parser::skipTupleType(uint32_t p, unsigned nesting) const {
  uint32_t close = partner(p++);
  Shape shape = Shape::MaybeExpr;
  unsigned count = 0;
  while (p < close) {
    Skipped element = skipType(p, nesting + 1);
    if (!element)
      return {};
    p = element.end;
    bool isNamed = tokenAt(p).kind == Identifier;
    bool isExpression = !isNamed && (element.shape == Shape::PlainName || element.shape == Shape::MaybeExpr);
    if (!isExpression)
      shape = Shape::Certain;
    else if (count == 0)
      shape = element.shape;
    p += isNamed;
    ++count;
    if (p == close)
      break;
    if (tokenAt(p).kind != Comma || p + 1 == close)
      return {};
    ++p;
  }
  if (count > 1 && shape == Shape::PlainName)
    shape = Shape::MaybeExpr;
  return {close + 1, shape};
}

/// `func ref? T(ref T a, U)`: the position behind it, or 0.
uint32_t Parser::skipFuncType(uint32_t p, unsigned nesting) const {
  ++p;
  p += tokenAt(p).kind == Kw_ref;
  Skipped result = skipType(p, nesting + 1);
  if (!result || tokenAt(result.end).kind != LeftParen)
    return 0;
  uint32_t close = partner(result.end);
  p = result.end + 1;
  while (p < close) {
    static constexpr TokenSet modes{Kw_ref, Kw_in, Kw_out};
    p += modes.has(tokenAt(p).kind);
    Skipped param = skipType(p, nesting + 1);
    if (!param)
      return 0;
    p = param.end + (tokenAt(param.end).kind == Identifier);
    if (p == close)
      break;
    if (tokenAt(p).kind != Comma || p + 1 == close)
      return 0;
    ++p;
  }
  return close + 1;
}

/// A type without the suffixes that may follow.
Parser::Skipped Parser::skipTypeBase(uint32_t p, unsigned nesting) const {
  if (nesting > kMaxLook)
    return {};
  TokenKind first = tokenAt(p).kind;
  if (first == BuiltinWord)
    return {p + 1, Shape::Built};
  if (first == LeftParen)
    return skipTupleType(p, nesting);
  if (first == Kw_func)
    return {skipFuncType(p, nesting), Shape::Certain};
  if (first != Identifier)
    return {};
  Shape shape = Shape::PlainName;
  for (;;) {
    ++p;
    if (shape == Shape::Certain)
      shape = Shape::MaybeExpr; // `List<int>.Empty`
    if (tokenAt(p).kind == Less) {
      shape = Shape::Certain;
      p = skipTypeArgs(p, nesting);
      if (!p)
        return {};
    }
    if (tokenAt(p).kind != Dot || !(tokenAt(p + 1).kind == Identifier || isWord(tokenAt(p + 1).kind)))
      return {p, shape};
    ++p;
  }
}

/// At `const` before a variable: does it belong to a type `const T*`?
bool Parser::isConstPointer(uint32_t p) const {
  Skipped base = skipTypeBase(p + 1, 0);
  return base && tokenAt(base.end).kind == Star && tokenAt(skipType(p).end).kind == Identifier;
}

Parser::Skipped Parser::skipType(uint32_t p, unsigned nesting) const {
  bool isPrefixed = false;
  while (tokenAt(p).kind == Kw_own || isWeakModifier(p)) {
    isPrefixed = true;
    ++p;
  }
  if (tokenAt(p).kind == Kw_const) {
    isPrefixed = true;
    ++p;
  }
  auto [end, shape] = skipTypeBase(p, nesting);
  if (!end)
    return {};
  p = end;
  // `a?[i]` and `a[i]` are expressions too.
  bool mayBeExpr = shape == Shape::PlainName || shape == Shape::MaybeExpr;
  for (;;) {
    TokenKind kind = tokenAt(p).kind;
    if (kind == Question || kind == Star || kind == QuestionQuestion) {
      mayBeExpr &= kind == Question;
      shape = Shape::Suffixed;
      ++p;
    } else if (kind == LeftBracket) {
      uint32_t close = partner(p);
      bool isRank = true, hasComma = false;
      for (uint32_t i = p + 1; i < close && (isRank || !hasComma); ++i) {
        bool isComma = tokenAt(i).kind == Comma;
        hasComma |= isComma;
        isRank &= isComma;
        if (isOpenerKind(tokenAt(i).kind))
          i = partner(i);
      }
      if (hasComma && !isRank)
        return {}; // `a[i, j]` is no type.
      mayBeExpr &= !isRank;
      shape = isRank ? Shape::Suffixed : mayBeExpr ? Shape::MaybeExpr : shape;
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
  static constexpr TokenSet followers{LeftParen, RightParen,  RightBracket, RightBrace, Comma,     Semicolon,  Colon,
                                      Dot,       QuestionDot, EqualEqual,   BangEqual,  HoleClose, HoleFormat, EndOfFile};
  return followers.has(tokenAt(p).kind);
}

// ---- Declarations ---------------------------------------------------------------------------------------------------

/// A type, a name, and one of `= ; , [ in`; or what can only be meant as that.
bool Parser::startsVariables(uint32_t p) const {
  static constexpr TokenSet certain{Kw_var, Kw_let, Kw_const, Kw_ref, Kw_own};
  TokenKind first = tokenAt(p).kind, second = tokenAt(p + 1).kind;
  if (certain.has(first))
    return true;
  if (first == BuiltinWord)
    return second != Dot;
  if (first == LeftParen && isTypedDeconstruction(p))
    return true;
  if (first == LeftParen && skipType(p + 1).end == partner(p) && tokenAt(partner(p) + 1).kind == Identifier)
    return false; // `(T)a`: a cast, not one type in parentheses.
  if (first == Identifier && (second == Equal || second == LeftParen || second == Semicolon))
    return false; // What most statements are.
  Skipped type = skipType(p);
  if (!type || tokenAt(type.end).kind != Identifier)
    return false;
  const Token &after = tokenAt(type.end + 1);
  static constexpr TokenSet behindName{Equal, Semicolon, Comma, LeftBracket, Kw_in};
  if (behindName.has(after.kind))
    return true;
  // A forgotten `;`: two names in a row are no expression.
  bool endsHere = after.has(Token::StartsLine) || after.kind == RightBrace || after.kind == EndOfFile;
  TokenKind typeEnd = tokenAt(type.end - 1).kind;
  return endsHere && typeEnd != Star && typeEnd != Question && !tokenAt(type.end).has(Token::StartsLine);
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
  return !type || (tokenAt(type.end).kind != Identifier && tokenAt(type.end).kind != Kw_this);
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
  static constexpr TokenSet modifiers{Kw_public,  Kw_private,  Kw_protected, Kw_internal, Kw_export, Kw_static,
                                      Kw_abstract, Kw_virtual, Kw_override,  Kw_sealed,   Kw_extern};
  auto isStrategy = [&](uint32_t q) { return tokenAt(q).kind == Kw_own || isName(q, words.rc_) || isName(q, words.gc_); };
  if (modifiers.has(tokenAt(p).kind))
    return true;
  if (tokenAt(p).kind == Kw_unsafe)
    return tokenAt(p + 1).kind != LeftBrace;
  if (!isStrategy(p))
    return false;
  // Before `class` and `struct` only, other modifiers between.
  for (++p; isStrategy(p) || modifiers.has(tokenAt(p).kind) || tokenAt(p).kind == Kw_unsafe;)
    ++p;
  return tokenAt(p).kind == Kw_class || tokenAt(p).kind == Kw_struct;
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
  static constexpr TokenSet starters{
      Identifier, Int,       Float,      Char,       String,     StringStart, Invalid,     LeftParen,    LeftBracket,  Bang,
      Tilde,      Plus,      Minus,      Star,       Amp,        Caret,       PlusPlus,    MinusMinus,   DotDot,       DotDotEqual,
      Kw_true,    Kw_false,  Kw_null,    Kw_this,    Kw_base,    Kw_new,      Kw_match,    Kw_default,   Kw_sizeof,    Kw_alignof,
      Kw_offsetof, Kw_nameof, Kw_checked, Kw_unchecked, Kw_move};
  return starters.has(tokenAt(p).kind) || (tokenAt(p).kind == BuiltinWord && tokenAt(p + 1).kind == Dot);
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
    if (k == HoleFormat)
      return false; // The `:` stands there, but begins a format.
    if (k == Comma || k == Semicolon || isCloserKind(k))
      break;
    if (k == Less && tokens[p - 1].kind == Identifier) {
      // The commas of type arguments do not count.
      if (uint32_t behind = skipTypeArgs(p, 0))
        p = behind - 1;
    }
    if (isOpenerKind(k))
      p = partner(p);
  }
  return lacksColon();
}

/// `a ? b;`: what follows the `?` can be nothing but an operand, so that the `:` was forgotten.
bool Parser::lacksColon() const {
  static constexpr TokenSet operands{Identifier, Int, Float, Char, String, StringStart, Kw_true, Kw_false, Kw_null, Kw_this, Kw_new};
  const Token &next = peek();
  bool isOperand = operands.has(next.kind) && !next.has(Token::StartsLine);
  return isOperand && !isName(pos + 1, words.when_) && !isName(pos + 1, words.and_) && !isName(pos + 1, words.or_);
}

/// At `(`: a cast?
bool Parser::isCast(uint32_t p) const {
  uint32_t close = partner(p);
  Skipped type = skipType(p + 1);
  if (!type || type.end != close)
    return false;
  bool isPlain = type.shape == Shape::PlainName || type.shape == Shape::MaybeExpr;
  bool isBuilt = type.shape == Shape::Built || type.shape == Shape::Suffixed;
  TokenKind next = tokenAt(close + 1).kind;
  static constexpr TokenSet signs{Plus, Minus, Amp, Star, PlusPlus, MinusMinus};
  if (next == LeftParen)
    return !isPlain || isCastOfCast(close + 1);
  if (signs.has(next))
    return isBuilt;
  // What is no expression can neither be indexed nor stand before an operator.
  bool isNoExpr = tokenAt(p + 1).kind == BuiltinWord || (!isPlain && tokenAt(close - 1).kind != Question);
  if (next == LeftBracket || next == Caret)
    return isNoExpr;
  if (next == Bang) {
    // Unless the postfix operator is meant.
    uint32_t behind = close + 2;
    while (tokenAt(behind).kind == Bang)
      ++behind;
    bool isOperand = canStartExpression(behind) && tokenAt(behind).kind != DotDot && tokenAt(behind).kind != DotDotEqual;
    return type.shape != Shape::MaybeExpr && isOperand;
  }
  if (next == DotDot || next == DotDotEqual)
    return false;
  return canStartExpression(close + 1); // A name, a literal, `~`, a word.
}

/// At the second `(` of `(E)(int)x`: a cast whose operand no call could have behind it.
bool Parser::isCastOfCast(uint32_t p) const {
  uint32_t behind = partner(p) + 1;
  if (tokenAt(behind).kind == LeftParen)
    return tokenAt(p + 1).kind == BuiltinWord && isCast(p);
  static constexpr TokenSet operands{Identifier, BuiltinWord, Int, Float, Char, String, StringStart, Kw_true, Kw_false, Kw_this, Kw_new, Tilde};
  bool isPatternWord = isName(behind, words.when_) || isName(behind, words.and_) || isName(behind, words.or_);
  bool isSign = tokenAt(behind).kind == Minus && tokenAt(p + 1).kind == BuiltinWord;
  return ((operands.has(tokenAt(behind).kind) && !isPatternWord) || isSign) && isCast(p);
}

/// `=>` behind a name or the matching `)`.
bool Parser::isLambda() const {
  if (at(Identifier))
    return peek().kind == FatArrow && !inGuard;
  if (at(LeftParen))
    return tokenAt(partner(pos) + 1).kind == FatArrow && !inGuard;
  return at(LeftBracket) && isCaptureList(pos);
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
  static constexpr TokenSet starters{Kw_var, Less, LessEqual, Greater, LeftBrace, BuiltinWord, Kw_own};
  static constexpr TokenSet noConstants{LeftBracket, Star, Amp, Caret, PlusPlus, MinusMinus, Bang, Kw_move, Kw_new, Kw_match};
  if (starters.has(tokenAt(p).kind))
    return true;
  if (tokenAt(p).kind == Identifier)
    return !isName(p, words.and_) && !isName(p, words.or_) && !isName(p, words.when_);
  return !noConstants.has(tokenAt(p).kind) && canStartExpression(p);
}

/// Is a constant meant, rather than a type or a variant with its parts? A name, dotted or not, counts as a type here.
bool Parser::isConstantPattern() const {
  static constexpr TokenSet operators{Plus, Minus, Star, Slash, Percent, LessLess, DotDot, DotDotEqual};
  static constexpr TokenSet operands{Int, Float, Char, String, Dot};
  if (at(BuiltinWord))
    return peek().kind == Dot;
  if (at(LeftParen)) {
    // `(1 + 2) * 3`, `(byte)3`; all other parentheses are a pattern's.
    TokenKind after = tokenAt(partner(pos) + 1).kind;
    return operators.has(after) || operands.has(after);
  }
  if (!at(Identifier))
    return canStartExpression(pos);
  uint32_t p = pos;
  for (;;) {
    ++p;
    if (tokenAt(p).kind == Less)
      if (uint32_t behind = skipTypeArgs(p, 0))
        p = behind;
    if (tokenAt(p).kind != Dot || !(tokenAt(p + 1).kind == Identifier || isWord(tokenAt(p + 1).kind)))
      break;
    ++p;
  }
  bool isShift = tokenAt(p).kind == Greater && adjacent(p) && tokenAt(p + 1).kind == Greater;
  return isShift || operators.has(tokenAt(p).kind);
}

} // namespace dream::ast
