// One token, and the tokens of one file. Whatever the text of a file, its buffer ends with EndOfFile, and after balance()
// (balance.h) every bracket in it has its partner, so that the parser can jump from one to the other.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/support/names.h"
#include "compiler/support/source.h"
#include <initializer_list>
#include <vector>

namespace dream::ast {

enum class TokenKind : uint8_t {
#define TOKEN(NAME, TEXT) NAME,
#define PUNCT(NAME, TEXT) NAME,
#define KEYWORD(WORD) Kw_##WORD,
#include "compiler/syntax/tokens.def"
};

/// `'('`, `'while'`, `name`, `end of file`: as a diagnostic names a kind of token.
llvm::StringRef describe(TokenKind kind);
/// True for reserved words, the names of built-in types included.
inline bool isWord(TokenKind kind) { return kind == TokenKind::BuiltinWord || kind >= TokenKind::Kw_abstract; }

/// A set of kinds, made at compile time: `if (kStarters.has(kind))`.
class TokenSet {
public:
  constexpr TokenSet(std::initializer_list<TokenKind> kinds) {
    for (TokenKind kind : kinds)
      bits[size_t(kind) / 64] |= uint64_t(1) << size_t(kind) % 64;
  }
  constexpr bool has(TokenKind kind) const { return bits[size_t(kind) / 64] >> size_t(kind) % 64 & 1; }

private:
  uint64_t bits[4] = {};
};

struct Token {
  enum Flag : uint16_t {
    StartsLine = 1,  ///< First on its line.
    HasDoc = 2,      ///< `///` lines stand before it.
    Escaped = 4,     ///< `@name`: never a contextual word.
    Synthetic = 8,   ///< Not in the text: a bracket that balance() supplied, and reported.
    Unsigned = 16,   ///< Int with `u`.
    Long = 32,       ///< Int with `l`.
    Single = 64,     ///< Float with `f`.
  };
  TokenKind kind = TokenKind::EndOfFile;
  uint8_t builtin = 0; ///< Of a BuiltinWord.
  uint16_t flags = 0;
  uint32_t begin = 0, end = 0; ///< Offsets in the space of all sources.
  union {
    uint64_t integer; ///< Int; scalar of Char.
    double real;      ///< Float.
    Name name;        ///< Name, keywords, BuiltinWord.
    uint32_t index;   ///< String, StringText, HoleFormat: into TokenBuffer::strings. Brackets: the partner's token.
  };

  Token() : integer(0) {}
  bool has(Flag flag) const { return flags & flag; }
  SourceRange range() const { return {{begin}, {end}}; }
};

/// A mistake that the lexer or balance() found. It is kept, so that it can be reported in order with the parser's.
struct Problem {
  DiagId id;
  SourceRange range;
  llvm::SmallVector<std::string, 2> arguments;
  llvm::SmallVector<Note, 1> notes;
  llvm::SmallVector<FixIt, 1> fixIts;
};

struct TokenBuffer {
  struct Doc {
    uint32_t at; ///< Token::begin of the token it stands before.
    llvm::StringRef text;
  };
  std::vector<Token> tokens;
  std::vector<llvm::StringRef> strings; ///< Decoded text of literals.
  std::vector<Doc> docs;                ///< In order of the text.
  std::vector<Problem> problems;        ///< In order of the text, after sortProblems().
};

void report(const Problem &problem, DiagnosticEngine &diags);

} // namespace dream::ast
