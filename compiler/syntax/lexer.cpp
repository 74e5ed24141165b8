// Words, punctuation, comments: the lexer's main loop.
#include "compiler/syntax/lexer_impl.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include <array>
#include <cstring>

namespace dream::ast {

// ---- Words ----------------------------------------------------------------------------------------------------------

WordTable::WordTable(NameTable &names) : names(names), slots(1024) {
#define KEYWORD(WORD) add(#WORD, TokenKind::Kw_##WORD, 0);
#define BUILTIN(WORD, TYPE) add(#WORD, TokenKind::BuiltinWord, uint8_t(Builtin::TYPE));
#include "compiler/syntax/tokens.def"
}

void WordTable::add(llvm::StringRef text, TokenKind kind, uint8_t builtin) {
  uint32_t hash = hashOf(text);
  slot(text, hash) = {text.data(), uint32_t(text.size()), hash, kind, builtin, names.intern(text)};
  ++count;
}

WordTable::Word &WordTable::slot(llvm::StringRef text, uint32_t hash) {
  size_t mask = slots.size() - 1;
  for (size_t i = (hash ^ hash >> 15) & mask;; i = (i + 1) & mask) {
    Word &word = slots[i];
    if (!word.text || (word.hash == hash && word.length == text.size() && !memcmp(word.text, text.data(), text.size())))
      return word;
  }
}

const WordTable::Word &WordTable::find(llvm::StringRef text, uint32_t hash) {
  Word &word = slot(text, hash);
  if (word.text)
    return word;
  if (++count * 2 > slots.size()) {
    grow();
    Word &moved = slot(text, hash);
    return moved = {text.data(), uint32_t(text.size()), hash, TokenKind::Identifier, 0, names.intern(text)};
  }
  return word = {text.data(), uint32_t(text.size()), hash, TokenKind::Identifier, 0, names.intern(text)};
}

void WordTable::grow() {
  std::vector<Word> old(slots.size() * 2);
  old.swap(slots);
  for (const Word &word : old)
    if (word.text)
      slot({word.text, word.length}, word.hash) = word;
}

// ---- Tokens ---------------------------------------------------------------------------------------------------------

namespace {
enum CharClass : uint8_t { ClassOther, ClassSpace, ClassNewline, ClassWord, ClassDigit, ClassPunct };

constexpr std::array<uint8_t, 256> makeClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f')
      classes[c] = ClassSpace;
    else if (c == '\n')
      classes[c] = ClassNewline;
    else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
      classes[c] = ClassWord;
    else if (c >= '0' && c <= '9')
      classes[c] = ClassDigit;
  }
  for (char c : {'(', ')', '[', ']', '{', '}', ';', ',', ':', '.', '?', '-', '=', '!', '<', '>', '+', '*', '/', '%', '&', '|', '^', '~'})
    classes[uint8_t(c)] = ClassPunct;
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = makeClasses();
uint8_t classOf(char c) { return kClasses[uint8_t(c)]; }
bool continuesWord(char c) { return classOf(c) == ClassWord || classOf(c) == ClassDigit; }

/// What was probably meant by a character that editors and web pages like to put in place of an ASCII one.
llvm::StringRef asciiLookalike(uint32_t scalar) {
  switch (scalar) {
  case 0x201C: case 0x201D: case 0x201E: case 0xFF02: return "\"";
  case 0x2018: case 0x2019: case 0xFF07: return "'";
  case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2212: case 0xFF0D: return "-";
  case 0xFF08: return "(";
  case 0xFF09: return ")";
  case 0xFF0C: case 0x3001: return ",";
  case 0xFF1A: return ":";
  case 0xFF1B: case 0x37E: return ";";
  case 0xFF1D: return "=";
  case 0xD7: case 0x2217: return "*";
  case 0xF7: case 0x2215: return "/";
  case 0x2260: return "!=";
  case 0x2264: return "<=";
  case 0x2265: return ">=";
  case 0x2192: return "->";
  case 0x21D2: return "=>";
  case 0x2026: return "...";
  }
  return {};
}
} // namespace

llvm::StringRef describe(TokenKind kind) {
  switch (kind) {
#define TOKEN(NAME, TEXT) case TokenKind::NAME: return TEXT;
#define PUNCT(NAME, TEXT) case TokenKind::NAME: return "'" TEXT "'";
#define KEYWORD(WORD) case TokenKind::Kw_##WORD: return "'" #WORD "'";
#include "compiler/syntax/tokens.def"
  }
  llvm_unreachable("a token of no kind");
}

void report(const Problem &problem, DiagnosticEngine &diags) {
  DiagnosticBuilder builder = diags.report(problem.id, problem.range);
  for (const std::string &argument : problem.arguments)
    builder << argument;
  for (const Note &note : problem.notes)
    builder.note(note.range, note.message);
  for (const FixIt &fix : problem.fixIts)
    builder.fix(fix.range, fix.text);
}

Problem &Lexer::problem(DiagId id, const char *from, const char *to) {
  out.problems.push_back({id, rangeOf(from, to), {}, {}, {}});
  return out.problems.back();
}

Token &Lexer::push(TokenKind kind, const char *from, const char *to) {
  Token &token = out.tokens.emplace_back();
  token.kind = kind;
  token.begin = offsetOf(from);
  token.end = offsetOf(to);
  if (startsLine) {
    token.flags |= Token::StartsLine;
    startsLine = false;
  }
  if (LLVM_UNLIKELY(!docLines.empty())) {
    token.flags |= Token::HasDoc;
    llvm::StringRef text = docLines.size() == 1 ? docLines[0] : context.copy(llvm::StringRef(llvm::join(docLines, "\n")));
    out.docs.push_back({token.begin, text});
    docLines.clear();
  }
  return token;
}

uint32_t Lexer::keep(llvm::StringRef text) {
  out.strings.push_back(text);
  return out.strings.size() - 1;
}

TokenBuffer Lexer::run() {
  out.tokens.reserve((end - begin) / 4 + 16);
  skipByteOrderMark();
  for (;;) {
    while (at != end && (classOf(*at) == ClassSpace || classOf(*at) == ClassNewline))
      startsLine |= *at++ == '\n';
    if (at != end) {
      lexToken();
      continue;
    }
    if (open.empty())
      break;
    const Token &first = out.tokens[open.back().startToken];
    problem(DiagId::UnterminatedString, begin + (first.begin - start), begin + (first.end - start));
    endInterpolation(false);
  }
  push(TokenKind::EndOfFile, at, at);
  return std::move(out);
}

void Lexer::skipByteOrderMark() {
  if (llvm::StringRef(at, end - at).starts_with("\xEF\xBB\xBF"))
    at += 3;
}

void Lexer::lexToken() {
  switch (CharClass(classOf(*at))) {
  case ClassSpace:
  case ClassNewline:
    ++at;
    return;
  case ClassWord:
    lexWord(at, false);
    return;
  case ClassDigit:
    lexNumber();
    return;
  case ClassPunct:
    lexPunctuation();
    return;
  case ClassOther:
    lexOther();
    return;
  }
}

/// `from` is where the token begins (at the `@` of an escaped word), `at` where the word does.
void Lexer::lexWord(const char *from, bool escaped) {
  const char *word = at;
  uint32_t hash = 0;
  const char *p = at;
  while (p != end && continuesWord(*p))
    hash = WordTable::step(hash, *p++);
  if (LLVM_UNLIKELY(p != end && uint8_t(*p) >= 0x80)) {
    lexWordBeyondAscii(from, escaped);
    return;
  }
  at = p;
  const WordTable::Word &entry = words.find({word, size_t(p - word)}, hash);
  Token &token = push(escaped ? TokenKind::Identifier : entry.kind, from, p);
  token.builtin = entry.builtin;
  token.name = entry.name;
  if (escaped)
    token.flags |= Token::Escaped;
}

void Lexer::lexWordBeyondAscii(const char *from, bool escaped) {
  const char *word = at;
  bool normal = true;
  while (at != end) {
    if (uint8_t(*at) < 0x80) {
      if (!continuesWord(*at))
        break;
      ++at;
      continue;
    }
    const char *next = at;
    uint32_t scalar = decodeUtf8(next, end);
    if (scalar == kBadScalar || !(at == word ? isXidStart(scalar) : isXidContinue(scalar)))
      break;
    normal &= scalar < 0x300;
    at = next;
  }
  llvm::StringRef text(word, at - word);
  if (text.empty()) {
    lexOther();
    return;
  }
  llvm::SmallString<32> nfc;
  if (!normal) {
    nfc = toNfc(text);
    if (nfc.str() != text)
      text = context.copy(nfc.str());
  }
  const WordTable::Word &entry = words.find(text, WordTable::hashOf(text));
  Token &token = push(escaped ? TokenKind::Identifier : entry.kind, from, at);
  token.builtin = entry.builtin;
  token.name = entry.name;
  if (escaped)
    token.flags |= Token::Escaped;
}

void Lexer::lexPunctuation() {
  const char *from = at;
  auto take = [&](TokenKind kind, unsigned length) -> Token & {
    at += length;
    return push(kind, from, at);
  };
  /// `c` or `c=`.
  auto plain = [&](TokenKind one, TokenKind assigned) {
    if (look(1) == '=')
      take(assigned, 2);
    else
      take(one, 1);
  };
  bool inHole = !open.empty();
  switch (*at) {
  case '(':
  case '[':
    if (inHole)
      ++open.back().depth;
    take(*at == '(' ? TokenKind::LeftParen : TokenKind::LeftBracket, 1);
    return;
  case ')':
  case ']':
    if (inHole && open.back().depth == 0) {
      leaveHole();
      return;
    }
    if (inHole && open.back().depth > open.back().braces)
      --open.back().depth;
    take(*at == ')' ? TokenKind::RightParen : TokenKind::RightBracket, 1);
    return;
  case '{':
    if (inHole)
      ++open.back().depth, ++open.back().braces;
    take(TokenKind::LeftBrace, 1);
    return;
  case '}':
    if (inHole && closeHole())
      return;
    take(TokenKind::RightBrace, 1);
    return;
  case ';':
    if (inHole && open.back().depth == 0)
      leaveHole();
    else
      take(TokenKind::Semicolon, 1);
    return;
  case ',': take(TokenKind::Comma, 1); return;
  case ':':
    if (inHole && open.back().depth == 0)
      lexFormat();
    else
      take(TokenKind::Colon, 1);
    return;
  case '~': take(TokenKind::Tilde, 1); return;
  case '.':
    if (look(1) == '.') {
      if (look(2) == '.')
        take(TokenKind::Ellipsis, 3);
      else if (look(2) == '=')
        take(TokenKind::DotDotEqual, 3);
      else
        take(TokenKind::DotDot, 2);
    } else if (classOf(look(1)) == ClassDigit) {
      lexNumber();
    } else {
      take(TokenKind::Dot, 1);
    }
    return;
  case '?':
    if (look(1) == '?') {
      if (look(2) == '=')
        take(TokenKind::QuestionQuestionEqual, 3);
      else
        take(TokenKind::QuestionQuestion, 2);
    } else if (look(1) == '.' && classOf(look(2)) != ClassDigit && look(2) != '.') {
      take(TokenKind::QuestionDot, 2);
    } else {
      take(TokenKind::Question, 1);
    }
    return;
  case '-':
    if (look(1) == '>')
      take(TokenKind::Arrow, 2);
    else if (look(1) == '-')
      take(TokenKind::MinusMinus, 2);
    else
      plain(TokenKind::Minus, TokenKind::MinusEqual);
    return;
  case '=':
    if (look(1) == '>')
      take(TokenKind::FatArrow, 2);
    else
      plain(TokenKind::Equal, TokenKind::EqualEqual);
    return;
  case '!': plain(TokenKind::Bang, TokenKind::BangEqual); return;
  case '<':
    if (look(1) == '<') {
      if (look(2) == '=')
        take(TokenKind::LessLessEqual, 3);
      else
        take(TokenKind::LessLess, 2);
    } else {
      plain(TokenKind::Less, TokenKind::LessEqual);
    }
    return;
  case '>': take(TokenKind::Greater, 1); return;
  case '+':
    if (look(1) == '+')
      take(TokenKind::PlusPlus, 2);
    else
      plain(TokenKind::Plus, TokenKind::PlusEqual);
    return;
  case '*': plain(TokenKind::Star, TokenKind::StarEqual); return;
  case '/':
    if (look(1) == '/')
      lexLineComment();
    else if (look(1) == '*')
      lexBlockComment();
    else
      plain(TokenKind::Slash, TokenKind::SlashEqual);
    return;
  case '%': plain(TokenKind::Percent, TokenKind::PercentEqual); return;
  case '&':
    if (look(1) == '&')
      take(TokenKind::AmpAmp, 2);
    else
      plain(TokenKind::Amp, TokenKind::AmpEqual);
    return;
  case '|':
    if (look(1) == '|')
      take(TokenKind::PipePipe, 2);
    else
      plain(TokenKind::Pipe, TokenKind::PipeEqual);
    return;
  case '^': plain(TokenKind::Caret, TokenKind::CaretEqual); return;
  }
  llvm_unreachable("a punctuation character without a case");
}

/// Strings, characters, `@name`, names beyond ASCII, and what no token begins with.
void Lexer::lexOther() {
  const char *from = at;
  switch (*at) {
  case '"':
    if (unsigned quotes = countQuotes(at); quotes >= 3)
      lexRaw(from, quotes);
    else
      lexString(from);
    return;
  case '\'':
    lexChar();
    return;
  case '$':
    if (tryInterpolated())
      return;
    break;
  case '@':
    if (look(1) == '"') {
      lexVerbatim(from);
      return;
    }
    if (tryInterpolated())
      return;
    if (classOf(look(1)) == ClassWord || uint8_t(look(1)) >= 0x80) {
      const char *next = at + 1;
      uint32_t scalar = decodeUtf8(next, end);
      if (scalar < 0x80 || (scalar != kBadScalar && isXidStart(scalar))) {
        ++at;
        lexWord(from, true);
        return;
      }
    }
    break;
  case '#':
    if (startsLine) {
      lexDirective();
      return;
    }
    break;
  }

  const char *next = at;
  uint32_t scalar = decodeUtf8(next, end);
  if (scalar == kBadScalar) {
    // Bytes that are no UTF-8 tend to come in crowds, when the whole file is in another encoding.
    if (!sawBadUtf8)
      problem(DiagId::InvalidUtf8, at, next);
    sawBadUtf8 = true;
  } else if (scalar >= 0x80 && isXidStart(scalar)) {
    lexWordBeyondAscii(from, false);
    return;
  } else if (isBidiControl(scalar)) {
    at = next;
    problem(DiagId::BidiControl, from, next).arguments.push_back(codePoint(scalar));
    return;
  } else {
    std::string shown = scalar < 0x20 || scalar == 0x7F || isInvisible(scalar) ? codePoint(scalar)
                                                             : "'" + std::string(at, next) + "'";
    Problem &found = problem(DiagId::InvalidCharacter, from, next);
    found.arguments.push_back(shown);
    if (isInvisible(scalar)) {
      found.fixIts.push_back({found.range, " "});
      at = next;
      return;
    }
    if (llvm::StringRef meant = asciiLookalike(scalar); !meant.empty())
      found.fixIts.push_back({found.range, meant.str()});
    if (scalar == 0x201C || scalar == 0x201E) {
      // Quotes of an editor around a string: one mistake.
      for (const char *p = next; p != end && *p != '\n';) {
        const char *close = p;
        uint32_t quote = decodeUtf8(p, end);
        if (quote != 0x201D && quote != 0x201C)
          continue;
        found.fixIts.push_back({rangeOf(close, p), "\""});
        at = p;
        push(TokenKind::String, from, at).index = keep({next, size_t(close - next)});
        return;
      }
    }
  }
  // One token and one message for a run of them.
  at = next;
  while (at != end && classOf(*at) == ClassOther && *at != '"' && *at != '\'' && *at != '@' && *at != '$') {
    const char *after = at;
    uint32_t more = decodeUtf8(after, end);
    if (more != kBadScalar && (isXidStart(more) || isBidiControl(more)))
      break;
    at = after;
  }
  push(TokenKind::Invalid, from, at).integer = 0;
}

/// `#if` and its kind. The lines between are read as they stand.
void Lexer::lexDirective() {
  const char *from = at;
  const char *lineEnd = static_cast<const char *>(memchr(at, '\n', end - at));
  if (!lineEnd)
    lineEnd = end;
  llvm::StringRef line(at, lineEnd - at);
  llvm::StringRef word = line.drop_front().ltrim(" \t").take_while(llvm::isAlpha);
  bool continues = word == "elif" || word == "else" || word == "endif" || word == "endregion";
  if (!(continues && sawDirective))
    problem(DiagId::RefusedDirective, from, word.empty() ? from + 1 : word.end()).arguments.push_back("#" + word.str());
  sawDirective = true;
  at = lineEnd;
}

// ---- Comments -------------------------------------------------------------------------------------------------------

/// Refuses malformed UTF-8, and outside literals the controls that reorder text.
void Lexer::checkText(const char *from, const char *to, bool isLiteral) {
  for (const char *p = from; p != to;) {
    if (LLVM_LIKELY(uint8_t(*p) < 0x80)) {
      ++p;
      continue;
    }
    const char *next = p;
    uint32_t scalar = decodeUtf8(next, to);
    if (scalar == kBadScalar) {
      if (!sawBadUtf8)
        problem(DiagId::InvalidUtf8, p, next);
      sawBadUtf8 = true;
    } else if (!isLiteral && isBidiControl(scalar)) {
      problem(DiagId::BidiControl, p, next).arguments.push_back(codePoint(scalar));
    }
    p = next;
  }
}

void Lexer::lexLineComment() {
  const char *from = at;
  const char *lineEnd = static_cast<const char *>(memchr(at, '\n', end - at));
  at = lineEnd ? lineEnd : end;
  checkText(from, at, false);
  if (at - from >= 3 && from[2] == '/' && !(at - from >= 4 && from[3] == '/'))
    lexDocLine(from + 3, at);
}

void Lexer::lexDocLine(const char *from, const char *to) {
  llvm::StringRef line = llvm::StringRef(from, to - from).rtrim('\r');
  line.consume_front(" ");
  docLines.push_back(line);
}

void Lexer::lexBlockComment() {
  const char *from = at;
  at += 2;
  unsigned depth = 1;
  while (at != end && depth) {
    if (*at == '*' && look(1) == '/') {
      --depth;
      at += 2;
    } else if (*at == '/' && look(1) == '*') {
      ++depth;
      at += 2;
    } else {
      startsLine |= *at++ == '\n';
    }
  }
  if (depth)
    problem(DiagId::UnterminatedComment, from, from + 2);
  checkText(from, at, false);
}

// ---- The way in -----------------------------------------------------------------------------------------------------

TokenBuffer lex(AstContext &context, const SourceManager &sources, FileId file) {
  return Lexer(context, sources.text(file), sources.start(file)).run();
}

} // namespace dream::ast
