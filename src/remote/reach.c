/* reach.c - see reach.h */

#include <errno.h>
#include <sys/socket.h>

#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "remote/reach.h"

int reach_ask(int sock, unsigned int seconds)
{
  char ask = (char)(seconds < REACH_PATIENCE ? seconds : REACH_PATIENCE);
  int e = 0, fd = -1;

  if (packet_send(sock, &ask, REACH_QUESTION, -1) == -1) return -1;
  if (packet_recv(sock, (char *)&e, sizeof e, &fd) != sizeof e) e = EPIPE;      /* it died */
  if (!e && fd != -1) return fd;
  io_close_keep(fd);
  errno = e ? e : EMFILE;       /* no room for the descriptor */
  return -1;
}

int reach_answer(int sock, char const *path, unsigned int seconds)
{
  int fd = io_connect_unix(path, SOCK_STREAM | SOCK_NONBLOCK, seconds);
  int e = fd == -1 ? errno : 0, r = packet_send(sock, (char const *)&e, sizeof e, fd);

  io_close_keep(fd);
  return r;
}

int reach_refuse(int sock, int e)
{
  return packet_send(sock, (char const *)&e, sizeof e, -1);
}
