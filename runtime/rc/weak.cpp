// Weak references. One is a counted reference to a cell, a small object of its own that knows where the target lies as long
// as that lives. All weak references to an object share its cell; a table finds it, and holds one count of it until the
// object dies. A flag in the object's count word says that there may be a cell, so objects without one pay nothing.
//
// An object's cell is emptied when its death begins, before any destructor runs: nobody brings back what dies.
//
// Cells belong to one thread, like everything that is not shared.
#include "runtime/rc/weak.h"
#include "runtime/abi/entries.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/ring_candidates.h"
#include "runtime/table/table.h"

namespace dream::rt {

namespace {

struct Cell {
  void *target; ///< Null once it is dead.
};
static_assert(sizeof(Cell) <= abi::kWeakCellBytes);

struct Known {
  void *target;
  Cell *cell;
};
constinit AddressTable<Known, &Known::target, 64> cells = {};

Cell *newCell(void *target) {
  Cell *cell = static_cast<Cell *>(dr_alloc_object_of(abi::kTypeIndexWeakCell, abi::kWeakCellBytes));
  cell->target = target;
  return cell;
}

} // namespace

bool hasWeakCell(const void *payload) { return cells.find(payload) != nullptr; }
bool anyWeakCells() { return cells.count != 0; }

void emptyWeakCell(void *payload) {
  Known *known = cells.find(payload);
  if (!known)
    return;
  Cell *cell = known->cell;
  cells.remove(*known);
  if (cells.count == 0)
    rings::candidates.setSimple();
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
  if (abi::isDying(count))
    return nullptr;
  if (const Known *known = count & abi::kFlagDying ? cells.find(target) : nullptr) {
    Cell *cell = known->cell;
    retain(cell);
    return cell;
  }
  Cell *cell = newCell(target);
  retain(cell); // the table's
  cells.add(target, "weak references").cell = cell;
  if (cells.count == 1)
    rings::candidates.setSimple();
  if (!(count & abi::kFlagDying))
    count |= abi::kFlagKnown;
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
  if (headerOf(object).count > 0 && headerOf(object).count & abi::kFlagDying)
    becomeUnknown(const_cast<void *>(object));
}

} // namespace dream::rt
