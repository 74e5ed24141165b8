// The words of DIL text that stand for enumerators, in the enumerators' order: the printer indexes these tables, the
// reader searches them.
#pragma once

#include "compiler/dil/module.h"

namespace dream::dil::words {

using Word = llvm::StringLiteral;

inline constexpr Word kStages[] = {"raw", "owned", "placed", "counted"};
inline constexpr Word kArithOps[] = {"add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr", "ushr"};
inline constexpr Word kUnaryOps[] = {"neg", "not", "bit_not"};
inline constexpr Word kCmpOps[] = {"eq", "ne", "lt", "le", "gt", "ge"};
inline constexpr Word kCheckKinds[] = {"bounds", "slice", "divisor", "late", "not_null", "cast", "length", "taken", "matched"};
inline constexpr Word kCaptureModes[] = {"copy", "changed", "ref"};
inline constexpr Word kCastKinds[] = {"up", "down", "to_optional", "unwrap", "pointer"};
inline constexpr Word kReasons[] = {"missing_return", "never"};
inline constexpr Word kIntrinsics[] = {
#define INTRINSIC(NAME, SPELLING) SPELLING,
#include "compiler/dil/intrinsics.def"
};
inline constexpr Word kMnemonics[] = {
#define INST(STRUCT, MNEMONIC, STAGE) MNEMONIC,
#include "compiler/dil/inst_kinds.def"
};
/// How an argument of a call is used; the empty word (bits) is never read.
inline constexpr Word kUses[] = {"", "borrow", "own", "addr", "forward"};
inline constexpr Word kNominalKinds[] = {"class", "struct", "interface", "enum"};
inline constexpr Word kPassModes[] = {"", "ref", "in", "out"};
/// Function kinds other than Dream, which has no word.
inline constexpr Word kFuncKinds[] = {"", "runtime", "c"};

template <typename E, size_t N> llvm::StringRef spell(const Word (&table)[N], E value) {
  return size_t(value) < N ? llvm::StringRef(table[size_t(value)]) : "<bad>";
}

} // namespace dream::dil::words
