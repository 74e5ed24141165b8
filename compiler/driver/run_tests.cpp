#include "compiler/driver/run_tests.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include <chrono>
#include <optional>

namespace dream::driver {
namespace {

struct Outcome {
  int exitCode = 0; ///< Negative: a signal ended it, or it could not be run.
  std::string problem, output;
  double milliseconds = 0;
};

Outcome runOne(llvm::StringRef program, size_t index, llvm::StringRef outputFile) {
  Outcome outcome;
  std::string number = std::to_string(index);
  std::optional<llvm::StringRef> streams[] = {llvm::StringRef(), outputFile, outputFile};
  llvm::sys::fs::remove(outputFile); // it would be written over, not cut
  auto started = std::chrono::steady_clock::now();
  outcome.exitCode = llvm::sys::ExecuteAndWait(program, {program, number}, std::nullopt, streams, 0, 0, &outcome.problem);
  outcome.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
  if (auto text = llvm::MemoryBuffer::getFile(outputFile))
    outcome.output = (*text)->getBuffer().rtrim().str();
  return outcome;
}

void writeIndented(llvm::raw_ostream &out, llvm::StringRef text) {
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    out << "      | " << line << "\n";
    text = rest;
  }
}

} // namespace

int runTests(llvm::StringRef program, llvm::ArrayRef<Test> tests, llvm::StringRef filter, llvm::raw_ostream &out,
             DiagnosticEngine &diags) {
  llvm::Regex wanted(filter);
  llvm::SmallVector<size_t, 16> chosen;
  size_t width = 0;
  for (size_t i = 0; i < tests.size(); ++i)
    if (filter.empty() || wanted.match(tests[i].name)) {
      chosen.push_back(i);
      width = std::max(width, tests[i].name.size());
    }
  if (chosen.empty()) {
    diags.report(DiagId::NoTests, SourceRange{}) << (tests.empty() ? "" : " and has a name that --filter finds");
    return 1;
  }
  llvm::SmallString<128> outputFile;
  if (std::error_code problem = llvm::sys::fs::createTemporaryFile("dream-test", "txt", outputFile)) {
    diags.report(DiagId::CannotWriteFile, SourceRange{}) << outputFile << problem.message();
    return 1;
  }
  llvm::FileRemover remover(outputFile);

  unsigned passed = 0, failed = 0;
  for (size_t index : chosen) {
    const Test &test = tests[index];
    Outcome outcome = runOne(program, index, outputFile);
    bool isGood = outcome.exitCode == 0;
    ++(isGood ? passed : failed);
    out << (!isGood ? "FAIL  " : test.isBench ? "bench " : "ok    ") << llvm::left_justify(test.name, width);
    if (isGood && test.isBench) {
      // What the benchmark itself printed stands before the measurement.
      auto [before, result] = llvm::StringRef(outcome.output).rsplit('\n');
      out << "  " << (result.empty() ? before : result) << "\n";
    } else {
      out << llvm::format("  %.1f ms", outcome.milliseconds);
      if (outcome.exitCode > 0)
        out << ", exit code " << outcome.exitCode;
      else if (!isGood)
        out << ", " << outcome.problem;
      out << "\n";
      if (!isGood)
        writeIndented(out, outcome.output);
    }
    out.flush();
  }
  out << passed << " passed, " << failed << " failed\n";
  return failed ? 1 : 0;
}

} // namespace dream::driver
