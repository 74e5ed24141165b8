// Natural numbers of any size that formatting and reading of doubles can need, on the stack.
#pragma once

#include <stdint.h>

namespace dream::rt {

/// Up to 4,800 bits: more than 800 digits times 2^1100, or 10^1150 times 2^60.
class Natural {
public:
  explicit Natural(uint64_t value = 0) {
    while (value) {
      words[used++] = uint32_t(value);
      value >>= 32;
    }
  }

  bool isZero() const { return used == 0; }

  /// this = this · factor + summand
  void multiplyAdd(uint32_t factor, uint32_t summand) {
    uint64_t carry = summand;
    for (int i = 0; i < used; ++i) {
      carry += uint64_t(words[i]) * factor;
      words[i] = uint32_t(carry);
      carry >>= 32;
    }
    if (carry)
      words[used++] = uint32_t(carry);
  }

  void multiplyPowerOf5(int exponent) {
    for (; exponent >= 13; exponent -= 13)
      multiplyAdd(1220703125, 0); // 5^13
    uint32_t rest = 1;
    while (exponent-- > 0)
      rest *= 5;
    multiplyAdd(rest, 0);
  }

  void shiftLeft(int bits) {
    if (used == 0)
      return;
    const int whole = bits / 32, part = bits % 32;
    for (int i = used - 1; i >= 0; --i)
      words[i + whole] = words[i];
    for (int i = 0; i < whole; ++i)
      words[i] = 0;
    used += whole;
    if (part == 0)
      return;
    uint32_t carry = 0;
    for (int i = whole; i < used; ++i) {
      const uint32_t word = words[i];
      words[i] = word << part | carry;
      carry = word >> (32 - part);
    }
    if (carry)
      words[used++] = carry;
  }

  /// Divides by 10^9 and returns the remainder.
  uint32_t divideByBillion() {
    uint64_t rest = 0;
    for (int i = used; i-- > 0;) {
      rest = rest << 32 | words[i];
      words[i] = uint32_t(rest / 1000000000);
      rest %= 1000000000;
    }
    while (used > 0 && words[used - 1] == 0)
      --used;
    return uint32_t(rest);
  }

  /// −1, 0 or 1.
  int compare(const Natural &other) const {
    if (used != other.used)
      return used < other.used ? -1 : 1;
    for (int i = used; i-- > 0;)
      if (words[i] != other.words[i])
        return words[i] < other.words[i] ? -1 : 1;
    return 0;
  }

private:
  int used = 0;
  uint32_t words[150];
};

} // namespace dream::rt
