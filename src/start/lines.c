/* lines.c - see lines.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "start/lines.h"

#define BACKLOG 256             /* connections that wait while a daemon is being restarted */
#define HIGH_FD 32              /* above what any daemon gets */

int lines[LINES][2];
int lifeline[2];

/* The descriptor under a number that no daemon uses; the old one is closed. -1 with errno. */
static int try_high(int fd)
{
  int r = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD), e = errno;

  close(fd);
  errno = e;
  return r;
}

int line_high(int fd)
{
  int r = try_high(fd);

  if (r == -1) log_die(111, "unable to keep a descriptor");
  return r;
}

void line_close(int *fd)
{
  if (*fd != -1) close(*fd);
  *fd = -1;
}

/* Takes over both ends of a pair that was made. 0, or -1 with errno and nothing left of it. */
static int keep_pair(int pair[2])
{
  int e;

  pair[0] = try_high(pair[0]);
  e = errno;
  pair[1] = try_high(pair[1]);
  if (pair[0] != -1 && pair[1] != -1) return 0;
  if (pair[1] == -1) e = errno;
  line_close(pair);
  line_close(pair + 1);
  errno = e;
  return -1;
}

static int make_pair(int pair[2])
{
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1 ? -1 : keep_pair(pair);
}

/* A new socket takes the place of an old one in one step: a client finds the one or the other. */
int line_listen(char const *path, int type)
{
  struct sockaddr_un a = { .sun_family = AF_UNIX };
  char temporary[sizeof a.sun_path];
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd == -1) log_die(111, "unable to make a socket");
  snprintf(temporary, sizeof temporary, "%s.new", path);
  memcpy(a.sun_path, temporary, sizeof temporary);
  if (unlink(temporary) == -1 && errno != ENOENT) log_die(111, "unable to remove ", temporary);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) == -1 || chmod(temporary, 0666) == -1 || listen(fd, BACKLOG) == -1
      || rename(temporary, path) == -1)
    log_die(111, "unable to listen on ", path);
  return line_high(fd);
}

int lines_make(int send)
{
  int i;

  if (pipe2(lifeline, O_CLOEXEC) == -1 || keep_pair(lifeline) == -1) return -1;
  if (send)
    for (i = SEND_TO_OPEN; i < LINES; i++)
      if (make_pair(lines[i]) == -1) return -1;
  return 0;
}

void lines_close(int send)
{
  int i;

  if (!send) return;
  line_close(lifeline);
  for (i = SEND_TO_OPEN; i < LINES; i++) {
    line_close(lines[i]);
    line_close(lines[i] + 1);
  }
}
