// Counted DIL to an LLVM module.
#pragma once

#include "compiler/dil/module.h"
#include "compiler/support/source.h"
#include "llvm/IR/Module.h"
#include <memory>

namespace dream::codegen {

struct CodegenOptions {
  enum class Debug : uint8_t { None, Lines, Full } debug = Debug::Lines; ///< Lines are on unless -g0; -g is Full.
  unsigned optimization = 0;  ///< 0 … 3: how much to say to LLVM's optimiser (TBAA, attributes).
  bool checkMemory = false, memoryStats = false;
  bool countProfile = false; ///< Every count operation goes through the runtime, which counts it.
  /// A debug build looks for leaks by itself.
  bool looksForLeaks() const { return checkMemory || (debug == Debug::Full && optimization == 0); }
};

/// `dataLayout` and `triple` are the target's. The module is complete but for the runtime's functions.
std::unique_ptr<llvm::Module> emitModule(const dil::Module &module, llvm::LLVMContext &context,
                                         const SourceManager &sources, llvm::StringRef triple,
                                         llvm::StringRef dataLayout, const CodegenOptions &options);

} // namespace dream::codegen
