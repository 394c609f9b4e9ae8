/* packet.c - see packet.h */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/io/packet.h"

/* room for more descriptors than are wanted, so that a sender of two is seen and both are closed */
#define FDS_SEEN 8
#define SHORT_TRIES 20         /* for the kernel to have room for a packet again */
#define SHORT_PAUSE 50         /* ms between two of them */

union control {
  struct cmsghdr align;
  char space[CMSG_SPACE(FDS_SEEN * sizeof(int))];
};

/* For these no poll waits. Descriptors that this user's processes have sent and nobody has taken yet are too many when
   they are more than this process may have open (unix(7)): they will be taken. */
static int short_of(int e)
{
  return e == ENOBUFS || e == ENOMEM || e == ETOOMANYREFS;
}

/* What failed is to be done once more: a signal came, or the kernel is short of something just now. */
static int again(int *tries)
{
  if (errno == EINTR) return 1;
  if (!short_of(errno) || (*tries)++ == SHORT_TRIES) return 0;
  poll(0, 0, SHORT_PAUSE);
  return 1;
}

int packet_send(int sock, char const *s, size_t len, int fd)
{
  struct iovec v = { .iov_base = (char *)s, .iov_len = len };
  union control c;
  struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
  ssize_t r;
  int tries = 0;

  if (fd != -1) {
    struct cmsghdr *h;
    memset(&c, 0, sizeof c);
    m.msg_control = c.space;
    m.msg_controllen = CMSG_SPACE(sizeof(int));
    h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
  }
  do r = sendmsg(sock, &m, MSG_NOSIGNAL);
  while (r == -1 && again(&tries));
  return r == -1 ? -1 : 0;
}

int packet_again(void)
{
  if (errno == EAGAIN) return 1;
  return short_of(errno) ? 2 : -1;
}

/* takes the descriptors out of a message: keeps the only one, closes all when there are more */
static int descriptor(struct msghdr *m)
{
  int fds[FDS_SEEN];
  size_t n = 0, i;
  struct cmsghdr *h;

  for (h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
    size_t count;
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (i = 0; i < count && n < FDS_SEEN; i++)
      memcpy(&fds[n++], CMSG_DATA(h) + i * sizeof(int), sizeof(int));
  }
  if (n == 1) return fds[0];
  for (i = 0; i < n; i++) close(fds[i]);
  return n ? -2 : -1;
}

ssize_t packet_recv(int sock, char *s, size_t size, int *fd)
{
  struct iovec v = { .iov_base = s, .iov_len = size };
  union control c;
  struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = c.space, .msg_controllen = sizeof c.space };
  ssize_t r;
  int got, tries = 0;

  if (fd) *fd = -1;
  do r = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
  while (r == -1 && again(&tries));
  if (r == -1) return -1;
  got = descriptor(&m);
  if (got == -2 || m.msg_flags & MSG_TRUNC || (got != -1 && m.msg_flags & MSG_CTRUNC)) {
    if (got >= 0) close(got);
    errno = EPROTO;
    return -1;
  }
  if (fd) *fd = got;
  else if (got != -1) close(got);
  return r;
}
