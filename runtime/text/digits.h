// A number as decimal digits, the middle step of every format.
#pragma once

#include <stdint.h>

namespace dream::rt {

/// ±0.d₀d₁d₂… · 10^point: `point` digits stand before the decimal point. No leading zeros; zero has no digits at all.
struct Digits {
  static constexpr int kMost = 1100; ///< An exact double has at most 767, an integer 20.
  bool negative = false;
  int count = 0;
  int point = 0;
  char digits[kMost]; ///< '0' … '9'

  void setInteger(uint64_t value);
  /// All digits of a finite double's magnitude, exactly.
  void setExact(double value);
  /// The shortest digits that read back.
  template <typename Float> void setShortest(Float value);
  /// Keeps at most `keep` digits; the rest decides by its exact value. Ties go to the even digit, or, for integers, up.
  void round(int keep, bool tiesToEven);
  void trimZeros();
};

/// The number in a picture like `#,##0.00` (pictures.cpp), as a new string.
char *formatPicture(Digits &number, const char *picture, bool isFloat, void *region);

} // namespace dream::rt
