// When collections begin and go on, and what the rest of the runtime asks the collector for; see rings.h.
#include "runtime/rc/rings.h"
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/events/events.h"
#include "runtime/os/os.h"
#include "runtime/rc/ring_state.h"
#include "runtime/rc/weak.h"

namespace dream::rt::rings {

namespace {

constexpr Amount kAtOnce = {32768, 131072};      ///< For collections that begin by themselves.
constexpr Amount kEverything = {SIZE_MAX, SIZE_MAX};
constexpr int64_t kSliceWork = 64;     ///< Steps of work for each candidate that is noted while a collection runs in pieces.
constexpr int64_t kStepWork = 128;     ///< Between two looks at the clock.
constexpr unsigned kMostRounds = 100;

struct Collector {
  int64_t limit = 0;       ///< With so many candidates the next collection begins.
  bool busy = false;       ///< At work: whoever comes now comes from inside.
  bool wasInVain = false;  ///< The last collection freed little of what it looked at.
  bool isStepped = false;  ///< The program says how long the collector may work.
  unsigned pauses = 0;
  size_t lastLooked = 0;   ///< By the last collection, or by more than that.
  uint64_t collections = 0, freed = 0, looked = 0, longestStep = 0, overruns = 0;
};
constinit Collector all = {.limit = kLeastCandidates};

bool mayWork() { return !all.busy && !all.pauses && !deathsRun(); }

void end() {
  all.busy = false;
  candidates.limit = isUnderWay() ? INT64_MIN : all.limit; // while one is under way, each note helps
  if (!isUnderWay())
    candidates.allowMemory(all.wasInVain);
  candidates.setSimple();
}

void advance(int64_t work, bool runsDestructors) {
  all.busy = true;
  advancePieces(work, runsDestructors);
  end();
}

bool atOnce(Amount amount, bool runsDestructors) {
  all.busy = true;
  const bool isDone = collectAtOnce(amount, runsDestructors);
  end();
  if (!isDone)
    all.lastLooked = amount.most + 1;
  return isDone;
}

void collect(unsigned rounds) {
  advance(INT64_MAX, /*runsDestructors=*/true);
  while (rounds-- > 0 && !candidates.isEmpty())
    atOnce(kEverything, /*runsDestructors=*/true);
}

} // namespace

constinit size_t freedNow = 0;

void account(size_t looked, size_t freed) {
  const size_t inVain = looked > freed ? looked - freed : 0;
  ++all.collections;
  all.freed += freed;
  all.looked += looked;
  all.lastLooked = looked;
  all.wasInVain = freed < looked / 8;
  freedNow = 0;
  events::tell(DR_COLLECTED, nullptr, freed, looked);
  // Before the next one four times as many candidates come as this one looked at objects in vain: so looking costs each of them a constant.
  all.limit = int64_t(candidates.count() + 4 * inVain);
  if (all.limit < kLeastCandidates)
    all.limit = kLeastCandidates;
}

bool forget(void *payload) {
  if (isUnderWay())
    forgetNode(payload);
  return (headerOf(payload).count & abi::kFlagDying) == abi::kFlagNoted && candidates.leaves(payload);
}

void forgetWholly(void *payload) {
  if (isUnderWay())
    forgetNode(payload);
  if ((headerOf(payload).count & abi::kFlagDying) == abi::kFlagNoted)
    candidates.takeOut(payload);
}

void advanceBySlice() {
  if (!mayWork())
    return;
  if (!isUnderWay()) {
    if (!all.isStepped && all.lastLooked <= kAtOnce.most && atOnce(kAtOnce, /*runsDestructors=*/false))
      return;
    beginPieces(/*takesParked=*/false);
  }
  advance(kSliceWork, /*runsDestructors=*/false);
}

void advanceBy(int64_t work, bool runsDestructors) {
  if (!mayWork())
    return;
  if (!isUnderWay())
    beginPieces(/*takesParked=*/true);
  advance(work, runsDestructors);
}

void collectAll() {
  if (mayWork())
    collect(kMostRounds);
}

bool step(int64_t microseconds) {
  all.isStepped = true;
  if (!mayWork() || (!isUnderWay() && candidates.isEmpty()))
    return true;
  const int64_t start = os::monotonicNanoseconds();
  int64_t elapsed;
  if (!isUnderWay())
    beginPieces(/*takesParked=*/true);
  readyPieces();
  do {
    advance(kStepWork, /*runsDestructors=*/true);
    elapsed = os::monotonicNanoseconds() - start;
  } while (isUnderWay() && elapsed < microseconds * 1000);
  if (uint64_t(elapsed) / 1000 > all.longestStep)
    all.longestStep = uint64_t(elapsed) / 1000;
  all.overruns += elapsed > microseconds * 1200;
  events::tell(DR_STEPPED, nullptr, uint64_t(elapsed) / 1000, uint64_t(microseconds));
  return !isUnderWay() && candidates.isEmpty();
}

Pause::Pause() { ++all.pauses; }
Pause::~Pause() { --all.pauses; }

} // namespace dream::rt::rings

namespace dream::rt {

using namespace rings;

void collectRingsAtExit() {
  all.pauses = 0;
  if (mayWork() && (candidates.seenFlags & abi::kTypeHasDestructor || check::tracking() || programAllocates() || !kPooled))
    collect(kMostRounds);
}

void dr_gc_collect() {
  collectAll();
  giveBackMemory();
}
Bool dr_gc_step(I64 microseconds) { return step(microseconds); }
void dr_gc_pause() { ++all.pauses; }
void dr_gc_resume() { --all.pauses; }

I64 dr_gc_statistic(I32 which) {
  switch (Statistic(which)) {
  case Statistic::Collections: return I64(all.collections);
  case Statistic::Freed: return I64(all.freed + freedNow);
  case Statistic::Candidates: return I64(candidates.count());
  case Statistic::LongestStep: return I64(all.longestStep);
  case Statistic::Overruns: return I64(all.overruns);
  case Statistic::Looked: return I64(all.looked);
  }
  return 0;
}

} // namespace dream::rt
