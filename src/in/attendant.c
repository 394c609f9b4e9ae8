/* attendant.c - see attendant.h */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/attendant.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"

#define SOCK 3

/* keeps the log and the socket */
static void let_go(int sock)
{
  int null = open("/dev/null", O_RDWR);

  if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1) _exit(111);
  if (sock != SOCK && dup2(sock, SOCK) == -1) _exit(111);
  io_close_from(SOCK + 1);
  if (fcntl(SOCK, F_SETFD, FD_CLOEXEC) == -1) _exit(111);
}

int attendant_start(void (*run)(int, void const *), void const *what)
{
  int ends[2], error;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) return -1;
  pid = fork();
  if (!pid) {
    let_go(ends[1]);
    run(SOCK, what);
    _exit(111);
  }
  error = errno;
  close(ends[1]);
  if (pid != -1) return ends[0];
  close(ends[0]);
  errno = error;
  return -1;
}

int attendant_answer(int sock, char *s, int size, int *fd, int milliseconds)
{
  ssize_t n;

  if (fd) *fd = -1;
  if (io_wait(sock, POLLIN, milliseconds) != 1) return 0;
  n = packet_recv(sock, s, (size_t)size, fd);
  return n > 0 ? (int)n : 0;
}
