// Arenas: regions that the program opens, `arena frame { … }`. Each is a stack of its own, so that any number of them may be open,
// and functions that build their results in a region of their caller build them in an arena as well. Objects in arenas have
// true counts like all others; one that dies early does not give its place back.
//
// Its memory are chunks, the first one as large as the program says and each further one twice as large. A thread keeps the chunks of
// arenas that are closed for the next ones, so that a program that opens arenas of like sizes again and again asks for none.
//
// Others the program keeps for as long as it likes, and empties itself (KeptArena); they list what is made in them.
//
// Closing takes the same time however many objects there are, unless the arena was opened as one that lists its objects: what still
// lives then, in rings, lets go what it holds, the newest first.
#pragma once

#include "runtime/abi/object.h"
#include "runtime/region/region.h"

namespace dream::rt::region {

/// An object in an arena that lists them.
struct Listed {
  Listed *below; ///< The one that was made before it.
  void *payload;
};

struct Arena : RegionStack {
  Arena *outer;       ///< The one that was open when this one was opened.
  const char *name;
  size_t firstBytes;  ///< Of the first chunk.
  size_t filled;      ///< Bytes of objects in all chunks but the last.
  bool isListed;
  Listed *last;       ///< Null if nothing is listed.
  Recorded recorded;
};
static_assert(sizeof(Arena) <= abi::kArenaBytes, "compiled code makes room for it");

/// `Arena` of the library (rc/kept_arenas.cpp). It is not among the open ones.
struct KeptArena : Arena {
  KeptArena *next;
  size_t mostBytes;    ///< That were in it when it was emptied.
  size_t timesEmptied;
  bool isLeft;         ///< The program has none of it any more.
  bool isBusy;         ///< It is being emptied: nothing may be made in it.
};
/// Of this thread, the newest first.
extern constinit thread_local KeptArena *keptArenas __attribute__((tls_model("initial-exec")));

inline constexpr size_t kDefaultArena = 64 << 10, kLeastArena = 1 << 10, kLargestDoubling = 64 << 20;

/// Of this thread, the innermost.
extern constinit thread_local Arena *openArenas __attribute__((tls_model("initial-exec")));

/// `bytes` are those of the first chunk; 0 or less: as usual.
void open(Arena &arena, const char *name, int64_t bytes, bool isListed);
/// Nothing in it is used any more.
void close(Arena &arena);
/// `bytes` as above.
KeptArena *makeKept(int64_t bytes);
/// Nothing in it is used any more. What is made in it from now on finds a first chunk that has room for as much.
void empty(KeptArena &arena);
/// It is empty.
void endKept(KeptArena *arena);
/// Of what was made in it.
size_t bytesIn(const Arena &arena);
/// A block as of `allocate`, of any size, a multiple of 8.
[[gnu::noinline]] char *allocateInArena(Arena &arena, size_t size, size_t front);
/// The block of a dead string: what was made last in the innermost arena gives its place back. False if it is not that.
[[gnu::noinline]] bool giveBackLast(void *block, size_t bytes);
/// It lies in an arena of this thread that is open, or kept.
bool isInArena(const void *payload);
/// Overwrites what objects have lain in.
void fill(Arena &arena, unsigned char byte);

/// Chunks that all threads have asked for.
size_t chunksMade();

/// What arenas of one name have needed, counted for --memory-stats.
struct ArenaStatistics {
  const char *name;
  uint64_t times, bytes, peak;
};
inline constexpr size_t kMostArenaNames = 64;
/// Null behind the last one.
const ArenaStatistics *statisticsOf(size_t index);

} // namespace dream::rt::region
