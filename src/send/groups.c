/* groups.c - see groups.h */

#include <string.h>

#include "send/groups.h"
#include "send/maillog.h"
#include "send/retry.h"
#include "send/tell.h"
#include "send/turns.h"
#include "lib/io/io.h"
#include "lib/msg/crc32.h"

static char const host_down[] = "5.4.7 message expired; no host of this domain could be talked to";
static char const host_waits[] = "4.4.1 no host of this domain could be talked to yet";

/* How much later than others of a large queue, in milliseconds. */
static long long later(struct message const *m)
{
  return 1000LL * (crc32_add(0, m->id, strlen(m->id)) % (retry_spread(backlog_count()) + 1));
}

/* Recipients that get no try in this round: in the last one they fail. */
static void pass(struct message *m, uint32_t at, uint32_t end, long long until, int dead)
{
  for (; at < end; at++) {
    uint32_t i = m->target[at].index;
    if (dead && m->last && tell_failed(m, i, host_down, sizeof host_down - 1) == 0) {
      maillog_result(m, i, "failed", 0, host_down, sizeof host_down - 1);
      continue;
    }
    if (dead) tell_late(m, i, host_waits, sizeof host_waits - 1);
    if (dead && m->old) message_put_off(m, RETRY_LOCAL);
    message_pass(m, until);
  }
}

/* Should it wait as a number? What has come back busy may be for one user, whose mail is in memory already. */
static int rests(struct message const *m, struct destination const *d)
{
  return destination_resting(d)
         || (m->came_back && !m->groups && m->opened == m->targets && destination_saturated(d, m->class));
}

static void open_one(struct message *m)
{
  uint32_t at = message_open(m), end = m->opened;
  struct target const *t = m->target + at;
  struct destination *d;
  struct group *g;
  long long now = io_clock();

  if (!route_settings.concurrency[t->channel]) {
    pass(m, at, end, now + GROUPS_HELD_SECONDS * 1000, 0);
    return;
  }
  if (t->held) {
    pass(m, at, end, now + GROUPS_HELD_SECONDS * 1000, 0);
    backlog_flag(m->k, 0, KNOWN_PARTLY);
    return;
  }
  d = target_get(t);
  if (backlog_flags(m->k) & KNOWN_RETRY) turns_wanted(d);
  if (destination_dead(d, now)) pass(m, at, end, d->dead_until + later(m), 1);
  else if (rests(m, d)) {
    pass(m, at, end, d->hold, 0);
    message_leave(m, LEAVE_TO_REST);
  }
  else if (d && (g = message_group(m, d, at, end))) turns_queue(g);
  else {
    pass(m, at, end, now + GROUPS_FULL_SECONDS * 1000, 0);
    message_leave(m, LEAVE_CROWDED);
  }
}

void groups_take_back(struct group *g, long long until, int dead)
{
  turns_unqueue(g);
  pass(g->m, g->at, g->end, until, dead);
  g->at = g->end;
}

void groups_withdraw(struct message *m)
{
  uint32_t i;

  for (i = m->groups; i-- > 0;) {
    groups_take_back(m->group[i], io_clock(), 0);
    if (!m->group[i]->flights) message_ungroup(m->group[i]);
  }
  message_close(m);
}

void groups_open(struct message *m)
{
  while (m->groups < GROUPS_MAX && m->opened < m->targets) open_one(m);
}

int groups_spare(struct message const *m)
{
  uint32_t i = 0;

  while (i < m->groups && (destination_saturated(m->group[i]->d, m->class)
                           || channel_saturated(m->group[i]->d->channel, m->class))) i++;
  return i == m->groups;
}
