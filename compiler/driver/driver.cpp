// The plan of one run: what is compiled, in which order, and where it goes.
//
//   Dream sources ── Frontend ── DIL ── codegen ──┐
//   .ll, .bc ─────────────────────────────────────┴─ one LLVM module ── (runtime, optimiser) ── object ──┐
//   .c, .o, .a, -l ───────────────────────────────────────────────────────────────────── clang's driver ─┴─ lld
#include "compiler/driver/driver.h"
#include "compiler/codegen/codegen.h"
#include "compiler/diag/render.h"
#include "compiler/driver/frontend.h"
#include "compiler/driver/inline_makers.h"
#include "compiler/driver/link.h"
#include "compiler/driver/log.h"
#include "compiler/driver/merge_instances.h"
#include "compiler/driver/optimize.h"
#include "compiler/driver/options.h"
#include "compiler/driver/run.h"
#include "compiler/driver/runtime_bitcode.h"
#include "compiler/driver/target.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/thread.h"
#include "llvm/TargetParser/Host.h"

namespace dream::driver {
namespace {

using Phase = TimeReport::Phase;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// What LLVM's linker and code generators complain about becomes our diagnostics; their remarks are dropped.
class LlvmComplaints : public llvm::DiagnosticHandler {
public:
  explicit LlvmComplaints(DiagnosticEngine &diags) : diags(diags) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() == llvm::DS_Error) {
      std::string text;
      llvm::raw_string_ostream out(text);
      llvm::DiagnosticPrinterRawOStream printer(out);
      info.print(printer);
      diags.report(DiagId::ToolComplains, SourceRange{}) << llvm::StringRef(text).trim();
    }
    return true;
  }

private:
  DiagnosticEngine &diags;
};

class Session {
public:
  Session(const Options &options, SourceManager &sources, DiagnosticEngine &diags)
      : options(options), sources(sources), diags(diags), installation(Installation::find()) {
    context.setDiagnosticHandler(std::make_unique<LlvmComplaints>(diags));
  }
  ~Session() {
    for (const std::string &file : temporaries)
      fs::remove(file);
  }

  int run();

private:
  bool checkInputs();
  bool makeStage();
  bool makeFiles();
  bool makeProgram();
  /// Compiles Dream sources and LLVM modules to one file; true without either of them.
  bool compileTo(Product product, const std::string &output);
  bool buildModule();
  bool readIr(const std::string &file);
  bool finishModule(Product product);
  void verify(llvm::StringRef what);
  bool emitModule(Product product, const std::string &output);
  std::vector<std::string> cOptions() const;
  void addCInput(std::vector<std::string> &arguments, const Input &input) const;

  /// Optimised modules hold what they need of the runtime; so do shared libraries, as the archive is made for programs.
  bool usesBitcode(Product product) const {
    return options.optimization > 0 || product == Product::SharedLibrary;
  }
  bool hasModule() const { return options.hasInput(Input::Kind::Dream) || options.hasInput(Input::Kind::Ir); }
  std::unique_ptr<llvm::ToolOutputFile> open(const std::string &name, bool isText);
  std::string temporary(llvm::StringRef suffix);
  std::string nameFor(llvm::StringRef input, llvm::StringRef suffix) const {
    return (input == "-" ? "stdin" : path::stem(input)).str() + suffix.str();
  }

  const Options &options;
  SourceManager &sources;
  DiagnosticEngine &diags;
  Installation installation;
  TimeReport times;
  std::string triple;

  std::unique_ptr<llvm::TargetMachine> target;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  passes::PassStatistics counters;
  std::vector<Test> tests; ///< Of `dreamc test`.
  std::vector<std::string> temporaries;
};

//===-- Files -------------------------------------------------------------------------------------------------===//

std::unique_ptr<llvm::ToolOutputFile> Session::open(const std::string &name, bool isText) {
  std::error_code error;
  auto file = std::make_unique<llvm::ToolOutputFile>(name, error, isText ? fs::OF_Text : fs::OF_None);
  if (error) {
    diags.report(DiagId::CannotWriteFile, SourceRange{}) << name << error.message();
    return nullptr;
  }
  return file;
}

std::string Session::temporary(llvm::StringRef suffix) {
  llvm::SmallString<128> name;
  if (std::error_code error = fs::createTemporaryFile("dream", suffix, name)) {
    diags.report(DiagId::CannotWriteFile, SourceRange{}) << "a temporary file" << error.message();
    return "";
  }
  temporaries.push_back(name.str().str());
  return temporaries.back();
}

llvm::StringRef suffixOf(Product product) {
  switch (product) {
  case Product::LlvmText:
    return ".ll";
  case Product::LlvmBitcode:
    return ".bc";
  case Product::Assembly:
    return ".s";
  case Product::Object:
    return ".o";
  case Product::Tokens:
  case Product::Ast:
  case Product::Sema:
  case Product::DilRaw:
  case Product::DilOwned:
  case Product::Summaries:
  case Product::DilPlaced:
  case Product::Places:
  case Product::Cycles:
  case Product::Header:
  case Product::DilCounted:
  case Product::GeneratedLlvm:
  case Product::SyntaxOnly:
  case Product::Executable:
  case Product::SharedLibrary:
    break;
  }
  return "";
}

//===-- The module --------------------------------------------------------------------------------------------===//

bool Session::readIr(const std::string &file) {
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> read = llvm::parseIRFile(file, problem, context);
  if (!read) {
    std::string text;
    llvm::raw_string_ostream out(text);
    problem.print(nullptr, out, /*ShowColors=*/false);
    diags.report(DiagId::BadIr, SourceRange{}) << llvm::StringRef(text).trim();
    return false;
  }
  std::string broken;
  llvm::raw_string_ostream out(broken);
  if (llvm::verifyModule(*read, &out)) {
    diags.report(DiagId::BadIr, SourceRange{}) << file + ": " + llvm::StringRef(broken).trim();
    return false;
  }
  read->setTargetTriple(target->getTargetTriple().str());
  read->setDataLayout(target->createDataLayout());
  if (!module)
    module = std::move(read);
  else if (llvm::Linker::linkModules(*module, std::move(read))) {
    diags.report(DiagId::BadIr, SourceRange{}) << file + " does not fit the modules before it";
    return false;
  }
  return true;
}

/// In builds with verifiers: a module that our pipeline broke is a bug of ours. Codegen looks at its own work.
void Session::verify(llvm::StringRef what) {
#if DREAM_VERIFY
  std::string broken;
  llvm::raw_string_ostream out(broken);
  if (!llvm::verifyModule(*module, &out))
    return;
  module->print(llvm::errs(), nullptr);
  llvm::report_fatal_error(what + llvm::Twine(" LLVM code is broken: ") + broken);
#endif
}

bool Session::buildModule() {
  if (options.hasInput(Input::Kind::Dream)) {
    Frontend frontend(options, installation, sources, diags, times, llvm::Triple(triple));
    bool good = frontend.run(nullptr);
    counters = frontend.statistics();
    if (!good)
      return false;
    if (options.isTest)
      tests = frontend.tests();
    Phase phase(times, "generate LLVM");
    codegen::CodegenOptions codegenOptions;
    codegenOptions.debug = options.debug == DebugInfo::Full    ? codegen::CodegenOptions::Debug::Full
                           : options.debug == DebugInfo::Lines ? codegen::CodegenOptions::Debug::Lines
                                                               : codegen::CodegenOptions::Debug::None;
    codegenOptions.optimization = options.optimization;
    codegenOptions.checkMemory = options.checkMemory;
    codegenOptions.memoryStats = options.memoryStats;
    codegenOptions.countProfile = options.countProfile;
    module = codegen::emitModule(frontend.module(), context, sources, target->getTargetTriple().str(),
                                 target->createDataLayout().getStringRepresentation(), codegenOptions);
  }
  for (const Input &input : options.inputs)
    if (input.kind == Input::Kind::Ir && !readIr(input.text))
      return false;
  // Without one, the linker would only name a start file of C's. Other inputs may well have it.
  if (options.product == Product::Executable && options.hasInput(Input::Kind::Dream)) {
    llvm::Function *main = module->getFunction("main");
    bool onlyOurs = llvm::all_of(options.inputs, [](const Input &input) {
      return input.kind == Input::Kind::Dream || input.kind == Input::Kind::Ir;
    });
    if (onlyOurs && (!main || main->isDeclaration())) {
      diags.report(DiagId::NoMain, SourceRange{});
      return false;
    }
  }
  return true;
}

/// What lies between generated code and the machine's: the runtime and LLVM's optimiser, from -O1 on.
bool Session::finishModule(Product product) {
  if (module->getPICLevel() == llvm::PICLevel::NotPIC)
    module->setPICLevel(llvm::PICLevel::BigPIC);
  // What a program defines cannot be replaced by a shared library's: its calls and loads need no detour.
  if (product != Product::SharedLibrary) {
    if (module->getPIELevel() == llvm::PIELevel::Default)
      module->setPIELevel(llvm::PIELevel::Large);
    for (llvm::GlobalValue &value : module->global_values())
      if (!value.isDeclarationForLinker())
        value.setDSOLocal(true);
  }
  if (options.debug != DebugInfo::Full) {
    Phase phase(times, "merge instances");
    if (options.optimization == 0)
      counters.add("inline-makers", "functions that make an object for one place", inlineMakers(*module));
    counters.add("merge-instances", "functions that are equal to others of the same text", mergeInstances(*module));
  }
  if (!usesBitcode(product))
    return true;
  if (std::string bitcode = installation.runtimeBitcode(triple); !bitcode.empty()) {
    Phase phase(times, "link runtime");
    bool merge = options.optimization > 2 || product == Product::SharedLibrary;
    if (llvm::Error error = merge ? mergeRuntime(*module, bitcode, product == Product::SharedLibrary)
                                  : importRuntime(*module, bitcode)) {
      diags.report(DiagId::BrokenInstallation, SourceRange{}) << bitcode + ": " + llvm::toString(std::move(error));
      return false;
    }
  }
  if (options.optimization == 0)
    return true;
  setProcessor(*module, *target, options.optimizeForSize);
  Phase phase(times, "optimise");
  optimize(*module, *target, options.optimization, options.optimizeForSize);
  verify("optimised");
  return true;
}

bool Session::emitModule(Product product, const std::string &output) {
  Phase phase(times, "emit");
  bool isText = product == Product::LlvmText || product == Product::Assembly || product == Product::GeneratedLlvm;
  std::unique_ptr<llvm::ToolOutputFile> file = open(output, isText);
  if (!file)
    return false;
  switch (product) {
  case Product::LlvmText:
  case Product::GeneratedLlvm:
    module->print(file->os(), nullptr);
    break;
  case Product::LlvmBitcode:
    llvm::WriteBitcodeToFile(*module, file->os());
    break;
  case Product::Assembly:
  case Product::Object: {
    auto type = product == Product::Assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
    if (file->os().supportsSeeking()) {
      emitCode(*module, *target, type, file->os());
    } else { // a pipe
      llvm::SmallVector<char, 0> buffer;
      llvm::raw_svector_ostream memory(buffer);
      emitCode(*module, *target, type, memory);
      file->os() << memory.str();
    }
    break;
  }
  case Product::Tokens:
  case Product::Ast:
  case Product::Sema:
  case Product::DilRaw:
  case Product::DilOwned:
  case Product::Summaries:
  case Product::DilPlaced:
  case Product::Places:
  case Product::Cycles:
  case Product::Header:
  case Product::DilCounted:
  case Product::SyntaxOnly:
  case Product::Executable:
  case Product::SharedLibrary:
    llvm_unreachable("not made from a module");
  }
  file->os().flush();
  if (file->os().has_error()) {
    diags.report(DiagId::CannotWriteFile, SourceRange{}) << output << file->os().error().message();
    file->os().clear_error();
    return false;
  }
  if (diags.hasErrors()) // of LLVM's own, while it wrote
    return false;
  file->keep();
  return true;
}

bool Session::compileTo(Product product, const std::string &output) {
  if (!hasModule())
    return true;
  if (options.printCommands) {
    llvm::errs() << " \"dreamc\" \"--target=" << triple << "\" \"-O" << options.optimization << "\"";
    for (const Input &input : options.inputs)
      if (input.kind == Input::Kind::Dream || input.kind == Input::Kind::Ir)
        llvm::errs() << " \"" << input.text << "\"";
    llvm::errs() << " \"" << (product == Product::Object ? "-c" : "-S") << "\" \"-o\" \"" << output << "\"\n";
    return true;
  }
  // Names of values are for readers of LLVM code; LLVM's own text cannot be read without them.
  bool isRead = product == Product::GeneratedLlvm || product == Product::LlvmText || product == Product::LlvmBitcode;
  context.setDiscardValueNames(!isRead && !options.hasInput(Input::Kind::Ir));
  target = makeTarget(options, diags);
  if (!target || !buildModule())
    return false;
  if (product == Product::GeneratedLlvm)
    return emitModule(product, output);
  return finishModule(options.product) && emitModule(product, output);
}

//===-- Products ----------------------------------------------------------------------------------------------===//

bool Session::checkInputs() {
  if (options.inputs.empty()) {
    diags.report(DiagId::NoInputs, SourceRange{});
    return false;
  }
  bool fromIr = options.product >= Product::GeneratedLlvm && options.product != Product::SyntaxOnly;
  if (isStageOfDream(options.product)) {
    for (const Input &input : options.inputs)
      if (input.kind != Input::Kind::Dream && !(fromIr && input.kind == Input::Kind::Ir) &&
          !llvm::StringRef(input.text).starts_with("-"))
        diags.report(DiagId::StageTakesNo, SourceRange{})
            << input.text << (fromIr ? "Dream sources and LLVM modules" : "Dream sources");
    if (!diags.hasErrors() && !options.hasInput(Input::Kind::Dream) && !(fromIr && hasModule()))
      diags.report(DiagId::StageNeedsDream, SourceRange{});
  } else if (!isLinked(options.product) && !options.output.empty()) {
    unsigned outputs = hasModule();
    for (const Input &input : options.inputs)
      outputs += input.kind == Input::Kind::C;
    if (outputs > 1)
      diags.report(DiagId::SeveralOutputs, SourceRange{}) << llvm::Twine(outputs);
  }
  bool asBitcode = usesBitcode(options.product);
  if (options.hasInput(Input::Kind::Dream) && (isLinked(options.product) || (makesCode(options.product) && asBitcode)) &&
      (asBitcode ? installation.runtimeBitcode(triple) : installation.runtimeArchive(triple)).empty())
    diags.report(DiagId::NoRuntime, SourceRange{}) << triple;
  for (const Input &input : options.inputs)
    if (input.kind == Input::Kind::Ir && input.text != "-" && !fs::exists(input.text))
      diags.report(DiagId::CannotReadFile, SourceRange{}) << input.text << "no such file";
  return !diags.hasErrors();
}

bool Session::makeStage() {
  std::string output = options.output.empty() ? "-" : options.output;
  if (options.product == Product::GeneratedLlvm)
    return compileTo(options.product, output);
  std::unique_ptr<llvm::ToolOutputFile> file;
  if (options.product != Product::SyntaxOnly && !(file = open(output, /*isText=*/true)))
    return false;
  Frontend frontend(options, installation, sources, diags, times, llvm::Triple(triple));
  bool good = frontend.run(file ? &file->os() : nullptr);
  counters = frontend.statistics();
  if (good && file)
    file->keep();
  return good;
}

/// Options of the C compiler that follow from ours.
std::vector<std::string> Session::cOptions() const {
  std::vector<std::string> result{"--target=" + triple};
  if (!options.sysroot.empty())
    result.push_back("--sysroot=" + options.sysroot);
  for (const std::string &folder : options.toolFolders)
    result.push_back("-B" + folder);
  if (options.hasInput(Input::Kind::C)) {
    result.push_back(options.optimizeForSize ? "-Os" : "-O" + std::to_string(options.optimization));
    if (options.debug == DebugInfo::Full)
      result.push_back("-g");
    for (const std::string &folder : options.importFolders)
      result.push_back("-I" + folder);
    if (!options.cpu.empty())
      result.push_back((llvm::Triple(triple).isX86() ? "-march=" : "-mcpu=") + options.cpu);
    if (options.product == Product::SharedLibrary)
      result.push_back("-fPIC");
  }
  return result;
}

void Session::addCInput(std::vector<std::string> &arguments, const Input &input) const {
  if (path::extension(input.text) == ".c") {
    arguments.push_back(input.text);
    return;
  }
  arguments.insert(arguments.end(), {"-x", "c", input.text, "-x", "none"});
}

bool Session::makeFiles() {
  llvm::StringRef suffix = suffixOf(options.product);
  std::string output = options.output;
  if (output.empty())
    for (const Input &input : options.inputs)
      if (input.kind == Input::Kind::Dream || input.kind == Input::Kind::Ir) {
        output = nameFor(input.text, suffix);
        break;
      }
  if (!compileTo(options.product, output))
    return false;
  for (const Input &input : options.inputs) {
    if (input.kind != Input::Kind::C)
      continue;
    std::vector<std::string> arguments = cOptions();
    bool isText = options.product == Product::Assembly || options.product == Product::LlvmText;
    arguments.push_back(isText ? "-S" : "-c");
    if (options.product == Product::LlvmText || options.product == Product::LlvmBitcode)
      arguments.push_back("-emit-llvm");
    addCInput(arguments, input);
    arguments.insert(arguments.end(), {"-o", options.output.empty() ? nameFor(input.text, suffix) : options.output});
    Phase phase(times, "C");
    if (!runClang(arguments, triple, options.printCommands, diags))
      return false;
  }
  return true;
}

bool Session::makeProgram() {
  std::string output = options.output.empty() ? "a.out" : options.output;
  if (options.isTransient() && (output = temporary("out")).empty())
    return false;
  std::string object;
  if (hasModule()) {
    object = options.printCommands ? "program.o" : temporary("o");
    if (object.empty() || !compileTo(Product::Object, object))
      return false;
  }

  std::vector<std::string> arguments = cOptions();
  arguments.push_back("-fuse-ld=lld");
#if DREAM_SANITIZE
  arguments.push_back("-fsanitize=address,undefined"); // the runtime's archive is instrumented too
#endif
  if (options.isStatic)
    arguments.push_back("-static");
  if (options.product == Product::SharedLibrary)
    arguments.push_back("-shared");
  bool objectIsIn = false;
  for (const Input &input : options.inputs)
    switch (input.kind) {
    case Input::Kind::Dream:
    case Input::Kind::Ir:
      if (!objectIsIn)
        arguments.push_back(object);
      objectIsIn = true;
      break;
    case Input::Kind::C:
      addCInput(arguments, input);
      break;
    case Input::Kind::Linker:
      arguments.push_back(input.text);
      break;
    }
  // The archive serves modules without the runtime in them, and objects that were compiled apart.
  if (std::string archive = installation.runtimeArchive(triple); !archive.empty()) {
    if (options.product != Product::SharedLibrary)
      arguments.push_back(archive);
    if (llvm::Triple(triple).isOSLinux())
      arguments.push_back("-lbacktrace"); // lines of traces; part of the C compiler's own folder
  }
  arguments.insert(arguments.end(), {"-lm", "-o", output});
  {
    Phase phase(times, "link");
    if (!runClang(arguments, triple, options.printCommands, diags))
      return false;
  }
  return true;
}

int Session::run() {
  if (options.verbose)
    startLogging();
  triple = llvm::Triple::normalize(options.target.empty() ? llvm::sys::getDefaultTargetTriple() : options.target);
  bool good = checkInputs() && (isStageOfDream(options.product) ? makeStage()
                                : isLinked(options.product)     ? makeProgram()
                                                                : makeFiles());
  if (options.stats)
    for (const passes::PassStatistics::Row &row : counters.rows)
      llvm::errs() << llvm::format("%10llu  ", (unsigned long long)row.count) << row.pass << ": " << row.what << "\n";
  if (options.timeReport)
    times.print(llvm::errs());
  if (!good || diags.hasErrors())
    return 1;
  if (!options.isTransient() || !isLinked(options.product) || options.printCommands)
    return 0;
  llvm::outs().flush();
  if (options.isTest)
    return runTests(temporaries.front(), tests, options.testFilter, llvm::outs(), diags);
  return runProgram(temporaries.front(), options.programArguments, diags);
}

int runOnThisStack(llvm::ArrayRef<const char *> arguments) {
  CommandLine line(arguments);
  DiagnosticOptions how = line.diagnosticOptions();
  SourceManager sources;
  std::unique_ptr<DiagnosticConsumer> renderer = how.asJson ? makeJsonRenderer(sources, llvm::errs())
                                                            : makeTextRenderer(sources, llvm::errs(), how.colours);
  DiagnosticEngine diags(*renderer);
  int exitCode = 1;
  if (!line.answerQuestion(diags, exitCode)) {
    Options options = line.understand(diags);
    exitCode = diags.hasErrors() ? 1 : Session(options, sources, diags).run();
  }
  diags.finish();
  llvm::outs().flush();
  return exitCode;
}

} // namespace

int runDriver(llvm::ArrayRef<const char *> arguments) {
  // Trees are walked by recursion: a deep one needs a deep stack, of which only the touched part costs memory.
  constexpr unsigned kStackBytes = 256u << 20;
  int exitCode = 1;
  llvm::thread worker(std::optional<unsigned>(kStackBytes), [&] { exitCode = runOnThisStack(arguments); });
  worker.join();
  return exitCode;
}

} // namespace dream::driver
