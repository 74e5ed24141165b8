// Everything the runtime asks of the operating system and of the C library, and nothing else: no other folder includes
// a C header. One folder per platform implements it. All functions may be called before dr_start.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace dream::rt::os {

// The C library's heap. Null when there is no memory.
void *heapAlloc(size_t bytes);
void *heapAllocZeroed(size_t bytes);
void *heapResize(void *block, size_t bytes);
void heapFree(void *block);

/// Fresh zeroed pages, for pools; null when there is no memory. `bytes` is a multiple of 64 KB.
void *mapPages(size_t bytes);
/// The same mapping, or a part of it at its end or beginning, goes back.
void unmapPages(void *at, size_t bytes);
/// More or fewer pages, with the content of the old ones, perhaps elsewhere: no byte is copied. Null when there is no memory.
void *resizePages(void *old, size_t oldBytes, size_t bytes);
/// Their memory goes back to the system; when they are touched again they are zero.
void discardPages(void *at, size_t bytes);
/// Addresses that nobody else gets, without memory behind them: touching them is a fault. Null if there are none. Parts of
/// them get memory, which is zero, and give it back; all are multiples of 64 KB.
void *reserveAddresses(size_t bytes);
bool commitPages(void *at, size_t bytes);
void decommitPages(void *at, size_t bytes);

// Standard streams, through the C library's buffers, so that output of C code in the same program keeps its order.
enum Stream : int32_t { kOutput = 1, kError = 2 };
void streamWrite(Stream stream, const char *bytes, size_t count);
void streamFlush(Stream stream);
/// The next byte of standard input, or −1 at its end. Reading flushes the output first when it is a terminal.
int streamReadByte();
void streamUnreadByte(int byte); ///< The next read gives this byte again.
/// Writes to the standard error file itself: safe in a signal handler.
void errorWriteRaw(const char *bytes, size_t count);

// Files. What happened is an exact number, which Dream's library turns into exceptions.
enum class FileStatus : int32_t { Done = 0, NoFile = 1, NoFolder = 2, Denied = 3, Failed = 4 };
enum class FileMode { Read, Write, Append, Change };
int fileOpen(const char *path, FileMode mode, FileStatus &status); ///< A handle, or −1.
size_t fileSize(int file);                                         ///< What the file says it has; 0 if it does not know.
size_t fileRead(int file, char *bytes, size_t count, FileStatus &status); ///< 0 at the end, or with a bad status.
void fileWrite(int file, const char *bytes, size_t count, FileStatus &status);
void fileClose(int file, FileStatus &status);
bool fileExists(const char *path); ///< And is no folder.
FileStatus fileDelete(const char *path);
FileStatus fileMove(const char *from, const char *to);
bool folderExists(const char *path);
FileStatus folderMake(const char *path); ///< Done as well if it is there.
FileStatus folderDelete(const char *path);
/// Calls `visit` for everything in a folder but itself and its parent.
FileStatus folderList(const char *path, void (*visit)(void *context, const char *name, bool isFolder), void *context);

enum class Origin { Start, Here, End };
int64_t fileSeek(int file, int64_t offset, Origin origin); ///< Where it is then, or −1.
/// What a path leads to: bytes, and the nanoseconds since 1970 of its last change.
FileStatus pathInfo(const char *path, int64_t &size, int64_t &changed);

/// A child process. `arguments` begin with the program, found by PATH, and end with null. A pipe that is wanted leaves this
/// process' end of it in `input`, `output` or `errors`; else the child has this process' stream.
struct Child {
  int process = -1, input = -1, output = -1, errors = -1;
};
FileStatus processStart(char *const *arguments, const char *folder, bool wantsInput, bool wantsOutput, bool wantsErrors, Child &child);
/// Whether it has ended within so many milliseconds (−1: whenever that is); once it has, it is gone.
bool processWait(int process, int64_t milliseconds, int &exitCode);
void processKill(int process);

[[noreturn]] void exitNow(int code); ///< Without running what the C library has to do at exit.
[[noreturn]] void exitClean(int code);

void randomBytes(void *bytes, size_t count); ///< At most 256.
const char *environment(const char *name); ///< Null if it is not set.
int64_t monotonicNanoseconds();
int64_t utcNanoseconds();
/// The working directory without a trailing slash, or null when it does not fit.
const char *workingDirectory(char *buffer, size_t size);
int processorCount(); ///< That this process may use.

/// The address above the calling thread's stack, for frame walks. Found once per thread, unless it is told before.
uintptr_t stackTop();
void setStackTop(uintptr_t top);

/// Calls `run` when the calling thread ends, unless the program ends with it. The last call counts.
void atThreadEnd(void (*run)(void *context), void *context);

/// What the fault handler was told.
struct Fault {
  bool stackOverflow;
  uintptr_t address;      ///< That the program touched.
  uintptr_t programCounter;
  uintptr_t stackPointer;
  uintptr_t framePointer;
};
/// Installs `handler` for invalid memory accesses of this process; it runs on a stack of its own and must not return.
void installFaultHandler(void (*handler)(const Fault &));

/// One source position of a code address; innermost inlined function first.
struct Frame {
  const char *function; ///< The symbol; null if unknown.
  const char *file;     ///< Null if unknown.
  int line;
};
/// Calls `visit` for each function that `address` belongs to, through inlining, until it returns false. `address` is
/// of an instruction (one byte before a return address).
void symbolise(uintptr_t address, bool (*visit)(void *context, const Frame &), void *context);

} // namespace dream::rt::os
