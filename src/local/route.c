/* route.c - see route.h */

#include <stdio.h>

#include "lib/addr/site.h"
#include "lib/io/log.h"
#include "local/route.h"

static struct site site;
static int loaded;

/* 0, or -1 (logged). */
static int load(void)
{
  char const *bad;

  if (loaded) return 0;
  bad = site_read(&site, SITE_WHOLE, 0);
  loaded = !bad;
  if (bad) log_line("error: unable to read control/", bad);
  return bad ? -1 : 0;
}

enum lookup_status local_route_find(char const *address, struct lookup_answer *a)
{
  struct site_address to;
  int len;

  if (load() == -1) return LOOKUP_LATER;
  site_resolve(&site, address, &to);
  if (to.kind == SITE_ELSEWHERE) return LOOKUP_ELSEWHERE;
  len = snprintf(a->local, sizeof a->local, "%s%s%.*s", to.user, *to.user ? "-" : "", (int)to.local_len, to.local);
  snprintf(a->domain, sizeof a->domain, "%.*s", (int)to.domain_len, to.domain);
  return (size_t)len < sizeof a->local ? LOOKUP_YES : LOOKUP_NO;
}

void local_route_forget(void)
{
  loaded = 0;
}
