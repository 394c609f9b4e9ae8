/* route.c - see route.h */

#include <errno.h>
#include <string.h>

#include "send/route.h"
#include "lib/conf/stamp.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define REST_MS 100             /* a file that was written so lately may not be whole */
#define AGAIN_MS 10000          /* after one that could not be read */

struct route_settings route_settings;

static char const *const files[] = { "me", "locals", "virtualdomains", "percenthack", "envnoathost" };
#define FILES (sizeof files / sizeof files[0])
static struct stamp stamps[FILES];
static long long rest;

static int failed(char const *name)
{
  log_line("warning: cannot read control/", name, (char const *)0);
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

static int same(struct control_table const *a, struct control_table const *b)
{
  size_t i;

  for (i = 0; i < a->n && i < b->n; i++)
    if (strcmp(a->entries[i].key, b->entries[i].key) || strcmp(a->entries[i].value, b->entries[i].value)) return 0;
  return a->n == b->n;
}

static int read_table(char const *name, struct control_table *t, int values, int first)
{
  struct control_table fresh = { 0, 0, 0 };

  if (control_table(name, &fresh, values) == -1) return failed(name);
  if (!first && !same(&fresh, t)) log_line("control/", name, " has changed", (char const *)0);
  control_table_free(t);
  *t = fresh;
  return 0;
}

static int read_host(int first)
{
  stralloc sa = STRALLOC_ZERO;

  if (control_value("envnoathost", &sa) == -1) {
    stralloc_free(&sa);
    return failed("envnoathost");
  }
  if (!first && strcmp(sa.s, route_settings.envnoathost.s))
    log_line("control/envnoathost has changed", (char const *)0);
  stralloc_free(&route_settings.envnoathost);
  route_settings.envnoathost = sa;
  return 0;
}

/* cron's, root's and bounces' mail is to NAME@me */
static void check_me(struct route_settings const *s)
{
  stralloc me = STRALLOC_ZERO;

  if (control_value("me", &me) != -1 && me.len && !control_find(&s->locals, me.s, me.len)
      && !control_find_domain(&s->virtualdomains, me.s, me.len))
    log_line("warning: control/me, ", me.s, ", is in neither control/locals nor control/virtualdomains: mail to NAME@",
             me.s, ", such as cron's, leaves this host", (char const *)0);
  stralloc_free(&me);
}

static int read_domains(int first)
{
  struct route_settings *s = &route_settings;
  int r;

  stamp_look(files, FILES, stamps);
  r = read_table("locals", &s->locals, 0, first);
  r |= read_table("percenthack", &s->percenthack, 0, first);
  r |= read_table("virtualdomains", &s->virtualdomains, 1, first);
  r |= read_host(first);
  return r;
}

int route_read(int first)
{
  struct route_settings *s = &route_settings;
  int r = read_domains(first);

  r |= read_table("ratelimits", &s->ratelimits, 1, first);
  r |= read_number("concurrencylocal", &s->concurrency[CHANNEL_LOCAL], first);
  r |= read_number("concurrencyremote", &s->concurrency[CHANNEL_REMOTE], first);
  r |= read_number("concurrencyperhost", &s->perhost, first);
  r |= read_number("concurrencyperuser", &s->peruser, first);
  r |= read_number("queuelifetime", &s->lifetime, first);
  r |= read_number("delaynotice", &s->delaynotice, first);
  r |= read_number("delaynoticeall", &s->delaynoticeall, first);
  r |= read_number("timeoutreport", &s->timeoutreport, first);
  if (!r) check_me(s);
  return r;
}

int route_look(void)
{
  static long long again;       /* the last reading failed */
  long long now = io_clock();

  if (stamp_look(files, FILES, stamps)) rest = now + REST_MS;
  if (rest > now) return 0;
  if (rest || (again && again <= now)) again = read_domains(0) == -1 ? now + AGAIN_MS : 0;
  rest = 0;
  return 1;
}

long long route_rest(void)
{
  return rest;
}

/* where the last c in s is, or len */
static size_t last(char const *s, size_t len, char c)
{
  char const *p = memrchr(s, c, len);

  return p ? (size_t)(p - s) : len;
}

enum channel route(char const *address, char const **domain, size_t *len)
{
  struct route_settings const *s = &route_settings;
  size_t all = strlen(address), at = last(address, all, '@'), percent;
  char whole[2048];
  char const *value = 0;

  if (at == all) {
    *domain = s->envnoathost.s;
    *len = s->envnoathost.len;
  }
  else {
    *domain = address + at + 1;
    *len = all - at - 1;
  }
  while (control_find(&s->percenthack, *domain, *len)) {
    percent = last(address, at, '%');
    if (percent == at) break;
    *domain = address + percent + 1;
    *len = at - percent - 1;
    at = percent;
  }
  if (control_find(&s->locals, *domain, *len)) return CHANNEL_LOCAL;
  if (at + 1 + *len < sizeof whole) {
    memcpy(whole, address, at);
    whole[at] = '@';
    memcpy(whole + at + 1, *domain, *len);
    value = control_find(&s->virtualdomains, whole, at + 1 + *len);
  }
  if (!value) value = control_find_domain(&s->virtualdomains, *domain, *len);
  return value && *value ? CHANNEL_LOCAL : CHANNEL_REMOTE;
}
