// Text to tree. The parser accepts all of the grammar and recovers from errors: it always returns a tree, in which
// what could not be read is an Error node, and reports each mistake once.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/syntax/ast.h"

namespace dream::ast {

/// Parses one file. Never null.
const SourceFile *parseFile(AstContext &context, const SourceManager &sources, FileId file, DiagnosticEngine &diags);

} // namespace dream::ast
