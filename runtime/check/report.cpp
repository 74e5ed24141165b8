// What is told at exit: objects that still live, by kind, with type and place, and the four lines of statistics.
#include "runtime/abi/walk.h"
#include "runtime/check/check.h"
#include "runtime/check/profile.h"
#include "runtime/check/records.h"
#include "runtime/check/traces.h"
#include "runtime/events/events.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/region/arena.h"

namespace dream::rt::check {

namespace {

enum LeakKind : unsigned { kString, kArray, kObject, kBox, kClosure, kLeakKinds };
constexpr const char *kLeakKindNames[] = {"string", "array", "class", "box", "closure"};
constexpr unsigned kLinesPerKind = 20;

/// What is told of the leaks of one type from one place.
struct Line {
  uint64_t count;
  const void *first;
  char text[500];
};

LeakKind leakKindOf(uint32_t typeIndex) {
  switch (typeAt(typeIndex).kind) {
  case TypeKind::Object:
    return kObject;
  case TypeKind::Array:
  case TypeKind::Rect:
    return kArray;
  case TypeKind::String:
    return kString;
  case TypeKind::Box:
    return kBox;
  case TypeKind::Closure:
    return kClosure;
  case TypeKind::CBlock:
    return typeIndex == abi::kTypeIndexCArray ? kArray : kObject;
  }
  __builtin_unreachable();
}

/// Leaks of one type with one trace.
struct Group {
  const void *first; ///< The one that was made first.
  uint64_t order; ///< Of the first.
  uint64_t count;
  uint32_t type, allocatedAt;
};

/// Sorts by `order` (heap sort: no memory, no recursion).
void sortGroups(Group *groups, size_t count) {
  auto sift = [&](size_t at, size_t end) {
    for (size_t child; (child = at * 2 + 1) < end; at = child) {
      if (child + 1 < end && groups[child].order < groups[child + 1].order)
        ++child;
      if (groups[at].order >= groups[child].order)
        return;
      Group held = groups[at];
      groups[at] = groups[child];
      groups[child] = held;
    }
  };
  for (size_t i = count / 2; i-- > 0;)
    sift(i, count);
  for (size_t end = count; end-- > 1;) {
    Group held = groups[0];
    groups[0] = groups[end];
    groups[end] = held;
    sift(0, end);
  }
}

/// Notes for each leak another one that refers to it, the oldest such.
void findHolders() {
  struct HolderWalker : abi::Walker {
    const Record *holder;
  };
  for (const Record &record : recordSlots()) {
    if (!record.payload || record.freedAt)
      continue;
    HolderWalker walker{{[](abi::Walker *walker, void *reference) {
                           const Record &holder = *static_cast<HolderWalker *>(walker)->holder;
                           Record *held = findRecord(reference);
                           if (!held || held->freedAt || held->payload == holder.payload)
                             return;
                           const Record *other = held->holder ? findRecord(held->holder) : nullptr;
                           if (!other || holder.order < other->order)
                             held->holder = holder.payload;
                         },
                         abi::kWalkAll},
                        &record};
    walkReferences(const_cast<void *>(record.payload), typeAt(record.type), walker);
  }
}

/// "    held by Node[], List<Node>, Cache": what leads to a leak among the leaks.
void writeHolders(Sink sink, const void *payload) {
  constexpr unsigned kMostHolders = 6;
  const void *at = findRecord(payload)->holder;
  for (unsigned i = 0; at && at != payload; ++i) {
    const Record *holder = findRecord(at);
    sink.put(i == 0 ? "    held by " : ", ");
    sink.put(i == kMostHolders ? "..." : typeAt(holder->type).name);
    if (i == kMostHolders)
      break;
    at = holder->holder;
  }
  if (findRecord(payload)->holder)
    sink.put("\n");
}

/// Joins the live records of equal type and place; the result is sorted by first allocation.
Group *gatherGroups(size_t &groupCount) {
  size_t live = 0;
  for (const Record &record : recordSlots())
    live += record.payload && !record.freedAt;
  groupCount = 0;
  if (live == 0)
    return nullptr;
  size_t size = 16;
  while (size < live * 2)
    size *= 2;
  Group *groups = static_cast<Group *>(tableMemory(size * sizeof(Group)));
  for (const Record &record : recordSlots()) {
    if (!record.payload || record.freedAt)
      continue;
    for (uint64_t at = (uint64_t(record.type) << 20 ^ record.allocatedAt) * 0x9E3779B97F4A7C15u >> 16;; ++at) {
      Group &group = groups[at & (size - 1)];
      if (group.count == 0)
        group = Group{record.payload, record.order, 0, record.type, record.allocatedAt};
      if (group.type != record.type || group.allocatedAt != record.allocatedAt)
        continue;
      group.count += 1;
      if (record.order < group.order) {
        group.order = record.order;
        group.first = record.payload;
      }
      break;
    }
  }
  for (size_t i = 0; i < size; ++i)
    if (groups[i].count)
      groups[groupCount++] = groups[i];
  sortGroups(groups, groupCount);
  return groups;
}

void reportLeaks(Sink sink) {
  size_t count = 0;
  findHolders();
  Group *groups = gatherGroups(count);
  if (count == 0)
    return;
  Line *lines = static_cast<Line *>(tableMemory(kLinesPerKind * sizeof(Line)));
  for (unsigned kind = 0; kind < kLeakKinds; ++kind) {
    uint64_t objects = 0;
    for (size_t i = 0; i < count; ++i)
      if (leakKindOf(groups[i].type) == kind)
        objects += groups[i].count;
    if (objects == 0)
      continue;
    sink.put("Warning: ");
    sink.putUnsigned(objects);
    sink.put(" ");
    sink.put(kLeakKindNames[kind]);
    sink.put(" object(s) not released at program exit\n");
    for (size_t i = 0; i < count; ++i)
      if (leakKindOf(groups[i].type) == kind)
        events::tell(DR_LEAKED, typeAt(groups[i].type).name, groups[i].count, 0);
    // Groups whose traces differ further out may have the same line.
    unsigned lineCount = 0;
    bool more = false;
    for (size_t i = 0; i < count; ++i) {
      const Group &group = groups[i];
      if (leakKindOf(group.type) != kind)
        continue;
      const Trace &trace = traceOf(group.allocatedAt);
      Message text, place;
      text << typeAt(group.type).name;
      if (writeInnermost(place.sink, trace.addresses, trace.count))
        text << ", allocated at " << place.text();
      unsigned at = 0;
      while (at < lineCount && __builtin_strcmp(lines[at].text, text.text()) != 0)
        ++at;
      if (at == kLinesPerKind) {
        more = true;
        continue;
      }
      if (at == lineCount) {
        lines[lineCount].first = group.first;
        lines[lineCount++].count = 0;
        __builtin_memcpy(lines[at].text, text.text(), __builtin_strlen(text.text()) + 1);
      }
      lines[at].count += group.count;
    }
    for (unsigned i = 0; i < lineCount; ++i) {
      sink.put("  ");
      sink.put(lines[i].text);
      if (lines[i].count > 1) {
        sink.put(", ");
        sink.putUnsigned(lines[i].count);
        sink.put(" times");
      }
      sink.put("\n");
      writeHolders(sink, lines[i].first);
    }
    if (more)
      sink.put("  ...\n");
  }
  os::heapFree(lines);
  os::heapFree(groups);
}

void putGrouped(Sink sink, uint64_t value) {
  if (value >= 1000) {
    putGrouped(sink, value / 1000);
    const char digits[] = {',', char('0' + value / 100 % 10), char('0' + value / 10 % 10), char('0' + value % 10)};
    sink.put(digits, 4);
  } else {
    sink.putUnsigned(value);
  }
}

/// "640 B", "12.5 KB", "2.1 MB"
void putBytes(Sink sink, uint64_t bytes) {
  static constexpr const char *kUnits[] = {" KB", " MB", " GB", " TB"};
  if (bytes < 1024) {
    sink.putUnsigned(bytes);
    sink.put(" B");
    return;
  }
  unsigned unit = 0;
  uint64_t scale = 1024;
  while (unit < 3 && bytes / scale >= 1024)
    scale *= 1024, ++unit;
  const uint64_t tenths = bytes / scale * 10 + bytes % scale * 10 / scale;
  sink.putUnsigned(tenths / 10);
  sink.put(".");
  sink.putUnsigned(tenths % 10);
  sink.put(kUnits[unit]);
}

Sink standardError() {
  return Sink{[](void *, const char *bytes, size_t count) { os::streamWrite(os::kError, bytes, count); }, nullptr};
}

} // namespace

void reportStatistics() {
  if (!dr_config.memoryStats)
    return;
  const Statistics totals = statistics();
  Sink sink = standardError();
  sink.put("Total allocations: ");
  putGrouped(sink, totals.allocations);
  sink.put("\nPeak memory usage: ");
  putBytes(sink, totals.peakBytes);
  sink.put("\nActive objects at exit: ");
  putGrouped(sink, totals.live);
  sink.put("\nMemory pools used: ");
  putGrouped(sink, totals.poolsUsed);
  sink.put("\n");
  if (const size_t bytes = region::mostMemory()) {
    sink.put("Region memory: ");
    putBytes(sink, bytes);
    sink.put("\n");
  }
  for (size_t i = 0; const region::ArenaStatistics *arena = region::statisticsOf(i); ++i) {
    sink.put("Arena ");
    sink.put(arena->name[0] ? arena->name : "without a name");
    sink.put(": opened ");
    putGrouped(sink, arena->times);
    sink.put(arena->times == 1 ? " time, peak " : " times, peak ");
    putBytes(sink, arena->peak);
    sink.put(", total ");
    putBytes(sink, arena->bytes);
    sink.put("\n");
  }
  if (region::statisticsOf(0)) {
    sink.put("Arena chunks: ");
    putGrouped(sink, region::chunksMade());
    sink.put("\n");
  }
}

CountProfile countProfile;

void reportCounts() {
  if (!profiling())
    return;
  Sink sink = standardError();
  auto put = [&](const char *before, uint64_t count, const char *what) {
    sink.put(before);
    sink.putUnsigned(count);
    sink.put(what);
  };
  put("counts: ", countProfile.retains, " retains");
  put(", ", countProfile.releases, " releases");
  put(", ", countProfile.uniqueTests, " uniqueness checks");
  put(", ", countProfile.reuses, " reuses\n");
}

void reportAtExit() {
  reportCounts();
  if (!tracking())
    return;
  if (validating())
    validateHeap();
  reportStatistics();
  reportLeaks(standardError());
}

} // namespace dream::rt::check
