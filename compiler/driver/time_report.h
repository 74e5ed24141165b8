// Times of the phases, and how far each took the process's peak memory, for -ftime-report and -v.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace dream::driver {

class TimeReport {
public:
  /// Measures from here to the end of its scope. A phase that runs again adds to its row.
  class Phase {
  public:
    Phase(TimeReport &report, llvm::StringRef name);
    ~Phase();
    Phase(const Phase &) = delete;

  private:
    TimeReport &report;
    size_t row;
    std::chrono::steady_clock::time_point start;
    int64_t peakAtStart;
  };

  /// Wall-clock milliseconds, share, and megabytes by which the peak of resident memory rose, of each phase in the order in which they
  /// first ran.
  void print(llvm::raw_ostream &out) const;

private:
  struct Row {
    std::string name;
    std::chrono::nanoseconds time{};
    int64_t memory = 0; ///< In KB.
  };
  std::vector<Row> rows;
};

} // namespace dream::driver
