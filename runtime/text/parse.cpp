// Text to numbers. Doubles and floats are correctly rounded: by machine arithmetic when it is exact, else by one
// product with a 128-bit power of ten whose error is known, and by long arithmetic when that error could matter.
#include "runtime/abi/entries.h"
#include "runtime/text/natural.h"
#include "runtime/text/powers_of_ten.h"
#include "runtime/text/text.h"

namespace dream::rt {

namespace {

enum Outcome : int32_t { kDone = 0, kNoNumber = 1, kOutOfRange = 2 };

struct Cursor {
  const char *at, *end;

  bool more() const { return at < end; }
  bool digit() const { return at < end && *at >= '0' && *at <= '9'; }
  bool take(char c) { return at < end && *at == c ? (++at, true) : false; }
  /// Goes past a sign, if there is one; true if it is a minus.
  bool takeSign() { return take('-') || (take('+'), false); }
  void trim() {
    auto isSpace = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (at < end && isSpace(*at))
      ++at;
    while (at < end && isSpace(end[-1]))
      --end;
  }
  /// Is the rest this word (given in lower case), in any case?
  bool isWord(const char *word) const {
    const char *c = at;
    for (; *word; ++word, ++c)
      if (c == end || (*c | 0x20) != *word)
        return false;
    return c == end;
  }
};

Cursor cursorOf(const char *text) {
  Cursor cursor{text, text + lengthOf(text)};
  cursor.trim();
  return cursor;
}

/// Decimal digits to the end of the text.
Outcome readMagnitude(Cursor cursor, uint64_t &magnitude) {
  constexpr ptrdiff_t kCannotOverflow = 19;
  if (!cursor.more())
    return kNoNumber;
  const char *end = cursor.end - cursor.at > kCannotOverflow ? cursor.at + kCannotOverflow : cursor.end;
  magnitude = 0;
  for (; cursor.at < end; ++cursor.at) {
    const uint32_t digit = uint32_t(*cursor.at) - '0';
    if (digit > 9)
      return kNoNumber;
    magnitude = magnitude * 10 + digit;
  }
  bool overflow = false;
  for (; cursor.digit(); ++cursor.at)
    overflow |= __builtin_mul_overflow(magnitude, uint64_t(10), &magnitude) ||
                __builtin_add_overflow(magnitude, uint64_t(*cursor.at - '0'), &magnitude);
  if (cursor.more())
    return kNoNumber;
  return overflow ? kOutOfRange : kDone;
}

/// What a floating-point type is made of.
template <typename Float> struct Shape;
template <> struct Shape<double> {
  using Bits = uint64_t;
  static constexpr int kFraction = 52, kLeast = -1074, kInfinite = 0x7FF;
  static constexpr int kExactPower = 22;
};
template <> struct Shape<float> {
  using Bits = uint32_t;
  static constexpr int kFraction = 23, kLeast = -149, kInfinite = 0xFF;
  static constexpr int kExactPower = 10;
};

/// fraction · 2^exponent, already rounded: fraction ≤ 2^(kFraction + 1), exponent ≥ kLeast.
template <typename Float> Float assemble(uint64_t fraction, int exponent) {
  using S = Shape<Float>;
  if (fraction >> (S::kFraction + 1)) {
    fraction >>= 1;
    ++exponent;
  }
  typename S::Bits bits;
  if (!(fraction >> S::kFraction))
    bits = typename S::Bits(fraction); // zero or subnormal: the exponent is kLeast
  else if (exponent - S::kLeast + 1 >= S::kInfinite)
    bits = typename S::Bits(S::kInfinite) << S::kFraction;
  else
    bits = typename S::Bits(typename S::Bits(exponent - S::kLeast + 1) << S::kFraction) |
           typename S::Bits(fraction & ((uint64_t(1) << S::kFraction) - 1));
  Float value;
  __builtin_memcpy(&value, &bits, sizeof(value));
  return value;
}

/// A number as it is written: ±d₀d₁d₂… · 10^exponent, without leading zeros.
struct Literal {
  /// As many digits as can decide a tie are 767; of all that follow, only that they are not zero matters.
  static constexpr int kMost = 800;
  bool negative = false;
  int count = 0;          ///< Digits that are kept; the last may stand for all that are not.
  int64_t total = 0;      ///< Digits that were seen.
  int64_t exponent = 0;   ///< Of the last digit that is kept.
  uint64_t leading = 0;   ///< The first digits, up to 19, as a number.
  int leadingCount = 0;
  bool truncated = false; ///< Digits that are not zero follow the leading ones.
  char digits[kMost + 1];

  void add(char digit) {
    if (total == 0 && digit == '0')
      return;
    ++total;
    if (leadingCount < 19) {
      leading = leading * 10 + uint64_t(digit - '0');
      ++leadingCount;
    } else {
      truncated |= digit != '0';
    }
    if (count < kMost)
      digits[count++] = digit;
    else if (count == kMost && digit != '0')
      digits[count++] = '1';
  }
};

/// Is the text digits with a point and an exponent, as .NET reads them (commas between whole digits are allowed)?
bool readLiteral(Cursor cursor, Literal &literal) {
  bool any = false;
  literal.negative = cursor.takeSign();
  while (cursor.digit() || (any && cursor.more() && *cursor.at == ',')) {
    if (*cursor.at != ',') {
      literal.add(*cursor.at);
      any = true;
    }
    ++cursor.at;
  }
  if (cursor.take('.'))
    for (; cursor.digit(); ++cursor.at) {
      literal.add(*cursor.at);
      --literal.exponent;
      any = true;
    }
  if (!any)
    return false;
  literal.exponent += literal.total - literal.count;
  if (cursor.take('e') || cursor.take('E')) {
    const bool negative = cursor.takeSign();
    if (!cursor.digit())
      return false;
    int64_t exponent = 0;
    for (; cursor.digit(); ++cursor.at)
      if (exponent < (int64_t(1) << 50))
        exponent = exponent * 10 + (*cursor.at - '0');
    literal.exponent += negative ? -exponent : exponent;
  }
  return !cursor.more();
}

/// Decides by long arithmetic whether the literal lies below, at or above (fraction + ½) · 2^exponent.
int compareWithHalf(const Literal &literal, uint64_t fraction, int exponent) {
  Natural left, right(2 * fraction + 1);
  for (int i = 0; i < literal.count; ++i)
    left.multiplyAdd(10, uint32_t(literal.digits[i] - '0'));
  --exponent;
  const int power = int(literal.exponent);
  int leftShift = 0;
  if (power >= 0) {
    left.multiplyPowerOf5(power);
    leftShift += power;
  } else {
    right.multiplyPowerOf5(-power);
    leftShift += power;
  }
  leftShift -= exponent;
  if (leftShift >= 0)
    left.shiftLeft(leftShift);
  else
    right.shiftLeft(-leftShift);
  return left.compare(right);
}

template <typename Float> Float convert(const Literal &literal) {
  using S = Shape<Float>;
  if (literal.leading == 0)
    return Float(0);
  // The position of the first digit bounds the value, and the sizes of everything below.
  const int64_t magnitude = literal.exponent + literal.count;
  if (magnitude > 310)
    return assemble<Float>(uint64_t(1) << S::kFraction, 2000);
  if (magnitude < -345)
    return Float(0);
  const int power = int(literal.exponent) + (literal.count - literal.leadingCount);
  // Exact machine numbers: one rounding by the machine.
  if (!literal.truncated && literal.leading >> (S::kFraction + 1) == 0 && power >= -S::kExactPower &&
      power <= S::kExactPower) {
    static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const Float value = Float(literal.leading), scale = Float(kPowers[power < 0 ? -power : power]);
    return power < 0 ? value / scale : value * scale;
  }
  if (power < kLeastPower) // with at most 19 digits, below 10^−324
    return Float(0);
  // leading · 10^power lies in [top, top + 2) · 2^scale, where top has 127 or 128 bits.
  const int zeros = __builtin_clzll(literal.leading);
  const uint64_t normal = literal.leading << zeros;
  const Power &ten = powerOfTen(power);
  const Product high = multiply(normal, ten.high), low = multiply(normal, ten.low);
  uint64_t topLow = high.low + low.high;
  uint64_t topHigh = high.high + (topLow < high.low);
  int scale = 64 - zeros + floorLog2Pow10(power) - 127;
  if (!(topHigh >> 63)) {
    topHigh = topHigh << 1 | topLow >> 63;
    topLow = topLow << 1 | low.low >> 63;
    --scale;
  }
  // Cut to the type's digits: `drop` of the upper 64 bits, and all lower ones.
  int exponent = scale + 64 + (63 - S::kFraction);
  int drop = 63 - S::kFraction;
  if (exponent < S::kLeast) {
    drop += S::kLeast - exponent;
    exponent = S::kLeast;
  }
  // What can hide above `top`: less than 4 in its last place; with digits cut off, another one in the 19th digit, which
  // is at most 32 of the upper word. It matters only when it may reach from below the half to it or past it.
  const uint64_t reach = literal.truncated ? 33 : 1;
  if (drop > 65 || (drop == 65 && topHigh < 0 - reach))
    return Float(0); // below half of the least value
  uint64_t fraction = 0;
  bool above = false, nearHalf = true;
  if (drop < 65) {
    fraction = drop == 64 ? 0 : topHigh >> drop;
    const uint64_t rest = drop == 64 ? topHigh : topHigh & ((uint64_t(1) << drop) - 1);
    const uint64_t half = uint64_t(1) << (drop - 1);
    above = rest >= half;
    nearHalf = rest <= half && half - rest <= reach;
    if (!literal.truncated)
      nearHalf = (rest == half && topLow == 0) || (rest + 1 == half && topLow >= 0 - uint64_t(4));
  }
  bool up = above;
  if (nearHalf) {
    const int order = compareWithHalf(literal, fraction, exponent);
    up = order > 0 || (order == 0 && fraction % 2 != 0);
  }
  return assemble<Float>(fraction + up, exponent);
}

template <typename Float> int32_t parseFloat(const char *text, Float *result) {
  Cursor cursor = cursorOf(text);
  Cursor unsignedPart = cursor;
  const bool minus = unsignedPart.takeSign();
  if (unsignedPart.isWord("nan")) {
    *result = Float(__builtin_nan(""));
    return kDone;
  }
  if (unsignedPart.isWord("infinity")) {
    *result = Float(minus ? -__builtin_inf() : __builtin_inf());
    return kDone;
  }
  Literal literal;
  if (!readLiteral(cursor, literal))
    return kNoNumber;
  const Float value = convert<Float>(literal);
  *result = literal.negative ? -value : value;
  return kDone;
}

} // namespace

I32 dr_parse_i64(Str text, I64 least, I64 greatest, Ptr result) {
  Cursor cursor = cursorOf(text);
  const bool negative = cursor.takeSign();
  uint64_t magnitude = 0;
  if (const Outcome outcome = readMagnitude(cursor, magnitude); outcome != kDone)
    return outcome;
  if (magnitude > (uint64_t(1) << 63) - !negative)
    return kOutOfRange;
  const int64_t value = int64_t(negative ? 0 - magnitude : magnitude);
  if (value < least || value > greatest)
    return kOutOfRange;
  *static_cast<int64_t *>(result) = value;
  return kDone;
}

I32 dr_parse_u64(Str text, U64 greatest, Ptr result) {
  Cursor cursor = cursorOf(text);
  const bool negative = cursor.takeSign();
  uint64_t magnitude = 0;
  if (const Outcome outcome = readMagnitude(cursor, magnitude); outcome != kDone)
    return outcome;
  if (magnitude > greatest || (negative && magnitude != 0))
    return kOutOfRange;
  *static_cast<uint64_t *>(result) = magnitude;
  return kDone;
}

I32 dr_parse_f64(Str text, Ptr result) { return parseFloat(text, static_cast<double *>(result)); }
I32 dr_parse_f32(Str text, Ptr result) { return parseFloat(text, static_cast<float *>(result)); }

} // namespace dream::rt
