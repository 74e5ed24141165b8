// The table, at compile time. Positive powers come from repeated multiplication by ten; negative ones from repeated
// division of 2^1408 by ten, whose truncation is exact: floor(floor(x / 10) / 10) = floor(x / 100).
#include "runtime/text/powers_of_ten.h"

namespace dream::rt {

namespace {

/// A long natural number, least significant word first.
struct Natural {
  static constexpr int kWords = 46;
  uint32_t words[kWords] = {};
  int used = 0; ///< Words above are zero.

  constexpr void timesTen() {
    uint64_t carry = 0;
    for (int i = 0; i < used; ++i) {
      carry += uint64_t(words[i]) * 10;
      words[i] = uint32_t(carry);
      carry >>= 32;
    }
    if (carry)
      words[used++] = uint32_t(carry);
  }
  constexpr void byTen() {
    uint64_t rest = 0;
    for (int i = used; i-- > 0;) {
      rest = rest << 32 | words[i];
      words[i] = uint32_t(rest / 10);
      rest %= 10;
    }
    if (used > 0 && words[used - 1] == 0)
      --used;
  }
  constexpr Power leading() const {
    const int shift = __builtin_clz(words[used - 1]);
    uint32_t top[4] = {};
    for (int i = 0; i < 4; ++i) {
      const int at = used - 1 - i;
      const uint64_t word = at >= 0 ? words[at] : 0, below = at >= 1 ? words[at - 1] : 0;
      top[i] = uint32_t((word << 32 | below) << shift >> 32);
    }
    return {uint64_t(top[0]) << 32 | top[1], uint64_t(top[2]) << 32 | top[3]};
  }
};

constexpr PowerTable makeTable() {
  PowerTable table{};
  Natural power;
  power.words[0] = 1;
  power.used = 1;
  for (int k = 0; k <= kGreatestPower; ++k, power.timesTen())
    table.powers[k - kLeastPower] = power.leading();
  Natural inverse;
  inverse.words[44] = 1; // 2^1408
  inverse.used = 45;
  for (int k = -1; k >= kLeastPower; --k) {
    inverse.byTen();
    table.powers[k - kLeastPower] = inverse.leading();
  }
  return table;
}

} // namespace

constexpr PowerTable kPowersOfTen = makeTable();
static_assert(kPowersOfTen.powers[0 - kLeastPower].high == uint64_t(1) << 63);
static_assert(kPowersOfTen.powers[-1 - kLeastPower].high == 0xCCCCCCCCCCCCCCCCu);

} // namespace dream::rt
