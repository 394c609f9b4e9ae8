/* turns.c - who is next, and what an ending changes; see destination.h */

#include <string.h>

#include "door/limits.h"
#include "send/destination.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define BUSY_MS 1000
#define CHANNEL_ROOM 100          /* groups that may be queued beyond the deliveries a channel may have */

struct channel_state channels[CHANNELS];

static struct destination *thirsty, *held;
static long long wake;          /* when the first hold ends; while none is held it means nothing */

int destination_dead(struct destination const *d, long long now)
{
  return d && d->dead_until > now;
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

uint32_t destination_room(struct destination const *d)
{
  uint32_t want = destination_limit(d) * 2;

  return !bounded(d) || d->hold || d->queued >= want ? 0 : want - d->queued;
}

int destination_saturated(struct destination const *d)
{
  return d && bounded(d) && ((d->channel == CHANNEL_REMOTE && d->hold) || d->queued >= destination_limit(d) * 2);
}

int destination_resting(struct destination const *d)
{
  return d && d->channel == CHANNEL_REMOTE && d->hold && !d->flights;
}

int channel_saturated(enum channel ch, int retry)
{
  return channels[ch].queued[retry] >= route_settings.concurrency[ch] * 2 + CHANNEL_ROOM;
}

/* Into the channel's ring, as the next or as the last, or out of it, as its state asks. */
static void settle(struct destination *d, int first)
{
  struct destination **ring = &channels[d->channel].ring;
  int ready = d->queued && !d->hold && d->flights < destination_limit(d);

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

static long long hold(struct destination *d, long long now)
{
  return d->channel == CHANNEL_REMOTE ? pace_hold(&d->pace, now) : d->busy_until > now ? d->busy_until : 0;
}

/* Has it used up what it may have in a minute, or is it busy? Then it is looked at again when there is room. */
static void look(struct destination *d, long long now)
{
  d->hold = hold(d, now);
  if (!d->hold) return;
  if (!held || d->hold < wake) wake = d->hold;
  if (d->held) return;
  d->held = 1;
  d->held_next = held;
  held = d;
}

void destination_wake(long long now)
{
  struct destination *list = held, *d;

  if (!held || now < wake) return;
  held = 0;
  while ((d = list)) {
    list = d->held_next;
    d->held = 0;
    look(d, now);
    settle(d, 0);
    destination_thirst(d);
  }
}

long long destination_next_wake(void)
{
  return held ? wake : 0;
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

/* The destination whose turn it is, and which of its groups; null when no limit has room. */
static struct destination *turn(struct channel_state const *c, int *w)
{
  uint32_t max = route_settings.concurrency[c - channels];
  int retries = c->retry_flights < (max + 1) / 2 + max / 4;
  struct destination *d = c->ring;

  if (!d || c->flights >= max) return 0;
  do {
    *w = which(d, retries);
    if (*w != -1) return d;
    d = d->next;
  } while (d != c->ring);
  return 0;
}

struct group *destination_pick(enum channel ch, long long now)
{
  struct channel_state *c = channels + ch;
  struct destination *d;
  struct group *g;
  int w;

  while ((d = turn(c, &w))) {
    look(d, now);               /* a spare session that it could have had may be gone by now */
    if (!d->hold) break;
    settle(d, 0);
  }
  if (!d) return 0;
  g = d->head[w];
  c->ring = d->next;
  d->taken++;
  destination_unqueue(g);
  return g;
}

void destination_started(struct group const *g, uint32_t number, long long now)
{
  struct destination *d = g->d;

  d->flights++;
  channels[d->channel].flights++;
  channels[d->channel].retry_flights += g->retry ? 1 : 0;
  pace_started(&d->pace, number, d->flights, route_settings.perhost, now);
  look(d, now);
  settle(d, 0);
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

static void remember(struct destination *d, struct ending const *e)
{
  size_t len = e->reply_len < DESTINATION_REPLY ? e->reply_len : DESTINATION_REPLY;

  memcpy(d->reply, e->reply, len);
  d->reply[len] = 0;
}

void destination_ended(struct group const *g, struct ending const *e, long long now)
{
  struct destination *d = g->d;

  pace_ended(&d->pace, e, d->flights, route_settings.perhost, now);
  d->flights--;
  channels[d->channel].flights--;
  channels[d->channel].retry_flights -= g->retry ? 1 : 0;
  if (e->down) found_dead(d, now);
  else if (e->spoke) {
    d->probes = 0;
    d->dead_until = 0;
  }
  remember(d, e);
  d->streak = d->streak < STREAK_MAX ? d->streak + 1 : 0;
  look(d, now);
  settle(d, d->channel == CHANNEL_REMOTE && d->streak);
  destination_thirst(d);
}

void destination_busy(struct destination *d, int busy, long long now)
{
  d->busy_until = busy ? now + BUSY_MS : 0;
  look(d, now);
  settle(d, 0);
  destination_thirst(d);
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

static void changed(struct destination *d)
{
  destination_rates(d);
  look(d, io_clock());
  settle(d, 0);
  destination_thirst(d);
}

void destination_changed(void)
{
  destination_each(changed);
}
