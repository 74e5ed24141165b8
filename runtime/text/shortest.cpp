// Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020): scale the interval of decimals that read back
// as the value so that at most two candidates of each length lie in it, with one 64 × 128-bit product per bound, rounded
// to odd so that comparisons stay exact.
#include "runtime/text/shortest.h"
#include "runtime/text/powers_of_ten.h"

namespace dream::rt {

namespace {

/// The high part of power · factor, with its lowest bit set if anything was cut off.
uint64_t scaleToOdd(const Power &power, uint64_t factor) {
  const Product low = multiply(power.low, factor), high = multiply(power.high, factor);
  const uint64_t middle = high.low + low.high;
  const uint64_t top = high.high + (middle < high.low);
  return top | (middle > 1); // the power may be one too large in its last place
}

/// The value is fraction · 2^exponent; `irregular`: the next smaller value is only half as far away as the next larger.
Decimal shortest(uint64_t fraction, int exponent, bool irregular) {
  const bool even = fraction % 2 == 0;
  const uint64_t middle = 4 * fraction;
  const uint64_t lower = middle - (irregular ? 1 : 2), upper = middle + 2;
  const int k = irregular ? floorLog10ThreeQuartersPow2(exponent) : floorLog10Pow2(exponent);
  const int shift = exponent + floorLog2Pow10(-k) + 1; // 1 … 4
  Power power = powerOfTen(-k);
  if (!powerIsExact(-k)) // rounded up, as the algorithm wants
    power.high += ++power.low == 0;
  // In units of a quarter of 10^k:
  const uint64_t low = scaleToOdd(power, lower << shift) + (even ? 0 : 1);
  const uint64_t exact = scaleToOdd(power, middle << shift);
  const uint64_t high = scaleToOdd(power, upper << shift) - (even ? 0 : 1);

  const uint64_t whole = exact / 4;
  if (whole >= 10) {
    const uint64_t tens = whole / 10;
    const bool below = low <= 40 * tens, above = 40 * tens + 40 <= high;
    if (below != above)
      return {tens + above, k + 1};
  }
  const bool below = low <= 4 * whole, above = 4 * whole + 4 <= high;
  if (below != above)
    return {whole + above, k};
  const uint64_t half = 4 * whole + 2;
  return {whole + (exact > half || (exact == half && whole % 2 != 0)), k};
}

Decimal trimmed(Decimal decimal) {
  while (decimal.digits % 10 == 0 && decimal.digits != 0) {
    decimal.digits /= 10;
    ++decimal.exponent;
  }
  return decimal;
}

} // namespace

Decimal shortestOf(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, 8);
  const uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
  const int biased = int(bits >> 52 & 0x7FF);
  if (biased == 0)
    return fraction == 0 ? Decimal{0, 0} : trimmed(shortest(fraction, -1074, false));
  const uint64_t full = fraction | uint64_t(1) << 52;
  const int exponent = biased - 1075;
  // Small integers need no search.
  if (exponent <= 0 && exponent > -53 && (full & ((uint64_t(1) << -exponent) - 1)) == 0)
    return trimmed({full >> -exponent, 0});
  return trimmed(shortest(full, exponent, fraction == 0 && biased > 1));
}

Decimal shortestOf(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  const uint32_t fraction = bits & ((1u << 23) - 1);
  const int biased = int(bits >> 23 & 0xFF);
  if (biased == 0)
    return fraction == 0 ? Decimal{0, 0} : trimmed(shortest(fraction, -149, false));
  return trimmed(shortest(fraction | 1u << 23, biased - 150, fraction == 0 && biased > 1));
}

} // namespace dream::rt
