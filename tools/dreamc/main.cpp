// The compiler's command.
#include "compiler/driver/driver.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/StringSaver.h"

int main(int argc, const char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::setBugReportMsg("This is a bug in dreamc. Please report it with the files and options above.\n");
  llvm::BumpPtrAllocator arena;
  llvm::SmallVector<const char *, 64> arguments(argv + 1, argv + argc);
  llvm::cl::ExpansionContext expansion(arena, llvm::cl::TokenizeGNUCommandLine);
  if (llvm::Error error = expansion.expandResponseFiles(arguments)) {
    llvm::errs() << "dreamc: error: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  int exitCode = dream::driver::runDriver(arguments);
  // Everything is written; taking LLVM down in good order would cost more than a small compilation.
  llvm::sys::Process::Exit(exitCode, /*NoCleanup=*/true);
}
