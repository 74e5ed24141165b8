// Brackets. The parser reads a file in which every bracket has its partner; this pass makes it so.
#pragma once

#include "compiler/syntax/token.h"

namespace dream::ast {

/// Links the brackets of a file to their partners (Token::index). Where one is missing it supplies a Synthetic one, where
/// one is too many it drops it, and records a problem that shows the other end; indentation decides which of several
/// braces was meant. `text` is the file's text, beginning at `start`.
void balance(TokenBuffer &buffer, llvm::StringRef text, SourceLoc start);

} // namespace dream::ast
