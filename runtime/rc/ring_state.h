// What the parts of the collector of rings share: candidates, the end of what is dead, and what collections tell of themselves.
// rings.h says how they work together; only files ring*.cpp include this one.
#pragma once

#include "runtime/alloc/alloc.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/ring_nodes.h"
#include "runtime/table/table.h"

namespace dream::rt::rings {

/// May it be part of a ring? What lies in a region goes with that.
inline bool isInteresting(const void *object) {
  const int32_t count = headerOf(object).count;
  return count >= abi::kCountOne && !(count & abi::kFlagRegion) && !(typeOf(object).flags & abi::kTypeAcyclic);
}

//===-- Candidates ----------------------------------------------------------------------------------------------===//

/// Objects with the flag *noted*: where counts were given back and others were left. They may die before anybody looks. The list
/// keeps the block of a small one then, with a count of zero, until somebody comes by: noting and dying cost next to nothing.
/// What is large, and in programs that watch every block everything, is taken out of the list at once.
class Candidates {
public:
  void add(void *object) { addTo(waiting, object); }
  /// For a collection that runs destructors.
  void park(void *object) { addTo(parked, object); }
  void unpark();

  /// A noted one dies. True: the caller leaves the block, and says so with `leave` when nothing of it is needed any more.
  bool leaves(void *object);
  void leave(void *object) {
    headerOf(object).count = 0;
    if (++dead >= sweepAt)
      sweep();
  }
  /// One that goes on living is none any more. Takes long.
  void takeOut(void *object);

  /// The last one of those that live, and it is none any more; null at the end. The caller changes its flags.
  void *takeLast();
  /// Shows those that live, the oldest first, for as long as the visitor wants more.
  template <typename F> void forEach(F visit) {
    for (size_t i = 0; i < waiting.count; ++i)
      if (waiting[i] && headerOf(waiting[i]).count && !visit(waiting[i]))
        return;
  }
  /// Gives back what the dead ones kept, and takes out what is chosen of those that are not parked. Their flags are the caller's.
  template <typename F> void sweep(F isChosen) {
    sweepList(waiting, isChosen);
    sweepList(parked, [](void *) { return false; });
    dead = 0;
    // Each sweep for the sake of the dead looks at about as many that live.
    sweepAt = count() > kLeastSwept ? count() : kLeastSwept;
  }
  void sweep();

  size_t count() const { return waiting.count + parked.count - dead; }
  /// Those, and some of the dead.
  size_t mostWaiting() const { return waiting.count; }
  bool isEmpty() const { return waiting.count + parked.count == 0; }
  void shrink();
  /// Is a block of that size left?
  static bool isLeft(size_t blockBytes) { return blockBytes <= kMostLeft && !check::tracking() && !programAllocates(); }
  static bool isLeft(const void *object) { return isLeft(blockBytes(object, typeOf(object))); }

  List<void *> waiting, parked; ///< Null where one was taken out.
  size_t dead, sweepAt;         ///< In both lists.

private:
  static constexpr size_t kMostLeft = 256;
  static constexpr size_t kLeastSwept = 4096;
  static constexpr size_t kAhead = 8; ///< Prefetched.
  struct Place {
    void *object;
    List<void *> *list;
    size_t index;
  };
  void addTo(List<void *> &list, void *object);
  template <typename F> void sweepList(List<void *> &list, F isChosen) {
    size_t kept = 0;
    for (size_t i = 0; i < list.count; ++i) {
      if (i + kAhead < list.count)
        __builtin_prefetch(static_cast<char *>(list[i + kAhead]) + abi::kTypeOffset);
      void *object = list[i];
      if (!object)
        continue;
      if (!headerOf(object).count)
        freeAt(list, i);
      else if (isChosen(object))
        forgetPlace(object);
      else
        movePlace(object, list, kept++);
    }
    list.count = kept;
  }
  void freeAt(List<void *> &list, size_t index);
  void forgetPlace(void *object);
  void movePlace(void *object, List<void *> &list, size_t index);

public:
  AddressTable<Place, &Place::object, 64> places; ///< Of those that are not left.
};
extern constinit Candidates candidates;

//===-- The end of what is dead (ring_deaths.cpp) -------------------------------------------------------------------===//

/// An object that is dead, as others that it is in a ring with. Until `destroyCondemned` it is marked as dying, and held once more.
void condemn(void *object);
/// The same of what has given back its counts of others already, and is in no list: its own count is none.
void condemnCounted(void *object);
/// Destructors, then what the condemned hold besides each other, then their blocks. `isCounted` as in condemnCounted.
void destroyCondemned(bool runsDestructors, bool isCounted);
void shrinkCondemned();

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
