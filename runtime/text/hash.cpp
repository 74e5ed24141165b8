// Hashes for tables. Those of strings are SipHash-1-3 under a key that the process draws, so that nobody who chooses the
// strings can choose their places in a table.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/text/text.h"

namespace dream::rt {

namespace {

struct Key {
  uint64_t first, second;
};

const Key &key() {
  static Key drawn;
  static bool isDrawn;
  if (__builtin_expect(!isDrawn, false)) {
    os::randomBytes(&drawn, sizeof(drawn));
    isDrawn = true;
  }
  return drawn;
}

inline uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

struct SipState {
  uint64_t a, b, c, d;
  explicit SipState(const Key &key)
      : a(key.first ^ 0x736f6d6570736575u), b(key.second ^ 0x646f72616e646f6du), c(key.first ^ 0x6c7967656e657261u),
        d(key.second ^ 0x7465646279746573u) {}
  void round() {
    a += b, b = rotate(b, 13) ^ a, a = rotate(a, 32);
    c += d, d = rotate(d, 16) ^ c;
    a += d, d = rotate(d, 21) ^ a;
    c += b, b = rotate(b, 17) ^ c, c = rotate(c, 32);
  }
  void add(uint64_t word) {
    d ^= word;
    round();
    a ^= word;
  }
  uint64_t finish() {
    c ^= 0xff;
    round();
    round();
    round();
    return a ^ b ^ c ^ d;
  }
};

} // namespace

I32 dr_str_hash(Str string) {
  const size_t length = lengthOf(string);
  SipState state(key());
  size_t left = length;
  for (; left >= 8; left -= 8, string += 8) {
    uint64_t word;
    __builtin_memcpy(&word, string, 8);
    state.add(word);
  }
  uint64_t last = uint64_t(length) << 56;
  // Two overlapping reads cover what is left.
  if (left >= 4) {
    uint32_t low, high;
    __builtin_memcpy(&low, string, 4);
    __builtin_memcpy(&high, string + left - 4, 4);
    last |= low | uint64_t(high) << 8 * (left - 4);
  } else if (left > 0) {
    auto byte = [&](size_t i) { return uint64_t(static_cast<unsigned char>(string[i])) << 8 * i; };
    last |= byte(0) | byte(left / 2) | byte(left - 1);
  }
  state.add(last);
  const uint64_t hash = state.finish();
  return int32_t(hash ^ hash >> 32);
}

I32 dr_ref_hash(Ptr reference) {
  // Blocks are at least 16 bytes apart.
  const uint64_t hash = (reinterpret_cast<uintptr_t>(reference) >> 3) * 0x9E3779B97F4A7C15u;
  return int32_t(hash >> 32);
}

U64 dr_hash_key() { return key().first ^ rotate(key().second, 32); }

} // namespace dream::rt
