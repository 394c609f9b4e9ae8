/* feed.c - see feed.h */

#include <limits.h>
#include <time.h>

#include "send/clean.h"
#include "send/feed.h"
#include "send/groups.h"
#include "send/lot.h"
#include "send/memory.h"
#include "send/retry.h"
#include "send/round.h"
#include "send/scan.h"
#include "lib/io/io.h"

#define LOADS_A_TURN 32         /* of each kind */
#define LOADS_MS 2              /* the same, but for new mail, which would wait for them */
#define CLEANS_MAX 5000         /* asked of mail-clean: then nothing new is loaded */

int feed_all;

static struct lot named;        /* new: mail-queued has told of them */
static struct lot found;        /* never tried; a scan has found them */

/* It has just come, or mail-send was started anew. */
void feed_named(char const *id)
{
  int64_t next;
  known k = scan_named(id, &next);

  if (!k) return;
  if (next == STATE_HELD || backlog_flags(k) & KNOWN_WISH) feed_found(k, next);
  else lot_park(&named, k, PLACE_NEW);
}

void feed_scan(void)
{
  int64_t next;
  known k;

  while ((k = scan_next(&next))) feed_found(k, next);
}

void feed_found(known k, int64_t next)
{
  int64_t wait = next - time(0);

  if (next == STATE_HELD && !(backlog_flags(k) & KNOWN_WISH)) backlog_flag(k, 0, KNOWN_HOLD);
  if (backlog_flags(k) & KNOWN_HOLD) backlog_put(k, PLACE_HELD);
  else if (backlog_flags(k) & KNOWN_WISH) backlog_at(k, retry_turn(backlog_now()));
  else if (!next || feed_all) lot_park(&found, k, PLACE_NEW);
  else if (wait <= 0 || wait > RETRY_LONGEST(route_settings.retry.most)) backlog_at(k, 0);
  else {
    if (wait <= GROUPS_HELD_SECONDS + 1) backlog_flag(k, 0, KNOWN_PARTLY);      /* it may be for that that it waits */
    round_later(k, (uint32_t)wait);
  }
}

static void pick(struct lot *l)
{
  struct lot all = *l;
  known k;

  *l = (struct lot){ .held = all.held };
  while ((k = lot_take(&all))) {
    if (backlog_flags(k) & (KNOWN_EXPIRE | KNOWN_DROP)) backlog_at(k, retry_turn(backlog_now()));
    else lot_park(l, k, PLACE_LOT);
  }
}

static void pick_destination(struct destination *d)
{
  int c;

  for (c = 0; c < CLASSES; c++) pick(d->lot + c);
}

void feed_pick(void)
{
  int ch, c;

  destination_each(pick_destination);
  for (ch = 0; ch < CHANNELS; ch++)
    for (c = 0; c < CLASSES; c++) pick(channels[ch].lot + c);
}

int feed_may(void)
{
  return message_room() && clean_open() < CLEANS_MAX;
}

/* Messages out of the lots of destinations and channels that have room again. */
static void refill(long long until)
{
  unsigned int n = 0;
  struct destination *d;
  int ch, c;
  known k;

  while (n < LOADS_A_TURN && feed_may() && (d = destination_thirsty())) {
    destination_keep(d);        /* after a HUP its message may be another's, who needs a place in the table */
    while (n++ < LOADS_A_TURN && (k = destination_unpark(d))) round_event(k, 0, ROUND_TURN);
    destination_keep(0);
    destination_thirst(d);
  }
  for (ch = 0; ch < CHANNELS; ch++)
    for (c = 0; c < CLASSES; c++)
      while (io_clock() < until && feed_may() && !channel_saturated((enum channel)ch, (enum class)c)
             && (k = lot_take(channels[ch].lot + c))) round_event(k, 0, ROUND_TURN);
}

static known next_named(void)
{
  return lot_take(&named);
}

static known next_found(void)
{
  return lot_take(&found);
}

static known next_due(void)
{
  return backlog_due(backlog_now());
}

/* until: a moment of io_clock */
static void load(known (*next)(void), long long until)
{
  unsigned int n;
  known k;

  for (n = 0; n < LOADS_A_TURN && feed_may() && io_clock() < until && (k = next()); n++) round_event(k, 0, ROUND_TURN);
}

void feed_load(void)
{
  load(next_named, LLONG_MAX);
  load(next_found, io_clock() + LOADS_MS);
  load(next_due, io_clock() + LOADS_MS);
  load(memory_next, io_clock() + LOADS_MS);
  refill(io_clock() + LOADS_MS);
}

static int lots_wait(void)
{
  struct destination *d = destination_thirsty();
  int ch, c, wait = !!d;

  if (d) destination_thirst(d);
  for (ch = 0; ch < CHANNELS; ch++)
    for (c = 0; c < CLASSES; c++) wait |= channels[ch].lot[c].n && !channel_saturated((enum channel)ch, (enum class)c);
  return wait;
}

int feed_waits(void)
{
  return named.n || found.n || backlog_next() <= backlog_now() || memory_waits() || lots_wait();
}
