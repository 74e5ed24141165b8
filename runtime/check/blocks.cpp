// The life of a recorded block: allocation with its place, guard bytes after it, validation at each use, and after its
// death poison and a while in quarantine, so that a late use finds a dead block and not another one.
#include "runtime/abi/walk.h"
#include "runtime/alloc/alloc.h"
#include "runtime/check/check.h"
#include "runtime/check/records.h"
#include "runtime/check/traces.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt::check {

static constexpr size_t kGuardBytes = 16;
static constexpr unsigned char kGuard = 0xC5;
static constexpr size_t kQuarantineBlocks = 1 << 15;
static constexpr size_t kQuarantineBytes = 32 << 20;
static constexpr uint64_t kValidateEvery = 8192; ///< Allocations between two walks, or as many as there are blocks.

static Statistics stats;
static uint64_t poolMask[2]; // one bit for each size class that was used
static uint64_t lastValidation;

// A ring of dead payloads, oldest first.
static const void **quarantine;
static size_t quarantineFirst, quarantineCount, quarantineBytes;

/// Zeroed. Checked programs take no blocks from the pools, so that no other one follows behind a block's end.
static void *guardedBlock(size_t bytes) {
  return programAllocates() ? allocBlockZeroed(bytes, 0) : allocLarge(bytes, true);
}
static void freeGuarded(void *block, size_t bytes) {
  programAllocates() ? freeToProgram(block, bytes) : freeLarge(block);
}
/// A program that counts its blocks gets them back at once.
static bool quarantineIsFull() {
  return quarantineCount == kQuarantineBlocks || (quarantineBytes > kQuarantineBytes && quarantineCount > 1) ||
         (programAllocates() && quarantineCount > 0);
}

static char *blockOf(const Record &record) {
  return const_cast<char *>(static_cast<const char *>(record.payload)) - record.front;
}

/// "a dead string, allocated at F (a.dr:3), freed at G (a.dr:4)"
static void describe(Message &message, const Record &record) {
  message << (record.freedAt ? "a dead " : "a live ") << typeAt(record.type).name;
  const Trace &allocated = traceOf(record.allocatedAt);
  message << ", allocated at ";
  if (!writeInnermost(message.sink, allocated.addresses, allocated.count))
    message << "an unknown place";
  if (record.freedAt) {
    const Trace &freed = traceOf(record.freedAt);
    message << ", freed at ";
    if (!writeInnermost(message.sink, freed.addresses, freed.count))
      message << "an unknown place";
  }
}

[[noreturn]] static void broken(const char *what, const Record &record) {
  Message message;
  message << what << ": ";
  describe(message, record);
  panic(message);
}

static uint32_t traceHere(uintptr_t frame) {
  uintptr_t addresses[kTraceDepth];
  return internTrace(addresses, walkFrames(frame, frame, addresses, kTraceDepth));
}

void *allocate(uint32_t type, size_t bytes, size_t front) {
  char *block;
  if (validating()) {
    if (stats.allocations - lastValidation >= kValidateEvery && stats.allocations - lastValidation >= stats.live)
      validateHeap();
    block = static_cast<char *>(guardedBlock(bytes + kGuardBytes));
    __builtin_memset(block + bytes, kGuard, kGuardBytes);
  } else {
    block = static_cast<char *>(allocBlockZeroed(bytes, 0));
  }
  Record &record = addRecord(block + front);
  record.bytes = bytes;
  record.order = stats.allocations++;
  record.type = type;
  record.allocatedAt = traceHere(uintptr_t(__builtin_frame_address(0)));
  record.front = uint32_t(front);
  stats.live += 1;
  stats.liveBytes += bytes;
  if (stats.liveBytes > stats.peakBytes)
    stats.peakBytes = stats.liveBytes;
  if (bytes <= kPoolLimit)
    poolMask[classOf(bytes) / 64] |= uint64_t(1) << (classOf(bytes) % 64);
  return block;
}

/// Is every byte in [at, at + count) `value`?
static bool allBytesAre(const char *at, size_t count, unsigned char value) {
  for (size_t i = 0; i < count; ++i)
    if (static_cast<unsigned char>(at[i]) != value)
      return false;
  return true;
}

static void validateLive(const Record &record) {
  const ObjectHeader &header = headerOf(record.payload);
  const TypeDescriptor &type = typeAt(record.type);
  if (header.type != record.type || (uint32_t(header.count) & ~uint32_t(abi::kFlagMask)) == 0 ||
      (!record.inFrame && blockBytes(record.payload, type) != record.bytes))
    broken("the header was written over", record);
  if (type.kind == TypeKind::String) {
    const ArrayHeader &string = arrayHeaderOf(record.payload);
    if (string.length > string.capacity || static_cast<const char *>(record.payload)[string.length] != 0)
      broken("a string lost its end", record);
  }
  if (validating() && !record.inFrame && !allBytesAre(blockOf(record) + record.bytes, kGuardBytes, kGuard))
    broken("memory after the end was written", record);
}

static void validateDead(const Record &record) {
  if (record.inFrame)
    return; // the frame's owner does
  const size_t payloadBytes = record.bytes - record.front;
  if (headerOf(record.payload).count != 0 ||
      !allBytesAre(static_cast<const char *>(record.payload), payloadBytes + kGuardBytes, kPoison))
    broken("dead memory was written", record);
}

void free(void *payload) {
  Record *found = findRecord(payload);
  if (!found || found->freedAt)
    validateUse(payload, "free");
  Record &record = *found;
  stats.live -= 1;
  stats.liveBytes -= record.bytes;
  if (!validating()) {
    char *block = blockOf(record);
    const size_t bytes = record.bytes;
    removeRecord(payload);
    freeBlock(block, bytes);
    return;
  }
  validateLive(record);
  record.freedAt = traceHere(uintptr_t(__builtin_frame_address(0)));
  headerOf(payload).count = 0;
  __builtin_memset(payload, kPoison, record.bytes - record.front + kGuardBytes);
  if (!quarantine)
    quarantine = static_cast<const void **>(tableMemory(kQuarantineBlocks * sizeof(void *)));
  quarantineBytes += record.bytes;
  quarantine[(quarantineFirst + quarantineCount++) % kQuarantineBlocks] = payload;
  while (quarantineIsFull()) {
    const void *oldest = quarantine[quarantineFirst];
    quarantineFirst = (quarantineFirst + 1) % kQuarantineBlocks;
    --quarantineCount;
    Record &gone = *findRecord(oldest);
    validateDead(gone);
    quarantineBytes -= gone.bytes;
    char *block = blockOf(gone);
    const size_t bytes = gone.bytes;
    removeRecord(oldest);
    freeGuarded(block, bytes + kGuardBytes);
  }
}

void beginInFrame(void *payload, size_t bytes) {
  Record &record = addRecord(payload);
  record.bytes = bytes;
  record.order = stats.allocations;
  record.type = headerOf(payload).type;
  record.allocatedAt = traceHere(uintptr_t(__builtin_frame_address(0)));
  record.inFrame = true;
}

void dieInFrame(void *payload) {
  Record *record = findRecord(payload);
  if (!record || record->freedAt)
    validateUse(payload, "free");
  record->freedAt = traceHere(uintptr_t(__builtin_frame_address(0)));
  __builtin_memset(payload, kPoison, record->bytes);
}

/// The storage of a dead object will be used for something else.
static void forgetDead(void *payload) {
  const Record *record = findRecord(payload);
  if (headerOf(payload).count != 0 || !allBytesAre(static_cast<const char *>(payload), record->bytes, kPoison))
    broken("dead memory was written", *record);
  removeRecord(payload);
}

/// Blocks on the heap that objects which end refer to. Those to which nobody else does belong to them, and are followed.
struct Owned {
  const void *payload;
  bool isFollowed;
};
static Owned *owned;
static size_t ownedCount, ownedCapacity;

static void noteOwned(const void *payload) {
  if (ownedCount == ownedCapacity) {
    ownedCapacity = ownedCapacity ? ownedCapacity * 2 : 256;
    void *grown = os::heapResize(owned, ownedCapacity * sizeof(Owned));
    if (!grown)
      panic("out of memory while references are counted");
    owned = static_cast<Owned *>(grown);
  }
  owned[ownedCount++] = {payload, false};
}

static Record *findLive(const void *payload) {
  Record *record = findRecord(payload);
  return record && !record->freedAt ? record : nullptr;
}

/// All references to it have been met.
static bool isAllMet(const void *payload, const Record &record) {
  return uint32_t(headerOf(payload).count) >> abi::kCountShift == record.trial;
}

static void walk(const void *payload, const Record &record, void (*visit)(Record &)) {
  struct Visitor : abi::Walker {
    void (*visitRecord)(Record &);
  } visitor{{[](abi::Walker *walker, void *reference) {
               if (Record *target = findRecord(reference))
                 static_cast<Visitor *>(walker)->visitRecord(*target);
             },
             abi::kWalkAll},
            visit};
  walkReferences(const_cast<void *>(payload), typeAt(record.type), visitor);
}

static void countReference(Record &target) {
  if (++target.trial == 1 && !target.inFrame)
    noteOwned(target.payload);
}

/// Follows what belongs to the objects.
static void followOwned() {
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < ownedCount; ++i) {
      const Record *record = findLive(owned[i].payload);
      if (owned[i].isFollowed || !record || !isAllMet(owned[i].payload, *record))
        continue;
      owned[i].isFollowed = again = true;
      walk(owned[i].payload, *record, countReference);
    }
  }
}

static void forgetOwned() {
  for (size_t i = 0; i < ownedCount; ++i)
    if (Record *record = findRecord(owned[i].payload)) {
      record->trial = 0;
      record->isReached = record->isHeld = false;
    }
  ownedCount = 0;
}

/// Which of the live objects are held by somebody who is none of them, or by one that is.
static void findHeld(const FrameObjects &objects) {
  for (size_t i = 0; i < objects.count; ++i)
    if (Record *record = findLive(objects.payloads[i])) {
      record->trial = 0;
      record->isReached = record->isHeld = false;
    }
  for (size_t i = 0; i < objects.count; ++i)
    if (const Record *record = findLive(objects.payloads[i]))
      walk(objects.payloads[i], *record, countReference);
  followOwned();
  for (bool changes = true; changes;) {
    changes = false;
    auto hold = [&](const void *payload, Record &record) {
      record.isHeld = changes = true;
      walk(payload, record, [](Record &target) { target.isReached = true; });
    };
    for (size_t i = 0; i < objects.count; ++i)
      if (Record *record = findLive(objects.payloads[i]); record && !record->isHeld)
        if (record->isReached || !isAllMet(objects.payloads[i], *record))
          hold(objects.payloads[i], *record);
    for (size_t i = 0; i < ownedCount; ++i)
      if (Record *record = findLive(owned[i].payload); record && owned[i].isFollowed && record->isReached && !record->isHeld)
        hold(owned[i].payload, *record);
  }
  forgetOwned();
}

static void refuseHeld(const FrameObjects &objects, const char *what, const char *place) {
  const size_t end = objects.first + objects.ending;
  bool someLive = false;
  for (size_t i = objects.first; i < end; ++i)
    someLive |= findLive(objects.payloads[i]) != nullptr;
  if (!someLive)
    return;
  findHeld(objects);
  for (size_t i = objects.first; i < end; ++i)
    if (const Record *record = findLive(objects.payloads[i]); record && record->isHeld) {
      Message message;
      message << what;
      describe(message, *record);
      panic(message, place);
    }
  // What is left refers to each other only: a ring dies as a whole, wherever its parts lie.
}

static void forget(const FrameObjects &objects) {
  const size_t end = objects.first + objects.ending;
  bool someLive = false;
  for (size_t i = objects.first; i < end; ++i)
    someLive |= findLive(objects.payloads[i]) != nullptr;
  for (size_t i = 0; i < objects.count && someLive; ++i)
    if (Record *record = findLive(objects.payloads[i]); record && !record->isHeld) {
      record->freedAt = traceHere(uintptr_t(__builtin_frame_address(0)));
      __builtin_memset(objects.payloads[i], kPoison, record->bytes);
      headerOf(objects.payloads[i]).count = 0;
    }
  for (size_t i = objects.first; i < end; ++i)
    if (findRecord(objects.payloads[i]))
      forgetDead(objects.payloads[i]);
}

void endInFrame(const FrameObjects &objects, const char *place) {
  refuseHeld(objects, "an object in a frame is still referenced when its storage ends: ", place);
  forget(objects);
}

void refuseHeld(void *const *payloads, size_t count, const char *place) {
  refuseHeld({payloads, count, 0, count}, "an object in a region is still referenced when the region closes: ", place);
}
void forgetInRegion(void *const *payloads, size_t count) { forget({payloads, count, 0, count}); }

void validateUse(const void *payload, const char *use) {
  const Record *record = findRecord(payload);
  Message message;
  if (!record) {
    const uint32_t count = uint32_t(headerOf(payload).count);
    if (count >> 29 == uint32_t(abi::kImmortal) >> 29)
      return; // static data, or a count that grew into it
    message << use << " of ";
    message.hex(uintptr_t(payload)) << ", which is no object";
    panic(message);
  }
  if (record->freedAt) {
    message << use << " of ";
    describe(message, *record);
    panic(message);
  }
  validateLive(*record);
}

void validateHeap() {
  lastValidation = stats.allocations;
  for (const Record &record : recordSlots()) {
    if (!record.payload)
      continue;
    if (record.freedAt)
      validateDead(record);
    else
      validateLive(record);
  }
}

Statistics statistics() {
  Statistics result = stats;
  result.poolsUsed = uint64_t(__builtin_popcountll(poolMask[0]) + __builtin_popcountll(poolMask[1]));
  return result;
}

} // namespace dream::rt::check
