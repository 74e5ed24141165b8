// Prints and reads random floating-point numbers with the runtime and with the C++ library, and tells of every difference.
//
//     check_floats COUNT [SEED]
//
// Printing: the digits and the exponent must be those of std::to_chars, which are the shortest that read back and, of
// these, the nearest; and reading them must give the value again. Reading: decimal texts of all lengths, among them the
// exact middle between two neighbours and its neighbourhood, must give what strtod gives.
#include "runtime/abi/entries.h"
#include "runtime/text/text.h"

#include <bit>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

using namespace dream::rt;

namespace {

std::mt19937_64 generator;
uint64_t below(uint64_t limit) { return generator() % limit; }

long differences = 0;

void tell(const char *what, const std::string &text, const std::string &mine, const std::string &theirs) {
  if (++differences <= 20)
    std::printf("%s %s: %s, not %s\n", what, text.c_str(), mine.c_str(), theirs.c_str());
}

template <typename Float> struct Of;
template <> struct Of<double> {
  using Bits = uint64_t;
  static constexpr const char *name = "double";
  static int parse(const char *text, double &value) { return dr_parse_f64(text, &value); }
  static double reference(const char *text) { return std::strtod(text, nullptr); }
  static constexpr int leastExponent = -345, greatestExponent = 310;
};
template <> struct Of<float> {
  using Bits = uint32_t;
  static constexpr const char *name = "float";
  static int parse(const char *text, float &value) { return dr_parse_f32(text, &value); }
  static float reference(const char *text) { return std::strtof(text, nullptr); }
  static constexpr int leastExponent = -50, greatestExponent = 40;
};

/// A number's digits without zeros at the ends, and where its point is: "-12.50e3" is -125 and 5.
std::string canonical(const std::string &text) {
  std::string digits;
  long point = 0, exponent = 0;
  bool isNegative = false, isBehindPoint = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-')
      isNegative = true;
    else if (c == '.')
      isBehindPoint = true;
    else if (c == 'e' || c == 'E') {
      exponent = std::atol(text.c_str() + i + 1);
      break;
    } else {
      digits += c;
      point += !isBehindPoint;
    }
  }
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos)
    return isNegative ? "-0" : "0";
  point += exponent - long(first);
  digits = digits.substr(first, digits.find_last_not_of('0') + 1 - first);
  return (isNegative ? "-" : "") + digits + "@" + std::to_string(point);
}

/// Of all sizes alike; whole and simple ones are made often.
template <typename Float> Float randomValue() {
  using Bits = typename Of<Float>::Bits;
  switch (below(8)) {
  case 0: return Float(int64_t(generator()) >> below(64));
  case 1: return Float(int64_t(below(2000000)) - 1000000) / Float(below(2) ? 100 : 1000);
  case 2: return std::bit_cast<Float>(Bits(generator() >> below(64))); // many subnormal ones
  default: return std::bit_cast<Float>(Bits(generator()));
  }
}

/// The string that the runtime reads; one at a time.
template <typename Float> bool read(const std::string &text, Float &value) {
  char *string = dr_str_of_bytes(const_cast<char *>(text.data()), int64_t(text.size()));
  const bool isRead = Of<Float>::parse(string, value) == 0;
  dr_release_any(string);
  return isRead;
}

template <typename Float> bool isSame(Float a, Float b) {
  return std::bit_cast<typename Of<Float>::Bits>(a) == std::bit_cast<typename Of<Float>::Bits>(b);
}

std::string show(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

template <typename Float> void checkPrinting(Float value) {
  if (value - value != 0)
    return; // infinite, or no number: their names are .NET's
  char mine[64], theirs[64];
  const std::string text(mine, writeShortest(mine, value));
  const std::string reference(theirs, std::to_chars(theirs, theirs + sizeof theirs, value, std::chars_format::scientific).ptr);
  if (canonical(text) != canonical(reference))
    tell(Of<Float>::name, reference, text, reference);
  Float back;
  if (!read(text, back) || !isSame(back, value))
    tell("reading back", text, show(back), show(value));
}

template <typename Float> void checkReading(const std::string &text) {
  Float mine, theirs = Of<Float>::reference(text.c_str());
  if (!read(text, mine) || !isSame(mine, theirs))
    tell(Of<Float>::name, text, show(mine), show(theirs));
}

std::string randomDecimal(int leastExponent, int greatestExponent) {
  std::string text = below(2) ? "" : "-";
  const uint64_t length = below(16) == 0 ? 1 + below(800) : 1 + below(25), point = below(length + 1);
  for (uint64_t i = 0; i < length; ++i) {
    if (i == point && i > 0)
      text += '.';
    text += char('0' + below(10));
  }
  return text + "e" + std::to_string(leastExponent + int64_t(below(uint64_t(greatestExponent - leastExponent))) - int64_t(point));
}

/// The exact middle between a value and the next one, and what is a little more or less.
template <typename Float> std::string nearMiddle() {
  using Bits = typename Of<Float>::Bits;
  const Float value = std::bit_cast<Float>(Bits(generator() & (~Bits(0) >> 1)));
  const Float next = std::bit_cast<Float>(Bits(std::bit_cast<Bits>(value) + 1));
  if (next - next != 0)
    return "1";
  // The middle of floats is a double; that of doubles needs a bit more than a double has: long double has it.
  char text[1200];
  std::snprintf(text, sizeof text, "%.1100Lg", ((long double)value + (long double)next) / 2);
  std::string middle = text;
  const size_t e = middle.find('e'), end = e == std::string::npos ? middle.size() : e;
  switch (below(3)) {
  case 0: return middle;
  case 1: return middle.insert(end, middle.find('.') == std::string::npos ? ".0001" : "0001"); // more
  default:
    for (size_t i = end; i-- > 0;) // less
      if (middle[i] > '0' && middle[i] <= '9') {
        --middle[i];
        break;
      }
    return middle;
  }
}

template <typename Float> void checkOne() {
  checkPrinting(randomValue<Float>());
  checkReading<Float>(randomDecimal(Of<Float>::leastExponent, Of<Float>::greatestExponent));
  if (below(8) == 0)
    checkReading<Float>(nearMiddle<Float>());
}

} // namespace

int main(int argc, char **argv) {
  const long count = argc > 1 ? std::atol(argv[1]) : 100000;
  generator.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  for (long i = 0; i < count; ++i) {
    checkOne<double>();
    checkOne<float>();
  }
  std::printf("%ld values of each type printed and read: %ld differ\n", count, differences);
  return differences != 0;
}
