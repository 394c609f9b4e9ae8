/* listenfds.c - see listenfds.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/listenfds.h"
#include "lib/io/log.h"

static char const *const names[] = { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
static char *taken;             /* their names, as they came */

/* What of a socket is a number; -1 when fd is none. */
static int asked(int fd, int option)
{
  int value = -1;
  socklen_t len = sizeof value;

  return getsockopt(fd, SOL_SOCKET, option, &value, &len) == -1 ? -1 : value;
}

static int is_listener(int fd)
{
  int family = asked(fd, SO_DOMAIN);

  return (family == AF_INET || family == AF_INET6) && asked(fd, SO_TYPE) == SOCK_STREAM
         && asked(fd, SO_ACCEPTCONN) == 1;
}

/* 0 for what is no number */
static long number(char const *name)
{
  char const *s = getenv(name);
  char *end;
  long n = s ? strtol(s, &end, 10) : 0;

  return s && *s >= '0' && *s <= '9' && !*end ? n : 0;
}

unsigned int listenfds_take(void)
{
  long n = number("LISTEN_PID") == (long)getpid() ? number("LISTEN_FDS") : 0;
  char descriptor[30];
  size_t i;
  int fd;

  if (n > LISTENFDS_MAX) log_diex(100, "fatal: too many listening sockets are handed on (LISTEN_FDS)");
  for (fd = LISTENFDS_FIRST; fd < LISTENFDS_FIRST + (int)n; fd++) {
    snprintf(descriptor, sizeof descriptor, "descriptor %d", fd);
    if (!is_listener(fd)) log_diex(100, "fatal: ", descriptor, " is no TCP socket that listens");
    if (io_nonblock(fd) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
      log_die(111, "fatal: unable to use ", descriptor);
  }
  free(taken);
  taken = n && getenv("LISTEN_FDNAMES") ? strdup(getenv("LISTEN_FDNAMES")) : 0;
  for (i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
  return (unsigned int)n;
}

void listenfds_name(char name[LISTENFDS_NAME_MAX + 1], unsigned int i)
{
  char const *s = taken ? taken : "";
  size_t len;

  for (; i && *s; i--) s += strcspn(s, ":") + (strchr(s, ':') != 0);
  len = strcspn(s, ":");
  if (len > LISTENFDS_NAME_MAX) len = 0;
  memcpy(name, s, len);
  name[len] = 0;
}

static int set_number(char const *name, long n)
{
  char s[30];

  snprintf(s, sizeof s, "%ld", n);
  return setenv(name, s, 1);
}

int listenfds_give(int const *fds, unsigned int n, char const *name)
{
  char all[LISTENFDS_MAX * (LISTENFDS_NAME_MAX + 1) + 1];
  size_t len = 0, one = strlen(name);
  unsigned int i;

  errno = EINVAL;
  if (n > LISTENFDS_MAX || one > LISTENFDS_NAME_MAX) return -1;
  for (i = 0; i < n; i++) {
    if (dup2(fds[i], LISTENFDS_FIRST + (int)i) == -1) return -1;
    if (i) all[len++] = ':';
    memcpy(all + len, name, one);
    len += one;
  }
  all[len] = 0;
  return set_number("LISTEN_PID", getpid()) == -1 || set_number("LISTEN_FDS", (long)n) == -1
         || setenv("LISTEN_FDNAMES", all, 1) == -1 ? -1 : 0;
}
