// The lexer's state, shared by lexer.cpp (words, punctuation, comments), lex_numbers.cpp and lex_strings.cpp.
#pragma once

#include "compiler/syntax/lexer.h"
#include "compiler/syntax/unicode.h"

namespace dream::ast {

/// Words seen so far in a file and the reserved ones, so that a word costs one hash and one comparison.
class WordTable {
public:
  struct Word {
    const char *text = nullptr;
    uint32_t length = 0, hash = 0;
    TokenKind kind = TokenKind::Identifier;
    uint8_t builtin = 0;
    Name name;
  };
  explicit WordTable(NameTable &names);
  /// `hash` must be hashOf(text).
  const Word &find(llvm::StringRef text, uint32_t hash);
  static uint32_t step(uint32_t hash, char c) { return (hash ^ uint8_t(c)) * 0x01000193u; }
  static uint32_t hashOf(llvm::StringRef text) {
    uint32_t hash = 0;
    for (char c : text)
      hash = step(hash, c);
    return hash;
  }

private:
  void add(llvm::StringRef text, TokenKind kind, uint8_t builtin);
  Word &slot(llvm::StringRef text, uint32_t hash);
  void grow();

  NameTable &names;
  std::vector<Word> slots;
  size_t count = 0;
};

class Lexer {
public:
  Lexer(AstContext &context, llvm::StringRef text, SourceLoc start)
      : context(context), words(context.names), begin(text.begin()), end(text.end()), at(text.begin()), start(start.offset) {}
  TokenBuffer run();

private:
  /// A string with holes that is open at the moment; the lexer is in one of its holes.
  struct Interpolation {
    uint32_t startToken;
    bool verbatim;
    unsigned quotes;            ///< 1, or of a raw string 3 or more.
    unsigned depth = 0;         ///< Brackets open in the hole.
    unsigned braces = 0;        ///< Braces among them.
    bool inHole = false;
    bool leftHole = false;      ///< A hole of it was not closed, which was reported.
    uint32_t holeToken = 0;     ///< Of the hole, when in one.
    llvm::SmallVector<uint32_t, 4> texts; ///< StringText tokens, of raw strings, whose indentation is cut at the end.
  };

  uint32_t offsetOf(const char *p) const { return start + uint32_t(p - begin); }
  SourceRange rangeOf(const char *from, const char *to) const { return {{offsetOf(from)}, {offsetOf(to)}}; }
  bool has(size_t ahead) const { return size_t(end - at) > ahead; }
  char look(size_t ahead = 0) const { return has(ahead) ? at[ahead] : '\0'; }
  Problem &problem(DiagId id, const char *from, const char *to);
  Token &push(TokenKind kind, const char *from, const char *to);
  uint32_t keep(llvm::StringRef text);

  void skipByteOrderMark();
  void lexToken();
  void lexWord(const char *from, bool escaped);
  void lexWordBeyondAscii(const char *from, bool escaped);
  void lexPunctuation();
  void lexOther();
  void lexDirective();
  void lexLineComment();
  void lexBlockComment();
  void lexDocLine(const char *from, const char *to);
  void checkText(const char *from, const char *to, bool isLiteral);

  void lexNumber();
  void finishInteger(const char *from, const char *digitsEnd, unsigned radix, llvm::StringRef digits);
  void finishFloat(const char *from, const char *digitsEnd, llvm::StringRef digits);

  void lexChar();
  void lexString(const char *from);
  void lexVerbatim(const char *from);
  void pushUnterminated(const char *from);
  void lexRaw(const char *from, unsigned quotes);
  bool tryInterpolated();
  void lexInterpolatedText();
  void openHole();
  bool closeHole();
  void leaveHole();
  void lexFormat();
  void endInterpolation(bool terminated);
  void cutRawIndentation(llvm::MutableArrayRef<llvm::StringRef> texts, const char *from, const char *to);
  /// Appends the escape's value, `at` being on the backslash, and moves past it.
  void lexEscape(llvm::SmallVectorImpl<char> &out, const char *limit);
  unsigned countQuotes(const char *p) const;

  AstContext &context;
  WordTable words;
  const char *begin, *end, *at;
  uint32_t start;
  bool startsLine = true;
  bool sawDirective = false, sawBadUtf8 = false;
  llvm::SmallVector<llvm::StringRef, 8> docLines;
  llvm::SmallVector<Interpolation, 2> open;
  TokenBuffer out;
};

} // namespace dream::ast
