// The layout of everything that is counted. Compiler and runtime both include this file; neither repeats a number of it.
//
// A reference points at the first field of an object, the first element of an array, or the first byte of a string.
// The header lies just before it:
//
//   object            [ u32 type | i32 count ] fields…
//   array, string     [ u32 length | u32 capacity | u32 type | i32 count ] elements…      (a string also ends in a NUL)
//   T[,] of rank n    [ n × u32 dimension, padded to 8 | u32 length | u32 capacity | u32 type | i32 count ] elements…
//                     (row-major; dimension 0 lies first; length is the product of the dimensions)
//
// Payloads of arrays and strings are 16-byte aligned, payloads of objects 8-byte aligned (16 when the class asks for
// more: then 8 bytes lie unused before the header): blocks come in multiples of 8 bytes, those of arrays and strings in multiples of 16.
// See "The header word" in docs/memory.md for the states of the count word.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::abi {

struct ObjectHeader {
  uint32_t type;  ///< Where the type's descriptor lies: byte offset from dr_types, divided by kTypeUnit.
  int32_t count;  ///< The count word.
};
static_assert(sizeof(ObjectHeader) == 8);

struct ArrayHeader {
  uint32_t length;   ///< Elements in use; bytes of a string without its NUL.
  uint32_t capacity; ///< Elements (bytes) that the block has room for; 0 in static data.
  ObjectHeader object;
};
static_assert(sizeof(ArrayHeader) == 16);

// Offsets from the payload, all negative.
inline constexpr int kTypeOffset = -8;
inline constexpr int kCountOffset = -4;
inline constexpr int kLengthOffset = -16;
inline constexpr int kCapacityOffset = -12;
/// Offset of dimension i of a rectangular array of the given rank.
constexpr int dimensionOffset(int rank, int i) { return -16 - ((rank * 4 + 7) / 8) * 8 + i * 4; }

// The count word: bit 31 clear and non-zero count bits: a local object.
inline constexpr int kCountShift = 3;
inline constexpr int32_t kCountOne = 1 << kCountShift;
inline constexpr int32_t kFlagRegion = 1; ///< Storage belongs to a region.
inline constexpr int32_t kFlagKnown = 2;  ///< A weak cell exists, or the collector of rings has a node for it.
inline constexpr int32_t kFlagNoted = 4;  ///< It may head a ring: the collector will look; it may have a weak cell, too.
inline constexpr int32_t kFlagDying = 6;  ///< Both: its drop is running (traced arrays: 4 alone, it was copied).
inline constexpr int32_t kFlagMask = 7;
/// Of what is dying, beside its count of one: its block stays with the candidates of the collector.
inline constexpr int32_t kDyingListed = 0x40000000;
inline bool isDying(int32_t count) { return (count & kFlagDying) == kFlagDying; }
inline constexpr int32_t kImmortal = int32_t(0x80000000); ///< 100…: static data, saturated counts.
inline constexpr int32_t kTraced = int32_t(0xA0000000);   ///< 101…
inline constexpr int32_t kShared = int32_t(0xC0000000);   ///< 11c…: atomic, count in bits 29..3.

inline constexpr uint32_t kTypeUnit = 8;
/// Room for the head of an arena, in the frame of the function that opens it; at a multiple of 8.
inline constexpr uint32_t kArenaBytes = 256;
/// Of arrays and strings, as in .NET: an index that is below a length may be stepped on by up to 57 without wrapping around.
inline constexpr uint32_t kMaxLength = 0x7FFFFFC7;

} // namespace dream::abi
