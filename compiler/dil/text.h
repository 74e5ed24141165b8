// DIL as text: printing, and reading back what was printed.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "compiler/dil/module.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::dil {

llvm::StringRef spell(Stage stage);

/// Prints declarations of the nominal types that the module uses, module variables, class tables and functions. With
/// `sources`, each instruction ends in its @line:column.
void print(const Module &module, llvm::raw_ostream &out, const SourceManager *sources = nullptr);
void print(const Module &module, const Function &function, llvm::raw_ostream &out, const SourceManager *sources = nullptr);
/// One instruction, without its line break.
void print(const Module &module, const Function &function, const Inst &inst, llvm::raw_ostream &out);

/// Reads a module; null after errors, which go to `diags`. The text is self-contained: types are declared in it.
std::unique_ptr<Module> parse(TypeTable &types, NameTable &names, const SourceManager &sources, FileId file,
                              DiagnosticEngine &diags);

} // namespace dream::dil
