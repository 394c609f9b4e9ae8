/* ready.c - see ready.h */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/ready.h"

static int tell(char const *path)
{
  static char const ready[] = "READY=1";
  struct sockaddr_un a = { .sun_family = AF_UNIX };
  size_t len = strlen(path);
  int fd, r;

  errno = EINVAL;
  if ((*path != '/' && *path != '@') || len >= sizeof a.sun_path) return -1;
  memcpy(a.sun_path, path, len);
  if (*path == '@') a.sun_path[0] = 0;  /* an abstract one */
  fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd == -1) return -1;
  r = sendto(fd, ready, sizeof ready - 1, MSG_NOSIGNAL, (struct sockaddr *)&a,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1 ? -1 : 0;
  io_close_keep(fd);
  return r;
}

void ready_tell(void)
{
  char const *path = getenv("NOTIFY_SOCKET");

  if (path && *path && tell(path) == -1) log_sys("warning: unable to tell NOTIFY_SOCKET that I am ready");
  unsetenv("NOTIFY_SOCKET");
}
