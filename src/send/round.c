/* round.c - a round of deliveries of one message; see message.h */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "door/job.h"
#include "send/clean.h"
#include "send/deliver.h"
#include "send/message.h"
#include "send/result.h"
#include "send/retry.h"
#include "send/settle.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define HOLD_SECONDS 300        /* a channel with concurrency 0 is looked at again */
#define FULL_SECONDS 10         /* the table of destinations is full */
#define SPREAD_SECONDS 16       /* over which those that wait for a dead host come back */
#define BOUNCE_NUMBER_MAX 9999  /* lib/msg/id.h */
#define CROWD 1000              /* loaded messages: those with nothing under way give up their place */

static char const no_reason[] = "5.0.0 the reason was lost";
static char const host_down[] = "5.4.7 message expired; no host of this domain could be talked to";

void message_mark(struct message *m, uint32_t i, char mark)
{
  m->left -= m->mark[i] == MARK_TODO;
  m->failed -= m->mark[i] == MARK_FAILED;
  m->mark[i] = mark;
  m->failed += mark == MARK_FAILED;
  if (m->from >= m->to) {
    m->from = i;
    m->to = i + 1;
  }
  else {
    if (i < m->from) m->from = i;
    if (i >= m->to) m->to = i + 1;
  }
}

int message_failed(struct message *m, uint32_t i, char const *text, size_t len)
{
  if (failures_add(&m->fail, i, text, len) == -1) return -1;
  message_mark(m, i, MARK_FAILED);
  return 0;
}

/* Recipients that get no try in this round: in the last one they fail. */
static void pass(struct message *m, uint32_t at, uint32_t end, long long until, int dead)
{
  for (; at < end; at++) {
    uint32_t i = m->target[at].index;
    if (dead && m->last && message_failed(m, i, host_down, sizeof host_down - 1) == 0) {
      result_log(m, i, "failed", "", host_down, sizeof host_down - 1);
      continue;
    }
    if (dead) m->passed++;
    if (!m->pass_until || until < m->pass_until) m->pass_until = until;
  }
}

static uint32_t same_destination(struct message const *m, uint32_t at)
{
  struct target const *t = m->target + at;
  uint32_t end = at + 1;

  while (end < m->targets && m->target[end].channel == t->channel
         && (t->channel == CHANNEL_LOCAL
             || (m->target[end].len == t->len && !strncasecmp(m->target[end].domain, t->domain, t->len)))) end++;
  return end;
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
  d = destination_get((enum channel)t->channel, t->domain, t->len);
  if (destination_dead(d, now)) {
    pass(m, at, end, d->dead_until, 1);
    return;
  }
  g = d ? malloc(sizeof *g) : 0;
  if (!g) {
    pass(m, at, end, now + FULL_SECONDS * 1000, 0);
    m->crowded = 1;
    return;
  }
  *g = (struct group){ .m = m, .d = d, .at = at, .end = end, .retry = m->retry };
  m->group[m->groups++] = g;
  destination_queue(g);
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
  destination_unqueue(g);
  pass(g->m, g->at, g->end, until, dead);
  g->at = g->end;
}

void message_release(struct destination *d)
{
  struct group *g;
  known k;
  uint32_t n = 0;

  while ((g = d->head[0] ? d->head[0] : d->head[1])) {
    release(g, d->dead_until, 1);
    group_ended(g);
  }
  while ((k = lot_take(&d->lot))) {
    long long wait = d->dead_until - io_clock();
    message_later(k, (uint32_t)(wait < 0 ? 0 : wait / 1000) + 1 + n++ % SPREAD_SECONDS);
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

/* An ID has room for so many bounces; failures after them are told to the log alone. */
static int give_up_telling(struct message *m)
{
  uint32_t i;

  log_line("alert: too many bounces, the sender is not told of all failures: ", m->id, (char const *)0);
  for (i = m->fail.numbered; i < m->fail.n; i++) message_mark(m, m->fail.f[i].index, MARK_TOLD);
  return 0;
}

/* Every failure gets the number of the bounce that will tell of it. */
static int number_failures(struct message *m)
{
  uint32_t number = m->fail.highest > m->st.bounces ? m->fail.highest : m->st.bounces, i;
  struct failures *f = &m->fail;

  for (i = 0; i < m->env.rcpts && m->failed; i++)
    if (m->mark[i] == MARK_FAILED && !(f->latest && f->latest[i])
        && failures_add(f, i, no_reason, sizeof no_reason - 1) == -1) return -1;
  while (f->numbered < f->n) {
    uint32_t n = 0, room = JOB_ROOM;
    if (number >= BOUNCE_NUMBER_MAX) return give_up_telling(m);
    for (i = f->numbered; i < f->n && n < JOB_RCPTS_MAX; i++, n++) {
      size_t cost = message_cost(m, f->f[i].index, f->f[i].len);
      if (cost > room) break;
      room -= (uint32_t)cost;
    }
    if (failures_number(f, ++number, n) == -1) return -1;
    m->st.bounces = number;
    m->head_changed = 1;
  }
  return 0;
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
  int parking = m->parking, crowded = m->crowded, retry = m->retry, told = !m->left && !m->failed && !m->keeping;

  if (m->damaged) known_put(k, PLACE_HELD);
  message_free(m);
  if (known_place(k) == PLACE_HELD) return;
  if (told) clean_ask(k);
  else if (parking) lot_put(&channels[CHANNEL_REMOTE].lot[retry], k, PLACE_LOT);
  else if (crowded) schedule_at(k, now + FULL_SECONDS);
  else message_later(k, due > now ? due - now : 0);
}

static void round_end(struct message *m)
{
  if (!m->left && !m->failed) {
    leave(m);
    return;
  }
  count_try(m);
  if (m->failed && number_failures(m) == -1)
    log_line("warning: out of memory, no bounce yet: ", m->id, (char const *)0);
  m->phase = PHASE_SETTLING;
  if (m->dirty || m->from < m->to || m->head_changed || m->fail.pending.len) settle_add(m, 1);
  else message_settled(m);
}

void message_begin(struct message *m)
{
  m->phase = PHASE_ROUND;
  message_advance(m);
}

void message_advance(struct message *m)
{
  if (m->phase != PHASE_ROUND) return;
  if (m->later && !m->counted) count_try(m);    /* in the file within a second, however long the round takes */
  if (m->damaged) {
    withdraw(m);
    m->opened = m->targets;
  }
  if (!m->flights && m->groups && m->opened == m->targets && message_count() > CROWD
      && channel_saturated(CHANNEL_REMOTE, m->retry)) {
    withdraw(m);
    m->parking = !m->later;
  }
  while (!message_stopping && m->groups < GROUPS_MAX && m->opened < m->targets) open_group(m);
  if (m->groups || m->flights || (message_stopping && m->opened < m->targets)) return;
  round_end(m);
}

void message_settled(struct message *m)
{
  if (m->phase != PHASE_SETTLING) return;
  if (!message_stopping && !m->bounce_later && !m->damaged && m->failed && deliver_bounce(m)) {
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
