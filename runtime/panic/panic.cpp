// Panics and the entries that compiled code calls for them.
#include "runtime/panic/panic.h"
#include "runtime/abi/config.h"
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"

namespace dream::rt {

void Sink::putUnsigned(uint64_t value) const {
  char digits[20];
  unsigned at = sizeof(digits);
  do
    digits[--at] = char('0' + value % 10);
  while (value /= 10);
  put(digits + at, sizeof(digits) - at);
}

void Sink::putSigned(int64_t value) const {
  if (value < 0)
    put("-", 1);
  putUnsigned(value < 0 ? 0 - uint64_t(value) : uint64_t(value));
}

void Sink::putHex(uint64_t value) const {
  char digits[18];
  unsigned at = sizeof(digits);
  do
    digits[--at] = "0123456789abcdef"[value % 16];
  while (value /= 16);
  digits[--at] = 'x';
  digits[--at] = '0';
  put(digits + at, sizeof(digits) - at);
}

Sink errorSink() {
  return Sink{[](void *, const char *bytes, size_t count) { os::errorWriteRaw(bytes, count); }, nullptr};
}

/// The last words, in one write: message, then the trace.
[[noreturn]] static void die(const char *message, const uintptr_t *addresses, unsigned count, const char *place) {
  static bool dying = false;
  if (dying) { // something broke while the first panic was being told
    os::errorWriteRaw("panic while panicking\n", 22);
    os::exitNow(kPanicExitCode);
  }
  dying = true;
  os::streamFlush(os::kOutput);
  os::streamFlush(os::kError);
  static char buffer[16384];
  static size_t length = 0;
  Sink sink{[](void *, const char *bytes, size_t size) {
              if (size > sizeof(buffer) - length)
                size = sizeof(buffer) - length;
              __builtin_memcpy(buffer + length, bytes, size);
              length += size;
            },
            nullptr};
  sink.put("panic: ");
  sink.put(message);
  sink.put("\n");
  writeTrace(sink, addresses, count, place);
  os::errorWriteRaw(buffer, length);
  os::exitNow(kPanicExitCode);
}

void panic(const char *message, const char *place) {
  uintptr_t addresses[64];
  unsigned count = DREAM_WALK_HERE(addresses, 64);
  die(message, addresses, count, place);
}

static void onFault(const os::Fault &fault) {
  uintptr_t addresses[65];
  addresses[0] = fault.programCounter + 1; // the others are return addresses, one byte past their instruction
  unsigned count = 1 + walkFrames(fault.framePointer, fault.stackPointer, addresses + 1, 64);
  Message message;
  if (fault.stackOverflow)
    message << "stack overflow";
  else
    (message << "invalid memory access at ").hex(fault.address);
  die(message.text(), addresses, count, nullptr);
}

void catchFaults() { os::installFaultHandler(onFault); }

static const char *placeOf(Ptr place) { return static_cast<const char *>(place); }

void dr_panic_bounds(I64 index, I64 length, Ptr place) {
  Message m;
  m << "index " << index << " is outside the array of length " << length;
  panic(m, placeOf(place));
}

void dr_panic_range(I64 start, I64 end, I64 length, Ptr place) {
  Message m;
  m << "range " << start << ".." << end << " is outside the length " << length;
  panic(m, placeOf(place));
}

void dr_panic_message(Ptr message, Ptr place) { panic(static_cast<const char *>(message), placeOf(place)); }

void dr_panic_late(Ptr name, Ptr place) {
  Message m;
  m << static_cast<const char *>(name) << " is read before it is set";
  panic(m, placeOf(place));
}

void dr_panic_cast(Obj object, Ptr target, Ptr place) {
  Message m;
  const char *found = "null";
  if (object) {
    auto &header = static_cast<const abi::ObjectHeader *>(object)[-1];
    found = reinterpret_cast<const abi::TypeDescriptor *>(dr_types + size_t(header.type) * abi::kTypeUnit)->name;
  }
  m << "cast of " << found << " to " << static_cast<const char *>(target) << " failed";
  panic(m, placeOf(place));
}

void dr_panic_taken(Ptr name, Ptr place) {
  Message m;
  m << "overlapping access to " << static_cast<const char *>(name);
  panic(m, placeOf(place));
}

void dr_panic_divide(Ptr place) { panic("division by zero", placeOf(place)); }
void dr_panic_overflow(Ptr place) { panic("arithmetic overflow", placeOf(place)); }

void dr_panic_scalar(I64 value, Ptr place) {
  Message m;
  (m << value) << " is not a Unicode character";
  panic(m, placeOf(place));
}

} // namespace dream::rt
