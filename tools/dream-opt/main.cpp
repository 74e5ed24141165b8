// dream-opt: reads DIL text, verifies it, runs the passes that are named, and prints what came of it. It knows nothing of
// the language's front end.
#include "compiler/analysis/summaries.h"
#include "compiler/codegen/codegen.h"
#include "compiler/diag/render.h"
#include "compiler/dil/text.h"
#include "compiler/dil/verify/verify.h"
#include "compiler/passes/passes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace dream;
namespace cl = llvm::cl;

static cl::OptionCategory category("dream-opt options");
static cl::opt<std::string> inputPath(cl::Positional, cl::desc("<DIL file, or - for standard input>"), cl::init("-"),
                                      cl::cat(category));
static cl::list<std::string> passNames("pass", cl::desc("Run a pass; may be given more than once"), cl::value_desc("name"),
                                       cl::cat(category));
static cl::opt<std::string> outputPath("o", cl::desc("Where to write; - is standard output"), cl::value_desc("file"),
                                       cl::init("-"), cl::cat(category));
static cl::opt<bool> verifyOnly("verify-only", cl::desc("Verify, and print nothing but violations"), cl::cat(category));
static cl::opt<bool> noVerify("no-verify", cl::desc("Verify neither the input nor after passes"), cl::cat(category));
static cl::opt<bool> emitLlvm("emit-llvm", cl::desc("Print the LLVM module instead of DIL"), cl::cat(category));
static cl::opt<bool> checkMemory("fcheck-memory", cl::desc("Keep every check of memory"), cl::cat(category));
static cl::opt<uint64_t> placeStress("fplace-stress", cl::desc("Keep objects on the heap at random, by this seed"), cl::cat(category));
static cl::opt<bool> summaries("summaries", cl::desc("Print what functions do with their arguments, in place of DIL"), cl::cat(category));
static cl::opt<bool> places("places", cl::desc("Print the place of each instruction"), cl::cat(category));
/// LLVM's library has an option `stats` of its own: ours is spelled so inside, and as people know it outside.
static cl::opt<bool> stats("pass-stats", cl::desc("Print what the passes counted (also --stats)"), cl::cat(category));
static cl::opt<codegen::CodegenOptions::Debug> debugInfo(
    "debug", cl::desc("Debug information of the LLVM module"), cl::init(codegen::CodegenOptions::Debug::None),
    cl::values(clEnumValN(codegen::CodegenOptions::Debug::None, "none", "none"),
               clEnumValN(codegen::CodegenOptions::Debug::Lines, "lines", "lines"),
               clEnumValN(codegen::CodegenOptions::Debug::Full, "full", "lines, variables and types")),
    cl::cat(category));
static cl::opt<unsigned> level("O", cl::desc("Level of optimisation, for passes that ask"), cl::Prefix, cl::init(0),
                               cl::cat(category));

/// Prints all violations; true if there are none.
static bool report(const dil::Module &module) {
  std::vector<dil::Violation> violations = dil::verify(module);
  for (const dil::Violation &one : violations)
    llvm::errs() << "dream-opt: " << dil::describe(one) << '\n';
  return violations.empty();
}

static bool printLlvm(const dil::Module &module, const SourceManager &sources, llvm::raw_ostream &out) {
  llvm::InitializeNativeTarget();
  std::string triple = llvm::sys::getDefaultTargetTriple(), problem;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!target) {
    llvm::errs() << "dream-opt: error: " << problem << '\n';
    return false;
  }
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(triple, "", "", {}, llvm::Reloc::PIC_));
  llvm::LLVMContext context;
  codegen::CodegenOptions options;
  options.optimization = level;
  options.checkMemory = checkMemory;
  options.debug = debugInfo;
  codegen::emitModule(module, context, sources, triple, machine->createDataLayout().getStringRepresentation(), options)
      ->print(out, nullptr);
  return true;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  llvm::SmallVector<const char *, 16> arguments(argv, argv + argc);
  for (const char *&argument : arguments)
    if (llvm::StringRef(argument) == "--stats")
      argument = "--pass-stats";
  cl::ParseCommandLineOptions(int(arguments.size()), arguments.data(), "reads DIL, runs passes on it, and prints it\n");

  SourceManager sources;
  std::unique_ptr<DiagnosticConsumer> renderer = makeTextRenderer(sources, llvm::errs(), false);
  DiagnosticEngine diags(*renderer);
  llvm::Expected<FileId> file = sources.load(inputPath);
  if (!file) {
    diags.report(DiagId::CannotReadFile, SourceLoc()) << inputPath << llvm::toString(file.takeError());
    return 1;
  }
  TypeTable types;
  NameTable names;
  std::unique_ptr<dil::Module> module = dil::parse(types, names, sources, *file, diags);
  if (!module) {
    diags.finish();
    return 1;
  }
  if (!noVerify && !report(*module))
    return 1;
  if (verifyOnly)
    return 0;

  passes::PassOptions options;
  options.optimization = level;
  options.checkMemory = checkMemory;
  options.placeStress = placeStress;
  options.verify = !noVerify;
  options.printStats = stats;
  passes::PassStatistics statistics;
  for (const std::string &name : passNames)
    if (!passes::runPass(name, *module, diags, options, statistics))
      diags.report(DiagId::DilUnknownPass, SourceLoc()) << name;
  if (emitLlvm && !diags.hasErrors() && module->stage != dil::Stage::Counted)
    diags.report(DiagId::DilNotCounted, SourceLoc()) << dil::spell(module->stage);
  diags.finish();
  if (diags.hasErrors())
    return 1;
  if (!passNames.empty() && !noVerify && !report(*module))
    return 1;
  for (const passes::PassStatistics::Row &row : statistics.rows)
    if (stats)
      llvm::errs() << row.pass << ": " << row.count << ' ' << row.what << '\n';

  std::error_code failure;
  llvm::ToolOutputFile out(outputPath, failure, llvm::sys::fs::OF_Text);
  if (failure) {
    diags.report(DiagId::CannotWriteFile, SourceLoc()) << outputPath << failure.message();
    return 1;
  }
  if (emitLlvm && !printLlvm(*module, sources, out.os()))
    return 1;
  if (summaries) {
    analysis::CallTargets targets(*module);
    analysis::printSummaries(*module, analysis::ModuleSummaries(*module, targets), out.os());
  } else if (!emitLlvm)
    dil::print(*module, out.os(), places ? &sources : nullptr);
  out.keep();
  return 0;
}
