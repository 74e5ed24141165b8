// What the lexer asks of Unicode: decoding, which characters make names, and normal form C.
#pragma once

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"

namespace dream::ast {

constexpr uint32_t kBadScalar = ~0u;

/// Decodes the scalar at `at` and moves past it. Malformed UTF-8 gives kBadScalar and moves past the bad bytes.
uint32_t decodeUtf8(const char *&at, const char *end);
void appendUtf8(uint32_t scalar, llvm::SmallVectorImpl<char> &out);

/// "U+00E9"
std::string codePoint(uint32_t scalar);

bool isXidStart(uint32_t scalar);    ///< Beyond ASCII.
bool isXidContinue(uint32_t scalar); ///< Beyond ASCII.
/// The characters that change the direction of text and so can make it look like what it is not.
bool isBidiControl(uint32_t scalar);
/// White space beyond ASCII, and characters that show nothing.
bool isInvisible(uint32_t scalar);
/// The text in normal form C; `text` must be valid UTF-8.
llvm::SmallString<32> toNfc(llvm::StringRef text);

} // namespace dream::ast
