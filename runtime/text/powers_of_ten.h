// Powers of ten as 128-bit fractions, computed by the compiler with exact long arithmetic; shared by the shortest
// output (Schubfach) and by reading.
#pragma once

#include <stdint.h>

namespace dream::rt {

inline constexpr int kLeastPower = -342, kGreatestPower = 324;

/// floor(10^k · 2^(127 − floor(log2 10^k))): the leading 128 bits, top bit set.
struct Power {
  uint64_t high, low;
};
struct PowerTable {
  Power powers[kGreatestPower - kLeastPower + 1];
};
extern const PowerTable kPowersOfTen;

inline const Power &powerOfTen(int k) { return kPowersOfTen.powers[k - kLeastPower]; }
/// Is the fraction exact, not cut off?
constexpr bool powerIsExact(int k) { return k >= 0 && k <= 55; }

/// floor(log2 10^k), floor(log10 2^e) and floor(log10 (3/4 · 2^e)), for exponents of doubles.
constexpr int floorLog2Pow10(int k) { return (k * 1741647) >> 19; }
constexpr int floorLog10Pow2(int e) { return (e * 1262611) >> 22; }
constexpr int floorLog10ThreeQuartersPow2(int e) { return (e * 1262611 - 524031) >> 22; }

/// The 128-bit product of two words.
struct Product {
  uint64_t high, low;
};
inline Product multiply(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
  const unsigned __int128 p = static_cast<unsigned __int128>(a) * b;
  return {uint64_t(p >> 64), uint64_t(p)};
#else
  const uint64_t aLow = uint32_t(a), aHigh = a >> 32, bLow = uint32_t(b), bHigh = b >> 32;
  const uint64_t low = aLow * bLow, middle = aHigh * bLow + (low >> 32), other = aLow * bHigh + uint32_t(middle);
  return {aHigh * bHigh + (middle >> 32) + (other >> 32), other << 32 | uint32_t(low)};
#endif
}

} // namespace dream::rt
