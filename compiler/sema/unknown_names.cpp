// Names that mean nothing: what may be meant instead, also by names of C# types that Dream writes in another way.
#include "compiler/sema/checker.h"
#include "compiler/sema/tree_parts.h"
#include "llvm/ADT/StringExtras.h"

namespace dream::sema {

using namespace ast;

namespace {
enum class What : uint8_t { FuncOfLast, FuncOfVoid, FuncOfBool, Optional, TupleOf, Hint, Word, Later };
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
  case What::Later: diag.note(range, text); return true;
  case What::Word: break;
  }
  auto &note = diag.note(range, "what C# has under this name is written '" + text + "'");
  if (!args.empty() || found->what == What::Word || found->what == What::FuncOfVoid)
    note.fix(range, text);
  return true;
}

void Checker::reportUnknownName(const NameExpr *expr) {
  auto diag = report(DiagId::UnknownName, expr->range);
  diag << expr->name.text();
  if (suggestForeign(diag, expr->range, expr->name, {}) || !maySuggest())
    return;
  std::vector<llvm::StringRef> candidates;
  collectNames(*cx->file, cx->type, candidates);
  suggest(diag, expr->range, expr->name, candidates);
  for (const Module &other : modules) {
    auto found = other.members.find(expr->name);
    if (found == other.members.end() || other.isLibrary)
      continue;
    bool isVisible = found->second.visibility == Visibility::Public;
    SourceRange where = found->second.range;
    if (found->second.kind == Symbol::Kind::Functions)
      isVisible = llvm::any_of(overloads[found->second.index], [&](FunctionId f) { return detail(f).visibility == Visibility::Public; });
    diag.note(where, isVisible ? "module '" + other.path + "' has one; import it"
                               : "module '" + other.path + "' has one, but does not export it");
  }
}

void Checker::reportUnknownMember(const MemberExpr *expr, TypeId type) {
  auto diag = report(DiagId::NoSuchMember, expr->nameRange);
  diag << spell(type) << expr->name.text();
  if (!maySuggest())
    return;
  TypeKind kind = types.kind(type);
  if (kind == TypeKind::Func && expr->name.text() == "Invoke") {
    diag.note(expr->object->range, "the value itself is called").fix({expr->object->range.end, expr->nameRange.end}, "");
    return;
  }
  std::vector<llvm::StringRef> candidates;
  collectMembers(type, candidates);
  // What C# calls one thing here and another there.
  static constexpr std::pair<llvm::StringRef, llvm::StringRef> twins[] = {{"Length", "Count"}, {"Count", "Length"}};
  for (auto [wrong, right] : twins)
    if (expr->name.text() == wrong && llvm::is_contained(candidates, right)) {
      diag.note(expr->nameRange, "did you mean '" + right + "'?").fix(expr->nameRange, right);
      return;
    }
  suggest(diag, expr->nameRange, expr->name, candidates);
  if (isNominal(kind))
    if (types.info(type).range.isValid() && !detail(types[type].nominal).file->isLibrary)
      diag.note(types.info(type).range, "'" + spell(type) + "' is declared here");
}

} // namespace dream::sema
