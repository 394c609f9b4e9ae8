/* waits.c - see waits.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/addr/site.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "user/print.h"
#include "user/published.h"
#include "user/waits.h"

static struct site site;
static struct published published;

void waits_settings(void)
{
  char const *bad = site_read(&site, SITE_WHOLE, 0);

  if (bad) log_sys("warning: cannot read control/", bad);
}

void waits_published(int complain)
{
  char const *why = published_read(&published);

  if (!why) return;
  published.head = (struct hosts){ .n = 0, .local.limit = UINT32_MAX, .remote.limit = UINT32_MAX };
  if (complain && errno) log_sys("warning: not known what mail waits for: ", why);
  else if (complain) log_line("warning: not known what mail waits for: ", why);
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

/* 1 when it is the host that it waits for. */
static int print_host(struct host const *h)
{
  uint64_t now = (uint64_t)io_clock();

  if (h->state != HOST_READY && h->until > now) {
    fputs(h->state == HOST_DEAD ? "    waits: no host of this domain could be talked to, until "
                                : "    waits: control/ratelimits allows no more of this domain, until ", stdout);
    print_time((int64_t)time(0) + (int64_t)((h->until - now) / 1000) + 1);
    putchar('\n');
    return 1;
  }
  if (h->flights < h->limit) return 0;
  printf("    waits: %u of %u deliveries to this domain are under way\n", h->flights, h->limit);
  return 1;
}

void waits_print(char const *address)
{
  struct site_address a;
  struct hosts_channel const *c;
  struct host const *h;
  int local;

  site_resolve(&site, address, &a);
  local = a.kind != SITE_ELSEWHERE;
  c = local ? &published.head.local : &published.head.remote;
  h = local ? 0 : find(a.domain, a.domain_len);
  if (!c->limit) printf("    waits: control/concurrency%s is 0\n", local ? "local" : "remote");
  else if (h && print_host(h)) return;
  else if (c->flights >= c->limit)
    printf("    waits: %u of %u %s deliveries are under way\n", c->flights, c->limit, local ? "local" : "remote");
}
