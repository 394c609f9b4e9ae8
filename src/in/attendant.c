/* attendant.c - see attendant.h */

#include <poll.h>
#include <unistd.h>

#include "in/attendant.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"

int attendant_start(void (*run)(int, void const *), void const *what)
{
  int sock;
  pid_t pid = spawn_copy(&sock, 0, 0);

  if (!pid) {
    if (io_detach() == -1) _exit(111);
    run(sock, what);
    _exit(111);
  }
  return pid == -1 ? -1 : sock;
}

int attendant_answer(int sock, char *s, int size, int *fd, int milliseconds)
{
  ssize_t n;

  if (fd) *fd = -1;
  if (io_wait(sock, POLLIN, milliseconds) != 1) return 0;
  n = packet_recv(sock, s, (size_t)size, fd);
  return n > 0 ? (int)n : 0;
}
