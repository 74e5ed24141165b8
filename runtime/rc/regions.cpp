// Objects and arrays in regions. Under -fcheck-memory every one is recorded, and a region that closes sees what became of them.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/region/region.h"

namespace dream::rt {

using region::RegionStack;

/// What was made in the regions that are open, in that order.
struct Entries {
  void **payloads;
  size_t count, capacity;
};
static constinit thread_local Entries entriesOf[2] = {};

[[gnu::noinline, gnu::cold]] void noteEntry(RegionStack &stack, void *payload, size_t bytes) {
  Entries &entries = entriesOf[&stack - region::stacks];
  if (entries.count == entries.capacity) {
    const size_t capacity = entries.capacity ? entries.capacity * 2 : 1024;
    void *grown = os::heapResize(entries.payloads, capacity * sizeof(void *));
    if (!grown)
      panic("out of memory while objects in regions are recorded");
    entries.payloads = static_cast<void **>(grown);
    entries.capacity = capacity;
  }
  entries.payloads[entries.count++] = payload;
  check::beginInFrame(payload, bytes);
}

[[gnu::noinline, gnu::cold]] void closeChecked(RegionStack &stack, const char *place) {
  Entries &entries = entriesOf[&stack - region::stacks];
  size_t first = entries.count;
  // By their headers: the payload of an empty array is where the next region may start.
  while (first > 0 && region::isInLast(stack, &headerOf(entries.payloads[first - 1])))
    --first;
  check::endInRegion(entries.payloads + first, entries.count - first, dropContents, place);
  entries.count = first;
}

Ptr dr_region_open(Ptr mark, Ptr beside) {
  RegionStack &stack = region::stacks[beside == &region::stacks[0]];
  region::open(stack, *static_cast<region::Mark *>(mark));
  return &stack;
}

void dr_region_close(Ptr region, Ptr mark, Ptr place) {
  RegionStack &stack = *static_cast<RegionStack *>(region);
  if (__builtin_expect(stack.waiting != nullptr, 0))
    finishDeaths();
  if (check::validating())
    closeChecked(stack, static_cast<const char *>(place));
  region::close(stack, *static_cast<region::Mark *>(mark));
}

[[gnu::always_inline]] static inline void *newObject(Ptr region, uint32_t type, size_t bytes, size_t front) {
  RegionStack &stack = *static_cast<RegionStack *>(region);
  char *payload = region::allocate(stack, front + bytes) + front;
  headerOf(payload) = {type, abi::kCountOne | abi::kFlagRegion};
  __builtin_memset(payload, 0, bytes);
  if (check::validating())
    noteEntry(stack, payload, bytes);
  return payload;
}

OwnObj dr_region_object_of(Ptr region, U32 type, U32 bytes) { return newObject(region, type, bytes, sizeof(ObjectHeader)); }
OwnObj dr_region_wide_object_of(Ptr region, U32 type, U32 bytes) {
  return newObject(region, type, bytes, frontBytes(TypeKind::Object, 0, /*isWide=*/true));
}

OwnObj dr_region_array_of(Ptr region, U32 type, U32 elementBytes, I64 length) {
  if (uint64_t(length) > abi::kMaxLength)
    badLength(length);
  const size_t bytes = roundUp16(sizeof(ArrayHeader) + size_t(length) * elementBytes);
  if (bytes > kPoolLimit)
    return newArray(type, elementBytes, length); // it would cost more to zero it than fresh pages do
  RegionStack &stack = *static_cast<RegionStack *>(region);
  char *payload = region::allocate(stack, bytes) + sizeof(ArrayHeader);
  arrayHeaderOf(payload) = {uint32_t(length), uint32_t(length), {type, abi::kCountOne | abi::kFlagRegion}};
  __builtin_memset(payload, 0, bytes - sizeof(ArrayHeader));
  if (check::validating())
    noteEntry(stack, payload, bytes - sizeof(ArrayHeader));
  return payload;
}

} // namespace dream::rt
