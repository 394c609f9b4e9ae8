/* group.c - see group.h */

#include <signal.h>
#include <sys/wait.h>

#include "lib/io/ended.h"
#include "lib/io/log.h"
#include "start/group.h"

/* The last first: when mail-send acts on it, those that work for it have it. */
void group_tell(struct daemon const *d, unsigned int who, int sig)
{
  if (!d->name) return;
  group_tell(d + 1, who, sig);
  if (d->pid && d->signals & who) kill(d->pid, sig);
}

int group_running(struct daemon const *group)
{
  int n = 0;

  for (; group->name; group++) n += group->pid != 0;
  return n;
}

int group_missing(struct daemon const *group)
{
  for (; group->name; group++)
    if (!group->pid) return 1;
  return 0;
}

void group_let_go(struct daemon const *group)
{
  for (; group->name; group++)
    if (group->pid && group->signals & LEADS) return;
  line_close(lifeline + 1);
}

static void log_end_of(struct daemon const *d, int status)
{
  log_start();
  log_text(d->name);
  ended_how(status);
  log_end();
}

void group_reap(struct daemon *group)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    struct daemon *d;
    for (d = group; d->name; d++) {
      if (d->pid != pid) continue;
      d->pid = 0;
      if (status) log_end_of(d, status);
      d->status = status;
    }
  }
}
