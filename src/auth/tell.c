/* tell.c - see tell.h */

#include <poll.h>
#include <string.h>

#include "auth/tell.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"

#define WAIT_MS 20000           /* the parent never takes long */

int tell_ask(int parent, struct tell const *t, struct told *answer)
{
  if (packet_send(parent, (char const *)t, sizeof *t, -1) == -1 || io_wait(parent, POLLIN, WAIT_MS) != 1) return -1;
  return packet_recv(parent, (char *)answer, sizeof *answer, 0) == sizeof *answer ? 0 : -1;
}

void tell_say(int parent, struct tell const *t)
{
  packet_send(parent, (char const *)t, sizeof *t, -1);  /* a parent that is gone counts no more */
}

int tell_take(int process, struct tell *t)
{
  if (packet_recv(process, (char *)t, sizeof *t, 0) != sizeof *t) return 0;
  return memchr(t->ip, 0, sizeof t->ip) && memchr(t->login, 0, sizeof t->login);
}
