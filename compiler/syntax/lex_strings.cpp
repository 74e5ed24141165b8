// Characters and strings: escapes, verbatim, raw and interpolated ones. A hole of an interpolated string holds any tokens,
// so the lexer leaves the string for its main loop and comes back at the hole's `}`.
#include "compiler/syntax/lexer_impl.h"
#include "llvm/ADT/StringExtras.h"
#include <cstring>

namespace dream::ast {

unsigned Lexer::countQuotes(const char *p) const {
  unsigned count = 0;
  while (p != end && *p == '"')
    ++p, ++count;
  return count;
}

// ---- Escapes --------------------------------------------------------------------------------------------------------

void Lexer::lexEscape(llvm::SmallVectorImpl<char> &out, const char *limit) {
  const char *from = at++;
  char c = at != limit ? *at : '\0';
  auto simple = [&](char value) {
    ++at;
    out.push_back(value);
  };
  /// Reads `least` to `most` hexadecimal digits; false if there are fewer.
  auto hex = [&](unsigned least, unsigned most, uint32_t &value) {
    unsigned count = 0;
    for (value = 0; at != limit && count < most && llvm::isHexDigit(*at); ++at, ++count)
      value = value * 16 + llvm::hexDigitValue(*at);
    return count >= least;
  };
  auto finish = [&](bool wellFormed, uint32_t scalar) {
    if (!wellFormed) {
      problem(DiagId::MalformedEscape, from, at).arguments.push_back(std::string(from, at));
      return;
    }
    if (scalar > 0x10FFFF || (scalar >= 0xD800 && scalar < 0xE000)) {
      problem(DiagId::EscapeNoCharacter, from, at).arguments.push_back(std::string(from, at));
      scalar = 0xFFFD;
    }
    appendUtf8(scalar, out);
  };
  uint32_t value = 0;
  switch (c) {
  case 'n': simple('\n'); return;
  case 't': simple('\t'); return;
  case 'r': simple('\r'); return;
  case '0': simple('\0'); return;
  case 'a': simple('\a'); return;
  case 'b': simple('\b'); return;
  case 'e': simple('\x1B'); return;
  case 'f': simple('\f'); return;
  case 'v': simple('\v'); return;
  case '\\': simple('\\'); return;
  case '"': simple('"'); return;
  case '\'': simple('\''); return;
  case 'x':
    ++at;
    finish(hex(2, 2, value), value);
    return;
  case 'u':
    ++at;
    if (at != limit && *at == '{') {
      ++at;
      bool wellFormed = hex(1, 6, value);
      if (wellFormed && at != limit && *at == '}')
        ++at;
      else
        wellFormed = false;
      finish(wellFormed, value);
    } else {
      finish(hex(4, 4, value), value);
    }
    return;
  }
  const char *next = at;
  if (at != limit)
    decodeUtf8(next, limit);
  problem(DiagId::UnknownEscape, from, next).arguments.push_back(std::string(from, next));
  out.append(at, next);
  at = next;
}

// ---- Characters and plain strings -----------------------------------------------------------------------------------

void Lexer::lexChar() {
  const char *from = at++;
  const char *lineEnd = at;
  while (lineEnd != end && *lineEnd != '\n' && *lineEnd != '\r')
    ++lineEnd;
  llvm::SmallString<16> text;
  const char *textBegin = at;
  unsigned count = 0;
  while (at != lineEnd && *at != '\'') {
    ++count;
    if (*at == '\\') {
      lexEscape(text, lineEnd);
      continue;
    }
    const char *next = at;
    decodeUtf8(next, lineEnd);
    text.append(at, next);
    at = next;
  }
  if (at == lineEnd) {
    // Escapes in what is no character at all are beside the point.
    while (!out.problems.empty() && out.problems.back().range.begin.offset >= offsetOf(from))
      out.problems.pop_back();
    problem(DiagId::UnterminatedChar, from, from + 1);
    push(TokenKind::Invalid, from, at).integer = 0;
    return;
  }
  checkText(textBegin, at, true);
  ++at;
  if (count == 0) {
    problem(DiagId::EmptyChar, from, at);
  } else if (count > 1) {
    Problem &found = problem(DiagId::LongChar, from, at);
    found.fixIts.push_back({rangeOf(from, from + 1), "\""});
    found.fixIts.push_back({rangeOf(at - 1, at), "\""});
  }
  uint32_t scalar = 0;
  if (!text.empty()) {
    const char *p = text.begin();
    scalar = decodeUtf8(p, text.end());
  }
  push(TokenKind::Char, from, at).integer = scalar == kBadScalar ? 0xFFFD : scalar;
}

void Lexer::lexString(const char *from) {
  ++at;
  const char *textBegin = at;
  bool plain = true;
  const char *p = at;
  while (p != end && *p != '"' && *p != '\n' && *p != '\\')
    ++p;
  if (p != end && *p == '\\') {
    plain = false;
    while (p != end && *p != '"' && *p != '\n')
      p += *p == '\\' && end - p > 1 && p[1] != '\n' ? 2 : 1;
  }
  if (p == end || *p == '\n') {
    if (p != textBegin && p[-1] == '\r')
      --p;
    // In a hole of a string on the same line, this quote is more likely the end of that string.
    if (!open.empty() && open.back().quotes == 1 && !open.back().verbatim && open.back().braces == 0 &&
        !llvm::StringRef(begin + (out.tokens[open.back().holeToken].begin - start), from - begin - (out.tokens[open.back().holeToken].begin - start)).contains('\n')) {
      at = from;
      const char *hole = begin + (out.tokens[open.back().holeToken].begin - start);
      Problem &found = problem(DiagId::UnclosedHole, from, from + 1);
      found.notes.push_back({rangeOf(hole, hole + 1), "to match this '{'"});
      found.fixIts.push_back({rangeOf(from, from), "}"});
      open.back().inHole = false;
      push(TokenKind::HoleClose, at, at).flags |= Token::Synthetic;
      lexInterpolatedText();
      return;
    }
    problem(DiagId::UnterminatedString, from, from + 1);
    at = p;
    push(TokenKind::String, from, at).index = keep({textBegin, size_t(at - textBegin)});
    out.tokens.back().flags |= Token::Synthetic;
    return;
  }
  const char *close = p;
  checkText(textBegin, close, true);
  if (plain) {
    at = close + 1;
    push(TokenKind::String, from, at).index = keep({textBegin, size_t(close - textBegin)});
    return;
  }
  llvm::SmallString<128> text;
  while (at != close) {
    if (*at == '\\') {
      lexEscape(text, close);
      continue;
    }
    text.push_back(*at++);
  }
  at = close + 1;
  push(TokenKind::String, from, at).index = keep(context.copy(text.str()));
}

void Lexer::pushUnterminated(const char *from) {
  Token &token = push(TokenKind::String, from, at);
  token.flags |= Token::Synthetic;
  token.index = keep("");
}

/// `@"…"`, where a quote is written twice.
void Lexer::lexVerbatim(const char *from) {
  at = from + 2;
  const char *textBegin = at;
  llvm::SmallString<128> text;
  for (;;) {
    const char *quote = static_cast<const char *>(memchr(at, '"', end - at));
    if (!quote) {
      problem(DiagId::UnterminatedString, from, from + 2);
      checkText(textBegin, end, true);
      at = end;
      pushUnterminated(from);
      return;
    }
    if (quote + 1 != end && quote[1] == '"') {
      text.append(at, quote + 1);
      at = quote + 2;
      continue;
    }
    checkText(textBegin, quote, true);
    llvm::StringRef value(textBegin, quote - textBegin);
    if (!text.empty()) {
      text.append(at, quote);
      value = context.copy(text.str());
    }
    at = quote + 1;
    push(TokenKind::String, from, at).index = keep(value);
    return;
  }
}

// ---- Raw strings ----------------------------------------------------------------------------------------------------

void Lexer::lexRaw(const char *from, unsigned quotes) {
  at = from + quotes;
  const char *textBegin = at;
  const char *close = at;
  for (;; ++close) {
    close = static_cast<const char *>(memchr(close, '"', end - close));
    if (!close) {
      problem(DiagId::UnterminatedString, from, from + quotes);
      at = end;
      checkText(textBegin, end, true);
      pushUnterminated(from);
      return;
    }
    unsigned count = countQuotes(close);
    if (count >= quotes) {
      close += count - quotes; // Quotes too many belong to the text.
      break;
    }
    close += count - 1;
  }
  at = close + quotes;
  checkText(textBegin, close, true);
  llvm::StringRef text(textBegin, close - textBegin);
  cutRawIndentation(text, from, at);
  push(TokenKind::String, from, at).index = keep(text);
}

/// A raw string whose opening quotes end their line: the first and the last line break go, and with them the white space
/// that all lines which hold anything, and the line of the closing quotes, begin with. `texts` are the pieces between
/// holes; only the first can hold the first line break, only the last one the last.
void Lexer::cutRawIndentation(llvm::MutableArrayRef<llvm::StringRef> texts, const char *from, const char *to) {
  llvm::StringRef first = texts.front();
  size_t lineEnd = first.find('\n');
  if (lineEnd == llvm::StringRef::npos || !first.take_front(lineEnd).trim(" \t\r").empty()) {
    for (llvm::StringRef text : texts)
      if (text.contains('\n')) {
        problem(DiagId::RawStringLayout, from, to);
        break;
      }
    return;
  }
  llvm::StringRef last = texts.back();
  size_t lastBreak = last.rfind('\n');
  if (lastBreak == llvm::StringRef::npos || !last.drop_front(lastBreak).trim(" \t\r\n").empty()) {
    problem(DiagId::RawStringLayout, from, to);
    return;
  }
  // Lines begin after each line break of a piece; a line that ends at a hole holds something.
  llvm::StringRef indentation = last.drop_front(lastBreak + 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    llvm::StringRef text = texts[i];
    for (size_t at = text.find('\n'); at != llvm::StringRef::npos; at = text.find('\n', at + 1)) {
      llvm::StringRef line = text.drop_front(at + 1).take_until([](char c) { return c == '\n'; });
      bool endsAtHole = at + 1 + line.size() == text.size() && i + 1 != texts.size();
      llvm::StringRef blank = line.take_while([](char c) { return c == ' ' || c == '\t'; });
      if (!endsAtHole && line.trim(" \t\r").empty())
        continue;
      size_t common = 0;
      while (common < std::min(indentation.size(), blank.size()) && indentation[common] == blank[common])
        ++common;
      indentation = indentation.take_front(common);
    }
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    llvm::StringRef text = texts[i];
    bool isFirst = i == 0, isLast = i + 1 == texts.size();
    size_t textEnd = isLast ? lastBreak : text.size();
    if (isLast && textEnd && text[textEnd - 1] == '\r')
      --textEnd;
    llvm::SmallString<128> cut;
    size_t p = 0;
    if (isFirst) {
      p = lineEnd;
      if (isLast && p >= textEnd) {
        texts[i] = "";
        continue;
      }
    }
    bool skipBreak = isFirst;
    while (p < textEnd) {
      if (text[p] != '\n') {
        cut.push_back(text[p++]);
        continue;
      }
      if (!skipBreak)
        cut.push_back('\n');
      skipBreak = false;
      ++p;
      size_t common = 0;
      while (common < indentation.size() && p < textEnd && text[p] == indentation[common])
        ++p, ++common;
    }
    texts[i] = context.copy(cut.str());
  }
}

// ---- Interpolated strings -------------------------------------------------------------------------------------------

/// At `$` or `@`: `$"`, `$@"`, `@$"`, `$"""`.
bool Lexer::tryInterpolated() {
  const char *from = at;
  const char *p = at;
  bool dollar = false, verbatim = false;
  while (p != end && ((*p == '$' && !dollar) || (*p == '@' && !verbatim))) {
    (*p == '$' ? dollar : verbatim) = true;
    ++p;
  }
  if (!dollar || p == end || *p != '"')
    return false;
  unsigned quotes = verbatim ? 1 : countQuotes(p);
  if (quotes < 3)
    quotes = 1;
  at = p + quotes;
  push(TokenKind::StringStart, from, at).integer = 0;
  open.emplace_back();
  open.back().startToken = out.tokens.size() - 1;
  open.back().verbatim = verbatim;
  open.back().quotes = quotes;
  lexInterpolatedText();
  return true;
}

/// From the string's start or a hole's end to the next hole or the string's end.
void Lexer::lexInterpolatedText() {
  Interpolation &string = open.back();
  bool isRaw = string.quotes > 1, isMultiline = isRaw || string.verbatim;
  const char *from = at;
  llvm::SmallString<128> text;
  auto flush = [&](const char *to) {
    checkText(from, to, true);
    // Raw strings keep empty pieces too, so that their first and last piece are at hand when the indentation is cut.
    if (text.empty() && !isRaw)
      return;
    push(TokenKind::StringText, from, to).index = keep(context.copy(text.str()));
    if (isRaw)
      string.texts.push_back(out.tokens.size() - 1);
  };
  while (at != end) {
    char c = *at;
    if (c == '"') {
      if (isRaw) {
        unsigned count = countQuotes(at);
        if (count < string.quotes) {
          text.append(count, '"');
          at += count;
          continue;
        }
        text.append(count - string.quotes, '"');
        at += count - string.quotes;
      } else if (string.verbatim && look(1) == '"') {
        text.push_back('"');
        at += 2;
        continue;
      }
      flush(at);
      endInterpolation(true);
      return;
    }
    if ((c == '\n' || (c == '\r' && look(1) == '\n')) && !isMultiline)
      break;
    if (c == '{') {
      if (look(1) == '{') {
        text.push_back('{');
        at += 2;
        continue;
      }
      flush(at);
      openHole();
      return;
    }
    if (c == '}') {
      if (look(1) != '}') {
        if (!string.leftHole) {
          Problem &found = problem(DiagId::StrayBraceInString, at, at + 1);
          found.fixIts.push_back({rangeOf(at, at), "}"});
        }
        --at;
      }
      text.push_back('}');
      at += 2;
      continue;
    }
    if (c == '\\' && !isMultiline) {
      const char *lineEnd = static_cast<const char *>(memchr(at, '\n', end - at));
      lexEscape(text, lineEnd ? lineEnd : end);
      continue;
    }
    text.push_back(c);
    ++at;
  }
  flush(at);
  const Token &first = out.tokens[string.startToken];
  problem(DiagId::UnterminatedString, begin + (first.begin - start), begin + (first.end - start));
  endInterpolation(false);
}

void Lexer::openHole() {
  push(TokenKind::HoleOpen, at, at + 1).index = 0;
  ++at;
  open.back().holeToken = out.tokens.size() - 1;
  open.back().depth = open.back().braces = 0;
  open.back().inHole = true;
}

/// At a `}` while a hole is open; false if it closes a block inside the hole.
bool Lexer::closeHole() {
  Interpolation &string = open.back();
  if (string.braces) {
    --string.braces;
    string.depth = std::max(string.depth, 1u) - 1;
    return false;
  }
  string.inHole = false;
  push(TokenKind::HoleClose, at, at + 1).index = 0;
  ++at;
  lexInterpolatedText();
  return true;
}

/// At a token that cannot stand in a hole, outside brackets: the hole's `}` lacks. What follows is text again, or, where
/// the string does not go on, code.
void Lexer::leaveHole() {
  Interpolation &string = open.back();
  const char *hole = begin + (out.tokens[string.holeToken].begin - start);
  Problem &found = problem(DiagId::UnclosedHole, at, at + 1);
  found.notes.push_back({rangeOf(hole, hole + 1), "to match this '{'"});
  llvm::StringRef rest(at, end - at);
  bool isOneLine = string.quotes == 1 && !string.verbatim;
  bool goesOn = (isOneLine ? rest.take_until([](char c) { return c == '\n'; }) : rest).contains('"');
  if (!goesOn) {
    endInterpolation(false);
    return;
  }
  string.inHole = false;
  string.leftHole = true;
  push(TokenKind::HoleClose, at, at).flags |= Token::Synthetic;
  lexInterpolatedText();
}

/// At the `:` of a hole.
void Lexer::lexFormat() {
  const char *from = at++;
  while (at != end && *at != '}' && *at != '"' && *at != '\n')
    ++at;
  llvm::StringRef format = llvm::StringRef(from + 1, at - from - 1);
  checkText(from, at, true);
  push(TokenKind::HoleFormat, from, at).index = keep(format);
}

/// Emits the end of the innermost string. Unless it is terminated, a hole may be open: it is closed too.
void Lexer::endInterpolation(bool terminated) {
  Interpolation string = std::move(open.back());
  open.pop_back();
  const char *from = at;
  if (terminated)
    at += string.quotes;
  if (string.inHole)
    push(TokenKind::HoleClose, from, from).flags |= Token::Synthetic;
  Token &token = push(TokenKind::StringEnd, from, at);
  token.index = 0;
  if (!terminated)
    token.flags |= Token::Synthetic;
  if (terminated && !string.texts.empty()) {
    llvm::SmallVector<llvm::StringRef, 4> texts;
    for (uint32_t text : string.texts)
      texts.push_back(out.strings[out.tokens[text].index]);
    const char *first = begin + (out.tokens[string.startToken].begin - start);
    cutRawIndentation(texts, first, at);
    for (size_t i = 0; i < texts.size(); ++i)
      out.strings[out.tokens[string.texts[i]].index] = texts[i];
  }
}

} // namespace dream::ast
