// The tables of characters, searched by halving.
#include "runtime/text/unicode.h"

#include "runtime/abi/entries.h"

namespace dream::rt {

namespace {

/// Characters first, first + step … last have another case at this distance.
struct CaseRun {
  uint32_t first, last, step;
  int32_t distance;
};

#include "runtime/text/unicode_tables.inc"

/// The last run that begins at `scalar` or before; `count` if there is none.
template <typename Run, typename First> uint32_t runOf(const Run *runs, uint32_t count, uint32_t scalar, First first) {
  uint32_t low = 0, high = count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (first(runs[middle]) <= scalar)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? count : low - 1;
}

template <uint32_t N> uint32_t otherCase(const CaseRun (&runs)[N], uint32_t scalar) {
  const uint32_t at = runOf(runs, N, scalar, [](const CaseRun &run) { return run.first; });
  if (at == N || scalar > runs[at].last || (scalar - runs[at].first) % runs[at].step != 0)
    return scalar;
  return scalar + uint32_t(runs[at].distance);
}

} // namespace

uint32_t categoryOf(uint32_t scalar) {
  constexpr uint32_t count = sizeof categoryRuns / sizeof *categoryRuns, turnsEven = 30, turnsOdd = 31;
  const uint32_t category = categoryRuns[runOf(categoryRuns, count, scalar, [](uint32_t run) { return run >> 5; })] & 31;
  return category == turnsEven ? scalar & 1 : category == turnsOdd ? ~scalar & 1 : category;
}

uint32_t upperOf(uint32_t scalar) {
  if (scalar < 0x80)
    return scalar - 'a' < 26 ? scalar - 32 : scalar;
  return otherCase(upperRuns, scalar);
}

uint32_t lowerOf(uint32_t scalar) {
  if (scalar < 0x80)
    return scalar - 'A' < 26 ? scalar + 32 : scalar;
  return otherCase(lowerRuns, scalar);
}

U32 dr_char_category(U32 scalar) { return categoryOf(scalar); }
U32 dr_char_to_upper(U32 scalar) { return upperOf(scalar); }
U32 dr_char_to_lower(U32 scalar) { return lowerOf(scalar); }

} // namespace dream::rt
