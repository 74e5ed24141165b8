// Memory for objects, arrays and strings: pools by size class with free lists per thread, the C library's heap above
// 32 KB. Blocks carry nothing of their own: who frees one says its size, which the type or the array header knows.
//
// Size classes: every multiple of 8 up to 512 bytes, then four for each doubling up to 32 KB. A block whose size is a
// multiple of 16 lies at a multiple of 16, others at a multiple of 8. The fast path is a pop or a push of a
// thread-local list, meant to be inlined into compiled code.
//
// Threads: a block may be freed by another thread than the one that allocated it; it then joins the list of the thread that
// frees it. Who knows that this may be so frees it with `freeShared`, which gives it back (owners.cpp). What a thread still has in its
// lists when it ends is not reused.
//
// Memory is taken in granules, in none of which a block begins or ends elsewhere. Now and then a thread looks for granules
// of its own in which all blocks are free: those can become blocks of any class, and most of them go back to the system.
//
// With DREAM_POOLS_OFF, which sanitized builds define, every block comes from the C library's heap. A program that has an
// allocator of its own gets every block from there.
#pragma once

#include "runtime/abi/config.h"

#include <stddef.h>
#include <stdint.h>

namespace dream::rt {

inline constexpr uint32_t kFineLimit = 512;
inline constexpr uint32_t kPoolLimit = 32768;
inline constexpr uint32_t kFineClasses = kFineLimit / 8;
inline constexpr uint32_t kClassCount = kFineClasses + 24 + 1; ///< Class 0 is not used.

/// The class of blocks of 1 … kPoolLimit bytes.
constexpr uint32_t classOf(size_t bytes) {
  if (bytes <= kFineLimit)
    return uint32_t((bytes + 7) / 8);
  const uint32_t last = uint32_t(bytes - 1);
  const uint32_t log = 31 - uint32_t(__builtin_clz(last)); // 9 … 14
  return kFineClasses + (log - 9) * 4 + (last >> (log - 2)) - 3;
}

constexpr uint32_t classBytes(uint32_t cls) {
  if (cls <= kFineClasses)
    return cls * 8;
  const uint32_t k = cls - kFineClasses - 1;
  return (5 + k % 4) << (7 + k / 4);
}
static_assert(classOf(1) == 1 && classOf(512) == 64 && classOf(513) == 65 && classBytes(65) == 640);
static_assert(classOf(kPoolLimit) == kClassCount - 1 && classBytes(kClassCount - 1) == kPoolLimit);

/// A free block is known by the address of what lies behind its first 8 bytes, in which the next one of its list stands. An object's fields
/// lie there: so the lists hold what the program holds, and making or freeing an object computes no address.
struct FreeBlock;
inline constexpr size_t kLinkBytes = sizeof(FreeBlock *);
inline FreeBlock *asFree(void *block) { return reinterpret_cast<FreeBlock *>(static_cast<char *>(block) + kLinkBytes); }
inline char *blockOf(FreeBlock *block) { return reinterpret_cast<char *>(block) - kLinkBytes; }
inline FreeBlock *&nextOf(FreeBlock *block) { return *reinterpret_cast<FreeBlock **>(blockOf(block)); }

/// Memory that blocks are made of: 64 KB to kGranule, of a span that the system has given.
struct Granule {
  char *start;
  uint32_t bytes;
  uint32_t blocks;  ///< That it was cut into.
  uint32_t free;    ///< Of them, while free ones are looked for.
  bool isSpare;     ///< It can be cut again,
  bool isDiscarded; ///< and its memory is with the system.
};
inline constexpr uint32_t kGranule = 256 << 10;

struct ThreadCache {
  FreeBlock *lists[kClassCount];
  char *fresh;    ///< Memory of the current granule that no block was made of yet.
  char *freshEnd;
  char *span;     ///< Memory that no granule was made of yet.
  char *spanEnd;
  Granule *granules; ///< By their addresses.
  uint32_t granuleCount, granuleCapacity, current, spares;
  size_t moved;      ///< Bytes of spans taken and of large blocks freed since free granules were looked for; and
  size_t walked;     ///< of the free blocks that were found then: what looking for them cost.
  struct Owner *owner; ///< As which others know this thread; null before it has memory.
  uint16_t number;     ///< Of the owner.
};
extern constinit thread_local ThreadCache threadCache [[gnu::tls_model("initial-exec")]];

[[noreturn, gnu::noinline, gnu::cold]] void outOfMemory(size_t bytes);
/// Takes blocks of a class from fresh memory into the list, and one of them out. Panics without memory.
[[gnu::noinline, gnu::cold]] FreeBlock *refillClass(uint32_t cls);
// Blocks of any size from the C library's heap; resizing keeps the bytes and may move the block.
[[gnu::noinline]] void *allocLarge(size_t bytes, bool zeroed);
[[gnu::noinline]] void freeLarge(void *block);
[[gnu::noinline]] void freeLarge(void *block, size_t bytes); ///< With which others may have died.
void *resizeLargeBlock(void *block, size_t bytes);

/// Blocks come from the program's own allocator.
inline bool programAllocates() { return dr_config.allocate != nullptr; }
[[gnu::noinline]] void *allocFromProgram(size_t bytes); ///< Bytes of any content. Panics without memory.
[[gnu::noinline]] void freeToProgram(void *block, size_t bytes);

// Memory of other threads (owners.cpp).
void ownSpan(ThreadCache &cache, char *start, size_t bytes); ///< The thread has it from now on.
Owner *ownerOf(const void *block);                           ///< In constant time; null if it is in no pool.
/// A block of a thread that lives goes back to it; false of all others, and of this thread's own.
bool returnToOwner(void *block, uint32_t cls);
/// What has come back, as a list; null if nothing has.
FreeBlock *takeReturned(Owner &owner, uint32_t cls);
/// As freeBlock, of a block that another thread may have made.
void freeShared(void *block, size_t bytes);

/// What the pools have of the system.
struct PoolTotals {
  uint64_t bytes;
  uint64_t spans; ///< Ever asked for.
};
PoolTotals poolTotals();
/// Of them, what this thread could use at once. Counts the free blocks, one by one.
uint64_t poolBytesFree();
/// Gives granules back in which nothing lives. Looks at all free blocks of this thread.
void giveBackMemory();

/// Bytes that the pools and large blocks may yet take before somebody wants to know of it: `*spent` becomes 0 then.
struct Allowance {
  int64_t left;
  int64_t *spent;
};
extern constinit Allowance allowance;

/// Blocks of up to so many bytes come from the pools.
#ifdef DREAM_POOLS_OFF
inline constexpr size_t kPooled = 0;
#else
inline constexpr size_t kPooled = kPoolLimit;
#endif

/// A block of 1 … kPooled bytes.
[[gnu::always_inline]] inline FreeBlock *takePooled(size_t bytes) {
  const uint32_t cls = classOf(bytes);
  FreeBlock *&list = threadCache.lists[cls];
  FreeBlock *block = list;
  if (__builtin_expect(block == nullptr, 0))
    block = refillClass(cls);
  else
    list = nextOf(block);
  // What is written to the block does not change the lists: so a block that is freed where it was made leaves them as they were.
  __builtin_assume_separate_storage(block, &threadCache);
  return block;
}
[[gnu::always_inline]] inline void *allocPooled(size_t bytes) { return blockOf(takePooled(bytes)); }
[[gnu::always_inline]] inline void freePooled(void *block, size_t bytes) {
  FreeBlock *&list = threadCache.lists[classOf(bytes)];
  FreeBlock *freed = asFree(block);
  nextOf(freed) = list;
  list = freed;
}

/// Wherever the block comes from, the fast path computes no address.
[[gnu::always_inline]] inline FreeBlock *takeBlock(size_t bytes) {
  if (__builtin_expect(programAllocates(), 0))
    return asFree(allocFromProgram(bytes));
  if (__builtin_expect(bytes > kPooled, 0))
    return asFree(allocLarge(bytes, false));
  return takePooled(bytes);
}
[[gnu::always_inline]] inline void *allocBlock(size_t bytes) { return blockOf(takeBlock(bytes)); }

/// `zeroFrom`: the bytes before it may hold anything.
[[gnu::always_inline]] inline void *allocBlockZeroed(size_t bytes, size_t zeroFrom) {
  FreeBlock *block;
  if (__builtin_expect(bytes > kPooled && !programAllocates(), 0)) {
    block = asFree(allocLarge(bytes, true));
  } else {
    block = takeBlock(bytes);
    __builtin_memset(blockOf(block) + zeroFrom, 0, bytes - zeroFrom);
  }
  return blockOf(block);
}

[[gnu::always_inline]] inline void freeBlock(void *block, size_t bytes) {
  if (__builtin_expect(programAllocates(), 0))
    return freeToProgram(block, bytes);
  if (__builtin_expect(bytes > kPooled, 0))
    return freeLarge(block, bytes);
  freePooled(block, bytes);
}

} // namespace dream::rt
