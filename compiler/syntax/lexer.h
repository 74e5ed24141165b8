// Text to tokens. The lexer accepts any bytes: what is no token becomes an Invalid one, with a problem recorded beside it.
#pragma once

#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

namespace dream::ast {

/// The tokens of a file, EndOfFile last. Decoded literals live in the context's arena or in the file's own text.
TokenBuffer lex(AstContext &context, const SourceManager &sources, FileId file);

/// Lexes a file and prints one line for each token, `line:column kind text`; reports the lexer's problems.
void dumpTokens(const SourceManager &sources, FileId file, DiagnosticEngine &diags, llvm::raw_ostream &out);

} // namespace dream::ast
