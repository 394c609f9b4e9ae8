/* workers.c - a crew: who gets which task, who rests, and workers that lie */

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/io/workers.h"
#include "unit.h"

#define MOST (WORKERS_MORE + 8)
#define LINGERING 2
#define OVER_MAX 64

static unsigned int over[OVER_MAX], overs;

static void note(unsigned int task)
{
  if (overs < OVER_MAX) over[overs++] = task;
}

static void say(int sock, char b)
{
  if (packet_send(sock, &b, 1, -1) == -1) _exit(1);
}

/* What a worker is told to do with its task is the order: one letter each. It answers with its number by fd. */
static _Noreturn void work(int sock)
{
  char s[16];
  ssize_t i, n;
  int fd, pid = (int)getpid();

  while ((n = packet_recv(sock, s, sizeof s, &fd)) > 0) {
    if (fd != -1 && write(fd, &pid, sizeof pid) != sizeof pid) _exit(1);
    if (fd != -1) close(fd);
    for (i = 0; i < n; i++)
      switch (s[i]) {
        case 't': say(sock, WORKERS_THROUGH); break;
        case 'e': say(sock, WORKERS_ENDS); break;
        case '?': say(sock, 77); break;
        case 'x': _exit(0);
        case 'a': abort();
        case 'l': close(sock); for (;;) pause();        /* it lingers */
      }
  }
  _exit(0);
}

static char first;      /* what a new one says before it is asked, if it is not 0 */

static pid_t make(int *sock)
{
  pid_t pid = spawn_copy(sock, 0, 0);

  if (pid) return pid;
  if (first) say(*sock, 0);
  work(*sock);
}

/* Gives a task to a worker and waits until it has it: its process, or 0. */
static pid_t give(unsigned int task, char const *whose, char const *orders)
{
  struct workers_key key = { { 0 } };
  int p[1][2], pid = 0;

  if (spawn_pipes(p, 1) == -1) return 0;
  if (whose) memcpy(key.s, whose, strlen(whose));
  if (workers_give(task, whose ? &key : 0, orders, strlen(orders), p[0][1], 1)) {
    close(p[0][1]);
    if (read(p[0][0], &pid, sizeof pid) != sizeof pid) pid = 0;
  }
  else close(p[0][1]);
  close(p[0][0]);
  return pid;
}

static void hear(void)
{
  struct pollfd p[MOST];
  size_t n = workers_polled(p);

  if (n && poll(p, n, 0) > 0) workers_heard(p, n);
}

/* Until so many tasks are over. */
static int wait_over(unsigned int n)
{
  long long until = io_clock() + 60000;

  while (overs < n && io_clock() < until) {
    hear();
    poll(0, 0, 1);
  }
  return overs == n;
}

/* The end of a process, which it is waited for: its task. */
static unsigned int ended(pid_t pid)
{
  return waitpid(pid, 0, 0) == pid ? workers_ended(pid) : 12345;
}

/* Those that end by themselves once they are told to. */
static void dismiss(void)
{
  pid_t pid;

  workers_dismiss();
  while ((pid = waitpid(-1, 0, 0)) > 0) workers_ended(pid);
  overs = 0;
}

static void keys(void)
{
  pid_t a, b, c;

  a = give(1, "a", "t");
  check("the first", a > 0 && wait_over(1) && over[0] == 1);
  check("the same key, the same one", give(2, "a", "t") == a && wait_over(2) && over[1] == 2);
  b = give(3, "b", "t");
  check("another key, another one", b > 0 && b != a && wait_over(3));
  check("each its own", give(4, "a", "t") == a && wait_over(4) && give(5, "b", "t") == b && wait_over(5));
  c = give(6, 0, "t");
  check("no key, a new one", c > 0 && c != a && c != b && wait_over(6));
  check("which ends", ended(c) == WORKERS_NONE);
  c = give(7, "a", "-");
  check("one is at work", c == a && give(8, "a", "t") != a && wait_over(7) && over[6] == 8);
  check("it is told more", workers_tell(7, "t", 1) == 0 && wait_over(8) && over[7] == 7);
  check("nobody is at that task", workers_tell(7, "t", 1) == -1);
  c = give(9, "a", "-");
  workers_leave(9);
  check("one is given up", workers_tell(9, "t", 1) == -1);
  check("and gets no more", give(9, "a", "t") != c && wait_over(9) && over[8] == 9 && ended(c) == WORKERS_NONE);
  workers_leave(9);
  dismiss();
}

static void ends(void)
{
  pid_t a = give(1, "a", "e"), b;

  check("it wants no other", wait_over(1) && give(2, "a", "t") != a && wait_over(2));
  check("its task was over before", ended(a) == WORKERS_NONE);
  b = give(3, "b", "x");
  check("its end in a task", ended(b) == 3 && overs == 2);
  b = give(4, "b", "a");
  check("its death in a task", ended(b) == 4 && overs == 2);
  check("a stranger's", workers_ended(getpid()) == WORKERS_NONE);
  dismiss();
}

static void lies(void)
{
  pid_t a = give(1, "a", "tt"), b;

  check("through twice: the task is over once", wait_over(1) && over[0] == 1);
  poll(0, 0, 100);
  hear();
  check("and it gets no other", give(2, "a", "t") != a && wait_over(2) && ended(a) == WORKERS_NONE);
  a = give(3, "a", "?");
  check("a word that is none: over, and no other", wait_over(3) && give(4, "a", "t") != a && wait_over(4));
  ended(a);
  first = 1;
  check("a spare one", workers_spare() == 0);
  first = 0;
  poll(0, 0, 100);
  hear();
  check("that speaks unasked is over with nothing", overs == 4);
  b = give(5, "b", "t");
  check("and gets no task", b > 0 && wait_over(5) && over[4] == 5);
  dismiss();
}

static void linger(void)
{
  pid_t gone[LINGERING + 1];
  unsigned int i;

  for (i = 0; i <= LINGERING; i++) {
    gone[i] = give(10 + i, "a", "l");
    poll(0, 0, 50);
    hear();
  }
  check("its task is its own until it ends", !overs && gone[LINGERING] > 0);
  check("no more for that key", give(20, "a", "t") == 0);
  check("others get theirs", give(21, "b", "t") > 0 && wait_over(1));
  for (i = 0; i <= LINGERING; i++) {
    kill(gone[i], SIGTERM);
    check("then it is over", ended(gone[i]) == 10 + i);
  }
  check("and there are others", give(22, "a", "t") > 0 && wait_over(2));
  dismiss();
}

static void rest(void)
{
  char key[2] = "A";
  pid_t pid[WORKERS_RESTING + 1];
  unsigned int i;

  for (i = 0; i <= WORKERS_RESTING; i++, key[0]++) {
    pid[i] = give(i, key, "t");
    wait_over(i + 1);
    nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, 0);
  }
  check("who has rested longest goes", ended(pid[0]) == WORKERS_NONE);
  check("the others stay", give(50, "B", "t") == pid[1] && wait_over(WORKERS_RESTING + 2));
  check("for some seconds", workers_rest() > io_clock() && workers_rest() <= io_clock() + WORKERS_REST);
  for (i = 0; i < MOST && give(100 + i, 0, "-") > 0; i++) ;
  check("so many there may be", i == MOST - WORKERS_RESTING);
  for (i = 0; i < MOST - WORKERS_RESTING; i++) workers_tell(100 + i, "t", 1);
  check("and they are through", wait_over(WORKERS_RESTING + 2 + i));
  dismiss();
  check("nobody is left", workers_rest() == WAKE_NEVER && workers_polled(&(struct pollfd){ .fd = -1 }) == 0);
}

int main(void)
{
  static struct crew const crew = { MOST, LINGERING, make, note };

  check("a crew", workers_start(&crew) == 0);
  keys();
  ends();
  lies();
  linger();
  rest();
  return unit_end();
}
