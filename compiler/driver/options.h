// What the user asked for. Options are declared in options.td; parseOptions turns an argument list into this struct and
// reports everything that is wrong with it.
#pragma once

#include "compiler/diag/diagnostics.h"
#include "llvm/ADT/ArrayRef.h"
#include <memory>
#include <string>
#include <vector>

namespace dream::analysis {
enum class PlacesForm : uint8_t;
}

namespace dream::driver {

/// What a run of dreamc makes, in the order of the way through the compiler.
enum class Product : uint8_t {
  Tokens, Ast, Sema, DilRaw, DilOwned, Summaries, DilPlaced, Places, DilCounted, Cycles, Header, GeneratedLlvm, ///< --emit=…, as text.
  SyntaxOnly,                                                       ///< Diagnostics and nothing else.
  LlvmText, LlvmBitcode, Assembly, Object,                          ///< -S -emit-llvm, -c -emit-llvm, -S, -c.
  Executable, SharedLibrary,
};
/// The product is made of Dream sources or LLVM modules alone; C files and objects have no part in it.
constexpr bool isStageOfDream(Product product) { return product <= Product::SyntaxOnly; }
/// The LLVM module goes through the optimiser.
constexpr bool makesCode(Product product) { return product > Product::SyntaxOnly; }
constexpr bool isLinked(Product product) { return product >= Product::Executable; }

/// An input or linker argument, in the order of the command line.
struct Input {
  enum class Kind : uint8_t { Dream, Ir, C, Linker /* objects, archives, -l, -L, -Wl, */ } kind;
  std::string text;
};

enum class DebugInfo : uint8_t { None, Lines, Full };

struct Options {
  Product product = Product::Executable;
  std::string output; ///< Empty: a name made from the first input, or standard output for text stages.
  std::vector<Input> inputs;
  std::vector<std::string> importFolders;

  unsigned optimization = 0; ///< 0 … 3.
  bool optimizeForSize = false;
  DebugInfo debug = DebugInfo::Lines;
  std::string target, cpu; ///< Empty: this machine's triple; the target's baseline.
  std::string sysroot;
  std::vector<std::string> toolFolders; ///< -B
  bool isStatic = false;
  bool checkMemory = false, checkOverflow = false, checkLibrary = false, memoryStats = false;

  analysis::PlacesForm placesForm{}; ///< --explain=
  bool countProfile = false;    ///< -fcount-profile
  bool countNaively = false;    ///< -fcounts=naive
  bool placeOnHeap = false;     ///< -fplace=heap
  unsigned placeStress = 0;     ///< -fplace-stress=; 0 if not given.

  bool printCommands = false; ///< -###
  bool verbose = false, stats = false, timeReport = false;

  bool isRun = false;  ///< `dreamc run FILE args…`
  bool isTest = false; ///< `dreamc test FILES…`: the program runs the functions that are marked [Test] or [Bench].
  std::string testFilter; ///< Only tests whose names this regular expression finds.
  std::vector<std::string> programArguments;

  /// The program is made to be run at once, and goes away.
  bool isTransient() const { return isRun || isTest; }
  bool hasInput(Input::Kind kind) const {
    return llvm::any_of(inputs, [kind](const Input &input) { return input.kind == kind; });
  }
};

/// Options that say how everything else is told, read before any diagnostic can be written.
struct DiagnosticOptions {
  bool asJson = false;
  bool colours = false;
};

/// A command line that has been cut into options but not yet been understood.
class CommandLine {
public:
  /// `arguments` without the program's name. "run" as the first one takes what follows the file as the program's own.
  explicit CommandLine(llvm::ArrayRef<const char *> arguments);
  ~CommandLine();

  DiagnosticOptions diagnosticOptions() const;
  /// --help, --version, --explain-error: answered here. False if none of them was given; else `exitCode` is set.
  bool answerQuestion(DiagnosticEngine &diags, int &exitCode) const;
  /// Sets up `diags` as the -W options say. Errors are reported; the options hold what could be understood.
  Options understand(DiagnosticEngine &diags) const;

private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed;
};

} // namespace dream::driver
