/* route.c - see route.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf/control.h"
#include "lib/conf/stamp.h"
#include "lib/io/log.h"
#include "local/route.h"

static char const *const files[] = { "me", "locals", "virtualdomains", "percenthack", "envnoathost" };
#define FILES (sizeof files / sizeof files[0])

static struct control_table locals, virtuals, percents;
static stralloc nohost;
static struct stamp stamps[FILES];
static int loaded;

/* 0, or -1 with errno */
static int load(void)
{
  if (!stamp_look(files, FILES, stamps) && loaded) return 0;
  loaded = 0;
  if (control_table("locals", &locals, 0) == -1 || control_table("virtualdomains", &virtuals, 1) == -1
      || control_table("percenthack", &percents, 0) == -1 || control_value("envnoathost", &nohost) == -1)
    return -1;
  loaded = 1;
  return 0;
}

/* cuts s at its last c; returns what follows, or null */
static char *cut(char *s, int c)
{
  char *at = strrchr(s, c);

  if (at) *at++ = 0;
  return at;
}

/* "user" of a virtual domain in front of the local part */
static int prepend(char local[ADDRESS_MAX + 1], char const *user)
{
  size_t ulen = strlen(user), len = strlen(local);

  if (ulen + 1 + len > ADDRESS_MAX) return 0;
  memmove(local + ulen + 1, local, len + 1);
  memcpy(local, user, ulen);
  local[ulen] = '-';
  return 1;
}

static char const *virtual_user(char const *local, char const *domain)
{
  char whole[2 * ADDRESS_MAX + 2];
  int len = snprintf(whole, sizeof whole, "%s@%s", local, domain);
  char const *user = control_find(&virtuals, whole, (size_t)len);

  return user ? user : control_find_domain(&virtuals, domain, strlen(domain));
}

enum lookup_status local_route_find(char const *address, struct lookup_answer *a)
{
  char text[ADDRESS_MAX + 1], *domain;
  char const *user;

  if (load() == -1) {
    log_line("error: unable to read control/locals, virtualdomains, percenthack or envnoathost");
    return LOOKUP_LATER;
  }
  memcpy(text, address, strlen(address) + 1);
  domain = cut(text, '@');
  if (!domain) {
    if (nohost.len > ADDRESS_MAX) return LOOKUP_LATER;
    domain = nohost.s;
  }
  while (control_find(&percents, domain, strlen(domain))) {
    char *inner = cut(text, '%');
    if (!inner) break;
    domain = inner;
  }
  memcpy(a->local, text, strlen(text) + 1);
  memcpy(a->domain, domain, strlen(domain) + 1);
  if (control_find(&locals, domain, strlen(domain))) return LOOKUP_YES;
  user = virtual_user(a->local, domain);
  if (!user || !*user) return LOOKUP_ELSEWHERE;
  return prepend(a->local, user) ? LOOKUP_YES : LOOKUP_NO;
}
