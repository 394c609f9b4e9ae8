/* dispatch.c - see dispatch.h */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/dispatch.h"
#include "in/dnscheck.h"
#include "in/front.h"
#include "in/guests.h"
#include "in/host.h"
#include "in/order.h"
#include "in/resolver.h"
#include "in/start.h"
#include "lib/conf/control.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/io/workers.h"
#include "lib/priv/priv.h"

#define CREW (GUESTS_MAX + WORKERS_MORE)        /* sessions */
#define LINGERING 200           /* of one address; many may end at the same time */
#define FILES (2 * CREW + 64)   /* of a connection and of its session, and a few */
#define MEMORY 268435456        /* bytes of address space: as of a session of its own (start.c) */
#define PAUSE 1000              /* ms without making a spare session after that failed */
#define LOOPBACK 127            /* the first byte of such an IPv4 address */

static struct server const *server;
static struct rules settings;
static unsigned int again_from_loopback;
static int last;                /* no more connections come */
static int porter_gone;
static long long no_spare;      /* before that time */
static struct pollfd *polled;   /* 2 + CREW + WAKE_OWN */

/* --- sessions */

static pid_t make_session(int *orders)
{
  int asks;
  pid_t pid;

  if (resolver_open(&asks) == -1) return -1;
  pid = spawn_copy(orders, &asks, asks != -1);
  if (!pid) {
    resolver_take(asks);
    host(server, &settings, *orders);
  }
  io_close_keep(asks);
  return pid;
}

/* The porter reads all that it is told, so this may wait for it. */
static void tell(enum order_news_kind kind, unsigned int place)
{
  if (!porter_gone && order_tell(ORDER_FD, kind, place) == -1) last = porter_gone = 1;
}

static void over(unsigned int place)
{
  guests_remove(place);
  tell(ORDER_OVER, place);
}

static int is_loopback(struct net_address const *a)
{
  static unsigned char const one[16] = { [15] = 1 };

  return a->family == AF_INET ? a->ip[0] == LOOPBACK : !memcmp(a->ip, one, sizeof one);
}

/* Whose further connections the session of this one may serve: 1 with the key, or 0: nobody's. A link-local address is
   another host's on each interface. */
static int has_key(struct order const *o, struct workers_key *key)
{
  char ip[PEER_IP_MAX + 1];

  if (server->protocol & RULES_SUBMISSION || o->rule.has_relayclient || settings.relayclient || o->peer.scope) return 0;
  if (is_loopback(&o->peer) && !again_from_loopback) return 0;
  peer_text(ip, &o->peer);
  if (front_is(ip)) return 0;
  *key = (struct workers_key){ { o->peer.family == AF_INET6 } };
  memcpy(key->s + 1, o->peer.ip, o->peer.family == AF_INET ? 4 : 16);
  return 1;
}

static void serve(struct order const *o, int fd)
{
  struct workers_key key;
  int keyed = has_key(o, &key);

  if (fd != -1 && !guests_add(o->place, fd)) log_diex(111, "fatal: an order for a place that is taken");
  if (fd != -1 && workers_give(o->place, keyed ? &key : 0, (char const *)o, sizeof *o, fd, 1)) return;
  if (fd != -1) (void)!send(fd, server->unavailable, strlen(server->unavailable), MSG_NOSIGNAL | MSG_DONTWAIT);
  over(o->place);
}

/* --- the loop */

static void make_room(void)
{
  struct order room = { .kind = ORDER_ROOM };
  unsigned int place = guests_longest_silent();

  if (place != GUESTS_NOBODY) workers_tell(place, (char const *)&room, sizeof room);
}

static void take_order(void)
{
  struct order o;
  int fd, r = order_receive(ORDER_FD, &o, &fd);

  if (r == -1) {
    if (errno) log_sys("error: an order that is none");
    last = porter_gone = 1;
    return;
  }
  if (!r) return;
  if (o.kind == ORDER_SERVE) serve(&o, fd);
  else if (o.kind == ORDER_ROOM) make_room();
  else last = 1;
}

static void reap(void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    unsigned int place = workers_ended(pid);
    if (WIFEXITED(status) && WEXITSTATUS(status)) no_spare = io_clock() + PAUSE;        /* it is not locked in */
    if (place != WORKERS_NONE) guests_remove(place);
    if (ended_badly("session", pid, status)) tell(ORDER_ALERT, place);
    else if (place != WORKERS_NONE) tell(ORDER_OVER, place);
  }
}

static void sooner(long long *until, long long then)
{
  if (then < *until) *until = then;
}

/* When something is due that no descriptor tells of. */
static long long prepare(void)
{
  unsigned int lost;
  long long until;

  while ((lost = guests_lost()) != GUESTS_NOBODY) {     /* it may be a broken session that wants to keep the place */
    workers_leave(lost);
    over(lost);
  }
  until = guests_cut();
  if (last) workers_dismiss();
  else if (io_clock() >= no_spare && workers_spare() == -1) no_spare = io_clock() + PAUSE;
  sooner(&until, workers_rest());
  if (!last && io_clock() < no_spare) sooner(&until, no_spare);
  return until;
}

/* One round. 0 when it is time to end. */
static int turn(void)
{
  long long until = prepare();
  size_t n = workers_polled(polled + 2);

  polled[0] = (struct pollfd){ .fd = porter_gone ? -1 : ORDER_FD, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = resolver_watch(), .events = POLLIN };
  wake_poll(polled, 2 + n, until);
  workers_heard(polled + 2, n);
  if (wake_heard(SIGCHLD)) reap();
  if (polled[1].revents) log_diex(111, "alert: the resolver is gone: starting anew");
  if (polled[0].revents) take_order();
  return !last || guests_any();
}

/* What needs more rights than sessions have comes first. */
static void begin(void)
{
  static struct crew const crew = { CREW, LINGERING, make_session, over };
  char const *bad;

  log_name(server->name);
  io_close_from(ORDER_FD + 1);
  if (io_detach() == -1) log_die(111, "fatal: unable to open /dev/null");
  signal(SIGHUP, SIG_IGN);      /* it is the porter's */
  wake_signals((int const []){ SIGCHLD, 0 });
  if (start_as_maild() == -1) log_die(111, "fatal: cannot become maild");
  bad = start_settings(server, &settings);
  if (!bad && control_number("listenloopback", &again_from_loopback) == -1) bad = "listenloopback";
  if (!bad && server->protocol != RULES_QMQP && dnscheck_asks(1) && resolver_serve() == -1) bad = "dnsservers";
  if (bad && errno == EINVAL) log_diex(111, "fatal: cannot use control/", bad);
  if (bad) log_die(111, "fatal: cannot use control/", bad);
  polled = io_own_memory((2 + CREW + WAKE_OWN) * sizeof *polled);
  if (!polled || guests_start() == -1 || workers_start(&crew) == -1) log_die(111, "fatal: unable to start");
  if (priv_limits(FILES, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
  if (priv_lock(PRIV_FORK | PRIV_UNIX, 0, 0) == -1) log_die(111, "fatal: unable to lock in");
}

void dispatch(struct server const *s)
{
  server = s;
  begin();
  tell(ORDER_READY, 0);
  while (turn());
  _exit(0);
}
