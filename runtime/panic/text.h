// Building messages without memory from anywhere: a fixed buffer that cuts what does not fit, and a sink that text can
// be sent to piece by piece.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt {

/// Where text goes.
struct Sink {
  void (*write)(void *context, const char *bytes, size_t count);
  void *context;

  void put(const char *bytes, size_t count) const { write(context, bytes, count); }
  void put(const char *text) const { put(text, __builtin_strlen(text)); }
  void putSigned(int64_t value) const;
  void putUnsigned(uint64_t value) const;
  void putHex(uint64_t value) const;
};

/// A message of limited length, always NUL-terminated.
class Message {
public:
  Message() : sink{append, this} { buffer[0] = 0; }
  Message(const Message &) = delete;
  Message &operator<<(const char *text) { return sink.put(text), *this; }
  Message &operator<<(int64_t value) { return sink.putSigned(value), *this; }
  Message &operator<<(uint64_t value) { return sink.putUnsigned(value), *this; }
  Message &operator<<(int32_t value) { return *this << int64_t(value); }
  Message &operator<<(uint32_t value) { return *this << uint64_t(value); }
  Message &hex(uint64_t value) { return sink.putHex(value), *this; }
  const char *text() const { return buffer; }

  Sink sink;

private:
  static void append(void *self, const char *bytes, size_t count) {
    Message &m = *static_cast<Message *>(self);
    for (size_t i = 0; i < count && m.length + 1 < sizeof(m.buffer); ++i)
      m.buffer[m.length++] = bytes[i];
    m.buffer[m.length] = 0;
  }
  size_t length = 0;
  char buffer[500];
};

} // namespace dream::rt
