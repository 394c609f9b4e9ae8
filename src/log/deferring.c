/* deferring.c - see deferring.h */

#include <string.h>

#include "lib/io/large.h"
#include "log/deferring.h"

#define DOMAIN_MAX 253
#define NAME "bulkhead_deferrals_total"
#define OTHERS "other"

static LARGE struct place {
  char domain[DOMAIN_MAX + 1];  /* lower-case */
  size_t len;
  unsigned long long n;
  long long last;
} places[DEFERRING_MAX];
static size_t used;
static unsigned long long others;

/* The domain, lower-case; 0: there is none that can be told. One that is called as the others are would be the same
   number twice, and then a monitoring system takes none of the file. */
static size_t domain_of(char domain[DOMAIN_MAX + 1], char const *address, size_t len)
{
  char const *at = memrchr(address, '@', len);
  size_t i, n = at ? (size_t)(address + len - at) - 1 : 0;

  if (n > DOMAIN_MAX) return 0;
  for (i = 0; i < n; i++) {
    char c = at[1 + i];
    if (c < 33 || c > 126) return 0;
    domain[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
  }
  domain[n] = 0;
  return strcmp(domain, OTHERS) ? n : 0;
}

static struct place *place_for(char const *domain, size_t len, long long now)
{
  struct place *p, *idle = places;

  for (p = places; p < places + used; p++) {
    if (p->len == len && !memcmp(p->domain, domain, len)) return p;
    if (p->last < idle->last) idle = p;
  }
  if (used == DEFERRING_MAX) {
    if (now - idle->last < DEFERRING_IDLE) return 0;
    p = idle;                   /* its count ends: moved elsewhere it would be as if it came only now */
  }
  else used++;
  memcpy(p->domain, domain, len + 1);
  p->len = len;
  p->n = 0;
  return p;
}

void deferring_add(char const *address, size_t len, long long now)
{
  char domain[DOMAIN_MAX + 1];
  size_t n = domain_of(domain, address, len);
  struct place *p = n ? place_for(domain, n, now) : 0;

  if (!p) {
    others++;
    return;
  }
  p->n++;
  p->last = now;
}

void deferring_begin(void)
{
  used = 0;
  others = 0;
}

/* A label's value, as the format wants it. */
static void put_escaped(struct text *t, char const *s)
{
  for (; *s; s++) text_put(t, *s == '\\' || *s == '"' ? "\\%c" : "%c", *s);
}

void deferring_write(struct text *t)
{
  size_t i;

  family_head(t, NAME, "counter", "Deferrals, a recipient each, by the domain of the address.");
  for (i = 0; i < used; i++) {
    text_put(t, NAME "{domain=\"");
    put_escaped(t, places[i].domain);
    text_put(t, "\"} %llu\n", places[i].n);
  }
  text_put(t, NAME "{domain=\"" OTHERS "\"} %llu\n", others);
}
