/* rcpts.c - see rcpts.h */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "door/limits.h"
#include "lib/io/log.h"
#include "user/rcpts.h"

char const *rcpts_take(char const *s, size_t len, void *data)
{
  struct rcpts *r = data;

  if (!len) return 0;
  if (len > ADDRESS_MAX) return "an address that is too long";
  /* not "why": that would leave out some recipients, with a mere warning */
  if (r->n == RCPTS_MAX) log_diex(100, "fatal: too many recipients", (char *)0);
  if (!stralloc_catb(&r->text, s, len) || !stralloc_0(&r->text)) log_die(111, "fatal: out of memory", (char *)0);
  r->n++;
  return 0;
}

/* by address; of equal ones the first comes first */
static int compare(void const *a, void const *b)
{
  char const *const *x = a, *const *y = b;
  int d = strcmp(*x, *y);

  return d ? d : (*x > *y) - (*x < *y);
}

static int compare_places(void const *a, void const *b)
{
  char const *const *x = a, *const *y = b;

  return (*x > *y) - (*x < *y);
}

/* where each address starts */
static char const **list(struct rcpts const *r)
{
  char const **all = malloc((r->n + 1) * sizeof *all);
  size_t i;

  for (i = 0; all && i < r->n; i++) all[i] = i ? all[i - 1] + strlen(all[i - 1]) + 1 : r->text.s;
  return all;
}

static int put(stralloc *records, char const *letter, char const *value, stralloc const *params)
{
  return stralloc_catb(records, letter, 1) && stralloc_catb(records, value, strlen(value) + 1)
         && (!params->len || stralloc_catb(records, params->s, params->len));
}

int rcpts_records(stralloc *records, char const *sender, struct rcpts const *r, struct rcpts_params const *p)
{
  char const **all = list(r);
  size_t i, kept = 0;
  int ok;

  if (!all) return 0;
  qsort(all, r->n, sizeof *all, compare);
  for (i = 0; i < r->n; i++)
    if (!kept || strcmp(all[kept - 1], all[i])) all[kept++] = all[i];
  qsort(all, kept, sizeof *all, compare_places);
  ok = put(records, "F", sender, &p->of_sender);
  for (i = 0; ok && i < kept; i++) ok = put(records, "T", all[i], &p->of_rcpt);
  free(all);
  return ok;
}

static int compare_caseless(void const *a, void const *b)
{
  return strcasecmp(*(char const *const *)a, *(char const *const *)b);
}

int rcpts_meet(struct rcpts const *a, struct rcpts const *b)
{
  char const **sorted = list(a), *s = b->text.s;
  size_t i;
  int r = sorted ? 0 : -1;

  if (sorted) qsort(sorted, a->n, sizeof *sorted, compare_caseless);
  for (i = 0; !r && i < b->n; i++, s += strlen(s) + 1)
    r = bsearch(&s, sorted, a->n, sizeof *sorted, compare_caseless) != 0;
  free(sorted);
  return r;
}
