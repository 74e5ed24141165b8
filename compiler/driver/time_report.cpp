#include "compiler/driver/time_report.h"
#include "compiler/driver/log.h"
#include "llvm/Support/Format.h"
#include <sys/resource.h>

namespace dream::driver {

/// The most memory, in KB, that the process has had so far.
static int64_t peakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TimeReport::Phase::Phase(TimeReport &report, llvm::StringRef name)
    : report(report), start(std::chrono::steady_clock::now()), peakAtStart(peakMemory()) {
  for (row = 0; row < report.rows.size(); ++row)
    if (report.rows[row].name == name)
      return;
  report.rows.push_back({name.str()});
}

TimeReport::Phase::~Phase() {
  auto time = std::chrono::steady_clock::now() - start;
  report.rows[row].time += time;
  report.rows[row].memory += peakMemory() - peakAtStart;
  if (logging())
    logLine(report.rows[row].name + ": " +
            std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) + " us");
}

void TimeReport::print(llvm::raw_ostream &out) const {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  Milliseconds total{};
  for (const Row &row : rows)
    total += row.time;
  for (const Row &row : rows) {
    Milliseconds time = row.time;
    out << llvm::format("%10.3f ms %5.1f%% %8.1f MB  ", time.count(), total.count() > 0 ? 100 * time / total : 0.0,
                        double(row.memory) / 1024)
        << row.name << "\n";
  }
  out << llvm::format("%10.3f ms        %8.1f MB  total", total.count(), double(peakMemory()) / 1024) << "\n";
}

} // namespace dream::driver
