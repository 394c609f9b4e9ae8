/* destination.c - see destination.h */

#include <stdlib.h>
#include <string.h>

#include "send/destination.h"
#include "lib/io/log.h"
#include "lib/msg/crc32.h"

#define BUCKETS 4096
#define CHANNEL_ROOM 100          /* groups that may be queued beyond the deliveries a channel may have */

struct channel_state channels[CHANNELS];

static struct destination *buckets[BUCKETS], *thirsty;
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

  if (ch == CHANNEL_LOCAL) len = 0;
  for (d = buckets[place_of(ch, name, len)]; d; d = d->chain)
    if (is(d, ch, name, len)) return d;
  return 0;
}

static int idle(struct destination const *d)
{
  return !d->queued && !d->flights && !d->lot.n && !d->thirsty && d != kept;
}

void destination_keep(struct destination const *d)
{
  kept = d;
}

/* Takes an idle one out of the table: first one that is not known as dead; when there is none, any. */
static int evict(int also_dead)
{
  uint32_t tries;

  for (tries = 0; tries < BUCKETS; tries++) {
    struct destination **p = &buckets[hand++ % BUCKETS], *d;
    for (; (d = *p); p = &d->chain) {
      if (!idle(d) || (d->probes && !also_dead)) continue;
      *p = d->chain;
      free(d);
      count--;
      return 1;
    }
  }
  return 0;
}

struct destination *destination_get(enum channel ch, char const *name, size_t len)
{
  struct destination *d = destination_find(ch, name, len), **bucket;
  size_t i;

  if (ch == CHANNEL_LOCAL) len = 0;
  if (d) return d;
  if (count >= DESTINATIONS_MAX && !evict(0) && !evict(1)) return 0;
  d = calloc(1, sizeof *d + len + 1);
  if (!d) return 0;
  for (i = 0; i < len; i++) d->name[i] = lower(name[i]);
  d->len = len;
  d->channel = ch;
  bucket = &buckets[place_of(ch, name, len)];
  d->chain = *bucket;
  *bucket = d;
  count++;
  return d;
}

int destination_dead(struct destination const *d, long long now)
{
  return d && d->dead_until > now;
}

static uint32_t limit(struct destination const *d)
{
  if (d->channel == CHANNEL_LOCAL) return CONCURRENCY_MAX;
  return d->probes ? 1 : route_settings.perhost;
}

uint32_t destination_room(struct destination const *d)
{
  uint32_t want = limit(d) * 2;

  return d->channel == CHANNEL_LOCAL || d->queued >= want ? 0 : want - d->queued;
}

int destination_saturated(struct destination const *d)
{
  return d && d->channel == CHANNEL_REMOTE && d->queued >= limit(d) * 2;
}

int channel_saturated(enum channel ch, int retry)
{
  return channels[ch].queued[retry] >= route_settings.concurrency[ch] * 2 + CHANNEL_ROOM;
}

/* Into the channel's ring, as the next or as the last, or out of it, as its state asks. */
static void settle(struct destination *d, int first)
{
  struct destination **ring = &channels[d->channel].ring;
  int ready = d->queued && d->flights < limit(d);

  if (d->ready && (!ready || first)) {
    if (*ring == d) *ring = d->next == d ? 0 : d->next;
    d->prev->next = d->next;
    d->next->prev = d->prev;
    d->ready = 0;
  }
  if (!ready || d->ready) return;
  d->ready = 1;
  if (!*ring) *ring = d->prev = d->next = d;
  else {
    d->next = *ring;
    d->prev = (*ring)->prev;
    d->prev->next = d->next->prev = d;
    if (first) *ring = d;
  }
}

void destination_thirst(struct destination *d)
{
  if (d->thirsty || !d->lot.n || !destination_room(d)) return;
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

void destination_queue(struct group *g)
{
  struct destination *d = g->d;

  g->next = 0;
  if (d->tail[g->retry]) d->tail[g->retry]->next = g;
  else d->head[g->retry] = g;
  d->tail[g->retry] = g;
  d->queued++;
  channels[d->channel].queued[g->retry]++;
  settle(d, 0);
}

void destination_unpick(struct group *g)
{
  struct destination *d = g->d;

  g->next = d->head[g->retry];
  d->head[g->retry] = g;
  if (!g->next) d->tail[g->retry] = g;
  d->queued++;
  channels[d->channel].queued[g->retry]++;
  settle(d, 1);
}

void destination_unqueue(struct group *g)
{
  struct destination *d = g->d;
  struct group **p = &d->head[g->retry], *before = 0;

  for (; *p && *p != g; p = &(*p)->next) before = *p;
  if (!*p) return;
  *p = g->next;
  if (!g->next) d->tail[g->retry] = before;
  d->queued--;
  channels[d->channel].queued[g->retry]--;
  settle(d, 0);
  destination_thirst(d);
}

/* New mail first, but every fourth time a retry; -1 when all that waits are retries and those have their share. */
static int which(struct destination const *d, int retries)
{
  int want = d->head[0] && d->head[1] ? retries && d->taken % 4 == 3 : !!d->head[1];

  return want && !retries ? -1 : want;
}

struct group *destination_pick(enum channel ch)
{
  struct channel_state *c = channels + ch;
  uint32_t max = route_settings.concurrency[ch];
  int retries = c->retry_flights < (max + 1) / 2 + max / 4;
  struct destination *d = c->ring;

  if (!d || c->flights >= max) return 0;
  do {
    int w = which(d, retries);
    if (w != -1) {
      struct group *g = d->head[w];
      c->ring = d->next;
      d->taken++;
      destination_unqueue(g);
      return g;
    }
    d = d->next;
  } while (d != c->ring);
  return 0;
}

void destination_started(struct group const *g)
{
  g->d->flights++;
  channels[g->d->channel].flights++;
  channels[g->d->channel].retry_flights += g->retry ? 1 : 0;
  settle(g->d, 0);
}

static void found_dead(struct destination *d, long long now)
{
  long long wait = d->probes < 6 ? (long long)DEAD_FIRST << d->probes : DEAD_MAX;

  if (d->dead_until > now) return;      /* several deliveries found the same thing */
  d->probes++;
  d->dead_until = now + (wait > DEAD_MAX ? DEAD_MAX : wait);
  log_start();
  log_text("host down");
  log_field("domain", d->name);
  log_text(" seconds=");
  log_number((d->dead_until - now) / 1000);
  log_text(" waiting=");
  log_number(d->queued + d->lot.n);
  log_end();
}

void destination_ended(struct group const *g, int spoke, int down, long long now)
{
  struct destination *d = g->d;

  d->flights--;
  channels[d->channel].flights--;
  channels[d->channel].retry_flights -= g->retry ? 1 : 0;
  if (down) found_dead(d, now);
  else if (spoke) {
    d->probes = 0;
    d->dead_until = 0;
  }
  d->streak = d->streak < STREAK_MAX ? d->streak + 1 : 0;
  settle(d, d->streak != 0);
  destination_thirst(d);
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

static void renew(struct destination *d)
{
  d->probes = 0;
  d->dead_until = 0;
  settle(d, 0);
  destination_thirst(d);
}

void destination_renew(void)
{
  destination_each(renew);
}
