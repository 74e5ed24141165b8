// The console's entries.
#include "runtime/abi/entries.h"
#include "runtime/os/os.h"
#include "runtime/rc/rc.h"
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

I32 dr_console_read_byte() { return os::streamReadByte(); }

OwnStr dr_console_read_line() {
  // Collects in a string that grows; what was read may be no UTF-8, so the result is mended at the end.
  char *line = newString(64);
  size_t length = 0;
  int c;
  while ((c = os::streamReadByte()) >= 0 && c != '\n') {
    if (length == arrayHeaderOf(line).capacity) {
      char *longer = newString(int64_t(length) * 2);
      __builtin_memcpy(longer, line, length);
      dr_release_any(line);
      line = longer;
    }
    line[length++] = char(c);
  }
  char *result = nullptr;
  if (c >= 0 || length > 0) {
    if (length > 0 && line[length - 1] == '\r')
      --length;
    result = dr_str_of_bytes(line, int64_t(length));
  }
  arrayHeaderOf(line).length = 0; // whole again, for checked builds
  line[0] = 0;
  dr_release_any(line);
  return result;
}

} // namespace dream::rt
