// What the parts of the collector of rings share, beside the candidates: the end of what is dead, and what collections tell of
// themselves. rings.h says how they work together; only files ring*.cpp include this one.
#pragma once

#include "runtime/rc/rc.h"
#include "runtime/rc/ring_candidates.h"
#include "runtime/rc/ring_nodes.h"

namespace dream::rt::rings {

/// May it be part of a ring? What lies in a region goes with that.
inline bool isInteresting(const void *object) {
  const int32_t count = headerOf(object).count;
  return count >= abi::kCountOne && !(count & abi::kFlagRegion) && !(typeOf(object).flags & abi::kTypeAcyclic);
}

//===-- The end of what is dead (ring_deaths.cpp) -------------------------------------------------------------------===//

/// An object that is dead, as others that it is in a ring with. Until `destroyCondemned` it is marked as dying, and held once more.
void condemn(void *object);
/// The same of what has given back its counts of others already, and is in no list: its own count is none.
void condemnCounted(void *object);
/// Destructors, then what the condemned hold besides each other, then their blocks. `isCounted` as in condemnCounted.
void destroyCondemned(bool runsDestructors, bool isCounted);
/// Gives a piece of memory back that is not needed; false if there is none.
bool trimCondemned();

//===-- Collections -----------------------------------------------------------------------------------------------===//

/// How many objects are looked at in one go: with `enough` no more candidates are added, and nothing happens if it comes to more than `most`.
struct Amount {
  size_t enough, most;
};
/// All at once (ring_once.cpp), beginning with the oldest candidates. False if nothing has happened.
bool collectAtOnce(Amount amount, bool runsDestructors);

/// In pieces (ring_pieces.cpp).
bool isUnderWay();
void beginPieces(bool takesParked);
void advancePieces(int64_t work, bool runsDestructors);
/// The object dies, or moves.
void forgetNode(void *object);

/// What a collection has come to; decides when the next one begins.
void account(size_t looked, size_t freed);
extern size_t freedNow; ///< By the collection that is under way.

} // namespace dream::rt::rings
