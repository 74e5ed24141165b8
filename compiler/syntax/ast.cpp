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

BinaryOp binaryOf(AssignOp op) {
  switch (op) {
  case AssignOp::Add: return BinaryOp::Add;
  case AssignOp::Sub: return BinaryOp::Sub;
  case AssignOp::Mul: return BinaryOp::Mul;
  case AssignOp::Div: return BinaryOp::Div;
  case AssignOp::Rem: return BinaryOp::Rem;
  case AssignOp::And: return BinaryOp::BitAnd;
  case AssignOp::Or: return BinaryOp::BitOr;
  case AssignOp::Xor: return BinaryOp::BitXor;
  case AssignOp::Shl: return BinaryOp::Shl;
  case AssignOp::Shr: return BinaryOp::Shr;
  case AssignOp::UShr: return BinaryOp::UShr;
  case AssignOp::Assign:
  case AssignOp::Coalesce: break;
  }
  llvm_unreachable("no compound assignment");
}

} // namespace dream::ast
