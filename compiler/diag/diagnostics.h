// The diagnostics engine: numbered messages with places, notes and fix-its, collected in order and handed to a renderer.
#pragma once

#include "compiler/support/source.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <vector>

namespace dream {

enum class Severity : uint8_t { Error, Warning, Note };

/// One enumerator for each row of diagnostics.def; its value is the diagnostic's number.
enum class DiagId : uint16_t {
#define DIAG(NUMBER, NAME, SEVERITY, FLAG, MESSAGE) NAME = NUMBER,
#include "compiler/diag/diagnostics.def"
};

/// A replacement that would mend the problem. An empty range inserts; empty text removes.
struct FixIt {
  SourceRange range;
  std::string text;
};

struct Note {
  SourceRange range;
  std::string message;
};

struct Diagnostic {
  DiagId id;
  Severity severity; ///< After -W flags have been applied.
  SourceRange range;
  std::string message;
  llvm::SmallVector<Note, 1> notes;
  llvm::SmallVector<FixIt, 1> fixIts;
};

class DiagnosticEngine;

/// Fills in one diagnostic and reports it when it goes out of scope:
///   diags.report(DiagId::UnknownName, range) << name.text();
class DiagnosticBuilder {
public:
  DiagnosticBuilder(DiagnosticEngine &engine, DiagId id, SourceRange range);
  DiagnosticBuilder(DiagnosticBuilder &&other);
  ~DiagnosticBuilder();
  DiagnosticBuilder &operator<<(const llvm::Twine &argument);
  DiagnosticBuilder &operator<<(int64_t argument) { return *this << llvm::Twine(argument); }
  /// Points at another place involved.
  DiagnosticBuilder &note(SourceRange range, const llvm::Twine &message);
  DiagnosticBuilder &fix(SourceRange range, const llvm::Twine &replacement);

private:
  DiagnosticEngine *engine;
  Diagnostic diag;
  llvm::SmallVector<std::string, 4> arguments;
};

/// Receives finished diagnostics; renderers (terminal, JSON) derive from it.
class DiagnosticConsumer {
public:
  virtual ~DiagnosticConsumer() = default;
  virtual void handle(const Diagnostic &diag) = 0;
  /// Called once after the last diagnostic.
  virtual void finish() {}
};

/// Applies -W flags, drops repeats of one error at one place, counts, and forwards.
class DiagnosticEngine {
public:
  explicit DiagnosticEngine(DiagnosticConsumer &consumer);

  DiagnosticBuilder report(DiagId id, SourceRange range) { return {*this, id, range}; }
  DiagnosticBuilder report(DiagId id, SourceLoc loc) { return {*this, id, {loc, loc}}; }

  bool hasErrors() const { return errors != 0; }
  unsigned errorCount() const { return errors; }
  unsigned warningCount() const { return warnings; }
  /// Tells how many errors were not shown, then closes the consumer.
  void finish();

  bool warningsAreErrors = false;
  /// While it is set, errors are kept from the user: only the first one is remembered.
  bool isMuted = false;
  std::optional<Diagnostic> firstMuted;
  unsigned errorLimit = 100; ///< After so many errors the rest is counted, not shown. 0: no limit.
  /// Turns a warning flag ("unused-variable") on or off; false if there is no such flag.
  bool setWarning(llvm::StringRef flag, bool enabled);
  /// A warning that would be shown.
  bool isEnabled(DiagId id) const;

private:
  friend class DiagnosticBuilder;
  void emit(Diagnostic &&diag);

  DiagnosticConsumer &consumer;
  llvm::StringSet<> disabled;
  llvm::StringSet<> seen; ///< "number@offset" of errors reported so far.
  unsigned errors = 0, warnings = 0;
};

/// The text of a row of diagnostics.def.
struct DiagInfo {
  DiagId id;
  llvm::StringRef name;
  Severity severity;
  llvm::StringRef flag, message;
};
/// All rows, sorted by number.
llvm::ArrayRef<DiagInfo> allDiagnostics();
const DiagInfo *findDiagnostic(unsigned number);
/// A warning that is shown only where its own flag, or -Weverything, asks for it: what it tells of may well be meant.
bool isByNameOnly(llvm::StringRef flag);

/// The candidate nearest to `wrong` in edit distance, if one is near enough to be meant; else "".
llvm::StringRef didYouMean(llvm::StringRef wrong, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace dream
