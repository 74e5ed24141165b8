// Strings: joining, sharing, comparing, searching, cutting, UTF-8.
#include "test/unit/runtime/program.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace dream::rt;
using namespace dream::rt::test;

namespace {

TEST(Strings, EndInANulAndAreAligned) {
  for (size_t length : {0, 1, 14, 15, 16, 17, 511, 40000}) {
    char *string = newText(std::string(length, 'x'));
    EXPECT_EQ(arrayHeaderOf(string).length, length);
    EXPECT_EQ(string[length], 0);
    EXPECT_EQ(uintptr_t(string) % 16, 0u);
    dr_release_any(string);
  }
}

TEST(Strings, ConcatCopiesOnlyWhatItMust) {
  char *a = newText("foo "), *b = newText("bar"), *none = newText("");
  EXPECT_EQ(take(dr_str_concat(a, b)), "foo bar");
  EXPECT_EQ(take(dr_str_concat(nullptr, nullptr)), "");
  char *same = dr_str_concat(a, none);
  EXPECT_EQ(same, a);
  EXPECT_EQ(dr_ref_count(a), 2);
  dr_release_any(same);
  same = dr_str_concat(nullptr, b);
  EXPECT_EQ(same, b);
  dr_release_any(same);
  const char *parts[] = {a, b, nullptr, none, a};
  EXPECT_EQ(take(dr_str_concat_n(parts, 5)), "foo barfoo ");
  EXPECT_EQ(take(dr_str_concat_n(parts, 0)), "");
  same = dr_str_concat_n(parts + 1, 3);
  EXPECT_EQ(same, b);
  dr_release_any(same);
  dr_release_any(a);
  dr_release_any(b);
}

TEST(Strings, AppendGrowsInPlaceWhenUnique) {
  char *text = newText("x");
  std::string expected = "x";
  int moves = 0;
  char *piece = newText("abc");
  for (int i = 0; i < 10000; ++i) {
    char *before = text;
    text = dr_str_append(text, piece);
    moves += text != before;
    expected += "abc";
  }
  EXPECT_EQ(view(text), expected);
  EXPECT_LT(moves, 40);
  dr_retain_any(text);
  char *longer = dr_str_append(text, piece);
  EXPECT_NE(longer, text);
  EXPECT_EQ(view(text), expected);
  EXPECT_EQ(view(longer), expected + "abc");
  longer = dr_str_append(longer, longer);
  EXPECT_EQ(view(longer), expected + "abc" + expected + "abc");
  EXPECT_EQ(take(dr_str_append(nullptr, piece)), "abc");
  EXPECT_EQ(take(dr_str_append(newText(""), piece)), "abc");
  EXPECT_EQ(take(dr_str_append(newText("q"), nullptr)), "q");
  dr_release_any(text);
  dr_release_any(longer);
  dr_release_any(piece);
}

TEST(Strings, EqualCompareHash) {
  std::vector<std::string> texts = {"", "a", "aa", "ab", "b", "abcdefgh", "abcdefghi", "abcdefgi", "Zebra", "\xC3\xA9"};
  for (const std::string &x : texts)
    for (const std::string &y : texts) {
      char *a = newText(x), *b = newText(y);
      EXPECT_EQ(dr_str_equal(a, b), x == y);
      EXPECT_EQ(dr_str_compare(a, b), x < y ? -1 : x > y);
      if (x == y) {
        EXPECT_EQ(dr_str_hash(a), dr_str_hash(b));
      }
      EXPECT_EQ(dr_str_starts_with(a, b), x.starts_with(y));
      EXPECT_EQ(dr_str_ends_with(a, b), x.ends_with(y));
      dr_release_any(a);
      dr_release_any(b);
    }
  EXPECT_TRUE(dr_str_equal(nullptr, nullptr));
  EXPECT_EQ(dr_str_hash(nullptr), dr_str_hash(dr_str_of_c(nullptr)));
}

TEST(Strings, HashesSpread) {
  std::set<int32_t> hashes;
  std::vector<int> buckets(1024);
  for (int i = 0; i < 100000; ++i) {
    char *text = newText("key" + std::to_string(i));
    const int32_t hash = dr_str_hash(text);
    hashes.insert(hash);
    ++buckets[size_t(hash & 1023)];
    dr_release_any(text);
  }
  EXPECT_GE(hashes.size(), 99990u);
  for (int count : buckets) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 160);
  }
}

TEST(Strings, SearchAgreesWithTheStandardLibrary) {
  std::mt19937 random(3);
  for (int turn = 0; turn < 20000; ++turn) {
    std::string text, needle;
    for (unsigned n = random() % 60; n; --n)
      text += char('a' + random() % 3);
    for (unsigned n = random() % 6; n; --n)
      needle += char('a' + random() % 3);
    char *a = newText(text), *b = newText(needle);
    for (size_t from : {size_t(0), size_t(1), text.size() / 2, text.size(), text.size() + 1}) {
      const size_t expected = from > text.size() ? std::string::npos : text.find(needle, from);
      ASSERT_EQ(dr_str_index_of(a, b, int64_t(from)), expected == std::string::npos ? -1 : int64_t(expected));
    }
    const size_t last = text.rfind(needle);
    ASSERT_EQ(dr_str_last_index_of(a, b), last == std::string::npos ? -1 : int64_t(last));
    dr_release_any(a);
    dr_release_any(b);
  }
}

TEST(Strings, SearchStaysLinear) {
  char *text = newText(std::string(2'000'000, 'a')), *needle = newText(std::string(100'000, 'a') + "b");
  EXPECT_EQ(dr_str_index_of(text, needle, 0), -1);
  char *found = newText(std::string(1'000'000, 'a') + std::string(500, 'a') + "b" + "cc");
  char *tail = newText(std::string(2000, 'a') + "bc");
  EXPECT_EQ(dr_str_index_of(found, tail, 0), 1'000'500 - 2000);
  for (char *string : {text, needle, found, tail})
    dr_release_any(string);
}

TEST(Strings, Substrings) {
  char *text = newText("h\xC3\xA9llo");
  EXPECT_EQ(take(dr_str_substring(text, 0, 1, nullptr)), "h");
  EXPECT_EQ(take(dr_str_substring(text, 1, 2, nullptr)), "\xC3\xA9");
  EXPECT_EQ(take(dr_str_substring(text, 6, 0, nullptr)), "");
  char *whole = dr_str_substring(text, 0, 6, nullptr);
  EXPECT_EQ(whole, text);
  dr_release_any(whole);
  char place[] = "s.dr:1:2";
  EXPECT_EXIT(dr_str_substring(text, 0, 2, place), testing::ExitedWithCode(134),
              "panic: a substring would cut a character in two at byte 2");
  EXPECT_EXIT(dr_str_substring(text, 4, 3, place), testing::ExitedWithCode(134), "panic: range 4..7 is outside the length 6");
  EXPECT_EXIT(dr_str_substring(text, -1, 3, place), testing::ExitedWithCode(134), "panic: range -1..2");
  EXPECT_EXIT(dr_str_substring(text, 1, INT64_MAX, place), testing::ExitedWithCode(134), "panic: range 1..");
  dr_release_any(text);
}

TEST(Strings, DecodingWalksScalars) {
  char *text = newText("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
  std::vector<uint32_t> scalars;
  for (int64_t at = 0; at < arrayHeaderOf(text).length;) {
    const uint64_t decoded = dr_str_decode(text, at);
    scalars.push_back(uint32_t(decoded));
    at += int64_t(decoded >> 32);
  }
  EXPECT_EQ(scalars, (std::vector<uint32_t>{'a', 0xE9, 0x20AC, 0x1F600, 'z'}));
  EXPECT_EQ(dr_str_char_count(text), 5);
  dr_release_any(text);
}

TEST(Strings, EveryScalarEncodesAndDecodes) {
  for (uint32_t scalar = 0; scalar < 0x110000; ++scalar) {
    if (scalar >= 0xD800 && scalar < 0xE000)
      continue;
    char *text = dr_str_of_char(scalar);
    const uint64_t decoded = dr_str_decode(text, 0);
    ASSERT_EQ(uint32_t(decoded), scalar);
    ASSERT_EQ(decoded >> 32, arrayHeaderOf(text).length);
    char *again = newText(view(text));
    ASSERT_TRUE(dr_str_equal(text, again)) << "well-formed text is taken as it is";
    dr_release_any(text);
    dr_release_any(again);
  }
}

TEST(Strings, IllFormedBytesBecomeReplacements) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(take(newText("a\xFFz")), "a" + r + "z");
  EXPECT_EQ(take(newText("\xC3")), r);
  EXPECT_EQ(take(newText("\xE2\x82z")), r + "z");          // one for the broken sequence
  EXPECT_EQ(take(newText("\xC0\x80")), r + r);              // overlong
  EXPECT_EQ(take(newText("\xED\xA0\x80")), r + r + r);      // a surrogate
  EXPECT_EQ(take(newText("\xF4\x90\x80\x80")), r + r + r + r); // too large
  EXPECT_EQ(take(dr_str_of_c(const_cast<char *>("ok"))), "ok");
}

TEST(Strings, Padding) {
  EXPECT_EQ(take(dr_str_pad(newText("ab"), 5)), "   ab");
  EXPECT_EQ(take(dr_str_pad(newText("ab"), -5)), "ab   ");
  EXPECT_EQ(take(dr_str_pad(newText("abcdef"), 5)), "abcdef");
  EXPECT_EQ(take(dr_str_pad(newText("\xC3\xA9"), 3)), "  \xC3\xA9");
  EXPECT_EQ(take(dr_str_pad(nullptr, 2)), "  ");
}

TEST(Strings, RepeatAndCase) {
  char *ab = newText("aB"), *dash = newText("-"), *plain = newText("xyz1");
  EXPECT_EQ(take(dr_str_repeat(ab, 3)), "aBaBaB");
  EXPECT_EQ(take(dr_str_repeat(dash, 20)), std::string(20, '-'));
  EXPECT_EQ(take(dr_str_repeat(ab, 0)), "");
  EXPECT_EXIT(dr_str_repeat(ab, -1), testing::ExitedWithCode(134), "cannot be repeated -1 times");
  EXPECT_EXIT(dr_str_repeat(ab, INT64_MAX), testing::ExitedWithCode(134), "is too long");
  EXPECT_EQ(take(dr_str_to_upper(ab)), "AB");
  EXPECT_EQ(take(dr_str_to_lower(ab)), "ab");
  char *mixed = newText("aß→Ж\xC8\xBA!"); // the last letter takes more bytes when it is small
  EXPECT_EQ(take(dr_str_to_upper(mixed)), "Aß→Ж\xC8\xBA!");
  EXPECT_EQ(take(dr_str_to_lower(mixed)), "aß→ж\xE2\xB1\xA5!");
  dr_release_any(mixed);
  EXPECT_EQ(dr_char_to_upper(0x131), 0x131u); // nothing beyond ASCII becomes ASCII
  EXPECT_EQ(dr_char_category('x'), 1u);
  EXPECT_EQ(dr_char_category(0x10FFFF), 29u);
  char *same = dr_str_to_lower(plain);
  EXPECT_EQ(same, plain);
  for (char *string : {ab, dash, plain, same})
    dr_release_any(string);
}

TEST(Strings, SmallResultsAreStatic) {
  EXPECT_EQ(dr_ref_count(dr_str_of_char('x')), -1);
  EXPECT_EQ(dr_ref_count(dr_str_of_bool(true)), -1);
  EXPECT_EQ(take(dr_str_of_bool(true)), "true");
  EXPECT_EQ(take(dr_str_of_bool(false)), "false");
  EXPECT_EQ(take(dr_str_of_i64(7)), "7");
}

} // namespace
