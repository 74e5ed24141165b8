// Regions: where the objects of a function lie that are too many, or too long, for its frame. A region begins where it is
// opened and ends where it is closed, at once and with everything in it; regions are closed in the order opposite to that
// of their opening.
//
// A thread has two stacks of memory. A function whose results lie in its caller's region, which is on one of them, opens
// its own regions on the other one: so nobody closes a region that lies below objects of another one that lives on. A
// stack is a range of reserved addresses that get memory as the stack grows; where there are none, or no more, it goes on in
// chunks of the C library's heap.
//
// An object is made by moving the top. One that dies before its region gives its place back: the last one lowers the top,
// others leave holes, by the size classes of the pools, which the region's next objects fill. So a region needs no more
// memory than its objects on the heap did. Objects have no header beyond their own.
//
// Under -fcheck-memory no place is used twice, dead objects are poisoned, and a region that is closed knows what was in it.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/alloc/alloc.h"

namespace dream::rt::region {

/// What has died, in its own bytes.
struct Hole {
  Hole *next;
  size_t bytes; ///< Of those that wait for another region.
};
struct Holes {
  Hole *lists[kClassCount];
};
inline constexpr size_t kLeastEntry = sizeof(Hole);

/// A piece of a stack outside of the reserved addresses.
struct Chunk {
  Chunk *below;
  char *topBelow, *endBelow; ///< Of the stack when it went on here.
  char *end;
  size_t number; ///< From 1 on.
};

/// Under -fcheck-memory: the payloads of what was made in regions that are open, in that order.
struct Recorded {
  void **payloads;
  size_t count, capacity;
};

struct RegionStack {
  char *top;
  char *limit;       ///< Up to here the top may move without looking for holes: `end`, or null if there are some.
  char *start;       ///< Of the region that was opened last.
  Holes *holes;      ///< Of that region; null as long as nothing in it has died.
  Chunk *chunk;      ///< Where the top lies; null in the reserve.
  Chunk *startChunk; ///< Where `start` lies.
  Hole *waiting;     ///< Have died since it was opened, and belong to outer regions; `expected`, if some still have to die.
  Hole expected;
  char *end;         ///< Of the memory behind the top.
  char *reserve, *reserveEnd;
  size_t recent;     ///< What regions that were closed lately have needed, roughly.
  bool isArena;      ///< It is none of the two, but an arena of the program (arena.h).
  bool isKept;       ///< And one that the program keeps.
};
extern constinit thread_local RegionStack stacks[2] __attribute__((tls_model("initial-exec")));

/// What a region restores when it is closed. It lies in its owner's frame.
struct Mark {
  char *start;
  Holes *holes;
  Chunk *startChunk;
};
static_assert(sizeof(Mark) == 3 * sizeof(void *), "compiled code makes room for three words");

/// More than this behind the start of a region that closes may be worth giving back.
inline constexpr size_t kKeptMemory = 8 << 20;

[[gnu::noinline, gnu::cold]] void prepare(RegionStack &stack);
[[gnu::noinline, gnu::cold]] void closeSlow(RegionStack &stack, const Mark &mark);
/// `front` as for allocate.
[[gnu::noinline]] char *allocateSlow(RegionStack &stack, size_t bytes, size_t front);
/// The region that was opened last has made the block.
bool isInLast(const RegionStack &stack, const void *block);

/// The block of a dead object that lies in a region or in a frame: there nothing happens.
[[gnu::noinline]] void giveBack(void *block, size_t bytes);

/// Makes the block that was made last in its region larger or smaller where it lies; false if it is not, or does not fit.
bool resizeLast(void *block, size_t bytes, size_t newBytes);
/// The object will die later, but before its region closes: until then the stack is marked as `waiting`. False if it lies in no
/// region.
[[gnu::noinline, gnu::cold]] bool expectDeath(const void *payload);

/// Memory that the stacks of all threads have had at most.
size_t mostMemory();

/// Bytes of the entry for a block: what of a size class is free serves the whole class.
constexpr size_t entryBytes(size_t bytes) {
  if (bytes > kFineLimit)
    return classBytes(classOf(bytes));
  return bytes < kLeastEntry ? kLeastEntry : (bytes + 7) & ~size_t(7);
}

/// Blocks of up to kPoolLimit bytes, at multiples of 16 if their entry is one, else of 8; nothing is zeroed. The payload begins
/// `front` bytes into it.
[[gnu::always_inline]] inline char *allocate(RegionStack &stack, size_t bytes, size_t front = 0) {
  const size_t size = entryBytes(bytes);
  char *at = stack.top;
  if (size % 16 == 0)
    at = reinterpret_cast<char *>((uintptr_t(at) + 15) & ~uintptr_t(15));
  if (__builtin_expect(uintptr_t(at) + size > uintptr_t(stack.limit), 0)) // both null before the first chunk
    return allocateSlow(stack, size, front);
  stack.top = at + size;
  return at;
}

/// Nothing moves across the opening and the closing of a region: what lies there later are other objects.
[[gnu::always_inline]] inline void fence() { asm volatile("" ::: "memory"); }

[[gnu::always_inline]] inline void open(RegionStack &stack, Mark &mark) {
  if (__builtin_expect(stack.top == nullptr, 0))
    prepare(stack);
  mark = {stack.start, stack.holes, stack.startChunk};
  stack.start = stack.top;
  stack.startChunk = stack.chunk;
  stack.holes = nullptr;
  stack.limit = stack.end;
  fence();
}

[[gnu::always_inline]] inline void close(RegionStack &stack, const Mark &mark) {
  fence();
  if (__builtin_expect(stack.chunk != stack.startChunk || stack.waiting || size_t(stack.end - stack.start) > kKeptMemory, 0))
    return closeSlow(stack, mark);
  stack.top = stack.start;
  stack.start = mark.start;
  stack.startChunk = mark.startChunk;
  stack.holes = mark.holes;
  stack.limit = mark.holes ? nullptr : stack.end;
  fence();
}

} // namespace dream::rt::region
