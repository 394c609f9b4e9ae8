/* turns.c - who is next, and what an ending changes; see turns.h */

#include <string.h>

#include "send/maillog.h"
#include "send/turns.h"
#include "lib/io/io.h"

#define BUSY_MS 1000
#define MANY_RUN 50

static struct destination *held;
static long long wanted;        /* io_clock */
static long long wake;          /* when the first hold ends; while none is held it means nothing */

/* What can be delivered now counts for the channel; what waits for its own destination does not. */
static void leave_ring(struct destination *d)
{
  struct channel_state *ch = channels + d->channel;
  struct destination **ring = ch->ring + d->ring;
  int c;

  if (*ring == d) *ring = d->next == d ? 0 : d->next;
  d->prev->next = d->next;
  d->next->prev = d->prev;
  d->ready = 0;
  for (c = 0; c < CLASSES; c++) ch->queued[c] -= d->groups[c];
}

static void enter_ring(struct destination *d, enum class best, int first)
{
  struct channel_state *ch = channels + d->channel;
  struct destination **ring = ch->ring + best;
  int c;

  for (c = 0; c < CLASSES; c++) ch->queued[c] += d->groups[c];
  d->ready = 1;
  d->ring = best;
  if (!*ring) *ring = d->prev = d->next = d;
  else {
    d->next = *ring;
    d->prev = (*ring)->prev;
    d->prev->next = d->next->prev = d;
    if (first) *ring = d;
  }
}

/* Into the channel's ring, as the next or as the last, or out of it, as its state asks. */
static void settle(struct destination *d, int first)
{
  int ready = d->queued && !d->hold && d->flights < destination_limit(d), best = 0;

  while (best < CLASSES - 1 && !d->head[best]) best++;
  if (d->ready && (!ready || first || (int)d->ring != best)) leave_ring(d);
  if (ready && !d->ready) enter_ring(d, (enum class)best, first);
}

/* One group more, or one less. */
static void count(struct destination *d, enum class c, int more)
{
  uint32_t by = more ? 1 : UINT32_MAX;

  d->queued += by;
  d->groups[c] += by;
  if (d->ready) channels[d->channel].queued[c] += by;
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

void turns_wake(long long now)
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

long long turns_next_wake(void)
{
  return held ? wake : 0;
}

static void put_last(struct group *g)
{
  struct destination *d = g->d;

  g->next = 0;
  if (d->tail[g->class]) d->tail[g->class]->next = g;
  else d->head[g->class] = g;
  d->tail[g->class] = g;
}

static void put_first(struct group *g)
{
  struct destination *d = g->d;

  g->next = d->head[g->class];
  d->head[g->class] = g;
  if (!g->next) d->tail[g->class] = g;
}

/* One with many recipients goes on for a while: mail-open has its envelope at hand. */
void turns_queue(struct group *g)
{
  if (g->run) {
    g->run--;
    put_first(g);
  }
  else {
    g->run = class_many(g->class) ? MANY_RUN : 0;
    put_last(g);
  }
  count(g->d, g->class, 1);
  settle(g->d, 0);
}

void turns_unpick(struct group *g)
{
  put_first(g);
  count(g->d, g->class, 1);
  settle(g->d, 1);
}

void turns_unqueue(struct group *g)
{
  struct destination *d = g->d;
  struct group **p = &d->head[g->class], *before = 0;

  for (; *p && *p != g; p = &(*p)->next) before = *p;
  if (!*p) return;
  *p = g->next;
  if (!g->next) d->tail[g->class] = before;
  count(d, g->class, 0);
  settle(d, 0);
  destination_thirst(d);
}

/* Whose turn it is of those that have something; -1 when all that waits are retries and those have their share. */
static int whose(uint32_t turn, unsigned int have, int retries)
{
  enum { F = CLASS_FEW, M = CLASS_MANY, R = CLASS_RETRY, Q = CLASS_MANY_RETRY };
  static unsigned char const order[8][CLASSES] = { { F, M, R, Q }, { M, F, R, Q }, { F, M, R, Q }, { R, Q, F, M },
    { F, M, R, Q }, { M, F, R, Q }, { F, M, R, Q }, { Q, R, F, M } };
  unsigned char const *c = order[turn % 8];
  int i;

  for (i = 0; i < CLASSES; i++)
    if (have & 1u << c[i] && (retries || !class_retries(c[i]))) return c[i];
  return -1;
}

/* The destination whose turn it is, and which of its groups; null when no limit has room. */
static struct destination *turn(struct channel_state const *ch, int *class)
{
  uint32_t max = route_settings.concurrency[ch - channels];
  int retries = ch->retry_flights < (max + 1) / 2 + max / 4, c, ring;
  unsigned int have = 0;
  struct destination *d;

  if (ch->flights >= max) return 0;
  for (c = 0; c < CLASSES; c++) have |= (ch->ring[c] ? 1u : 0) << c;
  ring = whose(ch->taken, have, retries);
  if (ring == -1) return 0;
  d = ch->ring[ring];
  for (c = 0, have = 0; c < CLASSES; c++) have |= (d->head[c] ? 1u : 0) << c;
  *class = whose(d->taken, have, retries);
  return d;
}

struct group *turns_pick(enum channel channel, long long now)
{
  struct channel_state *ch = channels + channel;
  struct destination *d;
  struct group *g;
  int class;

  while ((d = turn(ch, &class))) {
    look(d, now);               /* a spare session that it could have had may be gone by now */
    if (!d->hold) break;
    settle(d, 0);
  }
  if (!d) return 0;
  g = d->head[class];
  ch->ring[d->ring] = d->next;
  ch->taken++;
  d->taken++;
  turns_unqueue(g);
  return g;
}

void turns_started(struct group const *g, uint32_t number, long long now)
{
  struct destination *d = g->d;

  d->flights++;
  channels[d->channel].flights++;
  channels[d->channel].retry_flights += class_retries(g->class) ? 1 : 0;
  pace_started(&d->pace, number, d->flights, route_settings.perhost, now);
  look(d, now);
  settle(d, 0);
}

static void found_dead(struct destination *d, long long now)
{
  long long wait = d->probes < 6 ? (long long)DEAD_FIRST << d->probes : DEAD_MAX;

  if (d->dead_until > now) return;      /* several deliveries found the same thing */
  d->probes++;
  d->dead_since = now;
  d->dead_until = now + (wait > DEAD_MAX ? DEAD_MAX : wait);
  maillog_down(d->name, (d->dead_until - now) / 1000, d->queued + destination_parked(d));
}

void turns_ended(struct group const *g, struct ending const *e, long long now)
{
  struct destination *d = g->d;
  size_t len = e->reply_len < DESTINATION_REPLY ? e->reply_len : DESTINATION_REPLY;

  pace_ended(&d->pace, e, d->flights, route_settings.perhost, now);
  d->flights--;
  channels[d->channel].flights--;
  channels[d->channel].retry_flights -= class_retries(g->class) ? 1 : 0;
  if (e->down) found_dead(d, now);
  else if (e->spoke) {
    d->probes = 0;
    d->dead_until = 0;
  }
  memcpy(d->reply, e->reply, len);
  d->reply[len] = 0;
  d->streak = d->streak < STREAK_MAX ? d->streak + 1 : 0;
  look(d, now);
  settle(d, d->channel == CHANNEL_REMOTE && d->streak);
  destination_thirst(d);
}

void turns_busy(struct destination *d, int busy, long long now)
{
  d->busy_until = busy ? now + BUSY_MS : 0;
  look(d, now);
  settle(d, 0);
  destination_thirst(d);
}

void turns_renew_one(struct destination *d)
{
  d->probes = 0;
  d->dead_until = 0;
  settle(d, 0);
  destination_thirst(d);
}

void turns_renew(void)
{
  destination_each(turns_renew_one);
}

void turns_want(void)
{
  wanted = io_clock();
}

void turns_wanted(struct destination *d)
{
  if (d && d->dead_since < wanted) turns_renew_one(d);
}

static void changed(struct destination *d)
{
  destination_rates(d);
  look(d, io_clock());
  settle(d, 0);
  destination_thirst(d);
}

void turns_changed(void)
{
  destination_each(changed);
}
