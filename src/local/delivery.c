/* delivery.c - see delivery.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <skalibs/stralloc.h>

#include "lib/addr/quote.h"
#include "local/delivery.h"

/* One line of head, and where the next one begins. A newline in an address would start another header field. */
static char *end_line(char *s)
{
  for (; *s; s++)
    if (*s == '\n') *s = '_';
  memcpy(s, "\n", 2);
  return s + 1;
}

static int return_path(struct delivery *d)
{
  static char const line[] = "Return-Path: <%.*s>";
  size_t len = strlen(d->sender);
  stralloc quoted = STRALLOC_ZERO;
  int good = 1;

  if (!len || quote_is_plain(d->sender, len)) snprintf(d->head, sizeof d->head, line, (int)len, d->sender);
  else if ((good = quote_address(&quoted, d->sender, len)))
    snprintf(d->head, sizeof d->head, line, (int)quoted.len, quoted.s);
  stralloc_free(&quoted);
  return good;
}

void delivery_from(struct delivery const *d, char line[DELIVERY_FROM_MAX])
{
  time_t now = time(0);
  struct tm tm;
  char date[40], *s;

  if (!gmtime_r(&now, &tm) || !strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm))
    snprintf(date, sizeof date, "Thu Jan  1 00:00:00 1970");
  snprintf(line, DELIVERY_FROM_MAX, "From %s", *d->sender ? d->sender : "MAILER-DAEMON");
  for (s = line + 5; *s; s++)
    if (*s == ' ' || *s == '\t' || *s == '\n') *s = '-';
  snprintf(s, DELIVERY_FROM_MAX - (size_t)(s - line), " %s\n", date);
}

int delivery_lines(struct delivery *d)
{
  char *dtline;

  d->newsender = d->sender;
  if (!return_path(d)) return -1;
  dtline = end_line(d->head);
  snprintf(dtline, sizeof d->head - (size_t)(dtline - d->head), "Delivered-To: %s@%s", d->local, d->domain);
  end_line(dtline);
  d->dtline = dtline;
  return 0;
}

/* what follows the first c, or the end */
static char const *after(char const *s, int c)
{
  char const *at = strchr(s, c);

  return at ? at + 1 : s + strlen(s);
}

/* NAME2, NAME3, NAME4: the host without its last one, two, three labels */
static int set_hosts(char const *host)
{
  char s[ADDRESS_MAX + 1], name[] = "HOST2";
  int r = 0;

  snprintf(s, sizeof s, "%s", host);
  for (; name[4] <= '4'; name[4]++) {
    char *dot = strrchr(s, '.');
    if (dot) *dot = 0;
    r |= setenv(name, s, 1);
  }
  return r;
}

static int set_exts(char const *ext)
{
  char name[] = "EXT2";
  int r = setenv("EXT", ext, 1);

  for (; name[3] <= '4'; name[3]++) {
    ext = after(ext, '-');
    r |= setenv(name, ext, 1);
  }
  return r;
}

int delivery_environment(struct delivery const *d)
{
  char recipient[2 * ADDRESS_MAX + 2], rpline[sizeof d->head], ufline[DELIVERY_FROM_MAX];
  int r;

  snprintf(recipient, sizeof recipient, "%s@%s", d->local, d->domain);
  snprintf(rpline, sizeof rpline, "%.*s", (int)(d->dtline - d->head), d->head);
  delivery_from(d, ufline);
  r = setenv("SENDER", d->sender, 1) | setenv("NEWSENDER", d->newsender, 1) | setenv("RECIPIENT", recipient, 1)
    | setenv("USER", d->user, 1) | setenv("HOME", d->home, 1) | setenv("LOCAL", d->local, 1)
    | setenv("HOST", d->domain, 1) | setenv("DTLINE", d->dtline, 1) | setenv("RPLINE", rpline, 1)
    | setenv("UFLINE", ufline, 1);
  r |= set_hosts(d->domain) | set_exts(d->ext);
  r |= d->rest ? setenv("DEFAULT", d->rest, 1) : unsetenv("DEFAULT");
  return r ? -1 : 0;
}
