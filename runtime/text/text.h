// Strings as the rest of the runtime sees them, and the conversions between numbers and text.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/text/utf8.h"

namespace dream::rt {

inline size_t lengthOf(const char *string) { return string ? arrayHeaderOf(string).length : 0; }

/// A fresh string of these bytes, in the region if that is not null.
char *newStringOf(const char *bytes, size_t count, void *region = nullptr);
/// A static string: the empty one, or one ASCII character.
char *emptyString();
char *asciiString(unsigned char c);

/// Writes the shortest digits that read back as the value, in .NET's form; returns their number (at most 32).
size_t writeShortest(char *out, double value);
size_t writeShortest(char *out, float value);
size_t writeSigned(char *out, int64_t value);     ///< at most 20 bytes
size_t writeUnsigned(char *out, uint64_t value);  ///< at most 20 bytes

} // namespace dream::rt
