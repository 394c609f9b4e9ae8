/* record.c - records on a stream: whole, in pieces, too long, cut off, with a descriptor */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/record.h"
#include "unit.h"

#define SIZE 100000             /* more than a socket holds by far, one after the other */

#define NOBODY 61999

static int pair[2];
static char out[SIZE], in[SIZE];

static long long soon(void)
{
  return io_clock() + 60000;
}

static ssize_t take(size_t size, int *fd)
{
  memset(in, 0, sizeof in);
  return record_recv(pair[1], in, size, fd, soon());
}

static void whole(void)
{
  int fd = 7;

  check("it is sent", record_send(pair[0], out, 1000, -1, soon()) == 0 && record_send(pair[0], "x", 1, -1, soon()) == 0);
  check("and comes", take(1000, &fd) == 1000 && !memcmp(in, out, 1000) && fd == -1);
  check("one after the other", take(SIZE, 0) == 1 && *in == 'x');
  check("an empty one", record_send(pair[0], "", 0, -1, soon()) == 0 && take(SIZE, 0) == 0);
}

static void descriptors(void)
{
  int fd, free_one = dup(0);

  close(free_one);
  check("with a descriptor", record_send(pair[0], out, 10, 0, soon()) == 0 && take(SIZE, &fd) == 10 && fd != -1);
  check("that no program inherits", fcntl(fd, F_GETFD) & FD_CLOEXEC);
  close(fd);
  check("one that nobody wants", record_send(pair[0], out, 10, 0, soon()) == 0 && take(SIZE, 0) == 10);
  fd = dup(0);
  check("is closed", fd == free_one);
  close(fd);
}

static void pieces(void)
{
  size_t i;

  for (i = 0; i < 7; i++)
    if (write(pair[0], "\0\0\0\3abc" + i, 1) != 1) return;
  check("a byte at a time", take(SIZE, 0) == 3 && !memcmp(in, "abc", 3));
}

/* More on their way than one may have open, and then somebody takes them. As a user who is not root: root may. */
static int crowded(int taken)
{
  struct rlimit few = { .rlim_cur = 16, .rlim_max = 16 };
  int way[2], r, first;

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, way) == -1 || setrlimit(RLIMIT_NOFILE, &few) == -1) return 2;
  if (getuid() == 0 && setuid(NOBODY) == -1) return 3;
  while ((r = record_send(way[0], "x", 1, 0, io_clock())) == 0);
  if (errno != ETOOMANYREFS) return 4;
  if (taken && !fork()) {
    poll(0, 0, 100);
    while (record_recv(way[1], in, SIZE, &first, soon()) == 1) close(first);
    _exit(0);
  }
  r = record_send(way[0], "x", 1, 0, taken ? soon() : io_clock());
  shutdown(way[0], SHUT_WR);
  return r == 0 ? 0 : 1;
}

static int in_a_process(int taken)
{
  pid_t pid = fork();
  int status;

  if (!pid) _exit(crowded(taken));
  return pid != -1 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void crowds(void)
{
  check("too many descriptors are on their way", in_a_process(0) == 1);
  check("when they are taken it goes on", in_a_process(1) == 0);
}

static void troubles(void)
{
  check("none in time", record_recv(pair[1], in, SIZE, 0, io_clock()) == -1 && errno == ETIMEDOUT);
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  while (record_send(pair[0], out, SIZE, -1, io_clock() + 20) == 0);
  check("nobody reads", errno == ETIMEDOUT || errno == EAGAIN);
}

static void ends(void)
{
  check("longer than there is room", write(pair[0], "\0\0\0\5", 4) == 4 && take(4, 0) == -1 && errno == EPROTO);
  check("far longer", write(pair[0], "\xff\xff\xff\xff", 4) == 4 && take(SIZE, 0) == -1 && errno == EPROTO);
  check("half a length", write(pair[0], "\0\0", 2) == 2 && shutdown(pair[0], SHUT_WR) == 0 && take(SIZE, 0) == -1
        && errno == 0);
  close(pair[1]);
  check("nobody there", record_send(pair[0], out, 10, -1, soon()) == -1 && errno == EPIPE);
}

int main(void)
{
  memset(out, 'o', sizeof out);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 111;
  whole();
  descriptors();
  pieces();
  ends();
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 111;
  crowds();
  troubles();
  return unit_end();
}
