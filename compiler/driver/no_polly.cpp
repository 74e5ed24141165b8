// Debian's LLVM archives name Polly among their extensions, and Polly is a package of its own. lld's link-time optimiser
// asks for it when it meets bitcode; this is the answer that changes nothing.
#include "llvm/Passes/PassPlugin.h"

llvm::PassPluginLibraryInfo getPollyPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "no-polly", "0", [](llvm::PassBuilder &) {}};
}
