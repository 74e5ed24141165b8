// Code addresses to functions and lines, by libbacktrace: from debug information where there is some, else from the
// symbol table.
#include "runtime/os/os.h"

// libbacktrace's interface, declared here because gcc keeps its header in a folder that clang does not search.
struct backtrace_state;
extern "C" {
backtrace_state *backtrace_create_state(const char *file, int threaded, void (*onError)(void *, const char *, int), void *);
int backtrace_pcinfo(backtrace_state *, uintptr_t pc, int (*)(void *, uintptr_t, const char *file, int line, const char *function),
                     void (*onError)(void *, const char *, int), void *);
int backtrace_syminfo(backtrace_state *, uintptr_t pc, void (*)(void *, uintptr_t, const char *, uintptr_t, uintptr_t),
                      void (*onError)(void *, const char *, int), void *);
}

namespace dream::rt::os {

namespace {

constexpr unsigned kMostInlined = 32;

/// The functions of one address, innermost first.
struct Found {
  Frame frames[kMostInlined];
  unsigned count = 0;
};

void ignoreError(void *, const char *, int) {}

int onLine(void *data, uintptr_t, const char *file, int line, const char *function) {
  Found &found = *static_cast<Found *>(data);
  if (file || function)
    found.frames[found.count++] = {function, file, line};
  return found.count == kMostInlined;
}

void onSymbol(void *data, uintptr_t, const char *symbol, uintptr_t, uintptr_t) {
  if (symbol)
    *static_cast<const char **>(data) = symbol;
}

} // namespace

void symbolise(uintptr_t address, bool (*visit)(void *, const Frame &), void *context) {
  static backtrace_state *state = backtrace_create_state(nullptr, /*threaded=*/0, ignoreError, nullptr);
  if (!state)
    return;
  Found found;
  backtrace_pcinfo(state, address, onLine, ignoreError, &found);
  // The outermost function is the one that the symbol table knows: by its full name, which sparse debug information
  // does not always hold.
  const char *symbol = nullptr;
  backtrace_syminfo(state, address, onSymbol, ignoreError, &symbol);
  if (found.count == 0)
    found.frames[found.count++] = {};
  if (symbol)
    found.frames[found.count - 1].function = symbol;
  for (unsigned i = 0; i < found.count; ++i)
    if (!visit(context, found.frames[i]))
      return;
}

} // namespace dream::rt::os
