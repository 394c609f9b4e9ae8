/* accept.c - see accept.h */

#include <errno.h>
#include <sys/socket.h>

#include "lib/io/accept.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define PAUSE 1000              /* ms */

int accept_next(int listener, int flags, long long *paused)
{
  int fd = accept4(listener, 0, 0, flags | SOCK_CLOEXEC);

  if (fd != -1 || errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return fd;
  log_sys("error: unable to accept a connection");
  *paused = io_clock() + PAUSE;
  return -1;
}
