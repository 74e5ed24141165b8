// tlmalloc and its likes (dream.h): blocks of the calling thread's pools, for code that manages memory by hand. The size of a
// block lies in 16 bytes before it. The program's own allocator is not asked: it may be written with these functions.
#include "runtime/alloc/alloc.h"
#include "runtime/include/dream.h"
#include "runtime/os/os.h"

using namespace dream::rt;

namespace {

struct alignas(16) Front {
  size_t bytes; ///< With itself; a multiple of 16, so that what follows lies at one.
};

Front *frontOf(void *block) { return static_cast<Front *>(block) - 1; }

/// Bytes of a whole block, or 0 if there can be none.
size_t wholeBytes(size_t size) { return size > size_t(-1) / 2 ? 0 : (size + sizeof(Front) + 15) & ~size_t(15); }

void *newBlock(size_t size, bool isZeroed) {
  const size_t bytes = wholeBytes(size);
  if (bytes == 0)
    return nullptr;
  void *memory;
  if (bytes <= kPooled) {
    memory = allocPooled(bytes);
    if (isZeroed)
      __builtin_memset(memory, 0, bytes);
  } else {
    memory = isZeroed ? os::heapAllocZeroed(bytes) : os::heapAlloc(bytes);
    if (!memory)
      return nullptr;
  }
  Front *front = static_cast<Front *>(memory);
  front->bytes = bytes;
  return front + 1;
}

} // namespace

extern "C" {

void *tlmalloc(size_t size) { return newBlock(size, false); }

void *tlcalloc(size_t count, size_t size) {
  size_t bytes;
  return __builtin_mul_overflow(count, size, &bytes) ? nullptr : newBlock(bytes, true);
}

void *tlrealloc(void *block, size_t size) {
  if (!block)
    return tlmalloc(size);
  Front *front = frontOf(block);
  const size_t bytes = wholeBytes(size);
  if (bytes && front->bytes > kPooled && bytes > kPooled) {
    front = static_cast<Front *>(os::heapResize(front, bytes));
    if (!front)
      return nullptr;
    front->bytes = bytes;
    return front + 1;
  }
  if (bytes && bytes <= front->bytes && bytes * 2 >= front->bytes)
    return block; // not worth moving
  void *moved = tlmalloc(size);
  if (!moved)
    return nullptr;
  const size_t room = front->bytes - sizeof(Front);
  __builtin_memcpy(moved, block, size < room ? size : room);
  tlfree(block);
  return moved;
}

void tlfree(void *block) {
  if (!block)
    return;
  Front *front = frontOf(block);
  if (front->bytes > kPooled)
    os::heapFree(front);
  else if (!returnToOwner(front, classOf(front->bytes)))
    freePooled(front, front->bytes);
}

} // extern "C"
