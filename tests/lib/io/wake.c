/* wake.c - waiting: signals are never missed, moments are kept, copies and programs start anew */

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/wake.h"
#include "unit.h"

static long long waited(struct pollfd *p, size_t n, long long until)
{
  long long start = io_clock();

  wake_poll(p, n, until);
  return io_clock() - start;
}

static int blocked(int sig)
{
  sigset_t set;

  return !sigprocmask(SIG_BLOCK, 0, &set) && sigismember(&set, sig);
}

/* in a copy: 0 when what a program is started with is right */
static int program_state(void)
{
  wake_reset();
  return blocked(SIGTERM) || blocked(SIGCHLD) || signal(SIGPIPE, SIG_IGN) != SIG_DFL;
}

/* in a copy: 0 when it hears nothing and is not ended either */
static int copy_state(void)
{
  struct pollfd none[WAKE_OWN];

  wake_leave();
  raise(SIGTERM);
  wake_poll(none, 0, 0);
  return wake_heard(SIGTERM);
}

static int in_a_copy(int (*of)(void))
{
  pid_t pid = fork();
  int status;

  if (!pid) _exit(of());
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

int main(void)
{
  struct pollfd p[1 + WAKE_OWN] = { { .events = POLLIN } };
  long long moment;
  int fd[2];

  if (pipe(fd) == -1) return 1;
  p[0].fd = fd[0];
  moment = io_clock() + 50;
  wake_poll(p, 1, moment);
  check("without signals a moment ends the wait", io_clock() >= moment && !p[0].revents);
  check("one that is over does not wait", waited(p, 1, 0) < 5000 && waited(p, 1, io_clock() - 100000) < 5000);
  signal(SIGCHLD, SIG_IGN);
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  check("none came", !wake_heard(SIGTERM));
  raise(SIGTERM);
  raise(SIGHUP);
  check("it is not heard before the wait", !wake_heard(SIGTERM));
  waited(p, 1, WAKE_NEVER);
  check("one that came before ends the wait", !p[0].revents && wake_heard(SIGTERM));
  check("others are kept", wake_heard(SIGHUP));
  check("each is heard once", !wake_heard(SIGTERM) && !wake_heard(SIGHUP) && !wake_heard(SIGCHLD));
  raise(SIGHUP);
  if (write(fd[1], "x", 1) != 1) return 1;
  wake_poll(p, 1, WAKE_NEVER);
  check("it is heard beside what is ready", p[0].revents && wake_heard(SIGHUP));
  check("what is ready is ready again", (wake_poll(p, 1, WAKE_NEVER), p[0].revents & POLLIN));
  check("a program starts with signals as it expects them", in_a_copy(program_state));
  p[0].fd = -1;
  wake_poll(p, 1, WAKE_NEVER);
  check("a child's end is heard where it was ignored", wake_heard(SIGCHLD));
  check("a copy hears none", in_a_copy(copy_state));
  return unit_end();
}
