// --explain-error: the long text of a diagnostic from explanations.def, or its message where there is none.
#include "compiler/diag/render.h"
#include "llvm/Support/Format.h"

namespace dream {

bool explainDiagnostic(unsigned number, llvm::raw_ostream &out) {
  const DiagInfo *info = findDiagnostic(number);
  if (!info)
    return false;
  llvm::StringRef kind = info->severity == Severity::Error ? "error" : "warning";
  out << llvm::format("D%04u", number) << " " << info->name << " (" << kind;
  if (!info->flag.empty())
    out << ", -W" << info->flag;
  out << "): " << info->message << "\n";
  auto text = [&]() -> llvm::StringRef {
#define EXPLAIN(NAME, TEXT)                                                                                            \
  if (info->id == DiagId::NAME)                                                                                        \
    return TEXT;
#include "compiler/diag/explanations.def"
    return {};
  }();
  if (!text.empty())
    out << "\n" << text.trim("\n") << "\n";
  return true;
}

} // namespace dream
