// The diagnostics engine: the table of rows, building one message, and what is counted, dropped or promoted.
#include "compiler/diag/diagnostics.h"
#include <algorithm>
#include <array>

namespace dream {

//===-- The table ---------------------------------------------------------------------------------------------===//

namespace {

using enum Severity;

// Sorted at compile time, so that the area files may keep their rows in the order that reads best.
constexpr auto kRows = [] {
  constexpr size_t count = 0
#define DIAG(NUMBER, NAME, SEVERITY, FLAG, MESSAGE) +1
#include "compiler/diag/diagnostics.def"
      ;
  std::array<DiagInfo, count> rows = {{
#define DIAG(NUMBER, NAME, SEVERITY, FLAG, MESSAGE) {DiagId(NUMBER), #NAME, SEVERITY, FLAG, MESSAGE},
#include "compiler/diag/diagnostics.def"
  }};
  std::sort(rows.begin(), rows.end(), [](const DiagInfo &a, const DiagInfo &b) { return a.id < b.id; });
  return rows;
}();

constexpr bool numbersDiffer() {
  for (size_t i = 1; i < kRows.size(); ++i)
    if (kRows[i - 1].id == kRows[i].id)
      return false;
  return true;
}
static_assert(numbersDiffer(), "two rows of diagnostics.def have the same number");

constexpr bool onlyWarningsHaveFlags() {
  for (const DiagInfo &row : kRows)
    if ((row.severity == Warning) == row.flag.empty())
      return false;
  return true;
}
static_assert(onlyWarningsHaveFlags(), "each warning needs a -W name, and nothing else may have one");

/// Replaces {0} … {9}. Other braces are plain text.
std::string format(llvm::StringRef message, llvm::ArrayRef<std::string> arguments) {
  std::string result;
  for (size_t i = 0; i < message.size(); ++i) {
    bool hole = i + 2 < message.size() && message[i] == '{' && message[i + 1] >= '0' && message[i + 1] <= '9' &&
                message[i + 2] == '}';
    if (!hole) {
      result += message[i];
      continue;
    }
    size_t index = message[i + 1] - '0';
    assert(index < arguments.size() && "a diagnostic lacks an argument");
    if (index < arguments.size())
      result += arguments[index];
    i += 2;
  }
  return result;
}

} // namespace

llvm::ArrayRef<DiagInfo> allDiagnostics() { return kRows; }

const DiagInfo *findDiagnostic(unsigned number) {
  auto row = std::lower_bound(kRows.begin(), kRows.end(), number,
                              [](const DiagInfo &row, unsigned number) { return unsigned(row.id) < number; });
  return row != kRows.end() && unsigned(row->id) == number ? &*row : nullptr;
}

//===-- Building ----------------------------------------------------------------------------------------------===//

DiagnosticBuilder::DiagnosticBuilder(DiagnosticEngine &engine, DiagId id, SourceRange range) : engine(&engine) {
  diag.id = id;
  diag.range = range;
}

DiagnosticBuilder::DiagnosticBuilder(DiagnosticBuilder &&other)
    : engine(other.engine), diag(std::move(other.diag)), arguments(std::move(other.arguments)) {
  other.engine = nullptr;
}

DiagnosticBuilder::~DiagnosticBuilder() {
  if (!engine)
    return;
  const DiagInfo *info = findDiagnostic(unsigned(diag.id));
  diag.severity = info->severity;
  diag.message = format(info->message, arguments);
  engine->emit(std::move(diag));
}

DiagnosticBuilder &DiagnosticBuilder::operator<<(const llvm::Twine &argument) {
  arguments.push_back(argument.str());
  return *this;
}

DiagnosticBuilder &DiagnosticBuilder::note(SourceRange range, const llvm::Twine &message) {
  diag.notes.push_back({range, message.str()});
  return *this;
}

DiagnosticBuilder &DiagnosticBuilder::fix(SourceRange range, const llvm::Twine &replacement) {
  diag.fixIts.push_back({range, replacement.str()});
  return *this;
}

//===-- The engine --------------------------------------------------------------------------------------------===//

bool isByNameOnly(llvm::StringRef flag) { return flag == "cow"; }

DiagnosticEngine::DiagnosticEngine(DiagnosticConsumer &consumer) : consumer(consumer) {
  for (const DiagInfo &row : kRows)
    if (isByNameOnly(row.flag))
      disabled.insert(row.flag);
}

bool DiagnosticEngine::isEnabled(DiagId id) const { return !disabled.contains(findDiagnostic(unsigned(id))->flag); }

bool DiagnosticEngine::setWarning(llvm::StringRef flag, bool enabled) {
  bool known = std::any_of(kRows.begin(), kRows.end(),
                           [&](const DiagInfo &row) { return row.severity == Warning && row.flag == flag; });
  if (!known)
    return false;
  if (enabled)
    disabled.erase(flag);
  else
    disabled.insert(flag);
  return true;
}

void DiagnosticEngine::emit(Diagnostic &&diag) {
  if (isMuted) {
    if (diag.severity == Error && !firstMuted)
      firstMuted = std::move(diag);
    return;
  }
  if (diag.severity == Warning) {
    if (!isEnabled(diag.id))
      return;
    if (warningsAreErrors)
      diag.severity = Error;
  }
  // One problem at one place is told once. What has no place differs by its text.
  std::string key = std::to_string(unsigned(diag.id)) + "@";
  key += diag.range.isValid() ? std::to_string(diag.range.begin.offset) : diag.message;
  if (!seen.insert(key).second)
    return;
  if (diag.severity == Error)
    ++errors;
  else if (diag.severity == Warning)
    ++warnings;
  if (errorLimit && errors > errorLimit)
    return;
  consumer.handle(diag);
}

void DiagnosticEngine::finish() {
  if (errorLimit && errors > errorLimit) {
    unsigned hidden = errors - errorLimit;
    Diagnostic diag{DiagId::ErrorsNotShown, Error, {}, {}, {}, {}};
    diag.message = format(findDiagnostic(unsigned(diag.id))->message,
                          {std::to_string(hidden) + (hidden == 1 ? " error is" : " errors are")});
    consumer.handle(diag);
  }
  consumer.finish();
}

llvm::StringRef didYouMean(llvm::StringRef wrong, llvm::ArrayRef<llvm::StringRef> candidates) {
  // A third of the letters may be wrong. Other case is always near enough; two swapped letters count as one mistake.
  std::string lower = wrong.lower();
  std::string sortedWrong = lower;
  std::sort(sortedWrong.begin(), sortedWrong.end());
  unsigned limit = (wrong.size() + 1) / 3;
  llvm::StringRef best;
  unsigned bestRank = ~0u;
  for (llvm::StringRef candidate : candidates) {
    if (candidate.empty() || candidate == wrong)
      continue;
    std::string other = candidate.lower();
    unsigned edits = llvm::StringRef(lower).edit_distance(other, true, limit + 1), mistakes = edits;
    if (edits == 2 && lower.size() == other.size()) {
      std::string sorted = other;
      std::sort(sorted.begin(), sorted.end());
      if (sorted == sortedWrong)
        mistakes = 1;
    }
    if (mistakes > limit)
      continue;
    // Among equals the one whose case is right wins, then the first.
    unsigned rank = 4 * mistakes + std::min(3u, wrong.edit_distance(candidate) - edits);
    if (rank < bestRank) {
      best = candidate;
      bestRank = rank;
    }
  }
  return best;
}

} // namespace dream
