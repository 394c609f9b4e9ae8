/* route.c - see route.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"
#include "local/route.h"

static char const *const files[] = { "me", "locals", "virtualdomains", "percenthack", "envnoathost" };
#define FILES (sizeof files / sizeof files[0])

/* what tells that a file is not the one that was read */
struct stamp {
  ino_t ino;
  off_t size;
  struct timespec changed;
};

static struct control_table locals, virtuals, percents;
static stralloc nohost;
static struct stamp stamps[FILES];
static int loaded;

static void stamp(char const *name, struct stamp *s)
{
  char path[256];       /* conf_home has at most 90 bytes */
  struct stat st;

  memset(s, 0, sizeof *s);
  snprintf(path, sizeof path, "%s/control/%s", conf_home, name);
  if (stat(path, &st) == -1) return;    /* absent is a state like others; other errors come back on reading */
  s->ino = st.st_ino;
  s->size = st.st_size;
  s->changed.tv_sec = st.st_ctim.tv_sec;
  s->changed.tv_nsec = st.st_ctim.tv_nsec;
}

/* 0, or -1 with errno */
static int load(void)
{
  struct stamp now[FILES];
  size_t i;

  memset(now, 0, sizeof now);
  for (i = 0; i < FILES; i++) stamp(files[i], now + i);
  if (loaded && !memcmp(now, stamps, sizeof now)) return 0;
  loaded = 0;
  if (control_table("locals", &locals, 0) == -1 || control_table("virtualdomains", &virtuals, 1) == -1
      || control_table("percenthack", &percents, 0) == -1 || control_value("envnoathost", &nohost) == -1)
    return -1;
  memcpy(stamps, now, sizeof now);
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

enum lookup_status route_find(char const *address, struct lookup_answer *a)
{
  char text[ADDRESS_MAX + 1], *domain;
  char const *user;

  if (load() == -1) {
    log_sys("error: unable to read locals, virtualdomains, percenthack or envnoathost");
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
