/* The Dream runtime for C and C++: strings, arrays and objects that are counted, and pools of equal blocks.
 *
 * A pointer addresses the first byte, element or field; what the runtime keeps about a block lies before it. Strings end
 * in a NUL. What a function returns has a count of one and belongs to the caller, who gives it back with the release
 * function; releasing null does nothing. Memory of arrays and objects is zeroed; the runtime drops nothing inside it.
 * Sizes that cannot be end the program with a panic. */
#ifndef DREAM_H
#define DREAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Strings. The copy of a text, and two texts joined; null counts as "". Any NUL-terminated text will do. */
char *dr_alloc_string(const char *content);
char *dr_string_concat(const char *first, const char *second);
/* Use the result: a string whose storage does not outlive its owner is copied. */
char *dr_retain_string(char *string);
void dr_release_string(char *string);

/* Arrays of `count` plain elements. */
void *dr_alloc_array(size_t element_size, size_t count);
void *dr_retain_array(void *array);
void dr_release_array(void *array);

/* Objects of `size` bytes. */
void *dr_alloc_object(size_t size);
void *dr_retain_object(void *object);
void dr_release_object(void *object);

/* Memory of any kind: dr_alloc gives an object, retain and release take strings, arrays and objects. */
void *dr_alloc(size_t size);
void *dr_retain(void *memory);
void dr_release(void *memory);

/* A pool of blocks of one size, aligned for any type. A freed block is the next that is handed out. Destroying the pool
 * frees all its blocks. Of one thread at a time. */
typedef struct dr_pool dr_pool_t;
dr_pool_t *dr_create_pool(size_t block_size);
void *dr_pool_alloc(dr_pool_t *pool);
void dr_pool_free(dr_pool_t *pool, void *block);
void dr_destroy_pool(dr_pool_t *pool);

/* malloc and its likes, with this thread's pools behind them instead of locks. Another thread may free a block: it then goes
 * back to the thread that made it. Nothing counts these blocks, and they never share pages with regions. Null where the C library's heap has no memory. */
void *tlmalloc(size_t size);
void *tlcalloc(size_t count, size_t size);
void *tlrealloc(void *block, size_t size);
void tlfree(void *block);

/* What the program's memory does, told to one listener, for tracing. The listener is called where it happens, in the middle of it: it notes what it
 * is told, and calls nothing of Dream's. Null for none. */
typedef enum dr_event_kind {
  DR_COLLECTED = 1, /* a collection of rings has come to its end: `count` objects were freed, of `total` that it looked at */
  DR_STEPPED,       /* Gc.Step or Gc.FrameEnd took `count` microseconds, of `total` that it was given */
  DR_GREW,          /* the pools have taken `count` bytes from the system, and have `total` now */
  DR_SHRANK,        /* they have given `count` bytes back */
  DR_ARENA_ENDED,   /* the arena `name` ("Arena" if the program keeps it) was closed or emptied: `count` bytes had been made in it */
  DR_LEAKED         /* `count` objects of type `name` were not released at the program's end, if it was to be told of them */
} dr_event_kind;
typedef struct dr_event {
  dr_event_kind kind;
  const char *name; /* or null; of no use after the call */
  uint64_t count, total;
} dr_event;
typedef void (*dr_listener)(const dr_event *event, void *context);
void dr_listen(dr_listener listener, void *context);

#ifdef __cplusplus
}

namespace dream {

/* A counted reference to a string, an array or an object of Dream's: `dream::ref<char> name(Person_GetName(person));` */
template <typename T> class ref {
public:
  ref() noexcept : at(nullptr) {}
  /* Takes the count over that results come with. */
  explicit ref(T *owned) noexcept : at(owned) {}
  /* Holds what somebody else holds, too. */
  static ref share(T *borrowed) { return ref(retained(borrowed)); }
  ref(const ref &other) : at(retained(other.at)) {}
  ref(ref &&other) noexcept : at(other.give()) {}
  ref &operator=(ref other) noexcept {
    T *held = at;
    at = other.at;
    other.at = held;
    return *this;
  }
  ~ref() { dr_release((void *)at); }

  T *get() const noexcept { return at; }
  T *operator->() const noexcept { return at; }
  T &operator*() const noexcept { return *at; }
  explicit operator bool() const noexcept { return at != nullptr; }
  /* The reference holds nothing any more; its count is the caller's. */
  T *give() noexcept {
    T *given = at;
    at = nullptr;
    return given;
  }

private:
  static T *retained(T *object) { return static_cast<T *>(dr_retain((void *)object)); }
  T *at;
};

} // namespace dream
#endif

#endif
