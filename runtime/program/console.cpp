// The console's entries.
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/text/text.h"

namespace dream::rt {

static os::Stream streamOf(int32_t stream) { return stream == os::kError ? os::kError : os::kOutput; }

void dr_console_write(Str text, I32 stream) {
  if (text)
    os::streamWrite(streamOf(stream), text, lengthOf(text));
  else
    os::streamWrite(streamOf(stream), "(null)", 6);
}

void dr_console_write_line(Str text, I32 stream) {
  dr_console_write(text, stream);
  os::streamWrite(streamOf(stream), "\n", 1);
}

void dr_console_flush() { os::streamFlush(os::kOutput); }

I32 dr_console_read_char() {
  const int lead = os::streamReadByte();
  if (lead < 0x80)
    return lead;
  // A sequence ends where it stops being one; what does not belong to it is left for the next read.
  char bytes[4] = {char(lead)};
  const int wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  for (int count = 1; count < wanted; ++count) {
    const int next = os::streamReadByte();
    bytes[count] = char(next);
    const Decoded decoded = decodeAt(bytes, bytes + count + 1);
    if (next < 0 || decoded.bytes <= uint32_t(count)) {
      if (next >= 0)
        os::streamUnreadByte(next);
      return int32_t(kReplacement);
    }
    if (decoded.wellFormed)
      return int32_t(decoded.scalar);
  }
  return int32_t(kReplacement);
}

OwnStr dr_console_read_line() {
  // What was read may be no UTF-8, so it is collected as bytes and mended at the end.
  size_t length = 0, capacity = 128;
  char *line = static_cast<char *>(allocLarge(capacity, false));
  int c;
  while ((c = os::streamReadByte()) >= 0 && c != '\n') {
    if (length == capacity)
      line = static_cast<char *>(resizeLargeBlock(line, capacity *= 2));
    line[length++] = char(c);
  }
  char *result = nullptr;
  if (c >= 0 || length > 0) {
    if (length > 0 && line[length - 1] == '\r')
      --length;
    result = dr_str_of_bytes(line, int64_t(length));
  }
  freeLarge(line);
  return result;
}

} // namespace dream::rt
