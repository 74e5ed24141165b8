// Candidates of the collector of rings: objects with the flag *noted*, where counts were given back and others were left.
//
// They may die before anybody looks. The list keeps the block of a small one then, with a count of zero, until somebody comes by:
// noting and dying are a few instructions. What is large, and in programs that watch every block everything, is taken out of the list at
// once; a table knows where it stands.
#pragma once

#include "runtime/rc/rc.h"
#include "runtime/rc/ring_nodes.h"
#include "runtime/table/table.h"

namespace dream::rt::rings {

inline constexpr int64_t kLeastCandidates = 65536; ///< For a collection that begins by itself.

class Candidates {
public:
  /// The object has the flag. Says whether that is enough of them for something to be done.
  [[gnu::always_inline]] inline bool add(void *object, const TypeDescriptor &type) {
    seenFlags |= type.flags;
    if (__builtin_expect(payloadBytes(object, type) > mostLeft, 0))
      addPlace(waiting, object);
    waiting.add(object);
    return int64_t(waiting.count) - int64_t(dead) >= limit;
  }
  /// For a collection that runs destructors.
  void park(void *object) {
    addPlace(parked, object);
    parked.add(object);
  }
  void unpark();

  /// A noted one whose payload has so many bytes may die without more ado than `leave`.
  bool diesSimply(uint64_t payloadBytes) const { return payloadBytes <= mostSimple; }
  /// A noted one dies. True: the caller leaves the block, and says so with `leave` when nothing of it is needed any more.
  bool leaves(void *object);
  void leave(void *object) {
    headerOf(object).count = 0;
    if (__builtin_expect(++dead >= sweepAt, 0))
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
  [[gnu::noinline, gnu::cold]] void sweep();

  size_t count() const { return waiting.count + parked.count - dead; }
  bool isEmpty() const { return waiting.count + parked.count == 0; }
  bool trim() { return waiting.trim() || parked.trim(); }
  /// What is taken from the system before there are enough of them, however few they are: as much as the pools have, or more.
  void allowMemory(bool isPatient);
  /// Whether deaths are simple has changed: there are weak references, or a collection in pieces is under way, or not.
  void setSimple();

  static uint64_t payloadBytes(const void *object, const TypeDescriptor &type) {
    return type.kind == TypeKind::Array || type.kind == TypeKind::Rect ? uint64_t(arrayHeaderOf(object).capacity) * type.size : type.size;
  }

  List<void *> waiting, parked; ///< Null where one was taken out.
  size_t dead, sweepAt;         ///< In both lists.
  int64_t limit;                ///< So many are enough.
  uint32_t mostLeft;            ///< Bytes of payload of what is left; none before the first one is added.
  uint32_t mostSimple;          ///< The same, or none.
  uint32_t seenFlags;           ///< Of types.

private:
  static constexpr int64_t kLeastAllowed = 32 << 20;
  static constexpr uint32_t kMostLeft = 240;
  static constexpr size_t kLeastSwept = 4096;
  static constexpr size_t kAhead = 8; ///< Prefetched.
  struct Place {
    void *object;
    List<void *> *list;
    size_t index;
  };
  bool isLeft(const void *object) const { return payloadBytes(object, typeOf(object)) <= mostLeft; }
  /// For the next entry of the list, unless the object is left.
  [[gnu::noinline]] void addPlace(List<void *> &list, void *object);
  void movePlace(void *object, List<void *> &list, size_t index);
  void forgetPlace(void *object) {
    if (Place *place = places.find(object))
      places.remove(*place);
  }
  template <typename F> void sweepList(List<void *> &list, F isChosen) {
    size_t kept = 0;
    for (size_t i = 0; i < list.count; ++i) {
      if (i + kAhead < list.count)
        __builtin_prefetch(list[i + kAhead]);
      void *object = list[i];
      if (!object)
        continue;
      if (!headerOf(object).count) {
        freePayload(object, typeOf(object));
      } else if (isChosen(object)) {
        if (places.count)
          forgetPlace(object);
      } else {
        if (places.count)
          movePlace(object, list, kept);
        list[kept++] = object;
      }
    }
    list.count = kept;
  }

public:
  AddressTable<Place, &Place::object, 64> places; ///< Of those that are not left.
};
extern constinit Candidates candidates;

} // namespace dream::rt::rings
