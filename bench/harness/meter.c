// meter RESULT SECONDS STDOUT STDERR [NAME=VALUE…] COMMAND [ARGUMENT…]: runs a command once, with these variables added to its
// environment and its output going into two files, and writes one line to RESULT: exit status, seconds of user, system and wall time, and the peak of its memory in KiB. A child counts the memory
// of the process that started it until it executes its program, so this has to be a small program, not a script. After SECONDS
// the command is killed, and its status is 124.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t expired;

static void onAlarm(int signal) {
  (void)signal;
  expired = 1;
  kill(child, SIGKILL);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static void redirect(const char *path, int descriptor) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0 || dup2(file, descriptor) < 0) {
    perror(path);
    _exit(126);
  }
  close(file);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: meter RESULT SECONDS STDOUT STDERR [NAME=VALUE…] COMMAND [ARGUMENT…]\n");
    return 2;
  }
  double start = now();
  child = fork();
  if (child < 0) {
    perror("fork");
    return 2;
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int at = 5;
    while (at < argc && strchr(argv[at], '='))
      putenv(argv[at++]);
    redirect(argv[3], STDOUT_FILENO);
    redirect(argv[4], STDERR_FILENO);
    if (at < argc)
      execvp(argv[at], argv + at);
    perror(at < argc ? argv[at] : "no command");
    _exit(127);
  }
  struct sigaction action = {.sa_handler = onAlarm, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  alarm((unsigned)atoi(argv[2]));
  int status;
  struct rusage used;
  if (wait4(child, &status, 0, &used) < 0) {
    perror("wait4");
    return 2;
  }
  double wall = now() - start;
  int code = expired ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE *result = fopen(argv[1], "w");
  if (!result) {
    perror(argv[1]);
    return 2;
  }
  fprintf(result, "%d %.6f %.6f %.6f %ld\n", code, seconds(used.ru_utime), seconds(used.ru_stime), wall, used.ru_maxrss);
  return fclose(result) ? 2 : 0;
}
