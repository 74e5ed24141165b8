// Names of C# types that Dream writes in another way: what to write, where nothing of that name is declared.
#include "compiler/sema/checker.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::sema {

namespace {
enum class What : uint8_t { FuncOfLast, FuncOfVoid, FuncOfBool, Optional, TupleOf, Hint, Word };
struct ForeignType {
  llvm::StringRef name;
  What what;
  llvm::StringRef text;
};
constexpr ForeignType foreignTypes[] = {
#define FOREIGN_TYPE(NAME, WHAT, TEXT) {NAME, What::WHAT, TEXT},
#include "compiler/sema/foreign_types.def"
};
} // namespace

/// Notes what to write for the name, if C# has it. `args` are the spellings of its arguments; `range` covers them, too.
bool Checker::suggestForeign(DiagnosticBuilder &diag, SourceRange range, Name name, llvm::ArrayRef<std::string> args) {
  auto found = llvm::find_if(foreignTypes, [&](const ForeignType &row) { return row.name == name.text(); });
  if (found == std::end(foreignTypes))
    return false;
  auto func = [](llvm::StringRef result, llvm::ArrayRef<std::string> params) { return ("func " + result + "(" + llvm::join(params, ", ") + ")").str(); };
  std::string text = found->text.str();
  switch (found->what) {
  case What::FuncOfLast: text = args.empty() ? "func R(T)" : func(args.back(), args.drop_back()); break;
  case What::FuncOfVoid: text = func("void", args); break;
  case What::FuncOfBool: text = args.empty() ? "func bool(T)" : func("bool", args); break;
  case What::Optional: text = (args.empty() ? "T" : args.front()) + "?"; break;
  case What::TupleOf: text = args.size() < 2 ? "(A, B)" : "(" + llvm::join(args, ", ") + ")"; break;
  case What::Hint: diag.note(range, "what C# has under this name is " + text + " here"); return true;
  case What::Word: break;
  }
  auto &note = diag.note(range, "what C# has under this name is written '" + text + "'");
  if (!args.empty() || found->what == What::Word || found->what == What::FuncOfVoid)
    note.fix(range, text);
  return true;
}

} // namespace dream::sema
