/* record.c - see record.h */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"
#include "lib/io/record.h"

#define LENGTH 4                /* bytes in front */

int record_send(int sock, char const *s, size_t len, int fd, long long until)
{
  struct pack p = { .s = (char[LENGTH]){ 0 }, .size = LENGTH };

  pack_u32(&p, (uint32_t)len);
  while (packet_send(sock, p.s, LENGTH, fd) == -1)      /* few bytes into an empty socket: all or none */
    if (errno != ETOOMANYREFS || !io_left(until)) return -1;
  while (len) {
    ssize_t r = send(sock, s, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (r >= 0) {
      s += r;
      len -= (size_t)r;
    }
    else if (errno == EAGAIN) {
      int left = io_left(until);
      errno = ETIMEDOUT;
      if (!left || io_wait(sock, POLLOUT, left) == -1) return -1;
    }
    else if (errno != EINTR) return -1;
  }
  return 0;
}

/* So many bytes, and where fd is not null the descriptor that came with the first. 0, or -1 with errno (0: the end). */
static int get(int sock, char *s, size_t len, int *fd, long long until)
{
  while (len) {
    int left = io_left(until);
    ssize_t r;
    errno = ETIMEDOUT;
    if (!left || io_wait(sock, POLLIN, left) != 1) return -1;
    r = packet_recv(sock, s, len, fd);
    if (r == -1 && errno == EAGAIN) continue;
    if (!r) errno = 0;
    if (r <= 0) return -1;
    fd = 0;
    s += r;
    len -= (size_t)r;
  }
  return 0;
}

ssize_t record_recv(int sock, char *buf, size_t size, int *fd, long long until)
{
  char length[LENGTH];
  struct unpack u = { .s = length, .len = LENGTH };
  uint32_t len;

  if (fd) *fd = -1;
  if (get(sock, length, LENGTH, fd, until) == -1) return -1;
  len = unpack_u32(&u);
  errno = EPROTO;
  if (len > size || get(sock, buf, len, 0, until) == -1) return -1;
  return len;
}
