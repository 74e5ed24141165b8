#include "compiler/driver/time_report.h"
#include "compiler/driver/log.h"
#include "llvm/Support/Format.h"

namespace dream::driver {

TimeReport::Phase::Phase(TimeReport &report, llvm::StringRef name)
    : report(report), start(std::chrono::steady_clock::now()) {
  for (row = 0; row < report.rows.size(); ++row)
    if (report.rows[row].name == name)
      return;
  report.rows.push_back({name.str()});
}

TimeReport::Phase::~Phase() {
  auto time = std::chrono::steady_clock::now() - start;
  report.rows[row].time += time;
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
    out << llvm::format("%10.3f ms %5.1f%%  ", time.count(), total.count() > 0 ? 100 * time / total : 0.0) << row.name
        << "\n";
  }
  out << llvm::format("%10.3f ms         total", total.count()) << "\n";
}

} // namespace dream::driver
