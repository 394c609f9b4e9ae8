/* packet.c - records keep their borders, and descriptors are kept or closed, never leaked */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/io/packet.h"
#include "unit.h"

static int pair[2];
static char buf[64];

/* the lowest free descriptor: the same before and after when none was leaked */
static int lowest(void)
{
  int fd = dup(pair[0]);

  if (fd != -1) close(fd);
  return fd;
}

static void send_two(int a, int b)
{
  union { struct cmsghdr h; char space[CMSG_SPACE(2 * sizeof(int))]; } c;
  struct iovec v = { (char *)"x", 1 };
  struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c.space };
  int fds[2] = { a, b };

  memset(&c, 0, sizeof c);
  c.h = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fds) };
  memcpy(CMSG_DATA(&c.h), fds, sizeof fds);
  check("two sent", sendmsg(pair[0], &m, 0) == 1);
}

static void no_room(int fd)
{
  struct rlimit l, old;
  int got = 0, before = lowest();
  ssize_t r;

  check("sent", !packet_send(pair[0], "job", 3, fd));
  getrlimit(RLIMIT_NOFILE, &old);
  l = (struct rlimit){ (rlim_t)before, old.rlim_max };
  setrlimit(RLIMIT_NOFILE, &l);
  r = packet_recv(pair[1], buf, sizeof buf, &got);
  setrlimit(RLIMIT_NOFILE, &old);
  check("without room for the descriptor the record still comes", r == 3 && got == -1 && !memcmp(buf, "job", 3));
  check("and nothing is leaked", lowest() == before);
}

int main(void)
{
  int fd = open("/dev/null", O_RDONLY), got, before;

  if (fd == -1 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return 1;
  before = lowest();
  check("send", !packet_send(pair[0], "abc", 3, fd) && !packet_send(pair[0], "de", 2, -1));
  check("first, with a descriptor", packet_recv(pair[1], buf, sizeof buf, &got) == 3 && got == before);
  check("which is closed by exec", fcntl(got, F_GETFD) == FD_CLOEXEC);
  close(got);
  check("second, without", packet_recv(pair[1], buf, sizeof buf, &got) == 2 && got == -1);
  check("send", !packet_send(pair[0], "abc", 3, fd));
  check("not wanted: closed", packet_recv(pair[1], buf, sizeof buf, 0) == 3 && lowest() == before);
  send_two(fd, fd);
  check("two are none", packet_recv(pair[1], buf, sizeof buf, &got) == -1 && errno == EPROTO && got == -1);
  check("both are closed", lowest() == before);
  check("send", !packet_send(pair[0], "longer", 6, fd));
  check("too long", packet_recv(pair[1], buf, 3, &got) == -1 && errno == EPROTO && lowest() == before);
  no_room(fd);
  close(pair[0]);
  check("the end", packet_recv(pair[1], buf, sizeof buf, &got) == 0);
  check("nobody there", packet_send(pair[1], "x", 1, -1) == -1 && errno == EPIPE);
  return unit_end();
}
