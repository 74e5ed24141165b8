#include "compiler/syntax/ast.h"

namespace dream::ast {

#define NODE(CLASS, BASE)
#define NODE_RANGE(BASE, FIRST, LAST)                                                                                  \
  bool BASE::classof(const Node *node) { return node->kind >= NodeKind::FIRST && node->kind <= NodeKind::LAST; }
#include "compiler/syntax/node_kinds.def"

llvm::StringRef spelling(Builtin builtin) {
  static constexpr llvm::StringRef spellings[] = {"void",  "bool", "char", "string", "object", "sbyte", "byte",  "short", "ushort",
                                                  "int",   "uint", "long", "ulong",  "nint",   "nuint", "float", "double"};
  return spellings[size_t(builtin)];
}

} // namespace dream::ast
