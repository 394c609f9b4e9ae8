/* listenfds.c - listening sockets that are handed on and taken; each step in a child, whose descriptors it moves about */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/listenfds.h"
#include "lib/io/net.h"
#include "unit.h"

#define HIGH 100

/* A socket that listens, under a number that is not handed on. */
static int listener(void)
{
  struct net_address a;
  int fd, high;

  net_parse(&a, "127.0.0.1", 9);
  fd = net_listen(&a, 1);
  high = fcntl(fd, F_DUPFD, HIGH);
  close(fd);
  return high;
}

/* What becomes of a child that hands fds on, under this name, to itself; then does what is to be done. */
static int child(int const *fds, unsigned int n, char const *name, int (*then)(void))
{
  int status;
  pid_t pid;

  fflush(stdout);
  pid = fork();
  if (!pid) {
    if (listenfds_give(fds, n, name) == -1) _exit(77);
    _exit(then());
  }
  if (pid == -1 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int take_two(void)
{
  char one[LISTENFDS_NAME_MAX + 1], two[LISTENFDS_NAME_MAX + 1], three[LISTENFDS_NAME_MAX + 1];
  int flags;

  if (listenfds_take() != 2) return 1;
  listenfds_name(one, 0);
  listenfds_name(two, 1);
  listenfds_name(three, 2);
  if (strcmp(one, "qmtp") || strcmp(two, "qmtp") || *three) return 2;
  flags = fcntl(LISTENFDS_FIRST + 1, F_GETFL);
  if (fcntl(LISTENFDS_FIRST, F_GETFD) != FD_CLOEXEC || !(flags & O_NONBLOCK)) return 3;
  return getenv("LISTEN_FDS") || getenv("LISTEN_PID") || getenv("LISTEN_FDNAMES") || listenfds_take() ? 4 : 0;
}

static int not_for_me(void)
{
  char s[20];

  snprintf(s, sizeof s, "%d", (int)getppid());
  setenv("LISTEN_PID", s, 1);
  return (int)listenfds_take();
}

static int without_names(void)
{
  char name[LISTENFDS_NAME_MAX + 1] = "x";

  unsetenv("LISTEN_FDNAMES");
  if (listenfds_take() != 1) return 1;
  listenfds_name(name, 0);
  return *name != 0;
}

static int odd_number(void)
{
  setenv("LISTEN_FDS", "1x", 1);
  return (int)listenfds_take();
}

static int too_many(void)
{
  setenv("LISTEN_FDS", "25", 1);
  return (int)listenfds_take();
}

static int take(void)
{
  return (int)listenfds_take();
}

int main(void)
{
  int two[2] = { listener(), listener() }, pair[2], other;

  check("two come with their name", child(two, 2, "qmtp", take_two) == 0);
  check("those of another process do not", child(two, 2, "smtp", not_for_me) == 0);
  check("one without a name", child(two, 1, "", without_names) == 0);
  check("a number that is none", child(two, 1, "", odd_number) == 0);
  check("too many", child(two, 2, "", too_many) == 100);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 111;
  other = fcntl(pair[0], F_DUPFD, HIGH);
  check("no socket of the network", child(&other, 1, "", take) == 100);
  other = fcntl(socket(AF_INET, SOCK_STREAM, 0), F_DUPFD, HIGH);
  check("one that does not listen", child(&other, 1, "", take) == 100);
  other = fcntl(open("/dev/null", O_RDONLY), F_DUPFD, HIGH);
  check("no socket at all", child(&other, 1, "", take) == 100);
  unsetenv("LISTEN_PID");
  check("nothing is handed on", listenfds_take() == 0);
  return unit_end();
}
