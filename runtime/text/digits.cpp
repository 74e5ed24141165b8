// Numbers to digits: integers, exact doubles by long arithmetic, shortest doubles and floats.
#include "runtime/text/digits.h"
#include "runtime/text/natural.h"
#include "runtime/text/shortest.h"

namespace dream::rt {

void Digits::setInteger(uint64_t value) {
  char reversed[20];
  int length = 0;
  for (; value; value /= 10)
    reversed[length++] = char('0' + value % 10);
  count = point = length;
  for (int i = 0; i < length; ++i)
    digits[i] = reversed[length - 1 - i];
}

void Digits::setExact(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, 8);
  const uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
  const int biased = int(bits >> 52 & 0x7FF);
  uint64_t full = biased ? fraction | uint64_t(1) << 52 : fraction;
  int exponent = biased ? biased - 1075 : -1074;
  count = point = 0;
  if (full == 0)
    return;
  const int zeros = __builtin_ctzll(full);
  full >>= zeros;
  exponent += zeros;
  // full · 2^exponent, as an integer times a power of ten: 2^−n = 5^n · 10^−n.
  Natural number(full);
  if (exponent >= 0)
    number.shiftLeft(exponent);
  else
    number.multiplyPowerOf5(-exponent);
  char reversed[kMost + 9];
  int length = 0;
  while (!number.isZero()) {
    uint32_t group = number.divideByBillion();
    for (int i = 0; i < 9; ++i, group /= 10)
      reversed[length++] = char('0' + group % 10);
  }
  while (reversed[length - 1] == '0')
    --length;
  count = length;
  point = exponent >= 0 ? length : length + exponent;
  for (int i = 0; i < length; ++i)
    digits[i] = reversed[length - 1 - i];
  trimZeros();
}

template <typename Float> void Digits::setShortest(Float value) {
  const Decimal decimal = shortestOf(value);
  setInteger(decimal.digits);
  point = count ? count + decimal.exponent : 0;
}
template void Digits::setShortest(double);
template void Digits::setShortest(float);

void Digits::round(int keep, bool tiesToEven) {
  if (keep >= count)
    return;
  if (keep < 0) {
    count = point = 0;
    return;
  }
  bool up = digits[keep] > '5';
  if (digits[keep] == '5') {
    bool tie = true;
    for (int i = keep + 1; i < count; ++i)
      tie &= digits[i] == '0';
    up = !tie || !tiesToEven || (keep > 0 && (digits[keep - 1] - '0') % 2 != 0);
  }
  count = keep;
  if (up) {
    while (count > 0 && digits[count - 1] == '9')
      --count;
    if (count > 0) {
      ++digits[count - 1];
    } else {
      digits[count++] = '1';
      ++point;
    }
  }
  trimZeros();
}

void Digits::trimZeros() {
  while (count > 0 && digits[count - 1] == '0')
    --count;
  if (count == 0)
    point = 0;
}

} // namespace dream::rt
