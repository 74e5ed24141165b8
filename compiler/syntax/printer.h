// Trees to text.
#pragma once

#include "compiler/syntax/ast.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::ast {

/// Dream source that parses to the same tree.
void print(const SourceFile &file, llvm::raw_ostream &out);
/// The shape of the tree, one indented line a node, without positions or ids: two trees are equal if their dumps are.
void dump(const Node &node, llvm::raw_ostream &out);

} // namespace dream::ast
