// Walks over trees: the direct children of an expression or statement, and what a function body does to its variables.
#pragma once

#include "compiler/sema/program.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::dilgen {

/// Visits the expressions and statements directly below an expression or statement, in order of the text.
void forEachChild(const ast::Node *node, llvm::function_ref<void(const ast::Node *)> visit);

/// The expression without parentheses around it.
const ast::Expr *stripParens(const ast::Expr *expr);

/// What a body does to the variables it can reach by name.
struct BodyFacts {
  /// Written (assigned, stepped, passed by `ref` or `out`, receiver of a method that may write it) in the middle of an
  /// expression, while another part of the same expression may hold a borrow of it.
  llvm::DenseSet<sema::VariableId> nestedWrites;
  /// Parameters that are assigned, as a whole or in part, or passed by reference.
  llvm::DenseSet<sema::VariableId> written;
};

/// Adds what `node` (a statement or an expression) does.
void collectFacts(const sema::Program &program, const ast::Node *node, BodyFacts &facts);

/// True if evaluating the expression takes plain instructions only: nothing is called, and nothing is written.
bool isInert(const sema::Program &program, const ast::Expr *expr);

/// True if evaluating a part of a string runs nothing of the user's and writes nothing: inert parts, and texts made of them.
bool isQuietText(const sema::Program &program, const ast::Expr *expr);

/// True if the expression names the variable.
bool mentions(const sema::Program &program, const ast::Node *node, sema::VariableId variable);

/// The variables that patterns and `out` arguments of the expression declare, in order.
void collectPattern(const sema::Program &program, const ast::Pattern *pattern, llvm::SmallVectorImpl<sema::VariableId> &out);
void collectBindings(const sema::Program &program, const ast::Expr *expr, llvm::SmallVectorImpl<sema::VariableId> &out);

/// True if the statement contains a `throw;` that is not inside a catch clause of its own.
bool rethrows(const ast::Node *node);

/// The variable at the root of a place (`a` in `a.b[i].c`, `this` for implicit fields of structs); invalid if there is none
/// or a class object lies on the way.
sema::VariableId rootVariable(const sema::Program &program, const ast::Expr *expr);

} // namespace dream::dilgen
