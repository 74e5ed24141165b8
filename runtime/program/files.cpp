// Files as whole texts.
#include "runtime/abi/entries.h"
#include "runtime/alloc/alloc.h"
#include "runtime/os/os.h"
#include "runtime/text/text.h"

namespace dream::rt {

OwnStr dr_file_read(Str path, Ptr status) {
  os::FileStatus &result = *static_cast<os::FileStatus *>(status);
  const int file = os::fileOpen(path, os::FileMode::Read, result);
  if (file < 0)
    return emptyString();
  // What a file says about its size may be wrong: it is read until its end.
  size_t capacity = os::fileSize(file) + 1, length = 0;
  char *bytes = static_cast<char *>(allocLarge(capacity, false));
  for (;;) {
    if (length == capacity)
      bytes = static_cast<char *>(resizeLargeBlock(bytes, capacity *= 2));
    const size_t count = os::fileRead(file, bytes + length, capacity - length, result);
    if (count == 0)
      break;
    length += count;
  }
  os::fileClose(file, result);
  char *text = result == os::FileStatus::Done ? dr_str_of_bytes(bytes, int64_t(length)) : emptyString();
  freeLarge(bytes);
  return text;
}

I32 dr_file_write(Str path, Str text, Bool append) {
  os::FileStatus status;
  const int file = os::fileOpen(path, append ? os::FileMode::Append : os::FileMode::Write, status);
  if (file >= 0) {
    os::fileWrite(file, text, lengthOf(text), status);
    os::fileClose(file, status);
  }
  return int32_t(status);
}

Bool dr_file_exists(Str path) { return os::fileExists(path); }
I32 dr_file_delete(Str path) { return int32_t(os::fileDelete(path)); }

I32 dr_file_move(Str from, Str to) { return int32_t(os::fileMove(from, to)); }

Bool dr_folder_exists(Str path) { return os::folderExists(path); }
I32 dr_folder_make(Str path) { return int32_t(os::folderMake(path)); }
I32 dr_folder_delete(Str path) { return int32_t(os::folderDelete(path)); }

OwnStr dr_folder_list(Str path, Ptr status) {
  char *list = emptyString();
  *static_cast<os::FileStatus *>(status) = os::folderList(
      path,
      [](void *context, const char *name, bool isFolder) {
        char *&list = *static_cast<char **>(context);
        char *entry = newStringOf(name, __builtin_strlen(name));
        list = dr_str_append(list, entry);
        dr_release_any(entry);
        char *mark = newStringOf("//", isFolder ? 1 : 2); // a name holds no slash
        list = dr_str_append(list, mark);
        dr_release_any(mark);
      },
      &list);
  return list;
}

} // namespace dream::rt
