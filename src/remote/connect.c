/* connect.c - see connect.h */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "remote/connect.h"
#include "remote/porter.h"
#include "remote/source.h"
#include "remote/told.h"

#define HEAD_START 250          /* ms: RFC 8305 section 8 */
#define AWAY_MAX 16             /* addresses remembered as not answering */
#define AWAY_SECONDS 60

static unsigned int timeout;    /* seconds for one attempt */
static struct { struct net_address address; long long until; } away[AWAY_MAX];
static unsigned int away_next;

/* The attempts on a host: the first ones have begun; of these, descriptors of -1 have failed. */
struct race {
  unsigned int n, begun;
  long long next;               /* when the next one may begin beside those under way */
  struct attempt {
    struct target *target;
    int fd, bound;              /* bound: to control/outgoingip's address, which is from */
    struct net_address from;
    long long until;
  } attempt[ROUTE_TARGETS_MAX];
  char const *domain;
  char *why;
};

int connect_start(void)
{
  return control_number("timeoutconnect", &timeout) == -1 ? -1 : 0;
}

static int is_away(struct net_address const *a)
{
  unsigned int i;

  for (i = 0; i < AWAY_MAX; i++)
    if (away[i].until > io_clock() && away[i].address.port == a->port && net_same(&away[i].address, a)) return 1;
  return 0;
}

static void remember(struct net_address const *a)
{
  away[away_next].address = *a;
  away[away_next].until = io_clock() + AWAY_SECONDS * 1000LL;
  away_next = (away_next + 1) % AWAY_MAX;
}

/* adds what became of an address: "4.4.1 host[address]:port cannot be connected to: reason; host[address]:port: ..." */
static void tell(char why[TEXT_MAX + 1], struct target const *t, char const *reason)
{
  char relay[REPORT_RELAY_MAX + 1], name[TOLD_NAME_MAX];
  size_t len = strlen(why);

  route_relay(relay, t);
  told_name(name, relay, t->own);
  snprintf(why + len, TEXT_MAX + 1 - len, "%s%s%s: %s", !len ? "4.4.1 " : t->own ? TOLD_END "; " : "; ", name,
           len ? "" : " cannot be connected to", reason);
}

static int is_socket(struct target const *t)
{
  return t->address.family == AF_UNIX;
}

static void fail(struct race *r, struct attempt *a, int error)
{
  char ip[NET_TEXT_MAX], reason[160];

  if (a->fd != -1) close(a->fd);
  a->fd = -1;
  if (a->bound && error == EADDRNOTAVAIL) {     /* nothing is wrong with the target */
    net_format(ip, &a->from);
    snprintf(reason, sizeof reason,
             TOLD("%s, which control/outgoingip names, is not an address of this host", "no way out"), ip);
    tell(r->why, a->target, reason);
    return;
  }
  remember(&a->target->address);
  tell(r->why, a->target, is_socket(a->target) && error == EPERM
       ? TOLD_END "control/transports is newer than what mail-rspawn knows of it (send it HUP)"
       : strerror(error));
}

static int start(struct attempt *a, char const *domain)
{
  struct target const *t = a->target;

  a->bound = source_find(&a->from, domain, t->address.family);
  if (!is_socket(t)) return net_begin(&t->address, a->bound ? &a->from : 0, SOCK_STREAM);
  return porter_connect(timeout);
}

static void begin(struct race *r, long long deadline)
{
  struct attempt *a = r->attempt + r->begun++;
  long long now = io_clock();

  r->next = now + HEAD_START;
  a->until = now + 1000LL * timeout < deadline ? now + 1000LL * timeout : deadline;
  a->target->tried = 1;
  a->fd = start(a, r->domain);
  if (a->fd == -1) fail(r, a, errno);
}

static unsigned int under_way(struct race const *r)
{
  unsigned int i, n = 0;

  for (i = 0; i < r->begun; i++) n += r->attempt[i].fd != -1;
  return n;
}

/* Waits until an attempt comes to its end, or another one may begin. The one that is connected, or null. */
static struct attempt *look(struct race *r)
{
  struct pollfd p[ROUTE_TARGETS_MAX];
  long long end = r->begun < r->n ? r->next : LLONG_MAX;
  unsigned int i;

  for (i = 0; i < r->begun; i++) {
    p[i] = (struct pollfd){ .fd = r->attempt[i].fd, .events = POLLOUT };
    if (p[i].fd != -1 && r->attempt[i].until < end) end = r->attempt[i].until;
  }
  poll(p, r->begun, io_left(end));
  for (i = 0; i < r->begun; i++) {
    struct attempt *a = r->attempt + i;
    int error = 0;
    if (a->fd == -1 || (!p[i].revents && a->until > io_clock())) continue;
    error = p[i].revents ? net_came(a->fd) : ETIMEDOUT;
    if (!error) return a;
    fail(r, a, error);
  }
  return 0;
}

static struct attempt *run(struct race *r, long long deadline)
{
  struct attempt *won;

  for (;;) {
    while (r->begun < r->n && io_clock() < deadline && (io_clock() >= r->next || !under_way(r))) begin(r, deadline);
    if (!under_way(r)) return 0;
    won = look(r);
    if (won) return won;
  }
}

/* who takes part */
static void gather(struct race *r, struct route *route, unsigned int first)
{
  char name[TOLD_NAME_MAX];
  unsigned int i, known = 0;

  for (i = first; i < route->n && route->target[i].host == route->target[first].host; i++) {
    struct target *t = route->target + i;
    if (t->tried) continue;
    if (is_away(&t->address)) known = t->tried = 1;
    else r->attempt[r->n++].target = t;
  }
  if (!known || r->n) return;
  told_name(name, route->target[first].name, route->target[first].own);
  snprintf(r->why, TEXT_MAX + 1, "4.4.1 %s did not answer a moment ago", name);
}

int connect_host(struct route *route, unsigned int first, unsigned int *which, long long deadline, unsigned int *made,
                 char why[TEXT_MAX + 1])
{
  struct race r = { .why = why, .domain = route->domain };
  struct attempt *won;
  unsigned int i;

  why[0] = 0;
  gather(&r, route, first);
  won = run(&r, deadline);
  *made += r.begun;
  for (i = 0; i < r.begun; i++)
    if (r.attempt + i != won && r.attempt[i].fd != -1) {        /* may still be good if the winner is not */
      close(r.attempt[i].fd);
      r.attempt[i].target->tried = 0;
    }
  if (!won) return -1;
  *which = (unsigned int)(won->target - route->target);
  return won->fd;
}
