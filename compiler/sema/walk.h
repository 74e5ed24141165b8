// Visiting the children of a node, whatever its kind: for questions about a whole subtree.
#pragma once

#include "compiler/syntax/ast.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dream::sema {

/// Calls `visit` for each expression, statement or part directly below the node, in order of the text. Types, patterns and
/// nested declarations are left out; the initialisers of local variables are not.
void forEachChild(const ast::Node *node, llvm::function_ref<void(const ast::Node *)> visit);

} // namespace dream::sema
