/* destination.c - the table of destinations, and how much each may have; see destination.h */

#include <stdlib.h>
#include <string.h>

#include "door/limits.h"
#include "send/destination.h"
#include "lib/conf/value.h"
#include "lib/io/large.h"
#include "lib/msg/crc32.h"

#define BUCKETS 4096
#define CHANNEL_ROOM 100        /* groups that may be queued beyond the deliveries a channel may have */

struct channel_state channels[CHANNELS];

static LARGE struct destination *buckets[BUCKETS];
static struct destination const *kept;
static struct destination *thirsty;
static uint32_t count, hand;    /* hand: where eviction goes on */
static uint32_t stops;          /* that are stopped */

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

uint32_t destination_limit(struct destination const *d)
{
  if (d->channel == CHANNEL_LOCAL)
    return d->len ? local_share(route_settings.concurrency[CHANNEL_LOCAL], route_settings.peruser) : CONCURRENCY_MAX;
  return d->probes ? 1 : pace_limit(&d->pace, route_settings.perhost);
}

/* Local mail whose user is not known has no line of its own that could be full: it waits for the channel. */
static int bounded(struct destination const *d)
{
  return d->channel == CHANNEL_REMOTE || d->len;
}

uint32_t destination_room(struct destination const *d, enum class c)
{
  uint32_t want = destination_limit(d) * 2;

  return !bounded(d) || d->hold || d->stopped || d->groups[c] >= want ? 0 : want - d->groups[c];
}

int destination_saturated(struct destination const *d, enum class c)
{
  return d && bounded(d) && ((d->channel == CHANNEL_REMOTE && d->hold) || d->groups[c] >= destination_limit(d) * 2);
}

uint32_t destination_parked(struct destination const *d)
{
  uint32_t n = 0, c;

  for (c = 0; c < CLASSES; c++) n += d->lot[c].n;
  return n;
}

known destination_unpark(struct destination *d)
{
  known k = 0;
  int c;

  for (c = 0; c < CLASSES && !k; c++)
    if (destination_room(d, (enum class)c)) k = lot_take(d->lot + c);
  return k;
}

int destination_dead(struct destination const *d, long long now)
{
  return d && d->dead_until > now;
}

int destination_resting(struct destination const *d)
{
  return d && d->channel == CHANNEL_REMOTE && d->hold && !d->flights;
}

int channel_saturated(enum channel ch, enum class c)
{
  return channels[ch].queued[c] >= route_settings.concurrency[ch] * 2 + CHANNEL_ROOM;
}

static int may_drink(struct destination const *d)
{
  int c = 0;

  while (c < CLASSES && !(d->lot[c].n && destination_room(d, (enum class)c))) c++;
  return c < CLASSES;
}

void destination_thirst(struct destination *d)
{
  if (d->thirsty || !may_drink(d)) return;
  d->thirsty = 1;
  d->thirst = thirsty;
  thirsty = d;
}

struct destination *destination_thirsty(void)
{
  struct destination *d = thirsty;

  if (!d) return 0;
  thirsty = d->thirst;
  d->thirsty = 0;
  return d;
}

static int idle(struct destination const *d)
{
  return !d->queued && !d->flights && !destination_parked(d) && !d->thirsty && !d->held && !d->stopped && d != kept;
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

  value_rate(value ? value : "", RATE_MAX, d->pace.max);
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

struct destination *destination_stopped(char const *domain, size_t len)
{
  struct destination *d = stops ? destination_find(CHANNEL_REMOTE, domain, len) : 0;

  return d && d->stopped ? d : 0;
}

int destination_may_stop(char const *domain, size_t len)
{
  return stops < STOPPED_MAX || destination_stopped(domain, len);
}

static void stop(struct destination *d, int stopped)
{
  int c;

  d->stopped = stopped;
  for (c = 0; c < CLASSES; c++) lot_hold(d->lot + c, stopped);
}

int destination_stop(char const *domain, size_t len)
{
  struct destination *d = destination_may_stop(domain, len) ? destination_get(CHANNEL_REMOTE, domain, len) : 0;

  if (!d) return -1;
  stops += !d->stopped;
  stop(d, 1);
  return 0;
}

void destination_go(struct destination *d)
{
  stops--;
  stop(d, 0);
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
