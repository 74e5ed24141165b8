// UTF-8, byte by byte.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt {

inline constexpr uint32_t kReplacement = 0xFFFD;

constexpr bool isScalar(uint32_t value) { return value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF); }
constexpr bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

struct Decoded {
  uint32_t scalar;
  uint32_t bytes;  ///< 1 … 4, 0 at the end.
  bool wellFormed;
};

/// The scalar at `at`. Ill-formed input yields U+FFFD for the longest prefix of a well-formed sequence, at least a byte.
inline Decoded decodeAt(const char *at, const char *end) {
  if (at >= end)
    return {0, 0, false};
  const uint32_t lead = static_cast<unsigned char>(*at);
  if (lead < 0x80)
    return {lead, 1, true};
  uint32_t more, scalar, least = 0x80, greatest = 0xBF; // bounds of the second byte
  if (lead >= 0xC2 && lead <= 0xDF)
    more = 1, scalar = lead & 0x1F;
  else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2, scalar = lead & 0x0F;
    if (lead == 0xE0)
      least = 0xA0;
    else if (lead == 0xED)
      greatest = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3, scalar = lead & 0x07;
    if (lead == 0xF0)
      least = 0x90;
    else if (lead == 0xF4)
      greatest = 0x8F;
  } else
    return {kReplacement, 1, false};
  for (uint32_t i = 1; i <= more; ++i) {
    if (at + i >= end)
      return {kReplacement, i, false};
    const uint32_t byte = static_cast<unsigned char>(at[i]);
    if (byte < least || byte > greatest)
      return {kReplacement, i, false};
    least = 0x80, greatest = 0xBF;
    scalar = scalar << 6 | (byte & 0x3F);
  }
  return {scalar, more + 1, true};
}

/// How many bytes a scalar takes.
constexpr uint32_t bytesOf(uint32_t scalar) { return scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4; }

/// Writes a scalar (others become U+FFFD) and returns how many bytes it took, up to 4.
inline uint32_t encodeTo(char *out, uint32_t scalar) {
  if (!isScalar(scalar))
    scalar = kReplacement;
  if (scalar < 0x80) {
    out[0] = char(scalar);
    return 1;
  }
  if (scalar < 0x800) {
    out[0] = char(0xC0 | scalar >> 6);
    out[1] = char(0x80 | (scalar & 0x3F));
    return 2;
  }
  if (scalar < 0x10000) {
    out[0] = char(0xE0 | scalar >> 12);
    out[1] = char(0x80 | (scalar >> 6 & 0x3F));
    out[2] = char(0x80 | (scalar & 0x3F));
    return 3;
  }
  out[0] = char(0xF0 | scalar >> 18);
  out[1] = char(0x80 | (scalar >> 12 & 0x3F));
  out[2] = char(0x80 | (scalar >> 6 & 0x3F));
  out[3] = char(0x80 | (scalar & 0x3F));
  return 4;
}

} // namespace dream::rt
