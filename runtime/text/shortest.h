// The shortest decimal that reads back as a given float or double.
#pragma once

#include <stdint.h>

namespace dream::rt {

/// digits · 10^exponent; no trailing zeros in digits, except that zero is 0 · 10^0.
struct Decimal {
  uint64_t digits;
  int exponent;
};
Decimal shortestOf(double finite); ///< Of its magnitude.
Decimal shortestOf(float finite);

} // namespace dream::rt
