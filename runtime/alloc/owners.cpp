// Which thread's memory a block lies in, and the way back to it: a block that another thread frees with `freeShared` goes to a list of the thread that
// has its memory, which looks there when a list of its own is empty. So where one thread makes what another one frees, neither grows.
//
// Every 4 KB page of the pools has the number of its thread in a table of two levels: looking one up is two loads, and the table is less than 0.1 %
// of the pools. Pages keep their thread. Blocks go back one by one, without locks; the thread takes a whole list at once.
//
// What a thread has ended with is not used again; blocks of its memory that others free later stay with these.
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"

namespace dream::rt {

/// A thread that has memory. Never goes: others may hold its blocks.
struct Owner {
  FreeBlock *returned[kClassCount];
  bool hasEnded;
};

namespace {

using Number = uint16_t; ///< Of an owner; 0 is none.
constexpr uint32_t kMostOwners = 1 << 16;
constexpr unsigned kPageBits = 12, kLeafBits = 32, kAddressBits = 48;
constexpr size_t kPage = size_t(1) << kPageBits, kLeafEntries = size_t(1) << (kLeafBits - kPageBits);

constinit Owner *owners[kMostOwners] = {};
constinit uint32_t lastNumber = 0;
constinit Number *leaves[size_t(1) << (kAddressBits - kLeafBits)] = {};

template <typename T> T load(T &shared) { return __atomic_load_n(&shared, __ATOMIC_ACQUIRE); }

/// The entry of an address; null if there is none, and none was wanted.
Number *entryOf(const void *address, bool makes) {
  const uintptr_t number = uintptr_t(address) >> kPageBits;
  if (number >> (kAddressBits - kPageBits))
    return nullptr;
  Number *&place = leaves[number / kLeafEntries];
  Number *leaf = load(place);
  if (!leaf && makes) {
    Number *made = static_cast<Number *>(os::mapPages(kLeafEntries * sizeof(Number)));
    if (made && __atomic_compare_exchange_n(&place, &leaf, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      leaf = made;
    else if (made)
      os::unmapPages(made, kLeafEntries * sizeof(Number));
  }
  return leaf ? &leaf[number % kLeafEntries] : nullptr;
}

/// Gives the thread a number; none if there are no more of them, or no memory.
void becomeOwner(ThreadCache &cache) {
  if (load(lastNumber) >= kMostOwners - 1)
    return;
  const uint32_t number = __atomic_add_fetch(&lastNumber, 1, __ATOMIC_RELAXED);
  Owner *owner = number < kMostOwners ? static_cast<Owner *>(os::heapAllocZeroed(sizeof(Owner))) : nullptr;
  if (!owner)
    return;
  __atomic_store_n(&owners[number], owner, __ATOMIC_RELEASE);
  cache.owner = owner;
  cache.number = Number(number);
  os::atThreadEnd([](void *ended) { __atomic_store_n(&static_cast<Owner *>(ended)->hasEnded, true, __ATOMIC_RELEASE); }, owner);
}

} // namespace

void ownSpan(ThreadCache &cache, char *start, size_t bytes) {
  if (!cache.owner)
    becomeOwner(cache);
  for (char *page = start; page < start + bytes; page += kPage)
    if (Number *entry = entryOf(page, /*makes=*/true))
      __atomic_store_n(entry, cache.number, __ATOMIC_RELAXED); // whoever has a block of it has got that from this thread
}

Owner *ownerOf(const void *block) {
  Number *entry = entryOf(block, /*makes=*/false);
  return entry ? load(owners[__atomic_load_n(entry, __ATOMIC_RELAXED)]) : nullptr;
}

bool returnToOwner(void *block, uint32_t cls) {
  Owner *owner = ownerOf(block);
  if (!owner || owner == threadCache.owner || load(owner->hasEnded))
    return false;
  FreeBlock *freed = asFree(block), *&list = owner->returned[cls];
  FreeBlock *next = __atomic_load_n(&list, __ATOMIC_RELAXED);
  do
    nextOf(freed) = next;
  while (!__atomic_compare_exchange_n(&list, &next, freed, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
  return true;
}

FreeBlock *takeReturned(Owner &owner, uint32_t cls) {
  if (!__atomic_load_n(&owner.returned[cls], __ATOMIC_RELAXED))
    return nullptr;
  return __atomic_exchange_n(&owner.returned[cls], nullptr, __ATOMIC_ACQUIRE);
}

void freeShared(void *block, size_t bytes) {
  if (programAllocates() || bytes > kPooled || !returnToOwner(block, classOf(bytes)))
    freeBlock(block, bytes);
}

} // namespace dream::rt
