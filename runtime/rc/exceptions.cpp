// Traces of thrown exceptions. A throw notes return addresses only; they become text when somebody asks. The last few
// throws of a thread are remembered, by the exception's address.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"
#include "runtime/rc/rc.h"

namespace dream::rt {

namespace {

constexpr unsigned kDepth = 64;
constexpr unsigned kRemembered = 4;

struct ThrowTrace {
  const void *exception;
  unsigned count;
  uintptr_t addresses[kDepth];
};
constinit thread_local ThrowTrace throwTraces[kRemembered] = {};
constinit thread_local unsigned nextTrace = 0;

const ThrowTrace *traceOfThrow(const void *exception) {
  for (const ThrowTrace &trace : throwTraces)
    if (trace.exception == exception && exception)
      return &trace;
  return nullptr;
}

} // namespace

[[gnu::noinline, gnu::cold]] void dr_note_throw(Obj exception) {
  ThrowTrace *trace = const_cast<ThrowTrace *>(traceOfThrow(exception)); // thrown again, or its address used again
  if (!trace)
    trace = &throwTraces[nextTrace++ % kRemembered];
  trace->exception = exception;
  trace->count = DREAM_WALK_HERE(trace->addresses, kDepth);
}

OwnStr dr_throw_trace(Obj exception) {
  const ThrowTrace *trace = traceOfThrow(exception);
  if (!trace)
    return newString(0);
  // Twice: once for the length, once for the text.
  struct Copy {
    char *text;
    size_t length;
  } copy{nullptr, 0};
  Sink sink{[](void *context, const char *bytes, size_t count) {
              Copy &copy = *static_cast<Copy *>(context);
              if (copy.text)
                __builtin_memcpy(copy.text + copy.length, bytes, count);
              copy.length += count;
            },
            &copy};
  writeTrace(sink, trace->addresses, trace->count);
  copy.text = newString(int64_t(copy.length));
  copy.length = 0;
  writeTrace(sink, trace->addresses, trace->count);
  return copy.text;
}

void dr_uncaught(OwnObj exception, Str description) {
  os::streamFlush(os::kOutput);
  os::streamFlush(os::kError);
  Sink sink = errorSink();
  sink.put("Unhandled exception: ");
  sink.put(description ? description : "");
  sink.put("\n");
  if (const ThrowTrace *trace = traceOfThrow(exception))
    writeTrace(sink, trace->addresses, trace->count);
  dr_release_cyclic(exception);
}

} // namespace dream::rt
