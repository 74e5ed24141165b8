// What several files of this room ask of a node of the tree, or of a kind, without a checker.
#pragma once

#include "compiler/sema/program.h"

namespace dream::sema {

/// Types that declare members.
inline bool isNominal(TypeKind kind) {
  return kind == TypeKind::Class || kind == TypeKind::Struct || kind == TypeKind::Interface || kind == TypeKind::Enum;
}

inline PassMode passMode(ast::ParamMode mode) {
  switch (mode) {
  case ast::ParamMode::Value: return PassMode::Value;
  case ast::ParamMode::Ref: return PassMode::Ref;
  case ast::ParamMode::In: return PassMode::In;
  case ast::ParamMode::Out: return PassMode::Out;
  }
  return PassMode::Value;
}

/// "public"
llvm::StringRef modifierText(uint32_t bit);

/// The type parameters of a type's or function's declaration.
inline ast::List<const ast::TypeParamDecl *> typeParamsOf(const ast::Decl *decl) {
  if (auto *cls = llvm::dyn_cast<ast::ClassDecl>(decl))
    return cls->typeParams;
  if (auto *func = llvm::dyn_cast<ast::FuncDecl>(decl))
    return func->typeParams;
  return llvm::cast<ast::EnumDecl>(decl)->typeParams;
}

/// What it asks of them; an enum asks nothing.
inline ast::List<const ast::WhereClause *> wheresOf(const ast::Decl *decl) {
  if (auto *cls = llvm::dyn_cast<ast::ClassDecl>(decl))
    return cls->wheres;
  if (auto *func = llvm::dyn_cast<ast::FuncDecl>(decl))
    return func->wheres;
  return {};
}

/// The expression inside of any parentheses.
inline const ast::Expr *stripParens(const ast::Expr *expr) {
  while (auto *paren = llvm::dyn_cast<ast::ParenExpr>(expr))
    expr = paren->inner;
  return expr;
}

} // namespace dream::sema
