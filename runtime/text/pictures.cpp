// Numbers in pictures, .NET's custom formats: `0` a digit, `#` a digit that may be missing, `.` the point, `,` between
// digits groups of three and before the point a division by a thousand, `%` and `‰`, `E+00` an exponent, quoted and
// escaped text, and up to three sections for positive numbers, negative ones and zero, separated by `;`.
#include "runtime/abi/entries.h"
#include "runtime/rc/rc.h"
#include "runtime/text/digits.h"
#include "runtime/text/text.h"

namespace dream::rt {

namespace {

constexpr char kPerMille[] = "\xE2\x80\xB0";

/// The parts of a section, one after the other.
struct Scanner {
  const char *at;
  const char *end;

  enum class Kind { End, Digit, Zero, Point, Comma, Percent, PerMille, Exponent, Text };
  struct Part {
    Kind kind;
    const char *text; ///< Text: its bytes. Exponent: how it is written.
    size_t length;
    int zeros;        ///< Exponent: digits at least.
  };

  Part next() {
    if (at == end || *at == ';')
      return {Kind::End, at, 0, 0};
    const char *start = at++;
    switch (*start) {
    case '#': return {Kind::Digit, start, 1, 0};
    case '0': return {Kind::Zero, start, 1, 0};
    case '.': return {Kind::Point, start, 1, 0};
    case ',': return {Kind::Comma, start, 1, 0};
    case '%': return {Kind::Percent, start, 1, 0};
    case '\'':
    case '"': {
      while (at != end && *at != *start)
        ++at;
      const size_t length = size_t(at - start - 1);
      if (at != end)
        ++at;
      return {Kind::Text, start + 1, length, 0};
    }
    case '\\':
      if (at == end)
        return {Kind::Text, at, 0, 0};
      return {Kind::Text, at++, 1, 0};
    case 'e':
    case 'E': {
      const char *digits = at;
      if (digits != end && (*digits == '+' || *digits == '-'))
        ++digits;
      if (digits == end || *digits != '0')
        return {Kind::Text, start, 1, 0};
      for (at = digits; at != end && *at == '0';)
        ++at;
      return {Kind::Exponent, start, 1, int(at - digits)};
    }
    default:
      if (end - start >= 3 && __builtin_memcmp(start, kPerMille, 3) == 0) {
        at = start + 3;
        return {Kind::PerMille, start, 3, 0};
      }
      return {Kind::Text, start, 1, 0};
    }
  }
};

/// Where the section begins; the first one if there is no such section or it is empty.
const char *findSection(const char *picture, const char *end, int section) {
  Scanner scanner{picture, end};
  for (int i = 0; i < section; ++i) {
    while (scanner.next().kind != Scanner::Kind::End)
      ;
    if (scanner.at == end)
      return picture;
    ++scanner.at;
  }
  return section > 0 && (scanner.at == end || *scanner.at == ';') ? picture : scanner.at;
}

/// What a section says as a whole. Places of digits are counted from the left.
struct Section {
  int digits = 0;         ///< Places for digits.
  int firstZero = -1;     ///< The first and the last place that are always written.
  int lastZero = -1;
  int point = -1;         ///< Places before the point.
  int scale = 0;          ///< Powers of ten that the number is multiplied by.
  bool grouped = false;
  bool scientific = false;

  Section(const char *text, const char *end) {
    Scanner scanner{text, end};
    int comma = -1, commas = 0; // the last run of commas: the place before it, and how many there are
    for (;;) {
      const Scanner::Part part = scanner.next();
      switch (part.kind) {
      case Scanner::Kind::Zero:
        if (firstZero < 0)
          firstZero = digits;
        lastZero = digits;
        ++digits;
        break;
      case Scanner::Kind::Digit: ++digits; break;
      case Scanner::Kind::Point:
        if (point < 0)
          point = digits;
        break;
      case Scanner::Kind::Comma:
        if (digits == 0 || point >= 0)
          break;
        if (comma == digits) {
          ++commas;
          break;
        }
        grouped |= comma >= 0; // that one stood between digits
        comma = digits;
        commas = 1;
        break;
      case Scanner::Kind::Percent: scale += 2; break;
      case Scanner::Kind::PerMille: scale += 3; break;
      case Scanner::Kind::Exponent: scientific = true; break;
      case Scanner::Kind::Text: break;
      case Scanner::Kind::End:
        if (point < 0)
          point = digits;
        if (comma == point)
          scale -= 3 * commas;
        else
          grouped |= comma >= 0;
        return;
      }
    }
  }
};

/// The text being built, in a string that has room for all of it.
struct Builder {
  char *text;
  size_t length = 0;
  void put(char c) { text[length++] = c; }
  void put(const char *bytes, size_t count) {
    __builtin_memcpy(text + length, bytes, count);
    length += count;
  }
};

} // namespace

char *formatPicture(Digits &number, const char *picture, bool isFloat, void *region) {
  const char *end = picture + lengthOf(picture);
  const char *text = findSection(picture, end, number.count == 0 ? 2 : number.negative ? 1 : 0);
  Section section(text, end);
  for (;;) {
    section = Section(text, end);
    if (number.count == 0) {
      number.point = 0;
      number.negative &= isFloat;
      break;
    }
    number.point += section.scale;
    const int point = number.point;
    number.round(section.scientific ? section.digits : point + section.digits - section.point, false);
    if (number.count > 0)
      break;
    // Rounded to zero: that may be another section's.
    const char *ofZero = findSection(picture, end, 2);
    if (ofZero == text) {
      number.point = 0;
      break;
    }
    text = ofZero;
  }

  // Digits before the point that are always written, and behind it.
  const int least = section.firstZero >= 0 && section.firstZero < section.point ? section.point - section.firstZero : 0;
  const int leastFraction = section.lastZero >= section.point ? section.lastZero + 1 - section.point : 0;
  // `place` counts down to the point; more digits than places go before the first one.
  int place = section.point, surplus = 0;
  if (!section.scientific) {
    surplus = number.point - section.point;
    if (surplus > 0)
      place = number.point;
  }

  const size_t room = size_t(end - picture) * 4 + 1024;
  char *buffer = newString(int64_t(room));
  Builder out{buffer};
  if (number.negative && text == picture && number.count > 0)
    out.put('-');
  int used = 0;
  bool pointWritten = false;
  auto digit = [&](char c) {
    out.put(c);
    if (section.grouped && place > 1 && (place - 1) % 3 == 0)
      out.put(',');
  };
  auto nextDigit = [&] { return used < number.count ? number.digits[used++] : '0'; };
  Scanner scanner{text, end};
  for (Scanner::Part part = scanner.next(); part.kind != Scanner::Kind::End; part = scanner.next()) {
    bool isPlace = part.kind == Scanner::Kind::Digit || part.kind == Scanner::Kind::Zero;
    if (isPlace || part.kind == Scanner::Kind::Point)
      for (; surplus > 0; --surplus, --place)
        digit(nextDigit());
    switch (part.kind) {
    case Scanner::Kind::Digit:
    case Scanner::Kind::Zero:
      if (surplus < 0) {
        ++surplus;
        if (place <= least)
          digit('0');
      } else if (used < number.count) {
        digit(number.digits[used++]);
      } else if (place > 0 || -place < leastFraction) {
        digit('0');
      }
      --place;
      break;
    case Scanner::Kind::Point:
      if (place == 0 && !pointWritten && (leastFraction > 0 || (section.point < section.digits && used < number.count))) {
        out.put('.');
        pointWritten = true;
      }
      break;
    case Scanner::Kind::Comma:
    case Scanner::Kind::End: break;
    case Scanner::Kind::Percent:
    case Scanner::Kind::PerMille:
    case Scanner::Kind::Text: out.put(part.text, part.length); break;
    case Scanner::Kind::Exponent: {
      int exponent = number.count == 0 ? 0 : number.point - section.point;
      out.put(part.text[0]);
      if (exponent < 0)
        out.put('-');
      else if (part.text[1] == '+')
        out.put('+');
      if (exponent < 0)
        exponent = -exponent;
      char digits[12];
      int count = 0;
      for (; exponent; exponent /= 10)
        digits[count++] = char('0' + exponent % 10);
      for (int i = count; i < part.zeros && i < 10; ++i)
        out.put('0');
      while (count > 0)
        out.put(digits[--count]);
      break;
    }
    }
  }
  char *result = newStringOf(buffer, out.length, region);
  dr_release_any(buffer);
  return result;
}

} // namespace dream::rt
