// Memory, time and process services of Linux.
#include "runtime/os/os.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

namespace dream::rt::os {

void *heapAlloc(size_t bytes) { return malloc(bytes); }
void *heapAllocZeroed(size_t bytes) { return calloc(1, bytes); }
void *heapResize(void *block, size_t bytes) { return realloc(block, bytes); }
void heapFree(void *block) { free(block); }

void *mapPages(size_t bytes) {
  void *pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void unmapPages(void *at, size_t bytes) { munmap(at, bytes); }

void *resizePages(void *old, size_t oldBytes, size_t bytes) {
  void *pages = mremap(old, oldBytes, bytes, MREMAP_MAYMOVE);
  return pages == MAP_FAILED ? nullptr : pages;
}

void discardPages(void *at, size_t bytes) { madvise(at, bytes, MADV_DONTNEED); }

void *reserveAddresses(size_t bytes) {
  void *pages = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}
bool commitPages(void *at, size_t bytes) { return mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0; }
void decommitPages(void *at, size_t bytes) {
  // A new mapping in the place of the old one: what was promised to the old one is given back, too.
  mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

void exitNow(int code) { _exit(code); }
void exitClean(int code) { exit(code); }

void randomBytes(void *bytes, size_t count) {
  // An old kernel that does not know the call leaves what is there: hashes are then the same in every run.
  while (getrandom(bytes, count, 0) < 0 && errno == EINTR) {
  }
}

const char *environment(const char *name) { return getenv(name); }

static int64_t nanosecondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t(now.tv_sec) * 1000000000 + now.tv_nsec;
}
int64_t monotonicNanoseconds() { return nanosecondsOf(CLOCK_MONOTONIC); }
int64_t utcNanoseconds() { return nanosecondsOf(CLOCK_REALTIME); }

const char *workingDirectory(char *buffer, size_t size) { return getcwd(buffer, size); }

int processorCount() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

static constinit thread_local void (*runAtThreadEnd)(void *) = nullptr;

void atThreadEnd(void (*run)(void *), void *context) {
  static pthread_key_t key;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  runAtThreadEnd = run;
  pthread_once(&once, [] { pthread_key_create(&key, [](void *value) { runAtThreadEnd(value); }); });
  pthread_setspecific(key, context);
}

static constinit thread_local uintptr_t cachedStackTop = 0;

void setStackTop(uintptr_t top) { cachedStackTop = top; }

uintptr_t stackTop() {
  if (cachedStackTop == 0) {
    pthread_attr_t attributes;
    void *low = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      pthread_attr_getstack(&attributes, &low, &size);
      pthread_attr_destroy(&attributes);
    }
    cachedStackTop = size ? uintptr_t(low) + size : UINTPTR_MAX;
  }
  return cachedStackTop;
}

} // namespace dream::rt::os
