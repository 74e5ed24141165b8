#include "compiler/driver/run.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <vector>

extern char **environ;

namespace dream::driver {

int runProgram(llvm::StringRef program, llvm::ArrayRef<std::string> arguments, DiagnosticEngine &diags) {
  std::string path = program.str();
  std::vector<char *> list{path.data()};
  for (const std::string &argument : arguments)
    list.push_back(const_cast<char *>(argument.c_str()));
  list.push_back(nullptr);

  // The terminal sends its signals to both of us: the program decides what they mean, we wait for it.
  struct sigaction ignore = {}, oldInterrupt = {}, oldQuit = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &oldInterrupt);
  sigaction(SIGQUIT, &ignore, &oldQuit);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGINT);
  sigaddset(&defaults, SIGQUIT);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  pid_t child = 0;
  int problem = posix_spawn(&child, path.c_str(), nullptr, &attributes, list.data(), environ);
  posix_spawnattr_destroy(&attributes);
  int status = 0;
  if (problem == 0)
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
      ;
  sigaction(SIGINT, &oldInterrupt, nullptr);
  sigaction(SIGQUIT, &oldQuit, nullptr);

  if (problem != 0) {
    diags.report(DiagId::CannotRun, SourceRange{}) << path << strerror(problem);
    return 1;
  }
  if (WIFEXITED(status))
    return WEXITSTATUS(status);
  int signal = WTERMSIG(status);
  // A panic aborts, and has told why; an interrupt needs no words.
  if (signal != SIGABRT && signal != SIGINT && signal != SIGPIPE)
    diags.report(DiagId::KilledBySignal, SourceRange{}) << llvm::Twine(signal) << strsignal(signal);
  return 128 + signal;
}

} // namespace dream::driver
