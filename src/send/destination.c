/* destination.c - the table of destinations; see destination.h */

#include <stdlib.h>
#include <string.h>

#include "send/destination.h"
#include "lib/msg/crc32.h"

#define BUCKETS 4096

static struct destination *buckets[BUCKETS];
static struct destination const *kept;
static uint32_t count, hand;    /* hand: where eviction goes on */

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static unsigned int place_of(enum channel ch, char const *name, size_t len)
{
  uint32_t h = ch;
  size_t i;

  for (i = 0; i < len; i++) h = crc32_add(h, (char[]){ lower(name[i]) }, 1);
  return h % BUCKETS;
}

static int is(struct destination const *d, enum channel ch, char const *name, size_t len)
{
  return d->channel == ch && d->len == len && !strncasecmp(d->name, name, len);
}

struct destination *destination_find(enum channel ch, char const *name, size_t len)
{
  struct destination *d;

  for (d = buckets[place_of(ch, name, len)]; d; d = d->chain)
    if (is(d, ch, name, len)) return d;
  return 0;
}

static int idle(struct destination const *d)
{
  return !d->queued && !d->flights && !destination_parked(d) && !d->thirsty && !d->held && d != kept;
}

void destination_keep(struct destination const *d)
{
  kept = d;
}

/* Is there something to remember about it: dead, slow, or counted because of its rate limit? */
static int telling(struct destination const *d)
{
  return d->probes || d->pace.eased || d->pace.max[RATE_MESSAGES] || d->pace.max[RATE_CONNECTIONS];
}

/* Takes an idle one out of the table: first one of which there is nothing to remember; when there is none, any. */
static int evict(int any)
{
  uint32_t tries;

  for (tries = 0; tries < BUCKETS; tries++) {
    struct destination **p = &buckets[hand++ % BUCKETS], *d;
    for (; (d = *p); p = &d->chain) {
      if (!idle(d) || (telling(d) && !any)) continue;
      *p = d->chain;
      free(d);
      count--;
      return 1;
    }
  }
  return 0;
}

void destination_rates(struct destination *d)
{
  char const *value = d->channel == CHANNEL_REMOTE ?
      control_find_domain(&route_settings.ratelimits, d->name, d->len) : 0;

  rate_parse(value ? value : "", d->pace.max);
}

struct destination *destination_get(enum channel ch, char const *name, size_t len)
{
  struct destination *d = destination_find(ch, name, len), **bucket;
  size_t i;

  if (d) return d;
  if (count >= DESTINATIONS_MAX && !evict(0) && !evict(1)) return 0;
  d = calloc(1, sizeof *d + len + 1);
  if (!d) return 0;
  for (i = 0; i < len; i++) d->name[i] = lower(name[i]);
  d->len = len;
  d->channel = ch;
  destination_rates(d);
  bucket = &buckets[place_of(ch, name, len)];
  d->chain = *bucket;
  *bucket = d;
  count++;
  return d;
}

void destination_each(void (*f)(struct destination *))
{
  struct destination *d, *next;
  unsigned int i;

  for (i = 0; i < BUCKETS; i++)
    for (d = buckets[i]; d; d = next) {
      next = d->chain;
      f(d);
    }
}
