#include "compiler/dil/text/lexer.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::dil {
namespace {

class Lexer {
public:
  Lexer(llvm::StringRef text, SourceLoc start, DiagnosticEngine &diags) : text(text), start(start), diags(diags) {}

  std::vector<Token> run() {
    for (;;) {
      skipBlanks();
      if (at == text.size())
        break;
      one();
    }
    push(TokenKind::End, at, at);
    return std::move(tokens);
  }

private:
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  SourceLoc locOf(size_t offset) const { return start.plus(uint32_t(offset)); }

  void error(size_t offset, const llvm::Twine &message) { diags.report(DiagId::DilBadToken, locOf(offset)) << message; }

  /// The token's text is [begin, end) without its sign, if it has one.
  void push(TokenKind kind, size_t begin, size_t end, size_t sign = 0) {
    tokens.push_back({kind, startsLine, text.slice(begin + sign, end), locOf(begin)});
    startsLine = false;
  }

  void skipBlanks() {
    for (; at < text.size(); ++at) {
      if (text[at] == '\n')
        startsLine = true;
      else if (text[at] == '/' && peek(1) == '/')
        at = std::min(text.find('\n', at), text.size()) - 1;
      else if (text[at] != ' ' && text[at] != '\t' && text[at] != '\r')
        return;
    }
  }

  static bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; }
  static bool isSymbol(char c) { return isWord(c) || c == '$' || c == '~'; }

  /// Past the closing quote; the text up to the end of the line is taken when there is none.
  void quoted(char quote) {
    size_t begin = at++;
    for (; at < text.size() && text[at] != '\n'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] != '\n')
        ++at;
      else if (text[at] == quote) {
        ++at;
        return;
      }
    }
    error(begin, llvm::Twine("the closing ") + llvm::Twine(quote) + " is missing");
  }

  void number(size_t begin) {
    TokenKind kind = TokenKind::Integer;
    if (peek() == '-')
      ++at;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at += 2;
      while (llvm::isHexDigit(peek()))
        ++at;
    } else {
      while (llvm::isDigit(peek()))
        ++at;
      if (peek() == '.' && llvm::isDigit(peek(1))) {
        kind = TokenKind::Number;
        ++at;
        while (llvm::isDigit(peek()))
          ++at;
      }
      if ((peek() == 'e' || peek() == 'E') &&
          (llvm::isDigit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && llvm::isDigit(peek(2))))) {
        kind = TokenKind::Number;
        at += 2;
        while (llvm::isDigit(peek()))
          ++at;
      }
    }
    push(kind, begin, at);
  }

  void one() {
    size_t begin = at;
    char c = peek();
    if (llvm::isAlpha(c) || c == '_') {
      while (isWord(peek()))
        ++at;
      // A dot belongs to a word only between its letters.
      while (text[at - 1] == '.')
        --at;
      return push(TokenKind::Word, begin, at);
    }
    if (llvm::isDigit(c) || (c == '-' && llvm::isDigit(peek(1))))
      return number(begin);
    if (c == '%') {
      ++at;
      while (llvm::isAlnum(peek()) || peek() == '_')
        ++at;
      if (at == begin + 1)
        error(begin, "a value needs a name after '%'");
      return push(TokenKind::Value, begin, at, 1);
    }
    if (c == '@') {
      ++at;
      if (llvm::isDigit(peek())) {
        while (llvm::isDigit(peek()) || peek() == ':')
          ++at;
        return push(TokenKind::Location, begin, at);
      }
      if (peek() == '"')
        quoted('"');
      else
        while (isSymbol(peek()))
          ++at;
      if (at == begin + 1)
        error(begin, "a symbol needs a name after '@'");
      return push(TokenKind::Symbol, begin, at, 1);
    }
    if (c == '"' || c == '\'') {
      quoted(c);
      return push(c == '"' ? TokenKind::String : TokenKind::Char, begin, at);
    }
    if (text.substr(at).starts_with("->"))
      at += 2;
    else if (text.substr(at).starts_with("..."))
      at += 3;
    else if (llvm::StringRef("(){}[]<>,:=?*-").contains(c))
      ++at;
    else {
      ++at;
      // The bytes of one foreign character are one mistake.
      while (at < text.size() && uint8_t(c) >= 0x80 && (uint8_t(text[at]) & 0xc0) == 0x80)
        ++at;
      error(begin, "this character has no meaning in DIL text");
      return;
    }
    push(TokenKind::Punct, begin, at);
  }

  llvm::StringRef text;
  SourceLoc start;
  DiagnosticEngine &diags;
  size_t at = 0;
  bool startsLine = true;
  std::vector<Token> tokens;
};

} // namespace

std::vector<Token> lexText(llvm::StringRef text, SourceLoc start, DiagnosticEngine &diags) {
  return Lexer(text, start, diags).run();
}

std::string unquote(llvm::StringRef quoted) {
  quoted.consume_front("\"");
  std::string result;
  for (size_t i = 0; i < quoted.size() && quoted[i] != '"'; ++i) {
    char c = quoted[i];
    if (c != '\\' || i + 1 == quoted.size()) {
      result += c;
      continue;
    }
    c = quoted[++i];
    if (c == 'n')
      result += '\n';
    else if (c == 't')
      result += '\t';
    else if (c == 'x' && i + 2 < quoted.size() && llvm::isHexDigit(quoted[i + 1]) && llvm::isHexDigit(quoted[i + 2])) {
      result += char(llvm::hexFromNibbles(quoted[i + 1], quoted[i + 2]));
      i += 2;
    } else
      result += c;
  }
  return result;
}

} // namespace dream::dil
