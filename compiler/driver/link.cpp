#include "compiler/driver/link.h"
#include "compiler/driver/log.h"
#include "llvm/Support/VirtualFileSystem.h" // before Driver.h, which needs it
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Driver/Compilation.h"
#include "clang/Driver/Driver.h"
#include "clang/Driver/Tool.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"
#include <cstdlib>

LLD_HAS_DRIVER(elf)
LLD_HAS_DRIVER(wasm)
LLD_HAS_DRIVER(mingw)
LLD_HAS_DRIVER(coff)

namespace dream::driver {
namespace {

using llvm::StringRef;

/// Clang's complaints about files and options become ours.
class Complaints : public clang::DiagnosticConsumer {
public:
  explicit Complaints(DiagnosticEngine &diags) : diags(diags) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic &info) override {
    llvm::SmallString<128> text;
    info.FormatDiagnostic(text);
    if (level >= clang::DiagnosticsEngine::Error)
      diags.report(DiagId::ToolComplains, SourceRange{}) << text;
    else
      logLine(text);
  }

private:
  DiagnosticEngine &diags;
};

/// The clang whose folders for headers and start files the driver uses; nothing of it runs unless C is compiled.
std::string clangProgram() {
  std::string here = DREAM_LLVM_BIN "/clang";
  if (llvm::sys::fs::exists(here))
    return here;
  for (const char *name : {"clang-19", "clang"})
    if (auto found = llvm::sys::findProgramByName(name))
      return *found;
  return here;
}

/// Links with lld in this process, if it has a driver for the job and has not been used yet (its state is global).
bool linkInProcess(const clang::driver::Command &job, int &exitCode) {
  static bool canRun = true;
  std::string program = llvm::sys::path::filename(job.getExecutable()).str();
  if (!canRun || !(program == "ld.lld" || program == "wasm-ld" || program == "lld-link"))
    return false;
  canRun = false;
  llvm::SmallVector<const char *, 64> arguments{program.c_str()};
  arguments.append(job.getArguments().begin(), job.getArguments().end());
  lld::Result result = lld::lldMain(arguments, llvm::outs(), llvm::errs(),
                                    {{lld::Gnu, &lld::elf::link},
                                     {lld::MinGW, &lld::mingw::link},
                                     {lld::WinLink, &lld::coff::link},
                                     {lld::Wasm, &lld::wasm::link}});
  exitCode = result.retCode;
  return true;
}

} // namespace

bool runClang(llvm::ArrayRef<std::string> arguments, StringRef triple, bool printOnly, DiagnosticEngine &diags) {
  // Clang would search it before the target's own folders.
  ::unsetenv("LIBRARY_PATH");

  Complaints complaints(diags);
  auto options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  clang::DiagnosticsEngine clangDiags(llvm::makeIntrusiveRefCnt<clang::DiagnosticIDs>(), options, &complaints,
                                      /*ShouldOwnClient=*/false);
  std::string program = clangProgram();
  clang::driver::Driver driver(program, triple, clangDiags, "dreamc", llvm::vfs::getRealFileSystem());
  driver.setCheckInputsExist(!printOnly);

  llvm::SmallVector<const char *, 32> list{program.c_str()};
  for (const std::string &argument : arguments)
    list.push_back(argument.c_str());
  unsigned errorsBefore = diags.errorCount();
  std::unique_ptr<clang::driver::Compilation> compilation(driver.BuildCompilation(list));
  if (!compilation || diags.errorCount() != errorsBefore)
    return false;
  if (printOnly) {
    compilation->getJobs().Print(llvm::errs(), "\n", /*Quote=*/true);
    return true;
  }

  bool good = true;
  for (const clang::driver::Command &job : compilation->getJobs()) {
    if (logging()) {
      std::string text;
      llvm::raw_string_ostream out(text);
      job.Print(out, "", /*Quote=*/false);
      logLine(StringRef(text).trim());
    }
    bool isLink = job.getSource().getKind() == clang::driver::Action::LinkJobClass;
    int exitCode = 0;
    if (!isLink || !linkInProcess(job, exitCode)) {
      std::string problem;
      bool failed = false;
      exitCode = job.Execute({}, &problem, &failed);
      if (failed)
        diags.report(DiagId::CannotRun, SourceRange{}) << job.getExecutable() << problem;
    }
    if (exitCode != 0) {
      // The tool has told why.
      diags.report(isLink ? DiagId::LinkFailed : DiagId::ToolFailed, SourceRange{})
          << llvm::sys::path::filename(job.getExecutable()) << llvm::Twine(exitCode);
      good = false;
      break;
    }
  }
  compilation->CleanupFileList(compilation->getTempFiles());
  return good;
}

} // namespace dream::driver
