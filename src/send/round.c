/* round.c - a round of deliveries of one message; see message.h */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "send/clean.h"
#include "send/deliver.h"
#include "send/message.h"
#include "send/maillog.h"
#include "send/retry.h"
#include "send/settle.h"
#include "send/tell.h"
#include "send/turns.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define HOLD_SECONDS 300        /* a channel with concurrency 0 is looked at again */
#define FULL_SECONDS 10         /* the table of destinations is full */
#define SPREAD_SECONDS 16       /* over which those that wait for a dead host come back */
#define CROWD 1000              /* loaded messages: those with nothing under way give up their place */

static char const host_down[] = "5.4.7 message expired; no host of this domain could be talked to";
static char const host_waits[] = "4.4.1 no host of this domain could be talked to yet";

void message_mark(struct message *m, uint32_t i, char mark)
{
  m->left -= mark_todo(m->mark[i]);
  m->owed -= mark_owed(m->mark[i]);
  m->mark[i] = mark;
  m->left += mark_todo(mark);
  m->owed += mark_owed(mark);
  if (m->from >= m->to) {
    m->from = i;
    m->to = i + 1;
  }
  else {
    if (i < m->from) m->from = i;
    if (i >= m->to) m->to = i + 1;
  }
}

/* Recipients that get no try in this round: in the last one they fail. */
static void pass(struct message *m, uint32_t at, uint32_t end, long long until, int dead)
{
  for (; at < end; at++) {
    uint32_t i = m->target[at].index;
    if (dead && m->last && tell_failed(m, i, host_down, sizeof host_down - 1) == 0) {
      maillog_result(m, i, "failed", "", host_down, sizeof host_down - 1);
      continue;
    }
    if (dead) {
      m->passed++;
      tell_late(m, i, host_waits, sizeof host_waits - 1);
    }
    if (!m->pass_until || until < m->pass_until) m->pass_until = until;
  }
}

static uint32_t same_destination(struct message const *m, uint32_t at)
{
  uint32_t end = at + 1;

  while (end < m->targets && !target_compare(m->target + at, m->target + end)) end++;
  return end;
}

/* Should it wait as a number? What has come back busy may be for one user, whose mail is in memory already. */
static int rests(struct message const *m, struct destination const *d)
{
  return destination_resting(d)
         || (m->came_back && !m->groups && m->opened == m->targets && destination_saturated(d, m->class));
}

static void open_group(struct message *m)
{
  struct target const *t = m->target + m->opened;
  uint32_t at = m->opened, end = same_destination(m, at);
  struct destination *d;
  struct group *g;
  long long now = io_clock();

  m->opened = end;
  if (!route_settings.concurrency[t->channel]) {
    pass(m, at, end, now + HOLD_SECONDS * 1000, 0);
    return;
  }
  d = target_get(t);
  if (destination_dead(d, now)) {
    pass(m, at, end, d->dead_until, 1);
    return;
  }
  if (rests(m, d)) {
    pass(m, at, end, d->hold, 0);
    m->resting = 1;
    return;
  }
  g = d ? malloc(sizeof *g) : 0;
  if (!g) {
    pass(m, at, end, now + FULL_SECONDS * 1000, 0);
    m->crowded = 1;
    return;
  }
  *g = (struct group){ .m = m, .d = d, .at = at, .end = end, .class = m->class };
  m->group[m->groups++] = g;
  turns_queue(g);
}

static void group_close(struct group *g)
{
  struct message *m = g->m;
  uint32_t i = 0;

  while (m->group[i] != g) i++;
  m->group[i] = m->group[--m->groups];
  free(g);
}

void group_ended(struct group *g)
{
  struct message *m = g->m;

  if (g->at == g->end && !g->flights) group_close(g);
  message_advance(m);
}

static void release(struct group *g, long long until, int dead)
{
  turns_unqueue(g);
  pass(g->m, g->at, g->end, until, dead);
  g->at = g->end;
}

void message_release(struct destination *d)
{
  int dead = destination_dead(d, io_clock());
  struct group *g;
  known k;
  uint32_t n = 0;
  int c;

  for (c = 0; c < CLASSES; c++) {
    while ((g = d->head[c])) {
      g->m->resting |= !dead;
      release(g, dead ? d->dead_until : d->hold, dead);
      group_ended(g);
    }
    while (dead && (k = backlog_take(d->lot + c))) {
      long long wait = d->dead_until - io_clock();
      message_later(k, (uint32_t)(wait < 0 ? 0 : wait / 1000) + 1 + n++ % SPREAD_SECONDS);
    }
  }
}

/* Takes its groups back, so that it can be unloaded. */
static void withdraw(struct message *m)
{
  uint32_t i;

  for (i = m->groups; i-- > 0;) {
    release(m->group[i], io_clock(), 0);
    if (!m->group[i]->flights) group_close(m->group[i]);
  }
}

/* Counts this round as a try and says when the next one is. */
static void count_try(struct message *m)
{
  uint32_t wait = m->pass_until > io_clock() ? (uint32_t)((m->pass_until - io_clock()) / 1000) + 1 : 1;

  if (m->later || m->bounce_later || (m->old && m->passed)) {
    if (!m->counted) m->st.tries++;
    m->counted = 1;
    wait = retry_wait(m->id, m->st.tries, m->later_remote || m->bounce_later ? RETRY_REMOTE : RETRY_LOCAL);
    m->head_changed = 1;
  }
  m->due = message_now() + wait;
  m->st.next = time(0) + wait;
}

static void leave(struct message *m)
{
  known k = m->k;
  uint32_t due = m->hurry ? 0 : m->due, now = message_now();
  int crowded = m->crowded || m->parking, parked;

  if (!m->left && !m->owed && !m->keeping && !m->damaged) {
    clean_message(m);
    return;
  }
  parked = (m->resting || m->parking) && !m->damaged && !m->later && !m->bounce_later && message_park(m, m->parking);
  if (m->damaged) backlog_put(k, PLACE_STUCK);
  message_free(m);
  if (parked || backlog_place(k) == PLACE_STUCK) return;
  if (crowded) backlog_at(k, now + FULL_SECONDS);
  else message_later(k, due > now ? due - now : 0);
}

static void round_end(struct message *m)
{
  if (!m->left && !m->owed) {
    leave(m);
    return;
  }
  count_try(m);
  if (m->owed && tell_number(m) == -1)
    log_line("warning: out of memory, no bounce yet: ", m->id, (char const *)0);
  m->phase = PHASE_SETTLING;
  if (m->dirty || m->from < m->to || m->head_changed || m->fail.pending.len) settle_add(m, 1);
  else message_settled(m);
}

/* Starts over with the targets that came back, now that it is known whose they are. */
static void again(struct message *m)
{
  uint32_t i, n = 0;

  for (i = 0; i < m->targets; i++) {
    if (!m->target[i].busy) continue;
    m->target[n] = m->target[i];
    m->target[n++].busy = 0;
  }
  m->targets = n;
  m->opened = m->busy = 0;
  m->came_back = 1;
  message_sort(m);
}

void message_begin(struct message *m)
{
  m->phase = PHASE_ROUND;
  message_advance(m);
}

/* Has each of its places enough without it? */
static int stuck(struct message const *m)
{
  uint32_t i = 0;

  while (i < m->groups && (destination_saturated(m->group[i]->d, m->class)
                           || channel_saturated(m->group[i]->d->channel, m->class))) i++;
  return i == m->groups;
}

void message_advance(struct message *m)
{
  if (m->phase != PHASE_ROUND) return;
  if (m->later && !m->counted) count_try(m);    /* in the file within a second, however long the round takes */
  if (m->damaged) {
    withdraw(m);
    m->opened = m->targets;
  }
  if (!m->flights && m->groups && m->opened == m->targets && message_count() > CROWD && stuck(m)) {
    withdraw(m);
    m->parking = !m->later;
  }
  if (!message_stopping && m->busy && !m->damaged && !m->groups && m->opened == m->targets) again(m);
  while (!message_stopping && m->groups < GROUPS_MAX && m->opened < m->targets) open_group(m);
  if (m->groups || m->flights || (message_stopping && (m->busy || m->opened < m->targets))) return;
  round_end(m);
}

void message_settled(struct message *m)
{
  if (m->phase == PHASE_REMOVING) {
    clean_settled(m);
    return;
  }
  if (m->phase != PHASE_SETTLING) return;
  if (!message_stopping && !m->bounce_later && !m->damaged && m->owed && deliver_bounce(m)) {
    m->phase = PHASE_BOUNCING;
    return;
  }
  leave(m);
}

void message_bounced(struct message *m, int again_later)
{
  m->phase = PHASE_SETTLING;
  if (again_later) {
    m->bounce_later = 1;
    count_try(m);
  }
  settle_add(m, 1);
}

void message_hurry(void)
{
  struct message *m;

  for (m = message_first(); m; m = m->next) m->hurry = m->later || m->pass_until || m->bounce_later;
}

void message_conclude(struct message *m)
{
  if (m->phase == PHASE_ROUND && (m->later || m->from < m->to)) count_try(m);
  if (m->dirty || m->from < m->to || m->head_changed || m->fail.pending.len) settle_add(m, 1);
}
