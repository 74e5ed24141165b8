// Traces: frame walks, and their text. Frames of the runtime and of the C start-up code are not shown; symbols lose what
// stands after `$` (see runtime/abi/config.h for what is agreed with the compiler).
#include "runtime/os/os.h"
#include "runtime/panic/panic.h"

namespace dream::rt {

// What a walk reads at a frame pointer.
#if defined(__riscv)
static constexpr int kSavedFrame = -2, kReturnAddress = -1;
#else
static constexpr int kSavedFrame = 0, kReturnAddress = 1;
#endif

unsigned walkFrames(uintptr_t frame, uintptr_t low, uintptr_t *addresses, unsigned limit) {
  unsigned count = 0;
  const uintptr_t top = os::stackTop() - 2 * sizeof(uintptr_t);
  while (count < limit && frame >= low && frame < top && frame % sizeof(uintptr_t) == 0) {
    const uintptr_t *words = reinterpret_cast<const uintptr_t *>(frame);
    if (words[kReturnAddress] == 0)
      break;
    addresses[count++] = words[kReturnAddress];
    if (words[kSavedFrame] <= frame)
      break;
    frame = words[kSavedFrame];
  }
  return count;
}

namespace {

bool startsWith(const char *text, const char *prefix) {
  return __builtin_strncmp(text, prefix, __builtin_strlen(prefix)) == 0;
}

bool isRuntimeSymbol(const char *name) {
  return startsWith(name, "dr_") || startsWith(name, "_ZN5dream2rt") || startsWith(name, "_ZNK5dream2rt") ||
         startsWith(name, "_ZZN5dream2rt");
}

/// Where a program begins: the C library's frames, and the main that the compiler makes, which has no source.
bool isStart(const os::Frame &frame) {
  if (__builtin_strcmp(frame.function, "main") == 0)
    return !frame.file || frame.line <= 0;
  return startsWith(frame.function, "__libc_start") || __builtin_strcmp(frame.function, "_start") == 0;
}

/// Writes frames, until the limit or the program's start is met.
struct TraceWriter {
  Sink sink;
  const char *place;
  unsigned limit;
  bool asLines;
  unsigned shown = 0;
  unsigned more = 0;
  bool ended = false;
  bool sawFile = false;
  size_t directoryLength = 0;
  char directory[1024];

  TraceWriter(Sink sink, const char *place, unsigned limit, bool asLines)
      : sink(sink), place(place), limit(limit), asLines(asLines) {
    if (const char *found = os::workingDirectory(directory, sizeof(directory)))
      directoryLength = __builtin_strlen(found);
  }

  void writeFile(const char *file) {
    if (directoryLength > 1 && __builtin_strncmp(file, directory, directoryLength) == 0 && file[directoryLength] == '/')
      file += directoryLength + 1;
    sink.put(file);
  }

  bool visit(const os::Frame &frame) {
    if (!frame.function || isRuntimeSymbol(frame.function))
      return true;
    if (isStart(frame)) {
      ended = true;
      return false;
    }
    if (shown == limit) {
      ++more;
      return asLines;
    }
    size_t length = 1;
    while (frame.function[length - 1] && frame.function[length] && frame.function[length] != '$')
      ++length;
    if (length > 1 && frame.function[length - 1] == '.')
      --length;
    // `Type.new` makes the object and calls the constructor; nobody wrote it.
    if (length > 4 && __builtin_strncmp(frame.function + length - 4, ".new", 4) == 0)
      return true;
    if (asLines)
      sink.put("  at ");
    sink.put(frame.function, length);
    if (place && shown == 0) {
      sink.put(" (");
      sink.put(place);
      sink.put(")");
    } else if (frame.file && frame.line > 0) {
      sink.put(" (");
      writeFile(frame.file);
      sink.put(":");
      sink.putSigned(frame.line);
      sink.put(")");
    }
    if (asLines)
      sink.put("\n");
    ++shown;
    return shown < limit || asLines;
  }

  void write(const uintptr_t *addresses, unsigned count) {
    auto onFrame = [](void *self, const os::Frame &frame) { return static_cast<TraceWriter *>(self)->visit(frame); };
    for (unsigned i = 0; i < count && !ended && (asLines || shown < limit); ++i)
      os::symbolise(addresses[i] - 1, onFrame, this);
  }
};

} // namespace

void writeTrace(Sink sink, const uintptr_t *addresses, unsigned count, const char *place) {
  TraceWriter writer(sink, place, 32, true);
  writer.write(addresses, count);
  if (writer.shown == 0 && place) {
    sink.put("  at ");
    sink.put(place);
    sink.put("\n");
  }
  if (writer.more > 0)
    sink.put("  ...\n");
}

bool writeInnermost(Sink sink, const uintptr_t *addresses, unsigned count) {
  TraceWriter writer(sink, nullptr, 1, false);
  writer.write(addresses, count);
  return writer.shown > 0;
}

} // namespace dream::rt
