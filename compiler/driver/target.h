// The machine to compile for, and writing its code.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/driver/options.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace dream::driver {

/// Null, after a report, when LLVM has no such target or processor.
std::unique_ptr<llvm::TargetMachine> makeTarget(const Options &options, DiagnosticEngine &diags);

/// Assembly or an object file.
void emitCode(llvm::Module &module, llvm::TargetMachine &target, llvm::CodeGenFileType type,
              llvm::raw_pwrite_stream &out);

} // namespace dream::driver
