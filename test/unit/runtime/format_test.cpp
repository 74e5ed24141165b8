// Numbers to text: known values of .NET's invariant culture, the C library for what it can do, and the standard
// library's shortest digits.
#include "runtime/text/text.h"
#include "test/unit/runtime/program.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

std::string shown(double value) { return take(dr_str_of_f64(value)); }
std::string shown(float value) { return take(dr_str_of_f32(value)); }
std::string format(double value, const char *how) {
  char *text = newText(how);
  std::string result = take(dr_format_f64(value, text));
  dr_release_any(text);
  return result;
}
std::string format(float value, const char *how) {
  char *text = newText(how);
  std::string result = take(dr_format_f32(value, text));
  dr_release_any(text);
  return result;
}
std::string format(int64_t value, const char *how, uint32_t bits = 32) {
  char *text = newText(how);
  std::string result = take(dr_format_i64(value, bits, text));
  dr_release_any(text);
  return result;
}
std::string formatUnsigned(uint64_t value, const char *how, uint32_t bits = 64) {
  char *text = newText(how);
  std::string result = take(dr_format_u64(value, bits, text));
  dr_release_any(text);
  return result;
}

TEST(Format, PlainIntegers) {
  for (int64_t value : {int64_t(0), int64_t(5), int64_t(10), int64_t(-1), int64_t(1234567890123), INT64_MIN, INT64_MAX})
    EXPECT_EQ(take(dr_str_of_i64(value)), std::to_string(value));
  EXPECT_EQ(take(dr_str_of_u64(UINT64_MAX)), "18446744073709551615");
}

TEST(Format, PlainDoubles) {
  EXPECT_EQ(shown(3.5), "3.5");
  EXPECT_EQ(shown(5.0), "5");
  EXPECT_EQ(shown(-60.0), "-60");
  EXPECT_EQ(shown(0.1), "0.1");
  EXPECT_EQ(shown(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(shown(1e20), "1E+20");
  EXPECT_EQ(shown(1e15), "1E+15");
  EXPECT_EQ(shown(1e14), "100000000000000");
  EXPECT_EQ(shown(123456789012345.0), "123456789012345");
  EXPECT_EQ(shown(1234567890123456.0), "1234567890123456");
  EXPECT_EQ(shown(123456789012345680.0), "1.2345678901234568E+17");
  EXPECT_EQ(shown(0.0001), "0.0001");
  EXPECT_EQ(shown(0.00001), "1E-05");
  EXPECT_EQ(shown(0.000012345), "1.2345E-05");
  EXPECT_EQ(shown(0.0), "0");
  EXPECT_EQ(shown(-0.0), "-0");
  EXPECT_EQ(shown(std::nan("")), "NaN");
  EXPECT_EQ(shown(-std::nan("")), "NaN");
  EXPECT_EQ(shown(INFINITY + 0.0), "Infinity");
  EXPECT_EQ(shown(-INFINITY + 0.0), "-Infinity");
  EXPECT_EQ(shown(std::numeric_limits<double>::max()), "1.7976931348623157E+308");
  EXPECT_EQ(shown(std::numeric_limits<double>::denorm_min()), "5E-324");
  EXPECT_EQ(shown(std::numeric_limits<double>::min()), "2.2250738585072014E-308");
  EXPECT_EQ(shown(M_PI), "3.141592653589793");
  EXPECT_EQ(shown(9007199254740993.0), "9007199254740992");
}

TEST(Format, PlainFloats) {
  EXPECT_EQ(shown(3.5f), "3.5");
  EXPECT_EQ(shown(0.1f), "0.1");
  EXPECT_EQ(shown(1.0f / 3), "0.33333334");
  EXPECT_EQ(shown(16777216.0f), "16777216");
  EXPECT_EQ(shown(1e7f), "1E+07");
  EXPECT_EQ(shown(1234567.0f), "1234567");
  EXPECT_EQ(shown(std::numeric_limits<float>::max()), "3.4028235E+38");
  EXPECT_EQ(shown(std::numeric_limits<float>::denorm_min()), "1E-45");
  EXPECT_EQ(shown(-0.0f), "-0");
}

TEST(Format, Integers) {
  EXPECT_EQ(format(int64_t(42), ""), "42");
  EXPECT_EQ(format(int64_t(42), "D5"), "00042");
  EXPECT_EQ(format(int64_t(-42), "D5"), "-00042");
  EXPECT_EQ(format(int64_t(-42), "d"), "-42");
  EXPECT_EQ(format(int64_t(0), "D"), "0");
  EXPECT_EQ(format(int64_t(0), "D3"), "000");
  EXPECT_EQ(format(int64_t(1234567), "N0"), "1,234,567");
  EXPECT_EQ(format(int64_t(-1234567), "N"), "-1,234,567.00");
  EXPECT_EQ(format(int64_t(999), "N0"), "999");
  EXPECT_EQ(format(int64_t(1234), "F2"), "1234.00");
  EXPECT_EQ(format(int64_t(12345), "E2"), "1.23E+004");
  EXPECT_EQ(format(int64_t(12355), "E2"), "1.24E+004"); // integers round half up
  EXPECT_EQ(format(int64_t(12345), "e"), "1.234500e+004");
  EXPECT_EQ(format(int64_t(0), "E"), "0.000000E+000");
  EXPECT_EQ(format(int64_t(12345), "G3"), "1.23E+04");
  EXPECT_EQ(format(int64_t(12345), "G5"), "12345");
  EXPECT_EQ(format(int64_t(12345), "G0"), "12345");
  EXPECT_EQ(format(int64_t(1), "P"), "100.00 %");
  EXPECT_EQ(format(int64_t(-5), "P0"), "-500 %");
  EXPECT_EQ(format(int64_t(255), "X"), "FF");
  EXPECT_EQ(format(int64_t(255), "x4"), "00ff");
  EXPECT_EQ(format(int64_t(-1), "X", 32), "FFFFFFFF");
  EXPECT_EQ(format(int64_t(-1), "X", 64), "FFFFFFFFFFFFFFFF");
  EXPECT_EQ(format(int64_t(-1), "X", 8), "FF");
  EXPECT_EQ(format(int64_t(5), "B"), "101");
  EXPECT_EQ(format(int64_t(5), "B8"), "00000101");
  EXPECT_EQ(format(int64_t(-1), "B", 16), "1111111111111111");
  EXPECT_EQ(format(int64_t(0), "X"), "0");
  EXPECT_EQ(format(INT64_MIN, "N0", 64), "-9,223,372,036,854,775,808");
  EXPECT_EQ(formatUnsigned(UINT64_MAX, "N0"), "18,446,744,073,709,551,615");
  EXPECT_EQ(formatUnsigned(UINT64_MAX, "X"), "FFFFFFFFFFFFFFFF");
  EXPECT_EQ(format(int64_t(3), "D999"), std::string(998, '0') + "3");
}

TEST(Format, Doubles) {
  EXPECT_EQ(format(3.14159, "F2"), "3.14");
  EXPECT_EQ(format(3.14159, "F"), "3.14");
  EXPECT_EQ(format(3.14159, "F0"), "3");
  EXPECT_EQ(format(2.5, "F0"), "2"); // ties to even since .NET Core 3
  EXPECT_EQ(format(3.5, "F0"), "4");
  EXPECT_EQ(format(0.5, "F0"), "0");
  EXPECT_EQ(format(1.5, "F0"), "2");
  EXPECT_EQ(format(0.125, "F2"), "0.12");
  EXPECT_EQ(format(0.0046, "F2"), "0.00");
  EXPECT_EQ(format(2.345, "F2"), "2.35"); // 2.345 lies above the tie
  EXPECT_EQ(format(1234.5, "G4"), "1234");
  EXPECT_EQ(format(9.999, "F2"), "10.00");
  EXPECT_EQ(format(-0.001, "F2"), "-0.00");
  EXPECT_EQ(format(-0.0, "F1"), "-0.0");
  EXPECT_EQ(format(1234567.891, "N2"), "1,234,567.89");
  EXPECT_EQ(format(1234567.891, "n1"), "1,234,567.9");
  EXPECT_EQ(format(-1234.5, "N"), "-1,234.50");
  EXPECT_EQ(format(0.1234, "P"), "12.34 %");
  EXPECT_EQ(format(0.1234, "P1"), "12.3 %");
  EXPECT_EQ(format(-0.5, "P0"), "-50 %");
  EXPECT_EQ(format(12.345, "P0"), "1,235 %"); // 12.345 lies above the tie
  EXPECT_EQ(format(12.125, "P1"), "1,212.5 %");
  EXPECT_EQ(format(0.125, "P0"), "12 %");
  EXPECT_EQ(format(12345.6789, "E"), "1.234568E+004");
  EXPECT_EQ(format(12345.6789, "E2"), "1.23E+004");
  EXPECT_EQ(format(12345.6789, "e0"), "1e+004");
  EXPECT_EQ(format(9.9999, "E1"), "1.0E+001");
  EXPECT_EQ(format(1e-300, "E1"), "1.0E-300");
  EXPECT_EQ(format(0.0, "E2"), "0.00E+000");
  EXPECT_EQ(format(-0.0, "E2"), "-0.00E+000");
  EXPECT_EQ(format(12345.6789, "G"), "12345.6789");
  EXPECT_EQ(format(12345.6789, "G3"), "1.23E+04");
  EXPECT_EQ(format(12345.6789, "g3"), "1.23e+04");
  EXPECT_EQ(format(0.00012345, "G2"), "0.00012");
  EXPECT_EQ(format(0.000012345, "G2"), "1.2E-05");
  EXPECT_EQ(format(100.0, "G2"), "1E+02");
  EXPECT_EQ(format(0.1, "G17"), "0.10000000000000001");
  EXPECT_EQ(format(0.1, "F20"), "0.10000000000000000555");
  EXPECT_EQ(format(0.1, "F60"), "0.100000000000000005551115123125782702118158340454101562500000");
  EXPECT_EQ(format(1e22, "F0"), "10000000000000000000000");
  EXPECT_EQ(format(1e22, "N0"), "10,000,000,000,000,000,000,000");
  EXPECT_EQ(format(std::nan(""), "F2"), "NaN");
  EXPECT_EQ(format(INFINITY + 0.0, "E5"), "Infinity");
  EXPECT_EQ(format(221.2578125f, "G9"), "221.257812");
  EXPECT_EQ(format(0.1f, "F10"), "0.1000000015");
  EXPECT_EQ(format(0.1f, "G"), "0.1");
  EXPECT_EQ(format(std::numeric_limits<double>::max(), "P999").size(), 311u + 103 + 1 + 999 + 2);
}

TEST(Format, WhichFormatsAreValid) {
  auto valid = [](const char *text, bool forFloat) {
    char *string = newText(text);
    const bool result = dr_format_valid(string, forFloat);
    dr_release_any(string);
    return result;
  };
  for (const char *good : {"", "D", "d3", "E", "F2", "g17", "N0", "P", "X8", "b", "F999", "0.00", "#", "2", " F", "F2x"}) // the last ones are pictures
    EXPECT_TRUE(valid(good, false)) << good;
  for (const char *bad : {"Q", "D1000", "C"})
    EXPECT_FALSE(valid(bad, false)) << bad;
  for (const char *bad : {"D", "X2", "b"})
    EXPECT_FALSE(valid(bad, true)) << bad;
  EXPECT_TRUE(dr_format_valid(nullptr, true));
  EXPECT_EXIT(format(1.0, "D2"), testing::ExitedWithCode(134), "panic: \"D2\" is not a number format");
}

double randomDouble(std::mt19937_64 &random) {
  for (;;) {
    uint64_t bits = random();
    double value;
    memcpy(&value, &bits, 8);
    if (std::isfinite(value))
      return value;
  }
}

/// The significant digits and the decimal exponent of any of the forms.
std::pair<std::string, int> digitsOf(std::string_view text) {
  std::string digits;
  int point = 0, exponent = 0;
  bool fraction = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.')
      fraction = true;
    else if (c == 'e' || c == 'E') {
      std::string_view rest = text.substr(i + 1);
      if (rest.starts_with('+'))
        rest.remove_prefix(1);
      std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
      break;
    } else if (c >= '0' && c <= '9') {
      point += !fraction && !(digits.empty() && c == '0');
      point -= fraction && digits.empty() && c == '0';
      if (!(digits.empty() && c == '0'))
        digits += c;
    }
  }
  while (!digits.empty() && digits.back() == '0')
    digits.pop_back();
  return {digits, digits.empty() ? 0 : point + exponent};
}

template <typename Float> void expectShortest(Float value) {
  char ours[32], theirs[64];
  const size_t length = writeShortest(ours, value);
  const auto end = std::to_chars(theirs, theirs + sizeof(theirs), value, std::chars_format::scientific);
  const auto a = digitsOf({ours, length}), b = digitsOf({theirs, size_t(end.ptr - theirs)});
  ASSERT_EQ(a, b) << std::string(ours, length) << " against " << std::string(theirs, end.ptr);
}

TEST(Format, ShortestAgreesWithTheStandardLibrary) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1'000'000; ++i)
    expectShortest(randomDouble(random));
  for (int e = -1074; e < 1024; ++e) // powers of two: their neighbours are unevenly far away
    for (double value : {std::ldexp(1.0, e), std::nextafter(std::ldexp(1.0, e), 0.0), std::ldexp(3.0, e - 2)})
      expectShortest(value);
  for (int e = -320; e <= 308; ++e)
    expectShortest(std::strtod(("1e" + std::to_string(e)).c_str(), nullptr));
  for (int i = 0; i < 1'000'000; ++i) {
    const uint32_t bits = uint32_t(random());
    float value;
    memcpy(&value, &bits, 4);
    if (std::isfinite(value))
      expectShortest(value);
  }
  for (int i = 0; i < 100'000; ++i) // short decimals and integers
    expectShortest(double(int64_t(random() % 2000000) - 1000000) / double(1 + random() % 1000));
}

TEST(Format, DigitsAgreeWithTheCLibrary) {
  std::mt19937_64 random(12);
  char expected[2048];
  for (int i = 0; i < 200'000; ++i) {
    double value = i % 3 == 0 ? randomDouble(random)
                   : i % 3 == 1 ? double(int64_t(random() % 2000001) - 1000000) / 64 // many ties
                                : double(int64_t(random())) / double(random() | 1);
    const int precision = int(random() % 25);
    snprintf(expected, sizeof(expected), "%.*f", precision, value);
    ASSERT_EQ(format(value, ("F" + std::to_string(precision)).c_str()), expected) << value;
    snprintf(expected, sizeof(expected), "%.*E", precision, value);
    std::string ours = format(value, ("E" + std::to_string(precision)).c_str());
    const size_t e = ours.find('E');
    if (ours[e + 2] == '0')
      ours.erase(e + 2, 1); // .NET writes three digits
    ASSERT_EQ(ours, expected) << value;
    snprintf(expected, sizeof(expected), "%.*g", precision + 1, value);
    ASSERT_EQ(digitsOf(format(value, ("G" + std::to_string(precision + 1)).c_str())), digitsOf(expected)) << value;
  }
}

} // namespace
