/* ended.c - see ended.h */

#include <signal.h>
#include <sys/wait.h>

#include "lib/io/ended.h"
#include "lib/io/log.h"

int ended_badly(char const *what, pid_t pid, int status)
{
  if (!WIFSIGNALED(status)) return 0;
  log_start();
  log_text("alert: ");
  log_text(what);
  log_count(" ", pid);
  log_count(" died of signal ", WTERMSIG(status));
  log_end();
  return WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGTERM;
}

void ended_how(int status)
{
  if (WIFSIGNALED(status)) log_count(" was killed by signal ", WTERMSIG(status));
  else log_count(" exited ", WEXITSTATUS(status));
}
