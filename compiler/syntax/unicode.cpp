// Unicode: UTF-8, the tables of unicode_tables.inc, normal form C.
#include "compiler/syntax/unicode.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

namespace dream::ast {

namespace {
struct CharRange { uint32_t first, last; };
struct Decomposition { uint32_t code, first, second; };
struct Composition { uint32_t first, second, code; };
struct CombiningClass { uint32_t first, last, value; };
#include "compiler/syntax/unicode_tables.inc"

bool contains(llvm::ArrayRef<CharRange> ranges, uint32_t scalar) {
  auto after = std::upper_bound(ranges.begin(), ranges.end(), scalar,
                                [](uint32_t code, const CharRange &range) { return code < range.first; });
  return after != ranges.begin() && scalar <= after[-1].last;
}

// Hangul syllables compose by arithmetic (Unicode, chapter 3.12).
constexpr uint32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr uint32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr uint32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

unsigned combiningClass(uint32_t scalar) {
  llvm::ArrayRef<CombiningClass> rows(kCombiningClasses);
  auto after = std::upper_bound(rows.begin(), rows.end(), scalar,
                                [](uint32_t code, const CombiningClass &row) { return code < row.first; });
  return after != rows.begin() && scalar <= after[-1].last ? after[-1].value : 0;
}

void decompose(uint32_t scalar, llvm::SmallVectorImpl<uint32_t> &out) {
  if (scalar >= kSyllables && scalar < kSyllables + kSyllableCount) {
    uint32_t index = scalar - kSyllables;
    out.push_back(kLeads + index / (kVowelCount * kTailCount));
    out.push_back(kVowels + index / kTailCount % kVowelCount);
    if (index % kTailCount)
      out.push_back(kTails + index % kTailCount);
    return;
  }
  llvm::ArrayRef<Decomposition> rows(kDecompositions);
  auto row = std::lower_bound(rows.begin(), rows.end(), scalar,
                              [](const Decomposition &row, uint32_t code) { return row.code < code; });
  if (row == rows.end() || row->code != scalar) {
    out.push_back(scalar);
    return;
  }
  decompose(row->first, out);
  if (row->second)
    decompose(row->second, out);
}

/// The scalar that the two compose to, or 0.
uint32_t compose(uint32_t first, uint32_t second) {
  if (first >= kLeads && first < kLeads + kLeadCount && second >= kVowels && second < kVowels + kVowelCount)
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
  if (first >= kSyllables && first < kSyllables + kSyllableCount && (first - kSyllables) % kTailCount == 0 &&
      second > kTails && second < kTails + kTailCount)
    return first + (second - kTails);
  llvm::ArrayRef<Composition> rows(kCompositions);
  auto key = std::pair(first, second);
  auto row = std::lower_bound(rows.begin(), rows.end(), key, [](const Composition &row, std::pair<uint32_t, uint32_t> key) {
    return std::pair(row.first, row.second) < key;
  });
  return row != rows.end() && row->first == first && row->second == second ? row->code : 0;
}
} // namespace

uint32_t decodeUtf8(const char *&at, const char *end) {
  auto byte = [&](const char *p) { return uint32_t(uint8_t(*p)); };
  uint32_t lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  unsigned length = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) {
    ++at;
    return kBadScalar;
  }
  uint32_t scalar = lead & (0xFF >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    if (at + i == end || (byte(at + i) & 0xC0) != 0x80) {
      at += i;
      return kBadScalar;
    }
    scalar = scalar << 6 | (byte(at + i) & 0x3F);
  }
  at += length;
  static constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = scalar >= 0xD800 && scalar < 0xE000;
  return scalar < least[length] || scalar > 0x10FFFF || surrogate ? kBadScalar : scalar;
}

void appendUtf8(uint32_t scalar, llvm::SmallVectorImpl<char> &out) {
  if (scalar < 0x80) {
    out.push_back(char(scalar));
    return;
  }
  unsigned more = scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
  static constexpr uint8_t leads[] = {0, 0xC0, 0xE0, 0xF0};
  out.push_back(char(leads[more] | scalar >> (6 * more)));
  while (more--)
    out.push_back(char(0x80 | (scalar >> (6 * more) & 0x3F)));
}

std::string codePoint(uint32_t scalar) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("U+%04X", scalar);
  return text;
}

bool isXidStart(uint32_t scalar) { return contains(kXidStart, scalar); }
bool isXidContinue(uint32_t scalar) { return contains(kXidContinue, scalar); }

bool isBidiControl(uint32_t scalar) {
  return scalar == 0x61C || scalar == 0x200E || scalar == 0x200F || (scalar >= 0x202A && scalar <= 0x202E) ||
         (scalar >= 0x2066 && scalar <= 0x2069);
}

bool isInvisible(uint32_t scalar) {
  return scalar == 0x85 || scalar == 0xA0 || scalar == 0xAD || scalar == 0x1680 || (scalar >= 0x2000 && scalar <= 0x200D) ||
         scalar == 0x2028 || scalar == 0x2029 || scalar == 0x202F || (scalar >= 0x205F && scalar <= 0x2064) ||
         scalar == 0x3000 || scalar == 0xFEFF;
}

llvm::SmallString<32> toNfc(llvm::StringRef text) {
  llvm::SmallVector<uint32_t, 32> scalars;
  for (const char *at = text.begin(); at != text.end();)
    decompose(decodeUtf8(at, text.end()), scalars);
  // Canonical order: runs of combining characters sorted by class, stably.
  for (size_t i = 0; i < scalars.size();) {
    size_t runEnd = i;
    while (runEnd < scalars.size() && combiningClass(scalars[runEnd]))
      ++runEnd;
    for (size_t at = i + 1; at < runEnd; ++at)
      for (size_t k = at; k > i && combiningClass(scalars[k - 1]) > combiningClass(scalars[k]); --k)
        std::swap(scalars[k - 1], scalars[k]);
    i = runEnd + 1;
  }
  // Each character joins the last starter unless one of the same or a higher class stands between.
  size_t out = 0, starter = SIZE_MAX;
  for (uint32_t scalar : scalars) {
    unsigned own = combiningClass(scalar);
    if (starter != SIZE_MAX && (out == starter + 1 || (combiningClass(scalars[out - 1]) < own && own != 0))) {
      if (uint32_t joined = compose(scalars[starter], scalar)) {
        scalars[starter] = joined;
        continue;
      }
    }
    if (own == 0)
      starter = out;
    scalars[out++] = scalar;
  }
  llvm::SmallString<32> result;
  for (size_t i = 0; i < out; ++i)
    appendUtf8(scalars[i], result);
  return result;
}

} // namespace dream::ast
