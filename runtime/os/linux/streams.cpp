// Standard streams. Output goes through C's stdio: what Dream and C code print in one program comes out in the order in
// which it was printed, stdio flushes at exit, and writes line by line to a terminal.
#include "runtime/os/os.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

namespace dream::rt::os {

void streamWrite(Stream stream, const char *bytes, size_t count) {
  if (stream == kError)
    fflush(stdout);
  fwrite(bytes, 1, count, stream == kError ? stderr : stdout);
}

void streamFlush(Stream stream) { fflush(stream == kError ? stderr : stdout); }

int streamReadByte() {
  static int outputIsTerminal = -1;
  if (outputIsTerminal < 0)
    outputIsTerminal = isatty(1);
  if (outputIsTerminal)
    fflush(stdout);
  int c = getc(stdin);
  return c == EOF ? -1 : c;
}

void streamUnreadByte(int byte) { ungetc(byte, stdin); }

void errorWriteRaw(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(2, bytes, count);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return;
    bytes += written;
    count -= size_t(written);
  }
}

} // namespace dream::rt::os
