// From source files to DIL: the phases of the front end, one after the other.
#pragma once

#include "compiler/dil/module.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/options.h"
#include "compiler/driver/run_tests.h"
#include "compiler/driver/time_report.h"
#include "compiler/passes/passes.h"
#include "compiler/sema/program.h"
#include "compiler/syntax/ast.h"
#include <memory>

#include "llvm/TargetParser/Triple.h"

namespace dream::driver {

/// One program on its way through the front end; owns everything that its products point into.
class Frontend {
public:
  Frontend(const Options &options, const Installation &installation, SourceManager &sources, DiagnosticEngine &diags,
           TimeReport &times, const llvm::Triple &target);

  /// Runs the phases that lead to `options.product`, and no others; true if there were no errors. Products that are texts
  /// are written to `out`.
  bool run(llvm::raw_ostream *out);
  /// After run() has gone all the way.
  const dil::Module &module() const { return *dil; }
  /// The program's tests, in the order of their indices, once it has been checked.
  std::vector<Test> tests() const;
  const passes::PassStatistics &statistics() const { return counters; }

private:
  bool loadInputs();
  const ast::SourceFile *parse(FileId file);
  /// Brings in the files of imported modules that no loaded file declares, until there are no more.
  void loadImports();
  std::string findModule(llvm::ArrayRef<Name> path, FileId importer) const;
  bool declaresModule(const ast::SourceFile &file, llvm::ArrayRef<Name> path) const;
  bool lowerTo(dil::Stage stage);

  const Options &options;
  const Installation &installation;
  SourceManager &sources;
  DiagnosticEngine &diags;
  TimeReport &times;

  NameTable names;
  TypeTable types;
  ast::AstContext trees;
  std::vector<FileId> inputs; ///< As given on the command line.
  std::vector<const ast::SourceFile *> library, files;
  std::unique_ptr<sema::Program> program;
  std::unique_ptr<dil::Module> dil;
  passes::PassStatistics counters;
  std::vector<analysis::PlaceRow> places; ///< For --explain.
};

} // namespace dream::driver
