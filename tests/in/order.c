/* order.c - what porter and dispatcher say to each other: both ways, nothing there, an end, and records that are none */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/order.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "unit.h"

static int porter, dispatcher;
static int fd;

static void pair(void)
{
  int s[2];

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s) == -1) _exit(111);
  porter = s[0];
  dispatcher = s[1];
}

static void unpair(void)
{
  close(porter);
  close(dispatcher);
}

static struct order order(void)
{
  struct order o;

  memset(&o, 0, sizeof o);
  o.kind = ORDER_SERVE;
  o.place = 299;
  net_parse(&o.peer, "192.0.2.7", 9);
  net_parse(&o.local, "2001:db8::1", 11);
  o.peer.port = 4711;
  o.rule.has_relayclient = 1;
  memset(o.rule.relayclient, 'x', ACCESS_RELAY_MAX);
  o.hurry = 30000;
  return o;
}

static void both_ways(void)
{
  struct order o = order(), p;
  struct order_news news;
  int null = open("/dev/null", O_RDONLY);

  pair();
  check("no order yet", order_receive(dispatcher, &p, &fd) == 0);
  check("no news yet", order_hear(porter, &news) == 0);
  check("an order", order_send(porter, &o, null) == 0);
  check("comes whole", order_receive(dispatcher, &p, &fd) == 1 && !memcmp(&o, &p, sizeof o));
  check("with its connection", fd > null && fcntl(fd, F_GETFD) == FD_CLOEXEC);
  close(fd);
  memset(&o, 0, sizeof o);
  o.kind = ORDER_ROOM;
  check("room", order_send(porter, &o, -1) == 0 && order_receive(dispatcher, &p, &fd) == 1 && p.kind == ORDER_ROOM);
  check("brings none", fd == -1);
  check("ready", order_tell(dispatcher, ORDER_READY, 0) == 0 && order_hear(porter, &news) == 1
        && news.kind == ORDER_READY);
  check("over", order_tell(dispatcher, ORDER_OVER, 299) == 0 && order_hear(porter, &news) == 1
        && news.kind == ORDER_OVER && news.place == 299);
  check("alert", order_tell(dispatcher, ORDER_ALERT, 0) == 0 && order_hear(porter, &news) == 1
        && news.kind == ORDER_ALERT && news.place == 0);
  unpair();
  close(null);
}

static void full(void)
{
  struct order o = order();
  int n = 0;

  pair();
  while (n < 100000 && order_send(porter, &o, -1) == 0) n++;
  check("a dispatcher that does not read is full", n > 4 && n < 100000 && errno == EAGAIN);
  unpair();
}

static void ends(void)
{
  struct order o = order();
  struct order_news news;

  pair();
  close(dispatcher);
  check("no dispatcher to send to", order_send(porter, &o, -1) == -1 && errno == EPIPE);
  check("none to hear", order_hear(porter, &news) == -1 && errno == 0);
  close(porter);
  pair();
  order_send(porter, &o, -1);
  close(dispatcher);
  check("one that left an order unread", order_hear(porter, &news) == -1 && errno == 0);
  close(porter);
  pair();
  close(porter);
  check("no porter", order_receive(dispatcher, &o, &fd) == -1 && errno == 0 && fd == -1);
  close(dispatcher);
}

/* 1 when the dispatcher takes these bytes for no order, and keeps nothing of it */
static int refused(void const *s, size_t len)
{
  struct order p;
  int null = open("/dev/null", O_RDONLY), next, r;

  pair();
  packet_send(porter, s, len, null);
  next = dup(null);
  close(next);
  r = order_receive(dispatcher, &p, &fd) == -1 && errno == EPROTO && fcntl(next, F_GETFD) == -1;
  unpair();
  close(null);
  return r;
}

static void odd_orders(void)
{
  struct order o = order();
  char longer[sizeof o + 1];

  memset(longer, 0, sizeof longer);
  memcpy(longer, &o, sizeof o);
  check("short", refused(&o, sizeof o - 1));
  check("long", refused(longer, sizeof longer));
  check("one byte", refused("x", 1));
  o.kind = (enum order_kind)3;
  check("of no kind", refused(&o, sizeof o));
  o = order();
  o.peer.family = 0;
  check("from nowhere", refused(&o, sizeof o));
  o = order();
  o.local.family = AF_UNIX;
  check("to nowhere", refused(&o, sizeof o));
  o = order();
  o.hurry = -1;
  check("in less than no time", refused(&o, sizeof o));
  o = order();
  o.rule.relayclient[ACCESS_RELAY_MAX] = 'x';
  check("a rule without an end", refused(&o, sizeof o));
}

static int news_refused(void const *s, size_t len)
{
  struct order_news news;
  int r;

  pair();
  packet_send(dispatcher, s, len, -1);
  r = order_hear(porter, &news) == -1 && errno == EPROTO;
  unpair();
  return r;
}

static void odd_news(void)
{
  struct order_news news[2] = { { .kind = ORDER_OVER, .place = 1 }, { .kind = ORDER_OVER, .place = 2 } };

  check("short news", news_refused(news, sizeof *news - 1));
  check("long news", news_refused(news, sizeof *news + 1));
  news[0].kind = (enum order_news_kind)3;
  check("news of no kind", news_refused(news, sizeof *news));
}

int main(void)
{
  both_ways();
  full();
  ends();
  odd_orders();
  odd_news();
  return unit_end();
}
