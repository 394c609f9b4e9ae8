/* host.c - see host.h */

#include <string.h>
#include <unistd.h>

#include "in/host.h"
#include "in/order.h"
#include "in/resolver.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/workers.h"
#include "lib/priv/priv.h"

#define FILES_MAX 16

/* One connection. */
struct turn {
  struct order order;           /* what its rule says is used where it lies */
  struct visit visit;
};

/* 1 when the client may come again */
static int receive(struct server const *s, struct rules const *settings, int orders, struct turn *t, struct ties *ties,
                   int fd)
{
  int fronted;

  t->visit = (struct visit){
    .rules = *settings, .in = fd, .out = fd, .orders = orders, .hurry = t->order.hurry, .ties = ties
  };
  rules_allow(&t->visit.rules, &t->order.rule);
  t->visit.rules.has_tls = t->order.has_tls;
  peer_known(&t->visit.peer, &t->order.peer, &t->order.local);
  fronted = visit_fronted(&t->visit);
  if (fronted && !visit_hear(&t->visit)) return 0;
  return s->serve(&t->visit) && !fronted && !t->visit.rules.relayclient && !resolver_lost();
}

/* Of one connection nothing is left for the next, though its client is the same. What comes to no other one has pages
   that it never touched: clearing them would cost more than the rest of its life. */
static void forget(struct server const *s, struct turn *t)
{
  memset(t, 0, sizeof *t);
  memset(s->state, 0, s->size);
}

void host(struct server const *s, struct rules const *settings, int orders)
{
  struct turn t;
  struct order order;
  struct ties ties = { -1, -1 };
  char answer = WORKERS_THROUGH;
  int fd, used = 0;

  if (priv_limits(FILES_MAX, 0) == -1) log_die(111, "unable to bound the files of a session");
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) log_die(111, "unable to lock in a session");
  while (answer == WORKERS_THROUGH && order_receive(orders, &order, &fd) == 1) {
    if (order.kind != ORDER_SERVE) continue;    /* it was through when its place was asked for */
    if (used) forget(s, &t);
    used = 1;
    t.order = order;
    if (fd == -1 || !receive(s, settings, orders, &t, &ties, fd)) answer = WORKERS_ENDS;
    io_close_keep(fd);
    if (packet_send(orders, &answer, 1, -1) == -1) break;
  }
  _exit(0);
}
