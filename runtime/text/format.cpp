// Numbers to text, as .NET writes them in its invariant culture: the plain forms, and the formats D E F G N P X B.
#include "runtime/abi/entries.h"
#include "runtime/panic/panic.h"
#include "runtime/text/digits.h"
#include "runtime/text/text.h"

namespace dream::rt {

namespace {

struct Format {
  char letter;   ///< Upper case; 0 for a picture (pictures.cpp).
  bool lower;    ///< The letter was lower case: so are X's digits and E's sign of the exponent.
  int precision; ///< −1: not given.
  bool valid;
};

Format parseFormat(const char *format, bool forFloat) {
  const size_t length = lengthOf(format);
  if (length == 0)
    return {'G', false, -1, true};
  Format parsed{format[0], false, -1, false};
  if (parsed.letter >= 'a' && parsed.letter <= 'z') {
    parsed.lower = true;
    parsed.letter = char(parsed.letter - 'a' + 'A');
  }
  bool isPicture = (parsed.letter < 'A' || parsed.letter > 'Z');
  for (size_t i = 1; i < length; ++i)
    isPicture |= format[i] < '0' || format[i] > '9';
  if (isPicture)
    return {0, false, -1, true};
  if (length > 4)
    return parsed;
  for (size_t i = 1; i < length; ++i) {
    parsed.precision = (i == 1 ? 0 : parsed.precision) * 10 + (format[i] - '0');
  }
  switch (parsed.letter) {
  case 'E':
  case 'F':
  case 'G':
  case 'N':
  case 'P':
    parsed.valid = true;
    break;
  case 'D':
  case 'X':
  case 'B':
    parsed.valid = !forFloat;
    break;
  }
  return parsed;
}

Format validFormat(const char *format, bool forFloat) {
  const Format parsed = parseFormat(format, forFloat);
  if (!parsed.valid) {
    Message message;
    message << "\"" << (format ? format : "") << "\" is not a number format";
    panic(message);
  }
  return parsed;
}

/// The text being built. The longest is P999 of the greatest double: 311 digits, 103 commas, a point, 999 digits, " %".
struct Output {
  char text[1536];
  size_t length = 0;

  void put(char c) { text[length++] = c; }
  void put(const char *s) {
    while (*s)
      put(*s++);
  }
  void zeros(int count) {
    while (count-- > 0)
      put('0');
  }
  char *toString(void *region) const { return newStringOf(text, length, region); }
};

/// "12,345" or "12345": the part before the point.
void putWhole(Output &out, const Digits &number, bool grouped) {
  if (number.point <= 0)
    return out.put('0');
  for (int i = 0; i < number.point; ++i) {
    if (grouped && i > 0 && (number.point - i) % 3 == 0)
      out.put(',');
    out.put(i < number.count ? number.digits[i] : '0');
  }
}

/// ".123" with exactly `places` digits.
void putFraction(Output &out, const Digits &number, int places) {
  if (places <= 0)
    return;
  out.put('.');
  for (int i = 0; i < places; ++i) {
    const int at = number.point + i;
    out.put(at >= 0 && at < number.count ? number.digits[at] : '0');
  }
}

void putExponent(Output &out, int exponent, char letter, int leastDigits) {
  out.put(letter);
  out.put(exponent < 0 ? '-' : '+');
  char digits[8];
  int count = 0;
  for (int rest = exponent < 0 ? -exponent : exponent; rest || count < leastDigits; rest /= 10)
    digits[count++] = char('0' + rest % 10);
  while (count > 0)
    out.put(digits[--count]);
}

/// "1.5E+20" or "0.0001": at most `most` digits before the form with an exponent is used.
void putGeneral(Output &out, const Digits &number, int most, bool lower) {
  if (number.count > 0 && (number.point > most || number.point < -3)) {
    out.put(number.digits[0]);
    if (number.count > 1) {
      out.put('.');
      for (int i = 1; i < number.count; ++i)
        out.put(number.digits[i]);
    }
    putExponent(out, number.point - 1, lower ? 'e' : 'E', 2);
    return;
  }
  putWhole(out, number, false);
  putFraction(out, number, number.count - number.point);
}

/// E, F, N and P of a number whose digits are all known.
void putFixedForms(Output &out, Digits &number, const Format &format, bool tiesToEven) {
  const int precision = format.precision;
  switch (format.letter) {
  case 'E': {
    const int places = precision < 0 ? 6 : precision;
    number.round(places + 1, tiesToEven);
    if (number.negative)
      out.put('-');
    out.put(number.count > 0 ? number.digits[0] : '0');
    const int exponent = number.count > 0 ? number.point - 1 : 0;
    number.point = 1;
    putFraction(out, number, places);
    putExponent(out, exponent, format.lower ? 'e' : 'E', 3);
    return;
  }
  case 'P':
    if (number.count > 0)
      number.point += 2;
    [[fallthrough]];
  default: {
    const int places = precision < 0 ? 2 : precision;
    number.round(number.point + places, tiesToEven);
    if (number.negative && (tiesToEven || number.count > 0)) // integers know no −0
      out.put('-');
    putWhole(out, number, format.letter != 'F');
    putFraction(out, number, places);
    if (format.letter == 'P')
      out.put(" %");
    return;
  }
  }
}

/// X and B: the bits, in groups of `bitsPerDigit`.
void putBits(Output &out, uint64_t value, unsigned bitsPerDigit, const Format &format) {
  char digits[64];
  int count = 0;
  const char *names = format.lower ? "0123456789abcdef" : "0123456789ABCDEF";
  for (; value; value >>= bitsPerDigit)
    digits[count++] = names[value & ((1u << bitsPerDigit) - 1)];
  const int least = format.precision > 1 ? format.precision : 1;
  out.zeros(least - count);
  while (count > 0)
    out.put(digits[--count]);
}

char *formatInteger(bool negative, uint64_t magnitude, uint64_t bitPattern, uint32_t bits, const char *text, void *region) {
  const Format format = validFormat(text, false);
  Output out;
  Digits number;
  number.setInteger(magnitude);
  number.negative = negative;
  switch (format.letter) {
  case 0: return formatPicture(number, text, false, region);
  case 'X':
  case 'B':
    if (bits < 64)
      bitPattern &= (uint64_t(1) << bits) - 1;
    putBits(out, bitPattern, format.letter == 'X' ? 4 : 1, format);
    break;
  case 'D':
  case 'G':
    if (negative)
      out.put('-');
    if (format.letter == 'G' && format.precision > 0) {
      number.round(format.precision, false);
      putGeneral(out, number, format.precision, format.lower);
      break;
    }
    if (format.letter == 'D')
      out.zeros(format.precision - (number.count ? number.count : 1));
    putWhole(out, number, false);
    break;
  default:
    putFixedForms(out, number, format, false);
  }
  return out.toString(region);
}

/// NaN and the infinities, which no format changes; false for finite values.
bool putNonFinite(Output &out, double value) {
  if (value != value)
    out.put("NaN");
  else if (__builtin_isinf(value))
    out.put(value < 0 ? "-Infinity" : "Infinity");
  else
    return false;
  return true;
}

/// The plain form. `usual`: the digits that a number of this type shows before it gets an exponent.
template <typename Float> void putShortest(Output &out, Float value, int usual, bool lower) {
  Digits number;
  number.setShortest(value);
  if (__builtin_signbit(value))
    out.put('-');
  putGeneral(out, number, number.count > usual ? number.count : usual, lower);
}

template <typename Float> char *formatFloat(Float value, int usual, const char *text, void *region) {
  const Format format = validFormat(text, true);
  Output out;
  if (putNonFinite(out, double(value)))
    return out.toString(region);
  if (format.letter == 'G' && format.precision <= 0) {
    putShortest(out, value, usual, format.lower);
    return out.toString(region);
  }
  Digits number;
  number.setExact(double(value));
  number.negative = __builtin_signbit(value);
  if (format.letter == 0) {
    number.round(usual, true); // as .NET does: what lies behind is noise
    return formatPicture(number, text, true, region);
  }
  if (format.letter == 'G') {
    number.round(format.precision, true);
    if (number.negative)
      out.put('-');
    putGeneral(out, number, format.precision, format.lower);
  } else {
    putFixedForms(out, number, format, true);
  }
  return out.toString(region);
}

template <typename Float> size_t writeShortestOf(char *bytes, Float value, int usual) {
  Output out;
  if (!putNonFinite(out, double(value)))
    putShortest(out, value, usual, false);
  __builtin_memcpy(bytes, out.text, out.length);
  return out.length;
}

} // namespace

size_t writeShortest(char *out, double value) { return writeShortestOf(out, value, 15); }
size_t writeShortest(char *out, float value) { return writeShortestOf(out, value, 7); }

size_t writeUnsigned(char *out, uint64_t value) {
  char reversed[20];
  size_t length = 0;
  do
    reversed[length++] = char('0' + value % 10);
  while (value /= 10);
  for (size_t i = 0; i < length; ++i)
    out[i] = reversed[length - 1 - i];
  return length;
}

size_t writeSigned(char *out, int64_t value) {
  if (value >= 0)
    return writeUnsigned(out, uint64_t(value));
  *out = '-';
  return 1 + writeUnsigned(out + 1, 0 - uint64_t(value));
}

OwnStr dr_str_of_i64(I64 value, Ptr region) {
  if (value >= 0 && value <= 9)
    return asciiString(static_cast<unsigned char>('0' + value));
  char bytes[20];
  return newStringOf(bytes, writeSigned(bytes, value), region);
}

OwnStr dr_str_of_u64(U64 value, Ptr region) {
  if (value <= 9)
    return asciiString(static_cast<unsigned char>('0' + value));
  char bytes[20];
  return newStringOf(bytes, writeUnsigned(bytes, value), region);
}

OwnStr dr_str_of_f64(F64 value, Ptr region) {
  char bytes[32];
  return newStringOf(bytes, writeShortest(bytes, value), region);
}

OwnStr dr_str_of_f32(F32 value, Ptr region) {
  char bytes[32];
  return newStringOf(bytes, writeShortest(bytes, value), region);
}

Bool dr_format_valid(Str format, Bool forFloat) { return parseFormat(format, forFloat).valid; }

OwnStr dr_format_i64(I64 value, U32 bits, Str format, Ptr region) {
  return formatInteger(value < 0, value < 0 ? 0 - uint64_t(value) : uint64_t(value), uint64_t(value), bits, format, region);
}
OwnStr dr_format_u64(U64 value, U32 bits, Str format, Ptr region) { return formatInteger(false, value, value, bits, format, region); }
OwnStr dr_format_f64(F64 value, Str format, Ptr region) { return formatFloat(value, 15, format, region); }
OwnStr dr_format_f32(F32 value, Str format, Ptr region) { return formatFloat(value, 7, format, region); }

} // namespace dream::rt
