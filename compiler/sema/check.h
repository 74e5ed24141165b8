// Trees to a checked program.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/sema/program.h"
#include <memory>

namespace dream::sema {

struct CheckOptions {
  bool checkOverflow = false; ///< -fcheck-overflow: arithmetic is checked unless in `unchecked`.
  bool checkLibrary = false;  ///< -fcheck-library: bodies of the library are checked although nothing calls them.
};

/// Checks the user's files together with the core library's. `library` files are trusted with [Runtime] and [Intrinsic],
/// and their function bodies are checked only when something calls them. The result is complete only if `diags` has no
/// errors; it can be printed (print_program.h) all the same. `mainFile` may hold top-level statements.
std::unique_ptr<Program> checkProgram(TypeTable &types, NameTable &names, const SourceManager &sources,
                                      llvm::ArrayRef<const ast::SourceFile *> library,
                                      llvm::ArrayRef<const ast::SourceFile *> files, DiagnosticEngine &diags,
                                      const CheckOptions &options);

} // namespace dream::sema
