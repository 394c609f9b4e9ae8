/* porter.c - see porter.h */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/priv/priv.h"
#include "remote/porter.h"

#define LOST 111

static int porter = -1;         /* our end of the socket to it */

int porter_answer(int sock, char const *path, unsigned int seconds)
{
  int fd = io_connect_unix(path, SOCK_STREAM | SOCK_NONBLOCK, seconds);
  int e = fd == -1 ? errno : 0, r = packet_send(sock, (char const *)&e, sizeof e, fd);

  io_close_keep(fd);
  return r;
}

int porter_refuse(int sock, int e)
{
  return packet_send(sock, (char const *)&e, sizeof e, -1);
}

static _Noreturn void carry(char const *path, int sock)
{
  unsigned char seconds;

  if (priv_lock(PRIV_UNIX, 0, 0) == -1) _exit(LOST);
  while (packet_recv(sock, (char *)&seconds, PORTER_QUESTION, 0) == PORTER_QUESTION)
    if (porter_answer(sock, path, seconds < PORTER_PATIENCE ? seconds : PORTER_PATIENCE) == -1) _exit(LOST);
  _exit(0);
}

int porter_start(char const *path)
{
  pid_t pid = spawn_copy(&porter, 0, 0);

  if (!pid) carry(path, porter);
  return pid == -1 ? -1 : 0;
}

int porter_ask(int sock, unsigned int seconds)
{
  char ask = (char)(seconds < PORTER_PATIENCE ? seconds : PORTER_PATIENCE);
  int e = 0, fd = -1;

  if (packet_send(sock, &ask, PORTER_QUESTION, -1) == -1) return -1;
  if (packet_recv(sock, (char *)&e, sizeof e, &fd) != sizeof e) e = EPIPE;      /* it died */
  if (!e && fd != -1) return fd;
  io_close_keep(fd);
  errno = e ? e : EMFILE;       /* no room for the descriptor */
  return -1;
}

int porter_connect(unsigned int seconds)
{
  return porter_ask(porter, seconds);
}
