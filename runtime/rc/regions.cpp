// Objects, arrays and strings in regions, and arenas. Under -fcheck-memory every one is recorded, and a region that closes sees what became of them.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"
#include "runtime/rc/rings.h"
#include "runtime/region/arena.h"

namespace dream::rt {

using region::RegionStack;

static constinit thread_local region::Recorded recordedIn[2] = {};

static region::Recorded &recorded(RegionStack &stack) {
  return stack.isArena ? static_cast<region::Arena &>(stack).recorded : recordedIn[&stack - region::stacks];
}

[[gnu::noinline, gnu::cold]] void noteEntry(RegionStack &stack, void *payload, size_t bytes) {
  region::Recorded &entries = recorded(stack);
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
  region::Recorded &entries = recorded(stack);
  size_t first = entries.count;
  // By their headers: the payload of an empty array is where the next region may start.
  while (first > 0 && region::isInLast(stack, &headerOf(entries.payloads[first - 1])))
    --first;
  check::refuseHeld(entries.payloads + first, entries.count - first, place);
  check::forgetInRegion(entries.payloads + first, entries.count - first);
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
  char *payload = region::allocate(stack, front + bytes, front) + front;
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

/// A block of an array or string; null if it is too large for the region.
[[gnu::always_inline]] static inline char *newBlock(RegionStack &stack, size_t bytes, size_t front = sizeof(ArrayHeader)) {
  if (__builtin_expect(bytes <= kPoolLimit, 1))
    return region::allocate(stack, bytes, front);
  return stack.isArena ? region::allocateInArena(static_cast<region::Arena &>(stack), bytes, front) : nullptr;
}

OwnObj dr_region_array_of(Ptr region, U32 type, U32 elementBytes, I64 length) {
  if (uint64_t(length) > abi::kMaxLength)
    badLength(length);
  const size_t bytes = roundUp16(sizeof(ArrayHeader) + size_t(length) * elementBytes);
  RegionStack &stack = *static_cast<RegionStack *>(region);
  char *block = newBlock(stack, bytes);
  if (!block)
    return newArray(type, elementBytes, length); // it would cost more to zero it than fresh pages do
  char *payload = block + sizeof(ArrayHeader);
  arrayHeaderOf(payload) = {uint32_t(length), uint32_t(length), {type, abi::kCountOne | abi::kFlagRegion}};
  __builtin_memset(payload, 0, bytes - sizeof(ArrayHeader));
  if (check::validating())
    noteEntry(stack, payload, bytes - sizeof(ArrayHeader));
  return payload;
}

OwnObj dr_region_rect_of(Ptr region, U32 type, U32 elementBytes, U32 rank, Ptr dimensions) {
  const int64_t *sizes = static_cast<const int64_t *>(dimensions);
  const uint32_t length = lengthOf(sizes, rank);
  const size_t front = frontBytes(TypeKind::Rect, rank), bytes = roundUp16(front + size_t(length) * elementBytes);
  RegionStack &stack = *static_cast<RegionStack *>(region);
  char *block = newBlock(stack, bytes, front);
  if (!block)
    return dr_alloc_rect_of(type, elementBytes, rank, dimensions);
  char *payload = block + front;
  __builtin_memset(block, 0, bytes);
  beginRect(payload, {length, length, {type, abi::kCountOne | abi::kFlagRegion}}, sizes, rank);
  if (check::validating())
    noteEntry(stack, payload, bytes - front);
  return payload;
}

/// Of the block of a string with room for so many bytes: all of its entry.
static size_t stringBytes(size_t room) {
  const size_t bytes = roundUp16(sizeof(ArrayHeader) + room + 1);
  return bytes > kFineLimit && bytes <= kPoolLimit ? region::entryBytes(bytes) : bytes;
}

char *newStringInRegion(size_t length, void *region) {
  RegionStack &stack = *static_cast<RegionStack *>(region);
  const size_t bytes = stringBytes(length);
  char *block = reinterpret_cast<char *>(roundUp16(uintptr_t(stack.top)));
  if (__builtin_expect(bytes <= kFineLimit && uintptr_t(block) + bytes <= uintptr_t(stack.limit), 1))
    stack.top = block + bytes; // as region::allocate does
  else if (block = newBlock(stack, bytes); !block)
    return newString(int64_t(length));
  char *text = block + sizeof(ArrayHeader);
  arrayHeaderOf(text) = {uint32_t(length), uint32_t(bytes - sizeof(ArrayHeader) - 1), {abi::kTypeIndexString, abi::kCountOne | abi::kFlagRegion}};
  text[length] = 0;
  if (check::validating())
    noteEntry(stack, text, bytes - sizeof(ArrayHeader));
  return text;
}

bool growInRegion(char *string, size_t room) {
  ArrayHeader &header = arrayHeaderOf(string);
  const size_t bytes = stringBytes(room);
  if (!(header.object.count & abi::kFlagRegion) || check::validating() ||
      !region::resizeLast(&header, sizeof(ArrayHeader) + header.capacity + 1, bytes))
    return false;
  header.capacity = uint32_t(bytes - sizeof(ArrayHeader) - 1);
  return true;
}

//===-- Arenas ------------------------------------------------------------------------------------------------===//

Ptr dr_arena_open(Ptr memory, Ptr name, I64 bytes, Bool isListed) {
  region::Arena &arena = *static_cast<region::Arena *>(memory);
  region::open(arena, static_cast<const char *>(name), bytes, isListed);
  return &arena;
}

/// What lives yet are rings, and what they hold: the newest ends first.
[[gnu::noinline, gnu::cold]] static void dropListed(const region::Arena &arena) {
  rings::Together together;
  for (const region::Listed *entry = arena.last; entry; entry = entry->below)
    if (headerOf(entry->payload).count >= abi::kCountOne && !(typeOf(entry->payload).flags & abi::kTypePlain))
      together.add(entry->payload);
  together.destroy();
}

[[gnu::noinline, gnu::cold]] static void forgetArena(region::Arena &arena) {
  check::forgetInRegion(arena.recorded.payloads, arena.recorded.count);
  os::heapFree(arena.recorded.payloads);
  region::fill(arena, check::kPoison);
}

void dr_arena_close(Ptr region, Ptr place) {
  region::Arena &arena = *static_cast<region::Arena *>(region);
  finishDeaths();
  if (check::validating())
    check::refuseHeld(arena.recorded.payloads, arena.recorded.count, static_cast<const char *>(place));
  if (arena.last)
    dropListed(arena);
  if (check::validating())
    forgetArena(arena);
  region::close(arena);
}

} // namespace dream::rt
