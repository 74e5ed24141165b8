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

struct Visit {
  bool (*visit)(void *, const Frame &);
  void *context;
  bool found = false;
};

void ignoreError(void *, const char *, int) {}

int onLine(void *data, uintptr_t, const char *file, int line, const char *function) {
  Visit &visit = *static_cast<Visit *>(data);
  if (!function)
    return 0;
  visit.found = true;
  return visit.visit(visit.context, Frame{function, file, line}) ? 0 : 1;
}

void onSymbol(void *data, uintptr_t, const char *symbol, uintptr_t, uintptr_t) {
  Visit &visit = *static_cast<Visit *>(data);
  visit.visit(visit.context, Frame{symbol, nullptr, 0});
}

} // namespace

void symbolise(uintptr_t address, bool (*visitFrame)(void *, const Frame &), void *context) {
  static backtrace_state *state = backtrace_create_state(nullptr, /*threaded=*/0, ignoreError, nullptr);
  if (!state)
    return;
  Visit visit{visitFrame, context};
  backtrace_pcinfo(state, address, onLine, ignoreError, &visit);
  if (!visit.found)
    backtrace_syminfo(state, address, onSymbol, ignoreError, &visit);
}

} // namespace dream::rt::os
