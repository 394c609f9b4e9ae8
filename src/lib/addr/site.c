/* site.c - see site.h */

#include <errno.h>
#include <string.h>

#include "lib/addr/site.h"

enum { ENVNOATHOST, PERCENTHACK, LOCALS, VIRTUALDOMAINS, ME };

static char const *const files[SITE_FILES] = {
  [ENVNOATHOST] = "envnoathost", [PERCENTHACK] = "percenthack", [LOCALS] = "locals",
  [VIRTUALDOMAINS] = "virtualdomains", [ME] = "me",
};

/* As control_table_again; recipients without a domain must have one. */
static int read_host(stralloc *host)
{
  stralloc sa = STRALLOC_ZERO;
  int r = control_value(files[ENVNOATHOST], &sa), e = r == -1 ? errno : sa.len ? EINVAL : ENOENT;

  if (r == -1 || !sa.len || sa.len > SITE_DOMAIN_MAX) {
    stralloc_free(&sa);
    errno = e;
    return -1;
  }
  r = !host->s || strcmp(sa.s, host->s);
  stralloc_free(host);
  *host = sa;
  return r;
}

static int read_file(struct site *s, int file)
{
  struct control_table *const tables[] = {
    [PERCENTHACK] = &s->percenthack, [LOCALS] = &s->locals, [VIRTUALDOMAINS] = &s->virtualdomains,
  };

  if (file == ENVNOATHOST) return read_host(&s->envnoathost);
  return control_table_again(files[file], tables[file], file == VIRTUALDOMAINS);
}

char const *site_read(struct site *s, enum site_part part, void (*changed)(char const *name))
{
  char const *bad = 0;
  int file, e = 0;

  for (file = 0; file < (int)part; file++) {
    int r = read_file(s, file);
    if (r == 1 && changed) changed(files[file]);
    if (r != -1 || bad) continue;
    bad = files[file];
    e = errno;
  }
  errno = e;
  return bad;
}

int site_look(struct site *s)
{
  return stamp_look(files, SITE_FILES, s->stamps);
}

/* The last c before s[len] becomes the end of what is left, what follows it the domain. 1, or 0 when there is none. */
static int split(struct site_address *a, size_t len, int c)
{
  char const *at = memrchr(a->local, c, len);

  if (!at) return 0;
  a->local_len = (size_t)(at - a->local);
  a->domain = at + 1;
  a->domain_len = len - a->local_len - 1;
  return 1;
}

static enum site_kind kind(struct site const *s, struct site_address *a)
{
  struct control_table const *t = &s->virtualdomains;
  char whole[CONTROL_KEY_MAX + 1];
  char const *user = 0;

  if (control_find(&s->locals, a->domain, a->domain_len)) return SITE_LOCAL;
  if (site_write(whole, sizeof whole, a)) user = control_find(t, whole, strlen(whole));
  if (!user) user = control_find_domain(t, a->domain, a->domain_len);
  if (!user || !*user) return SITE_ELSEWHERE;           /* without a value it is an exception */
  a->user = user;
  return user == control_find(t, "", 0) ? SITE_EVERY : SITE_VIRTUAL;
}

void site_resolve(struct site const *s, char const *address, struct site_address *a)
{
  size_t len = strlen(address);

  *a = (struct site_address){ .local = address, .user = "" };
  if (!split(a, len, '@')) {
    a->local_len = len;
    a->domain = s->envnoathost.s;
    a->domain_len = s->envnoathost.len;
  }
  while (control_find(&s->percenthack, a->domain, a->domain_len) && split(a, a->local_len, '%')) ;
  a->kind = kind(s, a);
}

char *site_write(char *to, size_t size, struct site_address const *a)
{
  char *domain;

  *to = 0;
  if (a->local_len >= size || a->domain_len >= size - a->local_len - 1) return 0;
  memcpy(to, a->local, a->local_len);
  to[a->local_len] = '@';
  domain = to + a->local_len + 1;
  memcpy(domain, a->domain, a->domain_len);
  domain[a->domain_len] = 0;
  return domain;
}
