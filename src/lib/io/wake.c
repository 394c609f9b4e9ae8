/* wake.c - see wake.h */

#include <errno.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"

#define AT_ONCE 8               /* more than a daemon hears; those that are left come with the next wait */

static int signals = -1;        /* the descriptor they come by */
static uint64_t heard;          /* a bit for each */

void wake_signals(int const *sig)
{
  sigset_t set;

  sigemptyset(&set);
  for (; *sig; sig++) {
    sigaddset(&set, *sig);
    signal(*sig, SIG_DFL);      /* an ignored CHLD would not come */
  }
  signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals == -1 || sigprocmask(SIG_BLOCK, &set, 0) == -1 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
    log_die(111, "fatal: unable to prepare for signals");
}

static void hear(void)
{
  struct signalfd_siginfo s[AT_ONCE];
  ssize_t len = read(signals, s, sizeof s), i;

  for (i = 0; i < len / (ssize_t)sizeof *s; i++) heard |= UINT64_C(1) << s[i].ssi_signo;
}

static int wait_until(struct pollfd *p, size_t n, long long until)
{
  long long left = until - io_clock();
  struct timespec t = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L };

  if (left < 0) t = (struct timespec){ 0 };
  return ppoll(p, n, until == WAKE_NEVER ? 0 : &t, 0);
}

void wake_poll(struct pollfd *p, size_t n, long long until)
{
  long long due, stop;
  int r;

  p[n] = (struct pollfd){ .fd = signals, .events = POLLIN };
  do {
    due = log_due();
    stop = due < until ? due : until;
    r = wait_until(p, n + WAKE_OWN, stop);
    if (due <= io_clock()) log_release();
  } while ((!r && due < until) || (r == -1 && io_poll_failed() == 0));
  if (r == -1) log_die(111, "fatal: unable to wait");
  if (p[n].revents) hear();
}

int wake_heard(int sig)
{
  uint64_t bit = UINT64_C(1) << sig;
  int is = (heard & bit) != 0;

  heard &= ~bit;
  return is;
}

void wake_leave(void)
{
  if (signals != -1) close(signals);
  signals = -1;
}

void wake_obey_term(void)
{
  sigset_t term;

  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &term, 0);
}

void wake_reset(void)
{
  sigset_t none;

  sigemptyset(&none);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, 0);
}
