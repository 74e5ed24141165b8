// Renderers of diagnostics.
#pragma once

#include "compiler/diag/diagnostics.h"
#include <memory>

namespace dream {

/// "file:line:col: error: message [D2001]", the source line with caret and range, notes, and fix-its below it.
std::unique_ptr<DiagnosticConsumer> makeTextRenderer(const SourceManager &sources, llvm::raw_ostream &out, bool colours);

/// One JSON array with an object for each diagnostic: code, severity, message, range, notes, fixes.
std::unique_ptr<DiagnosticConsumer> makeJsonRenderer(const SourceManager &sources, llvm::raw_ostream &out);

/// Prints the long explanation of a diagnostic, for --explain-error; false if there is no such number.
bool explainDiagnostic(unsigned number, llvm::raw_ostream &out);

} // namespace dream
