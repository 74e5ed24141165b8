// Child processes of Linux.
#include "runtime/os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace dream::rt::os {

namespace {

/// The pipes to a child: closed here unless they are kept, never inherited but as its standard streams.
struct Pipes {
  int ends[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}; // of each stream: to read, to write

  bool make(int stream, posix_spawn_file_actions_t &actions) {
    if (pipe2(ends[stream], O_CLOEXEC) != 0)
      return false;
    return posix_spawn_file_actions_adddup2(&actions, ends[stream][stream == 0 ? 0 : 1], stream) == 0;
  }
  /// This process' end.
  int keep(int stream) {
    int &end = ends[stream][stream == 0 ? 1 : 0];
    const int kept = end;
    end = -1;
    return kept;
  }
  ~Pipes() {
    for (auto &stream : ends)
      for (int end : stream)
        if (end >= 0)
          close(end);
  }
};

} // namespace

FileStatus processStart(char *const *arguments, const char *folder, bool wantsInput, bool wantsOutput, bool wantsErrors, Child &child) {
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0)
    return FileStatus::Failed;
  Pipes pipes;
  const bool wants[] = {wantsInput, wantsOutput, wantsErrors};
  bool isReady = !folder || posix_spawn_file_actions_addchdir_np(&actions, folder) == 0;
  for (int stream = 0; stream < 3; ++stream)
    isReady = isReady && (!wants[stream] || pipes.make(stream, actions));
  pid_t process = -1;
  const int error = isReady ? posix_spawnp(&process, arguments[0], &actions, nullptr, arguments, environ) : EMFILE;
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return error == ENOENT ? FileStatus::NoFile : error == EACCES ? FileStatus::Denied : FileStatus::Failed;
  child = {process, pipes.keep(0), pipes.keep(1), pipes.keep(2)};
  if (wantsInput)
    signal(SIGPIPE, SIG_IGN); // writing to a child that has ended fails, and ends nothing
  return FileStatus::Done;
}

bool processWait(int process, int64_t milliseconds, int &exitCode) {
  if (milliseconds >= 0) {
    // A handle of the process becomes readable when it ends; where there is none, it is asked now and then.
    const int handle = int(syscall(SYS_pidfd_open, process, 0));
    pollfd wanted{handle, POLLIN, 0};
    const int64_t end = monotonicNanoseconds() + milliseconds * 1000000;
    siginfo_t info{};
    while (waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
      const int64_t left = (end - monotonicNanoseconds() + 999999) / 1000000;
      if (left <= 0)
        break;
      poll(handle >= 0 ? &wanted : nullptr, handle >= 0 ? 1 : 0, int(handle >= 0 ? (left < 60000 ? left : 60000) : (left < 5 ? left : 5)));
    }
    if (handle >= 0)
      close(handle);
    if (info.si_pid == 0)
      return false;
  }
  int status;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR)
      return false;
  exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

void processKill(int process) { kill(process, SIGKILL); }

} // namespace dream::rt::os
