/* throttle.c - see throttle.h */

#include <string.h>
#include <sys/socket.h>

#include "auth/ledger.h"
#include "auth/throttle.h"
#include "lib/io/io.h"
#include "lib/io/net.h"

#define SECOND_MS 1000LL
#define HOUR_MS (3600 * SECOND_MS)
#define KNOWN_MS (30 * 24 * HOUR_MS)    /* so long a login's address is known */
#define WAIT_MAX 3600           /* seconds */
#define OPEN_MAX 50             /* attempts at once of one address or login */

static struct ledger addresses, logins, known, sent;

int throttle_start(void)
{
  if (ledger_start(&addresses, HOUR_MS) == -1 || ledger_start(&logins, HOUR_MS) == -1) return -1;
  return ledger_start(&known, KNOWN_MS) == -1 || ledger_start(&sent, HOUR_MS) == -1 ? -1 : 0;
}

/* The address, of IPv6 what one customer has; what is none counts as it is. */
static char const *network(char const *ip, char text[NET_TEXT_MAX])
{
  struct net_address a;

  if (!net_parse(&a, ip, strlen(ip))) return ip;
  net_plain(&a);
  if (a.family == AF_INET6) memset(a.ip + 8, 0, 8);
  net_format(text, &a);
  return text;
}

/* milliseconds that follow so many failures */
static long long pause_of(unsigned int failures, struct throttle_limits const *l)
{
  long long seconds = l->wait;
  unsigned int i;

  if (failures < l->tries) return 0;
  for (i = l->tries; i < failures && seconds < WAIT_MAX; i++) seconds *= 2;
  return (seconds < WAIT_MAX ? seconds : WAIT_MAX) * SECOND_MS;
}

/* Milliseconds until the next attempt of this line; count has the failures, more what is open. */
static long long left(struct ledger_line const *p, struct throttle_limits const *l)
{
  long long wait;

  if (!p) return 0;
  wait = p->since + pause_of(p->count, l) - io_clock();
  if (p->count >= l->tries && wait > 0) return wait;
  return p->more >= (p->count >= l->tries ? 1 : OPEN_MAX) ? SECOND_MS : 0;
}

/* What an attempt counts against, of both at most. */
static unsigned int lines_of(struct throttle_who const *w, struct ledger_line *of[2], int make)
{
  struct ledger_line *(*get)(struct ledger *, char const *, char const *) = make ? ledger_open : ledger_find;
  char text[NET_TEXT_MAX];
  char const *ip = network(w->ip, text);
  unsigned int n = 0;

  if (!w->local) of[n++] = get(&addresses, ip, "");
  if (w->counts) of[n++] = get(&logins, w->login, "");
  return n;
}

unsigned int throttle_try(struct throttle_who *w, struct throttle_limits const *l)
{
  struct ledger_line *of[2];
  char text[NET_TEXT_MAX];
  unsigned int n, i;
  long long most = 0;

  if (!l->tries) return 0;
  w->counts = w->local || !ledger_find(&known, network(w->ip, text), w->login);
  n = lines_of(w, of, 0);
  for (i = 0; i < n; i++)
    if (left(of[i], l) > most) most = left(of[i], l);
  if (most) return (unsigned int)((most + SECOND_MS - 1) / SECOND_MS);
  n = lines_of(w, of, 1);
  for (i = 0; i < n; i++) of[i]->more++;
  return 0;
}

void throttle_over(struct throttle_who const *w, enum throttle_end end)
{
  struct ledger_line *of[2];
  unsigned int n = lines_of(w, of, 0), i;
  char text[NET_TEXT_MAX];

  for (i = 0; i < n; i++) {
    if (!of[i]) continue;               /* others have taken its place */
    if (of[i]->more) of[i]->more--;
    if (end != THROTTLE_WRONG) continue;
    of[i]->count++;
    of[i]->since = io_clock();
  }
  if (end == THROTTLE_RIGHT) {
    struct ledger_line *p = ledger_open(&known, network(w->ip, text), w->login);
    p->count = 1;
    p->since = io_clock();
  }
}

enum throttle_over_limit throttle_message(char const *login, unsigned int rcpts, struct throttle_limits const *l)
{
  struct ledger_line *p = ledger_open(&sent, login, "");

  if (l->messages && p->count >= l->messages) return THROTTLE_MESSAGES;
  if (l->recipients && (p->more >= l->recipients || rcpts > l->recipients - p->more)) return THROTTLE_RECIPIENTS;
  p->count++;
  p->more += rcpts;
  return THROTTLE_MAY_SEND;
}
