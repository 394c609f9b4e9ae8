/*
 * ask.c - see ask.h
 *
 * Each question goes its own way, all of them at the same time:
 *
 *      state           fd                              until
 *      BY_UDP          asked a server, from a port of  it is the next server's turn
 *                      the kernel's choice
 *      TO_TCP          a connection on its way         the same, with some time for TCP added
 *      BY_TCP          it came: the query was sent     the same
 *      OVER            -1                              -: status is the result
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/dns/ask.h"
#include "lib/io/io.h"
#include "lib/io/large.h"

/* each server is asked once a round; milliseconds to wait for it */
static int const patience[] = { 1500, 3000, 6000 };
#define ROUNDS (sizeof patience / sizeof *patience)
#define TCP_PATIENCE 5000
#define GRACE 1000              /* ms for the other questions once one is settled (RFC 8305 section 3 has 50: mail can
                                   wait for a slow server, but not for one that never answers about AAAA) */

static struct net_address servers[DNS_SERVERS_MAX];
static unsigned int server_count;

static LARGE struct asking {
  enum { BY_UDP, TO_TCP, BY_TCP, OVER } state;
  struct dns_question *q;
  struct dns_question first;            /* as it was asked: an answer of no use may have moved its name */
  enum dns_status status;
  unsigned int turn;                    /* servers asked so far, over all rounds */
  struct net_address const *server;
  int fd, edns;
  uint16_t id;
  long long until, tcp_until;
  size_t got;                           /* BY_TCP: bytes, with the two of the length */
  unsigned char in[2 + DNS_MESSAGE_MAX];
} askings[DNS_ASK_MAX];

void dns_server_add(struct net_address const *a)
{
  if (server_count < DNS_SERVERS_MAX) servers[server_count++] = *a;
}

unsigned int dns_server_count(void)
{
  return server_count;
}

void dns_asked(char s[DNS_ASKED_MAX])
{
  char one[NET_TEXT_MAX];
  size_t len = 0;
  unsigned int i;

  *s = 0;
  for (i = 0; i < server_count; i++) {
    net_format(one, servers + i);
    len += (size_t)snprintf(s + len, DNS_ASKED_MAX - len, "%s%s port %u", i ? ", " : "", one, servers[i].port);
  }
}

static void drop(struct asking *a)
{
  if (a->fd != -1) close(a->fd);
  a->fd = -1;
}

static void over(struct asking *a, enum dns_status status)
{
  drop(a);
  a->status = status;
  a->state = OVER;
}

/* makes a query with a new number, over the socket that is there; 0 when it cannot be sent */
static int query(struct asking *a, int tcp)
{
  unsigned char q[2 + DNS_QUERY_MAX];
  size_t len, at = tcp ? 0 : 2;

  if (getrandom(&a->id, sizeof a->id, 0) != sizeof a->id) return 0;
  len = dns_query_make(q + 2, &a->first, a->id, a->edns);
  q[0] = (unsigned char)(len >> 8);
  q[1] = (unsigned char)len;
  /* a new connection's buffer always has room for so little */
  return send(a->fd, q + at, len + 2 - at, MSG_NOSIGNAL) == (ssize_t)(len + 2 - at);
}

static int by_udp(struct asking *a, int edns)
{
  drop(a);
  a->state = BY_UDP;
  a->edns = edns;
  a->fd = net_begin(a->server, 0, SOCK_DGRAM);
  return a->fd != -1 && query(a, 0);
}

/* the next server, as long as there is one */
static void next(struct asking *a)
{
  while (a->turn < ROUNDS * server_count) {
    a->server = servers + a->turn % server_count;
    a->until = io_clock() + patience[a->turn / server_count];
    a->tcp_until = a->until + TCP_PATIENCE;
    a->turn++;
    *a->q = a->first;
    if (by_udp(a, 1)) return;
  }
  over(a, DNS_LATER);
}

/* the same by TCP (RFC 7766), over a connection of its own */
static void to_tcp(struct asking *a)
{
  drop(a);
  a->state = TO_TCP;
  a->until = a->tcp_until;
  a->fd = net_begin(a->server, 0, SOCK_STREAM);
  if (a->fd == -1) next(a);
}

/* an answer that fits; servers older than EDNS say "format error" or "not implemented" to it */
static void answered(struct asking *a, unsigned char const *m, size_t len)
{
  enum dns_status status;

  if (a->edns && (dns_answer_code(m) == 1 || dns_answer_code(m) == 4)) {
    if (!by_udp(a, 0)) next(a);
    return;
  }
  status = dns_answer_read(m, len, a->q);
  if (status == DNS_LATER) next(a);
  else over(a, status);
}

/* What is not the answer is passed over, so a stranger must guess number and port. */
static void take_packet(struct asking *a)
{
  ssize_t r = recv(a->fd, a->in, sizeof a->in, 0);

  if (r == -1 && errno != EAGAIN && errno != EINTR) next(a);
  if (r <= 0 || !dns_answer_fits(a->in, (size_t)r, &a->first, a->id)) return;
  if (dns_answer_truncated(a->in)) to_tcp(a);
  else answered(a, a->in, (size_t)r);
}

/* bytes to have before what comes next is known */
static size_t wanted(struct asking const *a)
{
  return a->got < 2 ? 2 : 2 + ((size_t)a->in[0] << 8 | a->in[1]);
}

static void take_stream(struct asking *a)
{
  ssize_t r = recv(a->fd, a->in + a->got, wanted(a) - a->got, 0);

  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return;
  if (r > 0) a->got += (size_t)r;
  if (r > 0 && a->got < wanted(a)) return;
  if (r > 0 && dns_answer_fits(a->in + 2, a->got - 2, &a->first, a->id)) answered(a, a->in + 2, a->got - 2);
  else next(a);
}

/* its descriptor is ready */
static void go_on(struct asking *a)
{
  switch (a->state) {
    case BY_UDP:
      take_packet(a);
      break;
    case TO_TCP:
      a->state = BY_TCP;
      a->got = 0;
      if (net_came(a->fd) || !query(a, 1)) next(a);
      break;
    case BY_TCP:
      take_stream(a);
      break;
    case OVER:
      break;
  }
}

/* Waits for what comes first: bytes, or the end of somebody's time. One read for each question, then the clock again:
   a flood of others' packets does not keep us. */
static void wait_for(unsigned int n, long long deadline)
{
  struct pollfd p[DNS_ASK_MAX];
  unsigned int i;
  int r;

  for (i = 0; i < n; i++) {
    struct asking const *a = askings + i;
    p[i] = (struct pollfd){ .fd = a->fd, .events = a->state == TO_TCP ? POLLOUT : POLLIN };
    if (a->state != OVER && a->until < deadline) deadline = a->until;
  }
  r = poll(p, n, io_left(deadline));
  for (i = 0; i < n; i++) {
    struct asking *a = askings + i;
    if (a->state == OVER) continue;
    if (r > 0 && p[i].revents) go_on(a);
    else if (a->until <= io_clock()) next(a);
  }
}

void dns_ask(struct dns_question *const q[], enum dns_status status[], unsigned int n, long long deadline)
{
  unsigned int i, left = n;
  int settled = 0;

  for (i = 0; i < n; i++) {
    struct asking *a = askings + i;
    a->fd = -1;
    a->turn = 0;
    a->q = q[i];
    a->first = *q[i];
    next(a);
  }
  while (left) {
    for (i = left = 0; i < n; i++) {
      left += askings[i].state != OVER;
      if (askings[i].state != OVER || askings[i].status != DNS_FOUND || settled) continue;
      settled = 1;
      if (deadline > io_clock() + GRACE) deadline = io_clock() + GRACE;
    }
    if (!left || deadline <= io_clock()) break;
    wait_for(n, deadline);
  }
  for (i = 0; i < n; i++) {
    if (askings[i].state != OVER) over(askings + i, DNS_LATER);
    status[i] = askings[i].status;
  }
}
