/* why.c - see why.h */

#include <stdio.h>
#include <string.h>

#include "user/row.h"
#include "user/why.h"

static size_t add(char why[WHY_MAX], size_t used, char const *s, size_t len)
{
  if (len > WHY_MAX - used) len = WHY_MAX - used;
  memcpy(why + used, s, len);
  return used + len;
}

static size_t words(char why[WHY_MAX], size_t used, char const *s)
{
  return add(why, used, s, strlen(s));
}

static size_t holder(char why[WHY_MAX], char const *what, struct ask_holder const *h)
{
  char uid[32];
  size_t n = words(why, 0, what);

  snprintf(uid, sizeof uid, "uid %lu", (unsigned long)h->uid);
  n = h->name.len ? add(why, n, h->name.s, h->name.len) : words(why, n, uid);
  if (h->reason.len) n = words(why, n, ": ");
  return add(why, n, h->reason.s, h->reason.len);
}

size_t why_message(char why[WHY_MAX], struct ask_item const *i)
{
  return i->held.when ? holder(why, "held by ", &i->held) : 0;
}

size_t why_waits(char why[WHY_MAX], struct waits const *w, int64_t now)
{
  char const *where = w->local ? "local" : "remote";
  int n = 0;

  switch (w->wait) {
    case WAIT_HOST:
      n = snprintf(why, WHY_MAX, "no host of this domain could be talked to, tried again in %s",
                   row_span(w->until - now));
      break;
    case WAIT_RATE:
      n = snprintf(why, WHY_MAX, "control/ratelimits allows no more of this domain for %s", row_span(w->until - now));
      break;
    case WAIT_DOMAIN:
      n = snprintf(why, WHY_MAX, "%u of %u deliveries to this domain are under way", w->flights, w->limit);
      break;
    case WAIT_CHANNEL:
      n = snprintf(why, WHY_MAX, "%u of %u %s deliveries are under way", w->flights, w->limit, where);
      break;
    case WAIT_STOPPED: n = snprintf(why, WHY_MAX, "control/concurrency%s is 0", where); break;
    default: break;
  }
  return n > 0 ? (size_t)n : 0;
}

size_t why_rcpt(char why[WHY_MAX], struct ask_item const *i, int64_t now)
{
  size_t n;

  if (i->held.when) return holder(why, "its domain is held by ", &i->held);
  n = why_waits(why, &i->waits, now);
  if (!i->reply.len) return n;
  if (n) n = words(why, n, "; ");
  return add(why, n, i->reply.s, i->reply.len);
}
