// How the enumerations of the tree are written in Dream.
#pragma once

#include "compiler/syntax/ast.h"

namespace dream::ast {

llvm::StringRef spelling(AssignOp op);
llvm::StringRef spelling(BinaryOp op);
llvm::StringRef spelling(UnaryOp op);
llvm::StringRef spelling(PostfixOp op);
llvm::StringRef spelling(MemberAccess access);
llvm::StringRef spelling(TypeQuery query);
llvm::StringRef spelling(ParamMode mode);      ///< "" by value.
llvm::StringRef spelling(VarKeyword keyword);  ///< "" for none.
llvm::StringRef spelling(ClassKind kind);
llvm::StringRef spelling(AccessorKind kind);
llvm::StringRef spelling(BlockMode mode);
/// The words of a set of modifiers, in the order of their bits, with a space between.
std::string spellModifiers(uint32_t modifiers);

} // namespace dream::ast
