// Tables of spellings.
#include "compiler/syntax/spelling.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::ast {

// Each table stands in the order of its enumeration.
template <size_t N> static llvm::StringRef pick(const char *const (&table)[N], auto value) {
  assert(size_t(value) < N);
  return table[size_t(value)];
}

llvm::StringRef spelling(AssignOp op) {
  static constexpr const char *table[] = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "?\?="};
  static_assert(std::size(table) == size_t(AssignOp::Coalesce) + 1);
  return pick(table, op);
}

llvm::StringRef spelling(BinaryOp op) {
  static constexpr const char *table[] = {"?\?", "||", "&&", "|",  "^",  "&",   "==", "!=", "<", ">",
                                          "<=", ">=", "<<", ">>", ">>>", "+", "-",  "*",  "/", "%"};
  static_assert(std::size(table) == size_t(BinaryOp::Rem) + 1);
  return pick(table, op);
}

llvm::StringRef spelling(UnaryOp op) {
  static constexpr const char *table[] = {"+", "-", "!", "~", "++", "--", "&", "*", "^", "move"};
  static_assert(std::size(table) == size_t(UnaryOp::Move) + 1);
  return pick(table, op);
}

llvm::StringRef spelling(PostfixOp op) {
  static constexpr const char *table[] = {"++", "--", "!", "?"};
  static_assert(std::size(table) == size_t(PostfixOp::Propagate) + 1);
  return pick(table, op);
}

llvm::StringRef spelling(MemberAccess access) {
  static constexpr const char *table[] = {".", "?.", "->"};
  static_assert(std::size(table) == size_t(MemberAccess::Arrow) + 1);
  return pick(table, access);
}

llvm::StringRef spelling(TypeQuery query) {
  static constexpr const char *table[] = {"sizeof", "alignof", "offsetof"};
  static_assert(std::size(table) == size_t(TypeQuery::OffsetOf) + 1);
  return pick(table, query);
}

llvm::StringRef spelling(ParamMode mode) {
  static constexpr const char *table[] = {"", "ref", "in", "out"};
  static_assert(std::size(table) == size_t(ParamMode::Out) + 1);
  return pick(table, mode);
}

llvm::StringRef spelling(VarKeyword keyword) {
  static constexpr const char *table[] = {"", "var", "let", "const"};
  static_assert(std::size(table) == size_t(VarKeyword::Const) + 1);
  return pick(table, keyword);
}

llvm::StringRef spelling(ClassKind kind) {
  static constexpr const char *table[] = {"class", "struct", "interface"};
  static_assert(std::size(table) == size_t(ClassKind::Interface) + 1);
  return pick(table, kind);
}

llvm::StringRef spelling(AccessorKind kind) {
  static constexpr const char *table[] = {"get", "set", "init"};
  static_assert(std::size(table) == size_t(AccessorKind::Init) + 1);
  return pick(table, kind);
}

llvm::StringRef spelling(BlockMode mode) {
  static constexpr const char *table[] = {"nogc", "unsafe", "checked", "unchecked"};
  static_assert(std::size(table) == size_t(BlockMode::Unchecked) + 1);
  return pick(table, mode);
}

std::string spellModifiers(uint32_t modifiers) {
  static constexpr const char *table[] = {"public",   "private",  "protected", "internal", "export", "static", "abstract", "virtual",
                                          "override", "sealed",   "extern",    "unsafe",   "own",    "rc",     "gc"};
  static_assert(1u << (std::size(table) - 1) == ModGc);
  llvm::SmallVector<llvm::StringRef, 4> words;
  for (size_t i = 0; i < std::size(table); ++i)
    if (modifiers >> i & 1)
      words.push_back(table[i]);
  return llvm::join(words, " ");
}

} // namespace dream::ast
