// Text to numbers, against the C library and known values.
#include "test/unit/runtime/program.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

int32_t parse(std::string_view text, int64_t &value, int64_t least = INT64_MIN, int64_t greatest = INT64_MAX) {
  char *string = newText(text);
  const int32_t outcome = dr_parse_i64(string, least, greatest, &value);
  dr_release_any(string);
  return outcome;
}
int32_t parse(std::string_view text, double &value) {
  char *string = newText(text);
  const int32_t outcome = dr_parse_f64(string, &value);
  dr_release_any(string);
  return outcome;
}
int32_t parse(std::string_view text, float &value) {
  char *string = newText(text);
  const int32_t outcome = dr_parse_f32(string, &value);
  dr_release_any(string);
  return outcome;
}

TEST(Parse, Integers) {
  int64_t value = 77;
  EXPECT_EQ(parse("42", value), 0);
  EXPECT_EQ(value, 42);
  EXPECT_EQ(parse("  -17\t\n", value), 0);
  EXPECT_EQ(value, -17);
  EXPECT_EQ(parse("+0005", value), 0);
  EXPECT_EQ(value, 5);
  EXPECT_EQ(parse("9223372036854775807", value), 0);
  EXPECT_EQ(value, INT64_MAX);
  EXPECT_EQ(parse("-9223372036854775808", value), 0);
  EXPECT_EQ(value, INT64_MIN);
  value = 77;
  EXPECT_EQ(parse("9223372036854775808", value), 2);
  EXPECT_EQ(parse("-9223372036854775809", value), 2);
  EXPECT_EQ(parse("99999999999999999999999", value), 2);
  EXPECT_EQ(parse("2147483648", value, INT32_MIN, INT32_MAX), 2);
  EXPECT_EQ(parse("-2147483649", value, INT32_MIN, INT32_MAX), 2);
  EXPECT_EQ(parse("128", value, -128, 127), 2);
  for (const char *bad : {"", " ", "-", "+", "1 2", "12a", "0x10", "1.0", "--1", "1,000", "99999999999999999999999x"})
    EXPECT_EQ(parse(bad, value), 1) << bad;
  EXPECT_EQ(value, 77) << "failures leave the result alone";
  uint64_t natural = 0;
  char *text = newText("18446744073709551615");
  EXPECT_EQ(dr_parse_u64(text, UINT64_MAX, &natural), 0);
  EXPECT_EQ(natural, UINT64_MAX);
  EXPECT_EQ(dr_parse_u64(text, UINT32_MAX, &natural), 2);
  dr_release_any(text);
  text = newText("-0");
  EXPECT_EQ(dr_parse_u64(text, 255, &natural), 0);
  dr_release_any(text);
  text = newText("-1");
  EXPECT_EQ(dr_parse_u64(text, 255, &natural), 2);
  dr_release_any(text);
  EXPECT_EQ(dr_parse_u64(nullptr, 255, &natural), 1);
}

TEST(Parse, Doubles) {
  double value = 0;
  for (auto [text, expected] : std::initializer_list<std::pair<const char *, double>>{
           {"0", 0},
           {"-0", -0.0},
           {"3.5", 3.5},
           {".5", 0.5},
           {"5.", 5},
           {" 1e3 ", 1000},
           {"1E+3", 1000},
           {"-1.5e-3", -0.0015},
           {"1,234,567.25", 1234567.25},
           {"1e400", INFINITY},
           {"-1e400", -INFINITY},
           {"1e-400", 0},
           {"Infinity", INFINITY},
           {"-infinity", -INFINITY},
           {"0e999999999999999999999", 0},
           {"1e-99999999999999999999", 0},
           {"1.7976931348623158e308", 1.7976931348623157e308},
           {"1.797693134862315807e308", 1.7976931348623157e308},
           {"1.797693134862315808e308", INFINITY},
           {"4.9e-324", 4.9e-324},
           {"2.4703282292062327208e-324", 0},
           {"2.4703282292062327209e-324", 4.9e-324},
           {"9007199254740993", 9007199254740992.0},
           {"9007199254740993.0000000000000000000000000000000000001", 9007199254740994.0},
           {"9007199254740992.5", 9007199254740992.0},
           {"8.5e0", 8.5},
       }) {
    ASSERT_EQ(parse(text, value), 0) << text;
    EXPECT_EQ(memcmp(&value, &expected, 8), 0) << text << " gave " << value;
  }
  EXPECT_EQ(parse("nan", value), 0);
  EXPECT_TRUE(std::isnan(value));
  for (const char *bad : {"", ".", "e5", "1e", "1e+", "1.2.3", "1x", "- 1", ",1", "0x1p3", "inf", "1 2"})
    EXPECT_EQ(parse(bad, value), 1) << bad;
}

template <typename Float> Float reference(const std::string &text) {
  if constexpr (sizeof(Float) == 4)
    return strtof(text.c_str(), nullptr);
  else
    return strtod(text.c_str(), nullptr);
}

template <typename Float> void expectSame(const std::string &text) {
  Float ours = 0;
  ASSERT_EQ(parse(text, ours), 0) << text;
  const Float theirs = reference<Float>(text);
  ASSERT_EQ(memcmp(&ours, &theirs, sizeof(Float)), 0) << text << " gave " << ours << ", expected " << theirs;
}

/// The decimal exactly between a double and the next: the hardest texts.
std::string exactMiddle(double value) {
  const long double next = std::nextafter(value, INFINITY);
  char text[1200];
  snprintf(text, sizeof(text), "%.1100Lg", ((long double)value + next) / 2);
  return text;
}

TEST(Parse, RandomTextsAgreeWithTheCLibrary) {
  std::mt19937_64 random(21);
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    const unsigned digits = 1 + unsigned(random() % (i % 10 == 0 ? 60 : 22));
    const unsigned point = unsigned(random() % (digits + 1));
    for (unsigned d = 0; d < digits; ++d) {
      if (d == point)
        text += '.';
      text += char('0' + random() % 10);
    }
    if (i % 2)
      text += "e" + std::to_string(int(random() % 700) - 350);
    else
      text += "e" + std::to_string(int(random() % 90) - 45);
    expectSame<double>(text);
    expectSame<float>(text);
  }
}

TEST(Parse, MiddlesAndTheirNeighbours) {
  std::mt19937_64 random(22);
  for (int i = 0; i < 20'000; ++i) {
    uint64_t bits = random();
    if (i % 4 == 0)
      bits &= (uint64_t(1) << 54) - 1; // subnormal and small
    if (i % 4 == 1)
      bits = (bits & ((uint64_t(1) << 52) - 1)) | uint64_t(1023 + random() % 70) << 52; // near one
    double value;
    memcpy(&value, &bits, 8);
    value = std::fabs(value);
    if (!std::isfinite(value) || !std::isfinite(std::nextafter(value, INFINITY)))
      continue;
    std::string middle = exactMiddle(value);
    expectSame<double>(middle);
    // A hair above and below.
    const size_t e = middle.find('e');
    std::string mantissa = middle.substr(0, e), tail = e == std::string::npos ? "" : middle.substr(e);
    if (mantissa.find('.') == std::string::npos)
      mantissa += '.';
    expectSame<double>(mantissa + "00000000000000000001" + tail);
    expectSame<double>(mantissa + std::string(900, '0') + "1" + tail);
    size_t last = mantissa.find_last_not_of("0.");
    --mantissa[last];
    expectSame<double>(mantissa + "99999999999999999999" + tail);
  }
}

TEST(Parse, ShortestRoundTrip) {
  std::mt19937_64 random(23);
  for (int i = 0; i < 1'000'000; ++i) {
    const uint64_t bits = random();
    double value, back;
    memcpy(&value, &bits, 8);
    if (!std::isfinite(value))
      continue;
    char *text = dr_str_of_f64(value);
    ASSERT_EQ(dr_parse_f64(text, &back), 0);
    ASSERT_EQ(memcmp(&value, &back, 8), 0) << text;
    dr_release_any(text);
    float narrow, narrowBack;
    memcpy(&narrow, &bits, 4);
    if (!std::isfinite(narrow))
      continue;
    text = dr_str_of_f32(narrow);
    ASSERT_EQ(dr_parse_f32(text, &narrowBack), 0);
    ASSERT_EQ(memcmp(&narrow, &narrowBack, 4), 0) << text;
    dr_release_any(text);
  }
}

TEST(Parse, LongTexts) {
  for (unsigned zeros : {0u, 10u, 1000u, 100000u}) {
    expectSame<double>("0." + std::string(zeros, '0') + "123456789012345678901234567890e" + std::to_string(zeros));
    expectSame<double>("1" + std::string(zeros, '0') + "e-" + std::to_string(zeros));
    expectSame<double>(std::string(zeros, '0') + "17.25");
    expectSame<double>("0.5" + std::string(zeros, '0') + "1");
  }
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string digits;
    for (unsigned n = 1 + random() % 1000; n; --n)
      digits += char('0' + random() % 10);
    expectSame<double>("0." + digits);
    expectSame<float>("0." + digits + "e" + std::to_string(int(random() % 80) - 40));
    expectSame<double>(digits + "e-" + std::to_string(random() % 1400));
  }
}

} // namespace
