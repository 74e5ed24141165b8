#include "compiler/driver/frontend.h"
#include "compiler/driver/c_header.h"
#include "compiler/analysis/print_places.h"
#include "compiler/analysis/summaries.h"
#include "compiler/analysis/type_cycles.h"
#include "compiler/dil/text.h"
#include "compiler/dilgen/dilgen.h"
#include "compiler/driver/log.h"
#include "compiler/sema/check.h"
#include "compiler/sema/print_program.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/printer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace dream::driver {

using Phase = TimeReport::Phase;
namespace path = llvm::sys::path;

Frontend::Frontend(const Options &options, const Installation &installation, SourceManager &sources,
                   DiagnosticEngine &diags, TimeReport &times, const llvm::Triple &target)
    : options(options), installation(installation), sources(sources), diags(diags), times(times), types(target.isArch64Bit() ? 8 : 4, target.getArch() == llvm::Triple::x86 && !target.isOSWindows() ? 4 : 8),
      trees(names) {}

bool Frontend::loadInputs() {
  for (const Input &input : options.inputs) {
    if (input.kind != Input::Kind::Dream)
      continue;
    llvm::Expected<FileId> file = sources.load(input.text);
    if (file)
      inputs.push_back(*file);
    else
      diags.report(DiagId::CannotReadFile, SourceRange{}) << input.text << llvm::toString(file.takeError());
  }
  return !diags.hasErrors();
}

const ast::SourceFile *Frontend::parse(FileId file) { return ast::parseFile(trees, sources, file, diags); }

bool Frontend::declaresModule(const ast::SourceFile &file, llvm::ArrayRef<Name> modulePath) const {
  if (!file.modulePath.empty())
    return file.modulePath == modulePath;
  return modulePath.size() == 1 && path::stem(sources.name(file.file)) == modulePath[0].text();
}

std::string Frontend::findModule(llvm::ArrayRef<Name> modulePath, FileId importer) const {
  // import a.b: a/b.dr beside the importing file, beside the inputs, in the folders of -I, then in the standard library.
  llvm::SmallString<128> relative;
  for (Name name : modulePath)
    path::append(relative, name.text());
  relative += ".dr";
  std::vector<std::string> folders{path::parent_path(sources.name(importer)).str()};
  for (FileId input : inputs)
    folders.push_back(path::parent_path(sources.name(input)).str());
  folders.insert(folders.end(), options.importFolders.begin(), options.importFolders.end());
  folders.push_back(installation.stdlib);
  for (const std::string &folder : folders) {
    llvm::SmallString<256> candidate(folder);
    path::append(candidate, relative);
    if (llvm::sys::fs::is_regular_file(candidate))
      return candidate.str().str();
  }
  return "";
}

void Frontend::loadImports() {
  // A module may lie in several files, and only the checker knows what is exported where; here each path that nobody
  // declares is looked up once. What is not found is the checker's to report, at the import.
  std::vector<const ast::SourceFile *> pending(files.begin(), files.end());
  pending.insert(pending.end(), library.begin(), library.end());
  for (size_t i = 0; i < pending.size(); ++i)
    for (const ast::ImportDecl *import : pending[i]->imports) {
      if (import->isC || import->path.empty())
        continue;
      if (llvm::any_of(pending, [&](auto *file) { return declaresModule(*file, import->path); }))
        continue;
      std::string found = findModule(import->path, pending[i]->file);
      if (found.empty())
        continue;
      logLine("import: " + found);
      llvm::Expected<FileId> file = sources.load(found);
      if (!file) {
        diags.report(DiagId::CannotReadFile, import->range) << found << llvm::toString(file.takeError());
        continue;
      }
      const ast::SourceFile *tree = parse(*file);
      bool isLibrary = !installation.stdlib.empty() && llvm::StringRef(found).starts_with(installation.stdlib);
      (isLibrary ? library : files).push_back(tree);
      pending.push_back(tree);
    }
}

std::vector<Test> Frontend::tests() const {
  std::vector<Test> result;
  for (const sema::TestFunction &test : program->tests)
    result.push_back({(*program)[test.function].symbol, test.isBench});
  return result;
}

bool Frontend::lowerTo(dil::Stage stage) {
  if (!dil) {
    Phase phase(times, "generate DIL");
    dil = dilgen::lowerProgram(*program, names, options.isTest, options.checkMemory);
  }
  if (stage == dil::Stage::Raw)
    return true;
  Phase phase(times, stage == dil::Stage::Owned ? "ownership" : stage == dil::Stage::Placed ? "placement" : "counting");
  passes::PassOptions passOptions;
  passOptions.optimization = options.countNaively ? 0 : options.optimization;
  passOptions.checkMemory = options.checkMemory;
#if !DREAM_VERIFY
  passOptions.verify = false;
#endif
  passOptions.placeOnHeap = options.placeOnHeap;
  passOptions.placeStress = options.placeStress;
  passOptions.explanation = options.product == Product::Places ? &places : nullptr;
  passOptions.printStats = options.stats;
  passes::runPipeline(*dil, diags, passOptions, stage, counters);
  return !diags.hasErrors();
}

bool Frontend::run(llvm::raw_ostream *out) {
  if (!loadInputs())
    return false;
  if (options.product == Product::Tokens) {
    for (FileId file : inputs)
      ast::dumpTokens(sources, file, diags, *out);
    return !diags.hasErrors();
  }
  {
    Phase phase(times, "parse");
    for (FileId file : inputs)
      files.push_back(parse(file));
  }
  if (options.product == Product::Ast) {
    for (const ast::SourceFile *file : files)
      ast::dump(*file, *out);
    return !diags.hasErrors();
  }

  std::vector<std::string> core = installation.coreFiles();
  if (core.empty()) {
    diags.report(DiagId::BrokenInstallation, SourceRange{}) << "its core library is missing";
    return false;
  }
  {
    Phase phase(times, "parse library");
    for (const std::string &name : core) {
      llvm::Expected<FileId> file = sources.load(name);
      if (!file) {
        diags.report(DiagId::CannotReadFile, SourceRange{}) << name << llvm::toString(file.takeError());
        return false;
      }
      library.push_back(parse(*file));
    }
    loadImports();
  }
  {
    Phase phase(times, "check");
    sema::CheckOptions checkOptions;
    checkOptions.checkOverflow = options.checkOverflow;
    checkOptions.checkLibrary = options.checkLibrary;
    program = sema::checkProgram(types, names, sources, library, files, diags, checkOptions);
  }
  if (options.product == Product::Sema)
    sema::print(*program, *out);
  if (diags.hasErrors() || options.product == Product::Sema)
    return !diags.hasErrors();

  auto finish = [&](dil::Stage stage) {
    bool good = lowerTo(stage);
    if (good && out)
      dil::print(*dil, *out, &sources);
    return good;
  };
  if (options.product == Product::DilRaw)
    return finish(dil::Stage::Raw);
  if (options.product == Product::DilOwned)
    return finish(dil::Stage::Owned);
  // What the mandatory passes find belongs to checking a program.
  if (!lowerTo(dil::Stage::Owned))
    return false;
  if (options.product == Product::SyntaxOnly) {
    return !passes::makesPromises(*dil) || lowerTo(dil::Stage::Counted);
  }
  if (options.product == Product::Summaries) {
    analysis::CallTargets targets(*dil);
    analysis::printSummaries(*dil, analysis::ModuleSummaries(*dil, targets), *out);
    return true;
  }
  if (options.product == Product::DilPlaced)
    return finish(dil::Stage::Placed);
  if (options.product == Product::Places) {
    if (!lowerTo(dil::Stage::Placed))
      return false;
    analysis::printPlaces(std::move(places), sources, inputs, options.placesForm, *out);
    return true;
  }
  if (options.product == Product::Header) {
    printCHeader(*program, options.output.empty() ? "exports.h" : llvm::sys::path::filename(options.output), *out);
    return true;
  }
  if (options.product == Product::Cycles) {
    bool good = lowerTo(dil::Stage::Placed) && lowerTo(dil::Stage::Counted);
    if (good)
      analysis::TypeCycles(*dil).print(*out);
    return good;
  }
  return lowerTo(dil::Stage::Placed) &&
         (options.product == Product::DilCounted ? finish(dil::Stage::Counted) : lowerTo(dil::Stage::Counted));
}

} // namespace dream::driver
