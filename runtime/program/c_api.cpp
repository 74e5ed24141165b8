// dream.h, over the same counted blocks that Dream programs use.
#include "runtime/include/dream.h"
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"

using namespace dream;
using namespace dream::rt;

static void *retained(void *memory) {
  if (memory)
    retain(memory);
  return memory;
}

static void released(void *memory) {
  if (memory)
    releaseCyclic(memory);
}

static size_t textLength(const char *text) { return text ? __builtin_strlen(text) : 0; }

extern "C" {

char *dr_alloc_string(const char *content) { return dr_string_concat(content, nullptr); }

char *dr_string_concat(const char *first, const char *second) {
  const size_t lengthFirst = textLength(first), lengthSecond = textLength(second);
  char *joined = newString(int64_t(lengthFirst + lengthSecond));
  if (lengthFirst)
    __builtin_memcpy(joined, first, lengthFirst);
  if (lengthSecond)
    __builtin_memcpy(joined + lengthFirst, second, lengthSecond);
  return joined;
}

char *dr_retain_string(char *string) { return static_cast<char *>(retained(string)); }
void dr_release_string(char *string) { released(string); }

void *dr_alloc_array(size_t elementSize, size_t count) {
  size_t bytes;
  if (__builtin_mul_overflow(elementSize, count, &bytes)) {
    Message message;
    message << "an array of " << uint64_t(count) << " elements of " << uint64_t(elementSize) << " bytes is too large";
    panic(message);
  }
  return newCBlock(abi::kTypeIndexCArray, bytes);
}
void *dr_retain_array(void *array) { return retained(array); }
void dr_release_array(void *array) { released(array); }

void *dr_alloc_object(size_t size) { return newCBlock(abi::kTypeIndexCObject, size); }
void *dr_retain_object(void *object) { return retained(object); }
void dr_release_object(void *object) { released(object); }

void *dr_alloc(size_t size) { return dr_alloc_object(size); }
void *dr_retain(void *memory) { return retained(memory); }
void dr_release(void *memory) { released(memory); }

/// Chunks hang on a list; fresh blocks come off the newest chunk's end.
struct dr_pool {
  struct Chunk {
    Chunk *next;
    uint64_t padding;
  };
  struct Free {
    Free *next;
  };
  size_t blockSize;
  size_t chunkBytes; ///< Of the next chunk's blocks.
  Free *free;
  char *fresh, *freshEnd;
  Chunk *chunks;
};

dr_pool_t *dr_create_pool(size_t blockSize) {
  if (blockSize > (size_t(-1) >> 8)) {
    Message message;
    message << "a pool of blocks of " << uint64_t(blockSize) << " bytes is not possible";
    panic(message);
  }
  dr_pool *pool = static_cast<dr_pool *>(allocLarge(sizeof(dr_pool), true));
  pool->blockSize = roundUp16(blockSize < sizeof(dr_pool::Free) ? sizeof(dr_pool::Free) : blockSize);
  pool->chunkBytes = pool->blockSize * 16;
  return pool;
}

void *dr_pool_alloc(dr_pool_t *pool) {
  if (dr_pool::Free *block = pool->free) {
    pool->free = block->next;
    return block;
  }
  if (pool->fresh == pool->freshEnd) {
    auto *chunk = static_cast<dr_pool::Chunk *>(allocLarge(sizeof(dr_pool::Chunk) + pool->chunkBytes, false));
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->fresh = reinterpret_cast<char *>(chunk + 1);
    pool->freshEnd = pool->fresh + pool->chunkBytes;
    if (pool->chunkBytes < (1 << 20))
      pool->chunkBytes *= 2;
  }
  void *block = pool->fresh;
  pool->fresh += pool->blockSize;
  return block;
}

void dr_pool_free(dr_pool_t *pool, void *memory) {
  if (!memory)
    return;
  auto *block = static_cast<dr_pool::Free *>(memory);
  block->next = pool->free;
  pool->free = block;
}

void dr_destroy_pool(dr_pool_t *pool) {
  if (!pool)
    return;
  while (dr_pool::Chunk *chunk = pool->chunks) {
    pool->chunks = chunk->next;
    freeLarge(chunk);
  }
  freeLarge(pool);
}

} // extern "C"
