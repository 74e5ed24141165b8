// Linking brackets, and mending files in which they do not match.
#include "compiler/syntax/balance.h"
#include <algorithm>

namespace dream::ast {

namespace {
using enum TokenKind;

bool isOpener(TokenKind kind) { return kind == LeftParen || kind == LeftBracket || kind == LeftBrace || kind == HoleOpen; }
bool isCloser(TokenKind kind) { return kind == RightParen || kind == RightBracket || kind == RightBrace || kind == HoleClose; }
TokenKind closerOf(TokenKind opener) {
  return opener == LeftParen ? RightParen : opener == LeftBracket ? RightBracket : opener == LeftBrace ? RightBrace : HoleClose;
}

/// Words that hardly stand inside parentheses at the start of a line.
constexpr TokenSet kStatementWords{Kw_return, Kw_if,     Kw_while, Kw_for,   Kw_foreach,  Kw_var, Kw_let, Kw_func,
                                   Kw_class,  Kw_struct, Kw_enum,  Kw_break, Kw_continue, Kw_try, Kw_do};

/// The plain case: everything matches. Says nothing about files in which something does not.
bool link(std::vector<Token> &tokens) {
  llvm::SmallVector<uint32_t, 64> open;
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    TokenKind kind = tokens[i].kind;
    if (LLVM_LIKELY(kind > RightBrace || kind < HoleOpen))
      continue;
    if (isOpener(kind)) {
      open.push_back(i);
    } else if (isCloser(kind)) {
      if (open.empty() || closerOf(tokens[open.back()].kind) != kind)
        return false;
      tokens[i].index = open.back();
      tokens[open.back()].index = i;
      open.pop_back();
    }
  }
  return open.empty();
}

class Repair {
public:
  Repair(TokenBuffer &buffer, llvm::StringRef text, SourceLoc start) : buffer(buffer), tokens(buffer.tokens), text(text), start(start) {}
  void run();

private:
  struct Opener {
    uint32_t token;
    unsigned indentation; ///< Of the line it stands on.
  };
  static constexpr uint32_t kNone = ~0u;

  unsigned column(const Token &token) const;
  bool isUnclosedByLayout(uint32_t closer) const;
  bool isSwallowed(uint32_t opener) const;
  void closeTop(uint32_t before);
  void drop(uint32_t token);
  void mistake(uint32_t opener, uint32_t closer);
  void close(uint32_t token);
  uint32_t whereToClose(uint32_t opener, uint32_t limit, bool &known) const;
  void rebuild();

  TokenBuffer &buffer;
  std::vector<Token> &tokens;
  llvm::StringRef text;
  SourceLoc start;
  std::vector<Opener> open;
  std::vector<uint32_t> partner; ///< Of an opener: its closer, or the token before which one is supplied.
  std::vector<bool> dropped;
  llvm::SmallVector<uint32_t, 4> endlessStrings; ///< A few of the strings without end.
  std::vector<std::pair<uint32_t, uint32_t>> supplied; ///< (token before which, opener)
  unsigned indentation = 0;     ///< Of the line in hand.
  long missingBraces = 0;                              ///< `{` less `}`, over what lies ahead and is open.
};

/// The column of a token that begins its line; a tab reaches the next multiple of four.
unsigned Repair::column(const Token &token) const {
  llvm::StringRef before = text.take_front(token.begin - start.offset);
  unsigned columns = 0;
  for (char c : before.drop_front(before.rfind('\n') + 1))
    columns = c == '\t' ? (columns / 4 + 1) * 4 : columns + 1;
  return columns;
}

/// A `}` that begins a line left of where the innermost open `{`'s line begins closes an outer one, if braces are missing.
bool Repair::isUnclosedByLayout(uint32_t closer) const {
  if (tokens[closer].kind != RightBrace || !tokens[closer].has(Token::StartsLine) || missingBraces <= 0)
    return false;
  bool sawInnermost = false;
  for (const Opener &opener : llvm::reverse(open)) {
    if (tokens[opener.token].kind == HoleOpen)
      return false; // Nothing but its own closer ends a hole.
    if (tokens[opener.token].kind != LeftBrace)
      continue;
    if (sawInnermost)
      return opener.indentation >= indentation;
    if (indentation >= opener.indentation)
      return false;
    sawInnermost = true;
  }
  return false;
}

/// Where the closer of a bracket that is never closed should stand, at most at `limit`. `known` is set when the lexer has
/// reported the reason already.
uint32_t Repair::whereToClose(uint32_t opener, uint32_t limit, bool &known) const {
  known = false;
  TokenKind kind = tokens[opener].kind;
  if (kind == LeftBrace || kind == HoleOpen)
    return limit;
  TokenKind before = opener ? tokens[opener - 1].kind : EndOfFile;
  static constexpr TokenSet heads{Kw_if, Kw_while, Kw_for, Kw_foreach, Kw_switch, Kw_using, Kw_catch, Kw_match};
  // `if (…`, and the parameters of what is declared: `func f(…`, `int f(…`.
  static constexpr TokenSet typeEnds{Identifier, BuiltinWord, Kw_func, Greater, RightBracket, Question, Star};
  bool isHead = heads.has(before) || (before == Identifier && opener > 1 && typeEnds.has(tokens[opener - 2].kind));
  unsigned semicolons = before == Kw_for ? 2 : 0;
  for (uint32_t i = opener + 1; i < limit; ++i) {
    const Token &token = tokens[i];
    if (dropped[i])
      continue;
    if (token.has(Token::StartsLine) && !(isHead && i == opener + 1) && kStatementWords.has(token.kind))
      return i;
    if (token.kind == Semicolon) {
      if (semicolons == 0)
        return i;
      --semicolons;
    }
    if (isHead && token.kind == LeftBrace && tokens[i - 1].kind != FatArrow && tokens[i - 1].kind != Equal)
      return i;
    if ((token.kind == String || token.kind == StringEnd) && token.has(Token::Synthetic)) {
      known = true;
      return i + 1;
    }
    if (isOpener(token.kind) && partner[i] != kNone) {
      bool isReal = isCloser(tokens[partner[i]].kind) && partner[partner[i]] == i;
      i = isReal ? partner[i] : partner[i] - 1;
      if (i >= limit)
        break;
    }
  }
  return limit;
}

/// `{ f("no end); }`: a string without end holds the closer, if it began on the opener's line or runs to the file's end.
bool Repair::isSwallowed(uint32_t opener) const {
  llvm::StringRef closer = describe(closerOf(tokens[opener].kind)).trim('\'');
  for (uint32_t i : endlessStrings) {
    const Token &token = tokens[i];
    if (i < opener)
      continue;
    llvm::StringRef between = text.slice(tokens[opener].end - start.offset, token.begin - start.offset);
    bool isNear = !between.contains('\n') || token.end - start.offset == text.size();
    if (isNear && text.slice(token.begin - start.offset, token.end - start.offset).contains(closer))
      return true;
  }
  return false;
}

/// Supplies the innermost open bracket's closer, at the latest before the given token.
void Repair::closeTop(uint32_t before) {
  uint32_t opener = open.back().token;
  open.pop_back();
  bool known = false;
  uint32_t place = whereToClose(opener, before, known);
  partner[opener] = place;
  supplied.push_back({place, opener});
  const Token &left = tokens[opener];
  if (left.kind == LeftBrace)
    --missingBraces;
  if (known || left.kind == HoleOpen || isSwallowed(opener))
    return;
  uint32_t last = place - 1;
  while (dropped[last])
    --last;
  SourceLoc after{tokens[last].end};
  llvm::StringRef name = describe(closerOf(left.kind));
  Problem problem{DiagId::MissingCloser, {after, after}, {}, {}, {}};
  problem.arguments.push_back(name.str());
  problem.notes.push_back({left.range(), ("to match this " + describe(left.kind)).str()});
  if (left.kind != LeftBrace)
    problem.fixIts.push_back({{after, after}, name.trim('\'').str()});
  buffer.problems.push_back(std::move(problem));
}

void Repair::drop(uint32_t token) {
  dropped[token] = true;
  Problem problem{DiagId::StrayCloser, tokens[token].range(), {}, {}, {}};
  problem.arguments.push_back(describe(tokens[token].kind).str());
  if (tokens[token].kind == RightBrace)
    ++missingBraces;
  buffer.problems.push_back(std::move(problem));
}

/// The wrong kind of closing bracket: it stands for the right one.
void Repair::mistake(uint32_t opener, uint32_t closer) {
  TokenKind right = closerOf(tokens[opener].kind);
  Problem problem{DiagId::ExpectedToken, tokens[closer].range(), {}, {}, {}};
  problem.arguments.push_back(describe(right).str());
  problem.arguments.push_back(describe(tokens[closer].kind).str());
  problem.notes.push_back({tokens[opener].range(), ("to match this " + describe(tokens[opener].kind)).str()});
  problem.fixIts.push_back({tokens[closer].range(), describe(right).trim('\'').str()});
  buffer.problems.push_back(std::move(problem));
  tokens[closer].kind = right;
  partner[opener] = closer;
  partner[closer] = opener;
  open.pop_back();
}

void Repair::close(uint32_t token) {
  TokenKind kind = tokens[token].kind;
  if (kind == RightBrace)
    while (!open.empty() && isUnclosedByLayout(token))
      closeTop(token);
  // `(a]`: a slip of the finger, if no `[` is open that the `]` could close.
  if (!open.empty() && (kind == RightParen || kind == RightBracket)) {
    TokenKind top = tokens[open.back().token].kind;
    bool isSlip = top == (kind == RightParen ? LeftBracket : LeftParen);
    for (size_t i = open.size(); isSlip && i-- > 0;) {
      TokenKind opener = tokens[open[i].token].kind;
      if (opener == LeftBrace || opener == HoleOpen)
        break;
      isSlip = closerOf(opener) != kind;
    }
    if (isSlip) {
      mistake(open.back().token, token);
      return;
    }
  }
  // How many brackets inside the one that this closes are still open?
  size_t depth = open.size();
  while (depth > 0 && closerOf(tokens[open[depth - 1].token].kind) != kind) {
    TokenKind inner = tokens[open[depth - 1].token].kind;
    // A `)` closes a `{` only when braces are missing; nothing but its own `}` ends a hole.
    bool passable = inner == HoleOpen ? false : inner != LeftBrace || kind == HoleClose || missingBraces > 0;
    if (!passable) {
      drop(token);
      return;
    }
    --depth;
  }
  if (depth == 0) {
    drop(token);
    return;
  }
  if (kind == RightBrace && missingBraces < 0 && tokens[token].has(Token::StartsLine) && depth == open.size() &&
      indentation > open.back().indentation) {
    drop(token);
    return;
  }
  while (open.size() > depth)
    closeTop(token);
  partner[open.back().token] = token;
  partner[token] = open.back().token;
  open.pop_back();
}

void Repair::run() {
  partner.assign(tokens.size(), kNone);
  dropped.assign(tokens.size(), false);
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    missingBraces += (tokens[i].kind == LeftBrace) - (tokens[i].kind == RightBrace);
    if (tokens[i].kind == String && tokens[i].has(Token::Synthetic) && endlessStrings.size() < 16)
      endlessStrings.push_back(i);
  }
  uint32_t last = tokens.size() - 1; // EndOfFile
  for (uint32_t i = 0; i < last; ++i) {
    if (tokens[i].has(Token::StartsLine))
      indentation = column(tokens[i]);
    if (isOpener(tokens[i].kind))
      open.push_back({i, indentation});
    else if (isCloser(tokens[i].kind))
      close(i);
  }
  while (!open.empty())
    closeTop(last);
  rebuild();
}

void Repair::rebuild() {
  // Before one token the closers of inner brackets come first.
  std::sort(supplied.begin(), supplied.end(), [](auto &a, auto &b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
  std::vector<Token> result;
  result.reserve(tokens.size() + supplied.size());
  auto next = supplied.begin();
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    for (; next != supplied.end() && next->first == i; ++next) {
      Token closer;
      closer.kind = closerOf(tokens[next->second].kind);
      closer.flags = Token::Synthetic;
      closer.begin = closer.end = result.empty() ? tokens[i].begin : result.back().end;
      result.push_back(closer);
    }
    if (!dropped[i])
      result.push_back(tokens[i]);
  }
  tokens.swap(result);
}
} // namespace

void balance(TokenBuffer &buffer, llvm::StringRef text, SourceLoc start) {
  if (link(buffer.tokens))
    return;
  Repair(buffer, text, start).run();
  bool balanced = link(buffer.tokens);
  if (!balanced)
    llvm::report_fatal_error("brackets do not match after they have been mended");
  // In order of the text; of two at one place the first found stays first.
  std::vector<std::pair<uint32_t, uint32_t>> order;
  for (const Problem &problem : buffer.problems)
    order.push_back({problem.range.begin.offset, order.size()});
  std::sort(order.begin(), order.end());
  std::vector<Problem> sorted;
  for (auto [offset, index] : order)
    sorted.push_back(std::move(buffer.problems[index]));
  buffer.problems.swap(sorted);
}

} // namespace dream::ast
