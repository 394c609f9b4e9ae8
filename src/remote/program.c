/* program.c - see program.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "remote/program.h"
#include "remote/told.h"
#include "remote/words.h"

#define NO_EXEC 111

static LARGE struct words words;

static _Noreturn void become(char *argv[])
{
  char *env[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0 };

  if (chdir(conf_home) == -1 || priv_limits_lift() == -1) _exit(NO_EXEC);
  execve(argv[0], argv, env);
  log_die(NO_EXEC, "cannot run ", argv[0]);
}

/* 0 with its number and the pipe that it writes to; or -1 with errno */
static int start(char *argv[], int message, pid_t *pid, int *from)
{
  int p[1][2];

  if (lseek(message, 0, SEEK_SET) == -1 || spawn_pipes(p, 1) == -1) return -1;
  *pid = io_nonblock(p[0][0]) == -1 ? -1
    : spawn_program((int const []){ message, p[0][1] }, 2, SPAWN_GROUP, NO_EXEC);
  if (!*pid) become(argv);
  if (*pid == -1) {
    spawn_close(p, 1);
    return -1;
  }
  close(p[0][1]);
  *from = p[0][0];
  return 0;
}

/* takes what there is; 0 when it was too much; *open becomes 0 at the end */
static int listen_to(int from, int *open)
{
  static LARGE char s[8192];
  ssize_t r;

  while ((r = read(from, s, sizeof s)) > 0)
    if (!words_feed(&words, s, (size_t)r)) return 0;
  if (!r) *open = 0;
  return 1;
}

static int has_ended(pid_t pid)
{
  siginfo_t i = { .si_pid = 0 };

  return waitid(P_PID, (id_t)pid, &i, WEXITED | WNOHANG | WNOWAIT) == 0 && i.si_pid == pid;
}

enum end { END_SELF, END_TIME, END_FLOOD, END_UNWANTED };

static enum end watch(pid_t pid, int from, long long deadline, int jobs)
{
  int is_open = 1;

  while (!has_ended(pid)) {
    struct pollfd p[2 + WAKE_OWN] = { { .fd = is_open ? from : -1, .events = POLLIN }, { .fd = jobs } };
    if (io_clock() >= deadline) return END_TIME;
    wake_poll(p, 2, deadline);
    if (p[1].revents) return END_UNWANTED;
    if (p[0].revents && !listen_to(from, &is_open)) return END_FLOOD;
  }
  kill(-pid, SIGKILL);          /* whom it left behind, so that they say no more */
  return listen_to(from, &is_open) ? END_SELF : END_FLOOD;
}

static void put_off(struct outcome *o, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].asked) outcome_set(o, i, RESULT_LATER, text);
}

static void no_result(struct outcome *o, char const *name, char const *status, char const *how, int number)
{
  char text[TEXT_MAX + 1], n[16] = "";

  if (number != -1) snprintf(n, sizeof n, " %d", number);
  snprintf(text, sizeof text, "%s %.200s %s%s; if it took the message, this will be a duplicate", status, name, how, n);
  put_off(o, text);
}

static void settle(struct outcome *o, char const *name, enum end end, int status)
{
  if (end == END_TIME) no_result(o, name, "4.4.7", "took too long", -1);
  else if (end == END_FLOOD) no_result(o, name, "4.3.0", "said too much", -1);
  else if (WIFSIGNALED(status)) no_result(o, name, "4.3.0", "was killed by signal", WTERMSIG(status));
  else if (WEXITSTATUS(status)) no_result(o, name, "4.3.0", "exited", WEXITSTATUS(status));
  else words_settle(&words, name, o);
}

void program_run(char *argv[], int message, long long deadline, int jobs, struct outcome *o)
{
  int from, status;
  enum end end;
  pid_t pid;
  uint32_t i, n = 0;

  for (i = o->from; i < o->to; i++) n += (uint32_t)o->rcpt[i].asked;
  words_start(&words, n);
  if (start(argv, message, &pid, &from) == -1) {
    log_sys("cannot start ", argv[0]);
    put_off(o, "4.3.0 " TOLD("the program in control/transports", TOLD_PROGRAM) " cannot be started now");
    return;
  }
  end = watch(pid, from, deadline, jobs);
  kill(pid, SIGKILL);           /* it may have left its group, as shells with job control do */
  kill(-pid, SIGKILL);          /* not yet collected, so the group is its own */
  while (waitpid(pid, &status, 0) == -1 && errno == EINTR);
  close(from);
  if (end == END_UNWANTED) _exit(0);
  settle(o, argv[0], end, status);
}
