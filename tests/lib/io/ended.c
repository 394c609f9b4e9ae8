/* ended.c - how a child has ended: what the log says, and whether it was its own fault */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/ended.h"
#include "lib/io/log.h"
#include "unit.h"

static int log_pipe[2];

/* The status of a child that ends by this signal or, without one, with this code. */
static int status_of(int sig, int code, pid_t *pid)
{
  int status = -1;

  *pid = fork();
  if (!*pid) {
    if (sig) {
      signal(sig, SIG_DFL);     /* the sanitizer's own is none that kills */
      kill(getpid(), sig);
    }
    _exit(code);
  }
  if (waitpid(*pid, &status, 0) != *pid) _exit(111);
  return status;
}

/* What the log has got. */
static char const *logged(void)
{
  static char line[256];
  ssize_t r = read(log_pipe[0], line, sizeof line - 1);

  line[r > 0 ? r : 0] = 0;
  return line;
}

static void killed(int sig, int badly)
{
  char name[64], want[128];
  pid_t pid;
  int status = status_of(sig, 0, &pid);

  snprintf(name, sizeof name, "signal %d", sig);
  snprintf(want, sizeof want, "unit: alert: session %ld died of signal %d\n", (long)pid, sig);
  check(name, ended_badly("session", pid, status) == badly && !strcmp(logged(), want));
}

static int how(int status, char const *want)
{
  log_start();
  log_text("it");
  ended_how(status);
  log_end();
  return !strcmp(logged(), want);
}

int main(void)
{
  pid_t pid;

  if (pipe2(log_pipe, O_NONBLOCK) == -1 || dup2(log_pipe[1], 2) == -1) return 111;
  log_name("unit");
  killed(SIGSEGV, 1);
  killed(SIGABRT, 1);
  killed(SIGSYS, 1);
  killed(SIGKILL, 0);
  killed(SIGTERM, 0);
  check("an end of its own is none of these", !ended_badly("child", 1, status_of(0, 0, &pid))
        && !ended_badly("child", 1, status_of(0, 111, &pid)) && !*logged());
  check("by a signal", how(status_of(SIGKILL, 0, &pid), "unit: it was killed by signal 9\n"));
  check("by itself", how(status_of(0, 7, &pid), "unit: it exited 7\n"));
  return unit_end();
}
