/* route.c - see route.h */

#include <errno.h>
#include <string.h>

#include "send/route.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define REST_MS 100             /* a file that was written so lately may not be whole */
#define AGAIN_MS 10000          /* after one that could not be read */

struct route_settings route_settings;

static long long rest;

static int failed(char const *name)
{
  log_line("warning: cannot read control/", name);
  return -1;
}

static void changed(char const *name, uint32_t from, uint32_t to)
{
  log_start();
  log_text("control/");
  log_text(name);
  log_text(" was ");
  log_number(from);
  log_text(", is ");
  log_number(to);
  log_end();
}

static int read_number(char const *name, uint32_t *n, int first)
{
  unsigned int u;

  if (control_number(name, &u) == -1) return failed(name);
  if (!first && u != *n) changed(name, *n, u);
  *n = u;
  return 0;
}

static void has_changed(char const *name)
{
  log_line("control/", name, " has changed");
}

static int read_rates(struct control_table *t, int first)
{
  int r = control_table_again("ratelimits", t, 1);

  if (r == -1) return failed("ratelimits");
  if (r && !first) has_changed("ratelimits");
  return 0;
}

/* cron's, root's and bounces' mail is to NAME@me */
static void check_me(struct site const *site)
{
  stralloc me = STRALLOC_ZERO;
  struct site_address a;

  if (control_value("me", &me) != -1 && me.len && stralloc_insertb(&me, 0, "@", 1) && stralloc_0(&me)) {
    site_resolve(site, me.s, &a);
    if (a.kind == SITE_ELSEWHERE)
      log_line("warning: control/me, ", a.domain, ", is in neither control/locals nor control/virtualdomains: mail to "
               "NAME@", a.domain, ", such as cron's, leaves this host");
  }
  stralloc_free(&me);
}

static int read_domains(int first)
{
  char const *bad;

  site_look(&route_settings.site);
  bad = site_read(&route_settings.site, SITE_WHOLE, first ? 0 : has_changed);
  return bad ? failed(bad) : 0;
}

int route_read(int first)
{
  struct route_settings *s = &route_settings;
  int r = read_domains(first);

  r |= read_rates(&s->ratelimits, first);
  r |= read_number("concurrencylocal", &s->concurrency[CHANNEL_LOCAL], first);
  r |= read_number("concurrencyremote", &s->concurrency[CHANNEL_REMOTE], first);
  r |= read_number("concurrencyperhost", &s->perhost, first);
  r |= read_number("concurrencyperuser", &s->peruser, first);
  r |= read_number("queuelifetime", &s->lifetime, first);
  r |= read_number("retryfirst", &s->retry.first, first);
  r |= read_number("retrymost", &s->retry.most, first);
  r |= read_number("delaynotice", &s->delaynotice, first);
  r |= read_number("delaynoticeall", &s->delaynoticeall, first);
  r |= read_number("timeoutreport", &s->timeoutreport, first);
  if (!r) check_me(&s->site);
  return r;
}

int route_look(void)
{
  static long long again;       /* the last reading failed */
  long long now = io_clock();

  if (site_look(&route_settings.site)) rest = now + REST_MS;
  if (rest > now) return 0;
  if (rest || (again && again <= now)) again = read_domains(0) == -1 ? now + AGAIN_MS : 0;
  rest = 0;
  return 1;
}

long long route_rest(void)
{
  return rest;
}

enum channel route(char const *address, char const **domain, size_t *len)
{
  struct site_address a;

  site_resolve(&route_settings.site, address, &a);
  *domain = a.domain;
  *len = a.domain_len;
  return a.kind == SITE_ELSEWHERE ? CHANNEL_REMOTE : CHANNEL_LOCAL;
}
