// What a program made by `dreamc test` asks for: which test to run, and how long a benchmark goes on.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/program/arguments.h"
#include "runtime/text/text.h"

namespace dream::rt {

I32 dr_test_selected() {
  const char *text = argument(1);
  int32_t number = 0;
  if (!text || !*text)
    return -1;
  for (; *text; ++text) {
    if (*text < '0' || *text > '9' || number > 100'000'000)
      return -1;
    number = number * 10 + (*text - '0');
  }
  return number;
}

namespace {

/// Batches of calls, each twice as long until one takes 1/20 s; then the fastest of those that follow counts.
struct Measurement {
  int64_t left = 0, batch = 0, started = 0, calls = 0, batches = 0;
  double best = 0; ///< ns per call
} measurement;

constexpr int64_t kBatchNs = 50'000'000, kBatches = 8;

template <size_t N> void write(const char (&text)[N]) { os::streamWrite(os::kOutput, text, N - 1); }
void write(double value) {
  char digits[32];
  os::streamWrite(os::kOutput, digits, writeShortest(digits, value));
}

} // namespace

Bool dr_bench_continues() {
  Measurement &m = measurement;
  if (m.left-- > 1)
    return true;
  const int64_t now = os::monotonicNanoseconds();
  if (m.batch == 0) {
    m.batch = 1;
  } else {
    const int64_t took = now - m.started;
    m.calls += m.batch;
    if (took < kBatchNs) {
      m.batch *= 2;
    } else {
      const double each = double(took) / double(m.batch);
      m.best = m.batches == 0 || each < m.best ? each : m.best;
      if (++m.batches == kBatches) {
        os::streamFlush(os::kOutput);
        write(m.best < 1000 ? double(int64_t(m.best * 100 + 0.5)) / 100 : double(int64_t(m.best + 0.5)));
        write(" ns a call, the best of 8 batches of ");
        write(double(m.batch));
        write("\n");
        return false;
      }
    }
  }
  m.left = m.batch;
  m.started = os::monotonicNanoseconds();
  return true;
}

} // namespace dream::rt
