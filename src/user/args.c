/* args.c - see args.h */

#include <string.h>

#include "lib/addr/list.h"
#include "lib/addr/spec.h"
#include "user/args.h"
#include "user/complete.h"

#define NO_MEMORY "too many addresses for the memory"

static char const *take_list(struct rcpts *r, char const *arg)
{
  struct list l = { .complete = complete_domain, .take = rcpts_take, .data = r };
  stralloc out = STRALLOC_ZERO;
  int done = list_rewrite(&l, &out, 0, arg, strlen(arg));

  stralloc_free(&out);
  return done == -1 ? NO_MEMORY : l.why;
}

static char const *take_plain(struct rcpts *r, char const *arg)
{
  stralloc address = STRALLOC_ZERO, domain = STRALLOC_ZERO;
  char const *at = strrchr(arg, '@'), *why = NO_MEMORY;
  size_t local = at ? (size_t)(at - arg) : strlen(arg);

  if (!stralloc_copys(&domain, at ? at + 1 : "")) goto out;
  if (domain.len > 1 && domain.s[domain.len - 1] == '.') domain.len--;
  if (!complete_domain(&domain, 0)) goto out;
  why = "no domain after the @";
  if (!spec_domain_ok(domain.s, domain.len)) goto out;
  why = "nothing before the @";
  if (!local) goto out;
  why = NO_MEMORY;
  if (!stralloc_copyb(&address, arg, local) || !stralloc_catb(&address, "@", 1) || !stralloc_cat(&address, &domain))
    goto out;
  why = rcpts_take(address.s, address.len, r);
out:
  stralloc_free(&address);
  stralloc_free(&domain);
  return why;
}

char const *args_take(struct rcpts *r, char const *arg)
{
  char const *s;

  for (s = arg; *s; s++)
    if (((unsigned char)*s < 32 && *s != '\t') || *s == 127) return "a control character";
  return arg[strcspn(arg, " \t\"(),;<>\\")] ? take_list(r, arg) : take_plain(r, arg);
}
