/* accept.c - connections are taken as they come; where there is no room for one the log has it, and a moment is named */

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io/accept.h"
#include "lib/io/io.h"
#include "unit.h"

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static socklen_t len = sizeof(sa_family_t);     /* the kernel chooses a name */

static int call(void)
{
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);

  check("a caller", connect(fd, (struct sockaddr *)&address, len) == 0);
  return fd;
}

static void no_room(int listener)
{
  struct rlimit before, l;
  long long paused = 0;
  int caller = call();
  int lowest = dup(0), fd;

  close(lowest);
  check("a limit", getrlimit(RLIMIT_NOFILE, &before) == 0);
  l = before;
  l.rlim_cur = (rlim_t)lowest;
  check("no descriptor is left", setrlimit(RLIMIT_NOFILE, &l) == 0);
  check("none is taken", accept_next(listener, 0, &paused) == -1);
  check("for a second", paused > io_clock() && paused <= io_clock() + 1000);
  close(caller);
  fd = accept_next(listener, 0, &paused);       /* its own place is free now */
  check("it has waited", fd != -1);
  setrlimit(RLIMIT_NOFILE, &before);
}

int main(void)
{
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), caller, fd;
  long long paused = 0;

  check("listens", bind(listener, (struct sockaddr *)&address, len) == 0 && listen(listener, 5) == 0);
  len = sizeof address;
  check("its name", getsockname(listener, (struct sockaddr *)&address, &len) == 0);
  check("nobody", accept_next(listener, 0, &paused) == -1 && !paused);
  caller = call();
  fd = accept_next(listener, SOCK_NONBLOCK, &paused);
  check("one", fd != -1 && !paused);
  check("which does not block", fcntl(fd, F_GETFL) & O_NONBLOCK);
  check("and is closed by exec", fcntl(fd, F_GETFD) == FD_CLOEXEC);
  close(fd);
  close(caller);
  caller = call();
  fd = accept_next(listener, 0, &paused);
  check("or blocks", fd != -1 && !(fcntl(fd, F_GETFL) & O_NONBLOCK));
  close(fd);
  close(caller);
  no_room(listener);
  return unit_end();
}
