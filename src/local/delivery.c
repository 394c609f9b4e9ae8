/* delivery.c - see delivery.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <skalibs/stralloc.h>

#include "lib/addr/quote.h"
#include "local/delivery.h"

/* a newline in an address would start another header field */
static void one_line(char *s)
{
  for (; *s; s++)
    if (*s == '\n') *s = '_';
}

static int return_path(struct delivery *d)
{
  stralloc quoted = STRALLOC_ZERO;
  int good = !*d->sender || quote_address(&quoted, d->sender, strlen(d->sender));

  if (good)
    snprintf(d->rpline, sizeof d->rpline, "Return-Path: <%.*s>", (int)quoted.len, quoted.len ? quoted.s : "");
  stralloc_free(&quoted);
  return good;
}

static void from_line(struct delivery *d)
{
  time_t now = time(0);
  struct tm tm;
  char date[40], *s;

  if (!gmtime_r(&now, &tm) || !strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm))
    snprintf(date, sizeof date, "Thu Jan  1 00:00:00 1970");
  snprintf(d->ufline, sizeof d->ufline, "From %s", *d->sender ? d->sender : "MAILER-DAEMON");
  for (s = d->ufline + 5; *s; s++)
    if (*s == ' ' || *s == '\t' || *s == '\n') *s = '-';
  snprintf(s, sizeof d->ufline - (size_t)(s - d->ufline), " %s\n", date);
}

int delivery_lines(struct delivery *d)
{
  snprintf(d->recipient, sizeof d->recipient, "%s@%s", d->local, d->domain);
  snprintf(d->newsender, sizeof d->newsender, "%s", d->sender);
  snprintf(d->dtline, sizeof d->dtline, "Delivered-To: %s", d->recipient);
  one_line(d->dtline);
  memcpy(d->dtline + strlen(d->dtline), "\n", 2);
  if (!return_path(d)) return -1;
  one_line(d->rpline);
  memcpy(d->rpline + strlen(d->rpline), "\n", 2);
  from_line(d);
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
  int r = setenv("SENDER", d->sender, 1) | setenv("NEWSENDER", d->newsender, 1)
    | setenv("RECIPIENT", d->recipient, 1) | setenv("USER", d->user, 1) | setenv("HOME", d->home, 1)
    | setenv("LOCAL", d->local, 1) | setenv("HOST", d->domain, 1) | setenv("DTLINE", d->dtline, 1)
    | setenv("RPLINE", d->rpline, 1) | setenv("UFLINE", d->ufline, 1);

  r |= set_hosts(d->domain) | set_exts(d->ext);
  r |= d->rest ? setenv("DEFAULT", d->rest, 1) : unsetenv("DEFAULT");
  return r ? -1 : 0;
}
