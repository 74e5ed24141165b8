// Where the parts of an installed or built Dream lie: beside the executable, never at a fixed path.
#pragma once

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace dream::driver {

/// A build:      ROOT/build/bin/dreamc, ROOT/build/lib, ROOT/stdlib
/// Installed:    PREFIX/bin/dreamc, PREFIX/lib/dream, PREFIX/share/dream/stdlib
struct Installation {
  std::string stdlib; ///< Holds core/ and the library's modules. Empty: not found.
  std::string lib;    ///< Holds the runtime's archives and bitcode.

  static Installation find();
  /// The library's own sources, sorted by path.
  std::vector<std::string> coreFiles() const;
  /// The runtime for a target as bitcode (.bc) or archive (.a); empty if it was not built.
  std::string runtimeBitcode(llvm::StringRef triple) const;
  std::string runtimeArchive(llvm::StringRef triple) const;
};

/// "x86_64-linux-gnu" of "x86_64-pc-linux-gnu" and "x86_64-unknown-linux-gnu": the name of a target's runtime files.
std::string targetName(llvm::StringRef triple);

} // namespace dream::driver
