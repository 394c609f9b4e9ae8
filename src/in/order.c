/* order.c - see order.h */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "in/order.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"

/* A record of exactly that size: 1; 0 there is none now; -1 the other side is gone (errno 0), or says what is none. */
static int take(int sock, void *record, size_t size, int *fd)
{
  ssize_t r = packet_recv(sock, record, size, fd);

  if (r == (ssize_t)size) return 1;
  if (r == -1 && packet_again() != -1) return 0;
  if (fd) io_close_keep(*fd);
  if (r > 0) errno = EPROTO;
  else if (!r || errno == ECONNRESET) errno = 0;
  return -1;
}

static int is_address(struct net_address const *a)
{
  return a->family == AF_INET || a->family == AF_INET6;
}

static int is_sound(struct order const *o)
{
  if (o->kind == ORDER_ROOM || o->kind == ORDER_RETIRE) return 1;
  return o->kind == ORDER_SERVE && is_address(&o->peer) && is_address(&o->local) && o->hurry >= 0
         && memchr(o->rule.relayclient, 0, sizeof o->rule.relayclient);
}

int order_send(int sock, struct order const *o, int connection)
{
  return packet_send(sock, (char const *)o, sizeof *o, connection);
}

int order_receive(int sock, struct order *o, int *connection)
{
  int r = take(sock, o, sizeof *o, connection);

  if (r != 1 || is_sound(o)) return r;
  io_close_keep(*connection);
  errno = EPROTO;
  return -1;
}

int order_tell(int sock, enum order_news_kind kind, unsigned int place)
{
  struct order_news news = { .kind = kind, .place = place };

  return packet_send(sock, (char const *)&news, sizeof news, -1);
}

int order_hear(int sock, struct order_news *news)
{
  int r = take(sock, news, sizeof *news, 0);

  if (r != 1 || news->kind <= ORDER_ALERT) return r;
  errno = EPROTO;
  return -1;
}
