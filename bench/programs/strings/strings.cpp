// Text: std::string where something is made, std::string_view where something is only looked at.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

static uint32_t state = 42;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return int(state >> 8) % below;
}

static std::string build(int n) {
  std::string text;
  for (int i = 0; i < n; i++) {
    if (i > 0)
      text += ' ';
    text += 'w';
    text += std::to_string(next(5000));
  }
  return text;
}

static std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t stop = text.find(separator, at);
    parts.push_back(text.substr(at, stop - at));
    if (stop == text.npos)
      return parts;
    at = stop + 1;
  }
}

static bool isPalindrome(std::string_view s) { return std::equal(s.begin(), s.begin() + s.size() / 2, s.rbegin()); }

static std::string join(const std::vector<std::string_view> &parts, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < parts.size(); i++) {
    if (i)
      text += separator;
    text += parts[i];
  }
  return text;
}

static std::string replace(std::string_view text, std::string_view old, std::string_view with) {
  std::string made;
  size_t at = 0;
  for (size_t found; (found = text.find(old, at)) != text.npos; at = found + old.size()) {
    made += text.substr(at, found - at);
    made += with;
  }
  return made += text.substr(at);
}

static int countOf(std::string_view text, std::string_view part) {
  int count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
    count++;
  return count;
}

static uint32_t hash(std::string_view text) {
  uint32_t value = 2166136261u;
  for (unsigned char c : text)
    value = (value ^ c) * 16777619u;
  return value;
}

int main(int argc, char **argv) {
  const std::string text = build(argc > 1 ? std::atoi(argv[1]) : 100);
  const auto words = split(text, ' ');
  long sum = 0;
  int palindromes = 0;
  for (std::string_view word : words) {
    const std::string_view digits = word.substr(1);
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    sum += value;
    palindromes += isPalindrome(digits);
  }
  std::string last;
  for (size_t i = 0; i < words.size(); i++) {
    std::string entry(words[i]);
    entry += ':';
    entry += std::to_string(i);
    if (entry > last)
      last = std::move(entry);
  }
  const std::string joined = join(words, ", ");
  const std::string replaced = replace(joined, "w1", "word-1");
  std::string upper = replaced;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  std::printf("%zu %zu %ld %d %s\n", text.size(), words.size(), sum, palindromes, last.c_str());
  std::printf("%zu %zu %d %u\n", joined.size(), replaced.size(), countOf(replaced, "99"), hash(upper));
}
