// The collector of rings: objects that are counted, but held by each other alone, by synchronous trial deletion.
//
// A ring loses its last holder where a count is given back and others are left. So every object of a type that can be part of
// a ring becomes a *candidate* there, once (ring_candidates). A collection looks at all that can be reached from the candidates and
// counts the references among it: what has more counts than that is held from outside, with all that it leads to. The rest is dead.
//
// There are two ways to do it. All at once (ring_once), which is fast, for as much as takes a few milliseconds at most, and when the program
// asks for everything. And in pieces (ring_pieces), between which the program may run: when there is more, and in programs that say
// how long the collector may work.
//
// The collector's knowledge is beside the objects: lists, and two flags in the count word (object.h). A death, and whatever
// moves a block, tells it (forget).
//
// Collections begin by themselves when there are many candidates, at a release that notes one more. They run no code of the
// program: dead rings with destructors, or which weak references know, wait for one that the program asks for, and for the
// program's end.
#pragma once

#include "runtime/rc/ring_candidates.h"

namespace dream::rt {

/// Some object is dying at this moment.
bool deathsRun();

namespace rings {

/// Makes a candidate of an object without the flags *region* and *noted*, unless its type can be in no ring. Says whether work
/// is to be done, if this is a place for it.
[[gnu::always_inline]] inline bool note(void *payload) {
  const TypeDescriptor &type = typeOf(payload);
  if (type.flags & abi::kTypeAcyclic)
    return false;
  int32_t &count = headerOf(payload).count;
  count = (count & ~abi::kFlagDying) | abi::kFlagNoted;
  return candidates.add(payload, type);
}
/// Of an object that dies. True: its block stays with the candidates; the caller says `leave` instead of freeing it.
bool forget(void *payload);
/// Of one that lives on for a while, or whose block moves. Its flags are the caller's.
void forgetWholly(void *payload);

[[gnu::cold]] void advanceBySlice();
/// Goes on with a collection in pieces, or begins one that takes all; for so many small steps of work.
void advanceBy(int64_t work, bool runsDestructors);
/// All that is dead when it begins; destructors run.
void collectAll();
/// For so many microseconds, at least a little; destructors run. Says whether nothing is left to do.
bool step(int64_t microseconds);

/// Objects that die together, as a dead ring does: nobody looks at them any more but they themselves.
class Together {
public:
  Together();
  ~Together();
  void add(void *object);
  /// Destructors run in the order in which the objects were added.
  void destroy();

private:
  size_t outerFirst; ///< A destructor of others may want this.
  bool hasDestructors = false;
};

/// No collection begins or goes on.
struct Pause {
  Pause();
  ~Pause();
};

/// For dr_gc_statistic.
enum class Statistic : int32_t {
  Collections,  ///< That came to their end.
  Freed,        ///< Objects and arrays.
  Candidates,   ///< Now.
  LongestStep,  ///< Microseconds, of steps that were asked for.
  Overruns,     ///< Steps that took more than their time and a fifth.
  Looked,       ///< Objects that collections looked at.
};

} // namespace rings
} // namespace dream::rt
