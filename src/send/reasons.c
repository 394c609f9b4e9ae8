/* reasons.c - see reasons.h */

#include <stdlib.h>
#include <string.h>

#include "send/reasons.h"

struct text {
  struct text *next;
  uint32_t users;               /* messages that have it */
  char s[];
};

static struct text *texts;      /* the one that was given last is the first */
static uint32_t count;
static struct text **reason;    /* by the number of a message */
static uint32_t size;

/* The link to it, or the last one: to null. */
static struct text **find(char const *s)
{
  struct text **p = &texts;

  while (*p && strcmp((*p)->s, s)) p = &(*p)->next;
  return p;
}

static struct text *make(char const *s)
{
  size_t len = strlen(s);
  struct text *t = malloc(sizeof *t + len + 1);

  if (!t) return 0;
  t->users = 0;
  memcpy(t->s, s, len + 1);
  count++;
  return t;
}

static struct text *take(char const *s)
{
  struct text **p = find(s), *t = *p;

  if (t) *p = t->next;
  else if (!(t = make(s))) return 0;
  t->next = texts;
  texts = t;
  t->users++;
  return t;
}

static void drop(struct text *t)
{
  if (--t->users) return;
  *find(t->s) = t->next;
  free(t);
  count--;
}

static int grow(known k)
{
  uint32_t n = k + k / 4 + 1024;
  struct text **fresh = n > k ? realloc(reason, n * sizeof *fresh) : 0;

  if (!fresh) return -1;
  memset(fresh + size, 0, (n - size) * sizeof *fresh);
  reason = fresh;
  size = n;
  return 0;
}

/* Those of messages that are gone, or not to expire any more. */
static void sweep(void)
{
  known k;

  for (k = 0; k < size; k++) {
    if (!reason[k] || (backlog_place(k) != PLACE_GONE && backlog_flags(k) & KNOWN_EXPIRE)) continue;
    drop(reason[k]);
    reason[k] = 0;
  }
}

int reasons_room(char const *s)
{
  if (*s && count >= REASONS_MAX && !*find(s)) sweep();
  return !*s || count < REASONS_MAX || *find(s);
}

void reasons_put(known k, char const *s)
{
  struct text *t;

  if (k >= size && (!*s || grow(k) == -1)) return;
  t = *s ? take(s) : 0;
  if (reason[k]) drop(reason[k]);
  reason[k] = t;
}

char const *reasons_of(known k)
{
  return k < size && reason[k] ? reason[k]->s : "";
}
