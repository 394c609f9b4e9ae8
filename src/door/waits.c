/* waits.c - see waits.h */

#include <string.h>
#include <strings.h>
#include <time.h>

#include "door/published.h"
#include "door/waits.h"
#include "lib/addr/site.h"
#include "lib/io/io.h"

static struct site site;
static struct published published;

char const *waits_settings(void)
{
  return site_read(&site, SITE_WHOLE, 0);
}

char const *waits_published(int runs)
{
  char const *why = published_read(&published, runs);

  if (why) published.head = (struct hosts){ .n = 0, .local.limit = UINT32_MAX, .remote.limit = UINT32_MAX };
  return why;
}

static struct host const *find(char const *domain, size_t len)
{
  uint32_t i;

  for (i = 0; i < published.head.n; i++) {
    struct host const *h = published.host + i;
    if (h->name_len == len && !strncasecmp(h->name, domain, len)) return h;
  }
  return 0;
}

/* Is it the host that it waits for? */
static int is_host(struct waits *w, struct host const *h)
{
  uint64_t now = (uint64_t)io_clock();

  w->flights = h->flights;
  w->limit = h->limit;
  if (h->state != HOST_READY && h->until > now) {
    w->wait = h->state == HOST_DEAD ? WAIT_HOST : WAIT_RATE;
    w->until = (int64_t)time(0) + (int64_t)((h->until - now) / 1000) + 1;
  }
  else if (h->flights >= h->limit) w->wait = WAIT_DOMAIN;
  return w->wait != WAIT_NOTHING;
}

void waits_find(struct waits *w, char const *address)
{
  struct site_address a;
  struct hosts_channel const *c;
  struct host const *h;

  site_resolve(&site, address, &a);
  *w = (struct waits){ .local = a.kind != SITE_ELSEWHERE, .domain = a.domain, .domain_len = a.domain_len };
  c = w->local ? &published.head.local : &published.head.remote;
  h = w->local ? 0 : find(a.domain, a.domain_len);
  if (!c->limit) w->wait = WAIT_STOPPED;
  else if (h && is_host(w, h)) return;
  else if (c->flights >= c->limit) w->wait = WAIT_CHANNEL;
  w->flights = c->flights;
  w->limit = c->limit;
}
