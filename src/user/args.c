/* args.c - see args.h */

#include <string.h>

#include "lib/addr/list.h"
#include "lib/addr/spec.h"
#include "user/args.h"
#include "user/complete.h"

#define NO_MEMORY "too many addresses for the memory"

typedef int completer(stralloc *, void *);

static char const *take_list(struct rcpts *r, char const *arg, completer *complete)
{
  struct list l = { .complete = complete, .take = rcpts_take, .data = r };
  stralloc out = STRALLOC_ZERO;
  int done = list_rewrite(&l, &out, 0, arg, strlen(arg));

  stralloc_free(&out);
  return done == -1 ? NO_MEMORY : l.why;
}

static char const *take_plain(struct rcpts *r, char const *arg, completer *complete)
{
  stralloc address = STRALLOC_ZERO, domain = STRALLOC_ZERO;
  char const *at = strrchr(arg, '@'), *why = NO_MEMORY;
  size_t local = at ? (size_t)(at - arg) : strlen(arg);

  if (!stralloc_copys(&domain, at ? at + 1 : "")) goto out;
  if (domain.len > 1 && domain.s[domain.len - 1] == '.') domain.len--;
  why = "no domain after the @";
  if (at && !domain.len) goto out;
  why = NO_MEMORY;
  if (!complete(&domain, 0)) goto out;
  why = "something that is no domain";
  if (domain.len && !spec_domain_ok(domain.s, domain.len)) goto out;
  why = "nothing before the @";
  if (!local) goto out;
  why = "a character that no address may have";
  if (!spec_local_ok(arg, local)) goto out;
  why = NO_MEMORY;
  if (!stralloc_copyb(&address, arg, local)) goto out;
  if (domain.len && (!stralloc_catb(&address, "@", 1) || !stralloc_cat(&address, &domain))) goto out;
  why = rcpts_take(address.s, address.len, r);
out:
  stralloc_free(&address);
  stralloc_free(&domain);
  return why;
}

/* Is it one address, as it is? */
static int is_plain(char const *arg)
{
  return !arg[strcspn(arg, " \t\"(),;<>\\")];
}

static char const *take(struct rcpts *r, char const *arg, completer *complete)
{
  char const *s;

  for (s = arg; *s; s++)
    if (((unsigned char)*s < 32 && *s != '\t') || *s == 127) return "a control character";
  return is_plain(arg) ? take_plain(r, arg, complete) : take_list(r, arg, complete);
}

char const *args_take(struct rcpts *r, char const *arg)
{
  if (is_plain(arg) && strchr(arg, '@') != strrchr(arg, '@')) return "two @ in one address";
  return take(r, arg, complete_domain);
}

char const *args_sender(stralloc *address, char const *arg, completer *complete)
{
  struct rcpts one = { STRALLOC_ZERO, 0 };
  char const *why = 0;

  if (*arg && strcmp(arg, "<>")) {
    why = take(&one, arg, complete);
    if (!why && one.n != 1) why = "not one address";
  }
  if (!why && !(one.n ? stralloc_copys(address, one.text.s) : stralloc_copys(address, ""))) why = NO_MEMORY;
  if (!why && !stralloc_0(address)) why = NO_MEMORY;
  if (!why) address->len--;
  stralloc_free(&one.text);
  return why;
}
