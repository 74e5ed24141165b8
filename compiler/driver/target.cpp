#include "compiler/driver/target.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

namespace dream::driver {

/// Setting up one target costs nothing to speak of, all of them a millisecond: only foreign triples pay it.
static void registerTargets(bool native) {
  if (native) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser(); // inline assembly of the C library's headers
    return;
  }
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
}

static llvm::CodeGenOptLevel levelOf(unsigned optimization) {
  switch (optimization) {
  case 0:
    return llvm::CodeGenOptLevel::None;
  case 1:
    return llvm::CodeGenOptLevel::Less;
  case 2:
    return llvm::CodeGenOptLevel::Default;
  }
  return llvm::CodeGenOptLevel::Aggressive;
}

std::unique_ptr<llvm::TargetMachine> makeTarget(const Options &options, DiagnosticEngine &diags) {
  std::string host = llvm::sys::getDefaultTargetTriple();
  llvm::Triple triple(llvm::Triple::normalize(options.target.empty() ? host : options.target));
  registerTargets(triple.getArch() == llvm::Triple(host).getArch());

  std::string problem;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple.str(), problem);
  if (!target) {
    diags.report(DiagId::UnknownTarget, SourceRange{}) << options.target;
    return nullptr;
  }

  std::string cpu = options.cpu;
  llvm::SubtargetFeatures features;
  if (cpu == "native") {
    cpu = llvm::sys::getHostCPUName();
    for (const auto &feature : llvm::sys::getHostCPUFeatures())
      features.AddFeature(feature.getKey(), feature.getValue());
  } else if (cpu.empty() && triple.getArch() == llvm::Triple::x86_64) {
    cpu = "x86-64";
  } else if (cpu.empty() && triple.getArch() == llvm::Triple::riscv64) {
    cpu = "generic-rv64";
    for (const char *extension : {"m", "a", "f", "d", "c"}) // what Linux distributions build for
      features.AddFeature(extension);
  }

  llvm::TargetOptions machine;
  machine.UseInitArray = true; // where programs of today look for constructors
  if (triple.getEnvironment() == llvm::Triple::GNUEABIHF)
    machine.FloatABIType = llvm::FloatABI::Hard;
  if (triple.getArch() == llvm::Triple::riscv64)
    machine.MCOptions.ABIName = "lp64d";
  if (options.optimization > 0) {
    machine.FunctionSections = true;
    machine.DataSections = true;
  }
  bool isStatic = triple.isWasm();
  std::unique_ptr<llvm::TargetMachine> result(
      target->createTargetMachine(triple.str(), cpu, features.getString(), machine,
                                  isStatic ? llvm::Reloc::Static : llvm::Reloc::PIC_, std::nullopt,
                                  levelOf(options.optimization)));
  if (!options.cpu.empty() && !result->getMCSubtargetInfo()->isCPUStringValid(cpu)) {
    diags.report(DiagId::UnknownProcessor, SourceRange{}) << options.cpu << triple.str();
    return nullptr;
  }
  return result;
}

void emitCode(llvm::Module &module, llvm::TargetMachine &target, llvm::CodeGenFileType type,
              llvm::raw_pwrite_stream &out) {
  llvm::legacy::PassManager passes;
  if (target.addPassesToEmitFile(passes, out, nullptr, type, /*DisableVerify=*/true)) // the driver has verified it
    llvm::report_fatal_error("the target cannot write such a file");
  passes.run(module);
}

} // namespace dream::driver
