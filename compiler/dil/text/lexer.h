// Tokens of DIL text. The whole text is cut at once; a token knows whether it begins a line, since an instruction ends
// where its line does.
#pragma once

#include "compiler/diag/diagnostics.h"
#include <vector>

namespace dream::dil {

enum class TokenKind : uint8_t {
  End,
  Word,     ///< letters, digits, `_` and `.`
  Value,    ///< %name; text without the sign
  Symbol,   ///< @name or @"name"; text without the sign, quotes included
  Location, ///< @12:5
  Integer,  ///< -12, 0x1f
  Number,   ///< with a fraction or an exponent
  String,   ///< text with its quotes
  Char,
  Punct,    ///< one character, or `->` or `...`
};

struct Token {
  TokenKind kind;
  bool startsLine;
  llvm::StringRef text;
  SourceLoc loc;

  bool is(llvm::StringRef punctOrWord) const {
    return (kind == TokenKind::Punct || kind == TokenKind::Word) && text == punctOrWord;
  }
};

/// Ends with an End token. Errors go to `diags`; the rest of the text is still cut.
std::vector<Token> lexText(llvm::StringRef text, SourceLoc start, DiagnosticEngine &diags);

/// The text between the quotes of a String, or of a Symbol in quotes, without its escapes.
std::string unquote(llvm::StringRef quoted);

} // namespace dream::dil
