// Files of Linux.
#include "runtime/os/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dream::rt::os {

/// What errno means for a path. A missing folder on the way and a missing file have one number.
static FileStatus statusOf(int error, const char *path) {
  switch (error) {
  case ENOENT: {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
      return FileStatus::NoFile;
    char folder[4096];
    const size_t length = size_t(slash - path);
    struct stat info;
    if (length >= sizeof(folder))
      return FileStatus::Failed;
    memcpy(folder, path, length);
    folder[length] = 0;
    return stat(folder, &info) == 0 ? FileStatus::NoFile : FileStatus::NoFolder;
  }
  case ENOTDIR: return FileStatus::NoFolder;
  case EACCES:
  case EPERM:
  case EROFS:
  case EISDIR: return FileStatus::Denied;
  default: return FileStatus::Failed;
  }
}

int fileOpen(const char *path, FileMode mode, FileStatus &status) {
  static constexpr int flags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT};
  const int file = open(path, flags[int(mode)] | O_CLOEXEC, 0666);
  status = file < 0 ? statusOf(errno, path) : FileStatus::Done;
  return file;
}

size_t fileSize(int file) {
  struct stat info;
  return fstat(file, &info) == 0 && info.st_size > 0 ? size_t(info.st_size) : 0;
}

size_t fileRead(int file, char *bytes, size_t count, FileStatus &status) {
  ssize_t got;
  do
    got = read(file, bytes, count);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    status = statusOf(errno, "");
  return got > 0 ? size_t(got) : 0;
}

void fileWrite(int file, const char *bytes, size_t count, FileStatus &status) {
  while (count > 0) {
    const ssize_t written = write(file, bytes, count);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      status = FileStatus::Failed;
      return;
    }
    bytes += written;
    count -= size_t(written);
  }
}

void fileClose(int file, FileStatus &status) {
  if (close(file) != 0 && status == FileStatus::Done)
    status = FileStatus::Failed;
}

int64_t fileSeek(int file, int64_t offset, Origin origin) {
  static constexpr int origins[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  return lseek(file, offset, origins[int(origin)]);
}

FileStatus pathInfo(const char *path, int64_t &size, int64_t &changed) {
  struct stat info;
  if (stat(path, &info) != 0)
    return statusOf(errno, path);
  size = info.st_size;
  changed = int64_t(info.st_mtim.tv_sec) * 1000000000 + info.st_mtim.tv_nsec;
  return FileStatus::Done;
}

bool fileExists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

FileStatus fileDelete(const char *path) { return unlink(path) == 0 ? FileStatus::Done : statusOf(errno, path); }

FileStatus fileMove(const char *from, const char *to) {
  if (rename(from, to) == 0)
    return FileStatus::Done;
  const int error = errno;
  struct stat info;
  return statusOf(error, error == ENOENT && stat(from, &info) == 0 ? to : from);
}

bool folderExists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

FileStatus folderMake(const char *path) {
  if (mkdir(path, 0777) == 0)
    return FileStatus::Done;
  const int error = errno;
  return error == EEXIST && folderExists(path) ? FileStatus::Done : statusOf(error, path);
}

FileStatus folderDelete(const char *path) {
  if (rmdir(path) == 0)
    return FileStatus::Done;
  return errno == ENOENT ? FileStatus::NoFolder : statusOf(errno, path);
}

FileStatus folderList(const char *path, void (*visit)(void *context, const char *name, bool isFolder), void *context) {
  DIR *folder = opendir(path);
  if (!folder)
    return errno == ENOENT ? FileStatus::NoFolder : statusOf(errno, path);
  while (const dirent *entry = readdir(folder)) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      continue;
    bool isFolder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN || entry->d_type == DT_LNK) {
      struct stat info;
      isFolder = fstatat(dirfd(folder), name, &info, 0) == 0 && S_ISDIR(info.st_mode);
    }
    visit(context, name, isFolder);
  }
  closedir(folder);
  return FileStatus::Done;
}

} // namespace dream::rt::os
