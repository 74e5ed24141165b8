// Open files and pipes, and child processes, as the library asks for them.
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/rc/rc.h"
#include "runtime/text/text.h"

namespace dream::rt {

I32 dr_handle_open(Str path, I32 mode, Ptr status) { return os::fileOpen(path, os::FileMode(mode), *static_cast<os::FileStatus *>(status)); }

I64 dr_handle_read(I32 handle, Ptr place, I64 at, I64 count, Ptr status) {
  void *&array = *static_cast<void **>(place);
  array = dr_unique_array(array);
  os::FileStatus &result = *static_cast<os::FileStatus *>(status) = os::FileStatus::Done;
  return count > 0 ? int64_t(os::fileRead(handle, static_cast<char *>(array) + at, size_t(count), result)) : 0;
}

I32 dr_handle_write(I32 handle, Obj bytes, I64 start, I64 count) {
  os::FileStatus status = os::FileStatus::Done;
  os::fileWrite(handle, static_cast<const char *>(bytes) + start, size_t(count), status);
  return int32_t(status);
}

I64 dr_handle_seek(I32 handle, I64 offset, I32 origin) { return os::fileSeek(handle, offset, os::Origin(origin)); }

I32 dr_handle_close(I32 handle) {
  os::FileStatus status = os::FileStatus::Done;
  os::fileClose(handle, status);
  return int32_t(status);
}

I32 dr_path_info(Str path, Ptr size, Ptr changed) {
  return int32_t(os::pathInfo(path, *static_cast<int64_t *>(size), *static_cast<int64_t *>(changed)));
}

I32 dr_process_start(Obj arguments, Str folder, I32 pipes, Ptr place) {
  const size_t count = arrayHeaderOf(arguments).length;
  const char *const *texts = static_cast<const char *const *>(arguments);
  char **vector = static_cast<char **>(allocLarge((count + 1) * sizeof(char *), false));
  for (size_t i = 0; i < count; ++i)
    vector[i] = texts[i] ? const_cast<char *>(texts[i]) : emptyString();
  vector[count] = nullptr;
  os::Child child;
  dr_console_flush(); // what was written before comes before what the child writes
  const os::FileStatus status = os::processStart(vector, lengthOf(folder) ? folder : nullptr, pipes & 1, pipes & 2, pipes & 4, child);
  freeLarge(vector);
  void *&result = *static_cast<void **>(place);
  result = dr_unique_array(result);
  const int32_t numbers[] = {child.process, child.input, child.output, child.errors};
  __builtin_memcpy(result, numbers, sizeof numbers);
  return int32_t(status);
}

Bool dr_process_wait(I32 process, I64 milliseconds, Ptr exitCode) { return os::processWait(process, milliseconds, *static_cast<int32_t *>(exitCode)); }
void dr_process_kill(I32 process) { os::processKill(process); }

void dr_random_bytes(Ptr place) {
  void *&array = *static_cast<void **>(place);
  if (!array)
    return;
  array = dr_unique_array(array);
  char *bytes = static_cast<char *>(array);
  for (size_t done = 0, length = arrayHeaderOf(array).length; done < length;) {
    const size_t part = length - done < 256 ? length - done : 256;
    os::randomBytes(bytes + done, part);
    done += part;
  }
}

} // namespace dream::rt
