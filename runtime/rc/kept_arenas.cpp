// Arenas that the program keeps and empties itself: `Arena` of the library. Nobody has proven when what lies in one is used, so it is found out
// when one is to be emptied: what is held by others than what lies in it keeps it from that.
//
// To find out is trial deletion that begins with what lives in the arena. What belongs to it, on the heap as well, is what all of whose
// counts are references from there: lists, arrays, closures. Those are followed as they turn out to, so that nothing else is looked at.
// Only where that finds somebody who holds something, rings on the heap may be what does: then all that can be reached is looked at.
//
// One that ends while others hold something stays until they do not; that is looked at when others are emptied, or end.
#include "runtime/abi/entries.h"
#include "runtime/abi/walk.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/rings.h"
#include "runtime/region/arena.h"
#include "runtime/table/table.h"

namespace dream::rt {

using region::KeptArena;

namespace {

/// What is known of an object while an arena is looked at.
struct Trial {
  const void *object;
  uint32_t references; ///< From what was followed.
  bool isInArena;
  bool isFollowed; ///< Or will be.
  bool isHeld;     ///< By somebody who was not followed, or who is held.
};
using Trials = AddressTable<Trial, &Trial::object, 256>;

bool isAlive(const void *object) { return headerOf(object).count >= abi::kCountOne; }
uint32_t countOf(const void *object) { return uint32_t(headerOf(object).count) >> abi::kCountShift; }

constinit rings::List<void *> followed = {}; ///< What lives in the arena, then what belongs to it.
constinit rings::List<void *> pending = {};

class Look : abi::Walker {
public:
  explicit Look(KeptArena &arena) : Walker{nullptr, abi::kWalkAll} {
    followed.count = 0;
    for (const region::Listed *entry = arena.last; entry; entry = entry->below)
      if (isAlive(entry->payload))
        follow(trials.add(entry->payload, "the objects of an arena"), entry->payload).isInArena = true;
    arenaObjects = followed.count;
  }
  ~Look() { os::heapFree(trials.slots); }

  bool isEmpty() const { return arenaObjects == 0; }
  /// An object of the arena that others hold; null if there is none.
  void *findHeld() {
    if (void *held = countAll(/*goesOn=*/false); !held)
      return nullptr;
    return countAll(/*goesOn=*/true);
  }
  /// All that belongs to the arena, and what lies in it: it dies. The newest of the arena first.
  void destroy() {
    rings::Together together;
    for (size_t i = 0; i < followed.count; ++i)
      together.add(followed[i]);
    followed.shrink();
    pending.shrink();
    together.destroy(); // Which may lead to another look.
  }

private:
  Trial &follow(Trial &trial, void *object) {
    trial.isFollowed = true;
    followed.add(object);
    return trial;
  }

  /// Counts the references among what is followed. If it goes on, everything that can be reached is; those that turn out to be held by
  /// others are no part of it.
  void *countAll(bool goesOn) {
    this->goesOn = goesOn;
    for (size_t i = 0; i < trials.capacity; ++i)
      if (trials.slots[i].object)
        trials.slots[i].references = 0;
    visit = [](Walker *self, void *object) { static_cast<Look *>(self)->count(object); };
    for (size_t i = 0; i < followed.count; ++i)
      walkReferences(followed[i], typeOf(followed[i]), *this);
    if (goesOn)
      spreadHeld();
    for (size_t i = 0; i < arenaObjects; ++i) {
      const Trial &trial = *trials.find(followed[i]);
      if (trial.isHeld || trial.references != countOf(followed[i]))
        return followed[i];
    }
    if (goesOn)
      leaveOutHeld();
    return nullptr;
  }
  void count(void *object) {
    Trial *trial = trials.find(object);
    if (!trial) {
      const int32_t word = headerOf(object).count;
      if (word < abi::kCountOne || typeOf(object).flags & abi::kTypePlain)
        return;
      trial = &trials.add(object, "the objects of an arena");
    }
    ++trial->references;
    if (!trial->isFollowed && (goesOn || trial->references == countOf(object)))
      follow(*trial, object);
  }
  /// What others hold holds what it leads to.
  void spreadHeld() {
    visit = [](Walker *self, void *object) { static_cast<Look *>(self)->hold(object); };
    for (size_t i = 0; i < followed.count; ++i)
      if (Trial &trial = *trials.find(followed[i]); !trial.isHeld && trial.references != countOf(followed[i])) {
        trial.isHeld = true;
        pending.add(followed[i]);
        while (pending.count) {
          void *holder = pending.takeLast();
          walkReferences(holder, typeOf(holder), *this);
        }
      }
  }
  void hold(void *object) {
    if (Trial *trial = trials.find(object); trial && trial->isFollowed && !trial->isHeld) {
      trial->isHeld = true;
      pending.add(object);
    }
  }
  void leaveOutHeld() {
    size_t kept = 0;
    for (size_t i = 0; i < followed.count; ++i)
      if (!trials.find(followed[i])->isHeld)
        followed[kept++] = followed[i];
    followed.count = kept;
  }

  Trials trials = {};
  size_t arenaObjects;
  bool goesOn = false;
};

/// Empties it, unless others hold something in it: then that is the result.
void *tryToEmpty(KeptArena &arena) {
  finishDeaths();
  {
    Look look(arena);
    if (!look.isEmpty()) {
      if (void *held = look.findHeld())
        return held;
      arena.isBusy = true;
      look.destroy();
      arena.isBusy = false;
    }
  }
  if (check::validating()) {
    check::forgetInRegion(arena.recorded.payloads, arena.recorded.count);
    arena.recorded.count = 0;
    region::fill(arena, check::kPoison);
  }
  region::empty(arena);
  return nullptr;
}

void end(KeptArena &arena) {
  os::heapFree(arena.recorded.payloads);
  region::endKept(&arena);
}

} // namespace

void endLeftArenas() {
  static constinit thread_local bool isEnding = false;
  if (isEnding) // A destructor asks for it.
    return;
  isEnding = true;
  for (KeptArena *arena = region::keptArenas, *next; arena; arena = next) {
    next = arena->next;
    if (arena->isLeft && !arena->isBusy && !tryToEmpty(*arena))
      end(*arena);
  }
  isEnding = false;
}

Ptr dr_kept_arena_make(I64 bytes) { return region::makeKept(bytes); }

OwnStr dr_kept_arena_empty(Ptr memory) {
  KeptArena &arena = *static_cast<KeptArena *>(memory);
  if (arena.isBusy)
    panic("a destructor empties the Arena that its object lies in");
  const void *held = tryToEmpty(arena);
  endLeftArenas();
  return held ? dr_type_name(held) : nullptr;
}

void dr_kept_arena_end(Ptr memory) {
  static_cast<KeptArena *>(memory)->isLeft = true;
  endLeftArenas();
}

I64 dr_kept_arena_statistic(Ptr memory, I32 which) {
  const KeptArena &arena = *static_cast<KeptArena *>(memory);
  const int64_t bytes = int64_t(region::bytesIn(arena));
  switch (which) {
  case 0: return bytes;
  case 1: return bytes > int64_t(arena.mostBytes) ? bytes : int64_t(arena.mostBytes);
  default: return int64_t(arena.timesEmptied);
  }
}

} // namespace dream::rt
