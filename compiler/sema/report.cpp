// Wording shared by many diagnostics.
#include "compiler/sema/checker.h"
#include "llvm/ADT/SmallString.h"

namespace dream::sema {

void Checker::refuse(SourceRange range, const llvm::Twine &what) { report(DiagId::NotAvailableYet, range) << what; }

std::string Checker::signature(FunctionId function) const {
  const FunctionInfo &info = program[function];
  static constexpr llvm::StringRef modes[] = {"", "ref ", "in ", "out "};
  std::string text = info.name.text().str() + "(";
  for (size_t i = 0; i < info.params.size(); ++i) {
    const ParameterInfo &param = info.params[i];
    const VariableInfo &variable = program[param.variable];
    text += (i ? ", " : "") + modes[unsigned(variable.mode)].str() + (param.isParams ? "params " : "") + spell(variable.type);
  }
  return text + (info.isVariadic ? ", ...)" : ")");
}

/// Looking for what was meant costs time; after a hundred errors nobody reads it.
bool Checker::maySuggest() const { return diags.errorCount() < 100; }

void Checker::suggest(DiagnosticBuilder &diag, SourceRange range, Name wrong, llvm::ArrayRef<llvm::StringRef> candidates) {
  if (llvm::StringRef better = didYouMean(wrong.text(), candidates); !better.empty())
    diag.note(range, "did you mean '" + better + "'?").fix(range, better);
}

llvm::StringRef Checker::keepText(const llvm::Twine &text) {
  llvm::SmallString<64> buffer;
  return text.toStringRef(buffer).copy(program.texts);
}

/// The first ones of the functions, for a choice that failed.
void Checker::noteOverloads(DiagnosticBuilder &diag, llvm::ArrayRef<FunctionId> functions, SourceRange range) {
  constexpr size_t most = 6;
  for (FunctionId function : functions.take_front(most)) {
    needSignature(function);
    diag.note(program[function].range, "there is '" + signature(function) + "'");
  }
  if (functions.size() > most)
    diag.note(range, "and " + llvm::Twine(functions.size() - most) + " more");
}

} // namespace dream::sema
