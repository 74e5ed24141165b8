// Weak references. One is a counted reference to a cell, a small object of its own that knows where the target lies as long
// as that lives. All weak references to an object share its cell; a table finds it, and holds one count of it until the
// object dies. The flag in the object's count word says that there is a cell, so objects without one pay nothing.
//
// An object's cell is emptied when its death begins, before any destructor runs: nobody brings back what dies.
//
// Cells belong to one thread, like everything that is not shared.
#include "runtime/rc/weak.h"
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"

namespace dream::rt {

namespace {

struct Cell {
  void *target; ///< Null once it is dead.
};
static_assert(sizeof(Cell) <= abi::kWeakCellBytes);

/// Cells by target: open addressing with linear probing, at most three quarters full, without tombstones.
struct Table {
  struct Entry {
    void *target;
    Cell *cell;
  };
  Entry *entries;
  size_t capacity, count; ///< The capacity is a power of two, or 0.

  size_t homeOf(const void *target) const {
    return size_t((uint64_t(uintptr_t(target)) >> 3) * 0x9E3779B97F4A7C15u >> 20) & (capacity - 1);
  }
  /// Where the target's entry is, or where it would be.
  size_t slotOf(const void *target) const {
    size_t slot = homeOf(target);
    while (entries[slot].target && entries[slot].target != target)
      slot = (slot + 1) & (capacity - 1);
    return slot;
  }

  void grow() {
    const Table old = *this;
    capacity = old.capacity ? old.capacity * 2 : 64;
    entries = static_cast<Entry *>(os::heapAllocZeroed(capacity * sizeof(Entry)));
    if (!entries)
      panic("out of memory for weak references");
    for (size_t i = 0; i < old.capacity; ++i)
      if (old.entries[i].target)
        entries[slotOf(old.entries[i].target)] = old.entries[i];
    os::heapFree(old.entries);
  }
  void add(void *target, Cell *cell) {
    if ((count + 1) * 4 > capacity * 3)
      grow();
    entries[slotOf(target)] = {target, cell};
    ++count;
  }
  Cell *find(const void *target) const { return entries[slotOf(target)].cell; }
  /// What follows moves up, as far as it may.
  Cell *remove(const void *target) {
    size_t hole = slotOf(target);
    Cell *cell = entries[hole].cell;
    for (size_t next = (hole + 1) & (capacity - 1); entries[next].target; next = (next + 1) & (capacity - 1)) {
      const size_t home = homeOf(entries[next].target);
      if (((next - home) & (capacity - 1)) < ((next - hole) & (capacity - 1)))
        continue; // the hole lies before its home
      entries[hole] = entries[next];
      hole = next;
    }
    entries[hole] = {};
    --count;
    return cell;
  }
};
constinit Table table = {};

Cell *newCell(void *target) {
  Cell *cell = static_cast<Cell *>(dr_alloc_object_of(abi::kTypeIndexWeakCell, abi::kWeakCellBytes));
  cell->target = target;
  return cell;
}

} // namespace

void emptyWeakCell(void *payload) {
  headerOf(payload).count &= ~abi::kFlagWeak;
  Cell *cell = table.remove(payload);
  cell->target = nullptr;
  release(cell);
}

OwnObj dr_weak_of(Obj object) {
  if (!object)
    return nullptr;
  if (check::validating())
    check::validateUse(object, "weak reference");
  void *target = const_cast<void *>(object);
  int32_t &count = headerOf(target).count;
  if (count < 0)
    return newCell(target); // it never dies
  if (count & abi::kFlagDying)
    return nullptr;
  if (count & abi::kFlagWeak) {
    Cell *cell = table.find(target);
    retain(cell);
    return cell;
  }
  Cell *cell = newCell(target);
  retain(cell); // the table's
  table.add(target, cell);
  count |= abi::kFlagWeak;
  return cell;
}

OwnObj dr_weak_get(Obj cell) {
  if (!cell)
    return nullptr;
  if (check::validating())
    check::validateUse(cell, "read");
  void *target = static_cast<const Cell *>(cell)->target;
  if (target)
    retain(target);
  return target;
}

void dr_weak_end(Obj object) {
  if (headerOf(object).count & abi::kFlagWeak)
    emptyWeakCell(const_cast<void *>(object));
}

} // namespace dream::rt
