// The collector of rings: objects that are counted, but held by each other alone, by synchronous trial deletion.
//
// A ring loses its last holder where a count is given back and others are left. So every object of a type that can be part of
// a ring becomes a *candidate* there, once. A collection looks at all that can be reached from the candidates (marking),
// counts the references among it on the way, and finds what is held from outside (settling); the rest is suspected. All this
// goes in pieces, and the program may run between them: so it only suspects. Judgement is passed on each group of suspects
// that hang together, at once: if the references inside of the group are all that its counts tell of, then it is dead.
//
// What could be missed by looking in pieces is not: each release since the collection began makes a candidate for the next.
//
// The collector's knowledge is beside the objects: a node for each that it knows, found by the address, and two flags in
// the count word (object.h). A death, and whatever moves a block, tells it (forget).
//
// Collections begin by themselves when there are many candidates, and go on with the releases that note more of them. They run
// no code of the program: dead rings with destructors, or which weak references know, wait for one that the program asks for,
// and for the program's end.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt {

/// Some object is dying at this moment.
bool deathsRun();

namespace rings {

/// Makes a candidate of an object without the flags *region* and *noted*, unless its type can be in no ring. Says whether work
/// is to be done, if this is a place for it.
bool note(void *payload);
/// Of an object whose flags are gone already.
void forget(void *payload);
[[gnu::cold]] void advanceBySlice();
/// Goes on with a collection, or begins one that takes all; for so many small steps of work.
void advanceBy(int64_t work, bool runsDestructors);
/// All that is dead when it begins; destructors run.
void collectAll();
/// For so many microseconds, at least a little; destructors run. Says whether nothing is left to do.
bool step(int64_t microseconds);

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
