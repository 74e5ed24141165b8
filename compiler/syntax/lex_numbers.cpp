// Number literals: `42 1_000 0xFF 0b1010` with `u`, `l`; `1.5 1e3 2f 2d`. Floats are rounded correctly.
#include "compiler/syntax/lexer_impl.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::ast {

void Lexer::lexNumber() {
  const char *from = at;
  auto isDigit = [](char c) { return llvm::isDigit(c) || c == '_'; };
  auto skipDigits = [&] {
    while (at != end && isDigit(*at))
      ++at;
  };

  unsigned radix = *at != '0' ? 10 : (look(1) | 0x20) == 'x' ? 16 : (look(1) | 0x20) == 'b' ? 2 : 10;
  if (radix != 10) {
    at += 2;
    const char *digits = at;
    while (at != end && (isDigit(*at) || (radix == 16 && llvm::isHexDigit(*at))))
      ++at;
    finishInteger(from, at, radix, {digits, size_t(at - digits)});
    return;
  }

  bool isFloat = false;
  skipDigits();
  if (look() == '.' && llvm::isDigit(look(1))) {
    isFloat = true;
    ++at;
    skipDigits();
  }
  if ((look() | 0x20) == 'e') {
    size_t sign = look(1) == '+' || look(1) == '-';
    if (llvm::isDigit(look(1 + sign))) {
      isFloat = true;
      at += 1 + sign;
      skipDigits();
    }
  }
  llvm::StringRef digits(from, at - from);
  char suffix = look() | 0x20;
  bool wordEnds = !has(1) || !(llvm::isAlnum(at[1]) || at[1] == '_');
  if (isFloat || ((suffix == 'f' || suffix == 'd') && wordEnds))
    finishFloat(from, at, digits);
  else
    finishInteger(from, at, 10, digits);
}

/// Takes the letters and digits that stick to the number.
static llvm::StringRef takeSuffix(const char *&at, const char *end) {
  const char *from = at;
  while (at != end && (llvm::isAlnum(*at) || *at == '_'))
    ++at;
  return {from, size_t(at - from)};
}

void Lexer::finishInteger(const char *from, const char *digitsEnd, unsigned radix, llvm::StringRef digits) {
  llvm::StringRef suffix = takeSuffix(at, end);
  uint16_t flags = 0;
  if (suffix.equals_insensitive("u"))
    flags = Token::Unsigned;
  else if (suffix.equals_insensitive("l"))
    flags = Token::Long;
  else if (suffix.equals_insensitive("ul") || suffix.equals_insensitive("lu"))
    flags = Token::Unsigned | Token::Long;

  uint64_t value = 0;
  bool malformed = digits.empty() || digits.back() == '_', tooLarge = false;
  for (char c : digits) {
    if (c == '_')
      continue;
    unsigned digit = llvm::hexDigitValue(c);
    malformed |= digit >= radix;
    uint64_t high = value >> 32, low = value & 0xFFFFFFFF;
    high = high * radix + ((low * radix + digit) >> 32);
    tooLarge |= high >> 32 != 0;
    value = value * radix + digit;
  }
  if (malformed)
    problem(DiagId::MalformedNumber, from, at).arguments.push_back(std::string(from, at));
  else if (radix == 10 && suffix.equals_insensitive("m"))
    problem(DiagId::RefusedDecimal, from, at).arguments.push_back(std::string(from, at));
  else if (!suffix.empty() && !flags)
    problem(DiagId::UnknownSuffix, suffix.begin(), suffix.end()).arguments.push_back(suffix.str());
  else if (tooLarge)
    problem(DiagId::NumberTooLarge, from, at).arguments.push_back(std::string(from, at));
  Token &token = push(TokenKind::Int, from, at);
  token.flags |= flags;
  token.integer = malformed || tooLarge ? 0 : value;
}

void Lexer::finishFloat(const char *from, const char *digitsEnd, llvm::StringRef digits) {
  llvm::StringRef suffix = takeSuffix(at, end);
  bool isSingle = suffix.equals_insensitive("f");
  llvm::SmallString<32> plain;
  bool malformed = false;
  for (size_t i = 0; i < digits.size(); ++i) {
    // A separator stands between digits.
    if (digits[i] != '_')
      plain.push_back(digits[i]);
    else
      malformed |= i + 1 == digits.size() || !(llvm::isDigit(digits[i + 1]) || digits[i + 1] == '_');
  }
  malformed |= digits.contains("._") || digits.contains_insensitive("e_");
  llvm::APFloat value(isSingle ? llvm::APFloat::IEEEsingle() : llvm::APFloat::IEEEdouble());
  bool tooLarge = false;
  if (malformed) {
    problem(DiagId::MalformedNumber, from, at).arguments.push_back(std::string(from, at));
  } else if (suffix.equals_insensitive("m")) {
    problem(DiagId::RefusedDecimal, from, at).arguments.push_back(std::string(from, at));
  } else if (!suffix.empty() && !isSingle && !suffix.equals_insensitive("d")) {
    problem(DiagId::UnknownSuffix, suffix.begin(), suffix.end()).arguments.push_back(suffix.str());
  } else {
    auto status = value.convertFromString(plain, llvm::APFloat::rmNearestTiesToEven);
    tooLarge = !status || value.isInfinity();
    if (!status)
      llvm::consumeError(status.takeError());
    if (tooLarge)
      problem(DiagId::NumberTooLarge, from, at).arguments.push_back(std::string(from, at));
  }
  double real = tooLarge || malformed ? 0 : isSingle ? value.convertToFloat() : value.convertToDouble();
  Token &token = push(TokenKind::Float, from, at);
  if (isSingle)
    token.flags |= Token::Single;
  token.real = real;
}

} // namespace dream::ast
