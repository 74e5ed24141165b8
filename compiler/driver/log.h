// What -v tells, on standard error.
#pragma once

#include "llvm/ADT/Twine.h"

namespace dream::driver {

void startLogging();
bool logging();
/// Writes a line if startLogging was called.
void logLine(const llvm::Twine &text);

} // namespace dream::driver
