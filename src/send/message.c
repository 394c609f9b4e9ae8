/* message.c - see message.h */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "door/limits.h"
#include "send/memory.h"
#include "send/message.h"
#include "send/retry.h"
#include "lib/io/io.h"

#define LOADED_MAX 4000
#define PART_MS 60000           /* what an earlier part of a round has passed over is looked at again */

int message_once, message_stopping;

_Static_assert(PART_MAX * (sizeof(struct target) + ADDRESS_MAX + PARAM_RUN_MAX + 16) < MEMORY_SHARE,
               "a part of one message fits a quarter of what all large ones have");

static struct line loaded;
static uint32_t behind;

struct message *message_first(void)
{
  return line_first(&loaded);
}

struct message *message_next(struct message const *m)
{
  return line_next(m->link + LINK_LOADED);
}

struct message *message_find(known k)
{
  struct message *m = message_first();

  while (m && m->k != k) m = message_next(m);
  return m;
}

uint32_t message_count(void)
{
  return loaded.n;
}

int message_room(void)
{
  return loaded.n < LOADED_MAX && memory_room();
}

struct message *message_new(known k)
{
  struct message *m = calloc(1, sizeof *m);
  int kind;

  if (!m) return 0;
  for (kind = 0; kind < LINKS; kind++) m->link[kind].m = m;
  m->k = k;
  m->phase = PHASE_WAITING;
  backlog_id(k, m->id);
  line_join(&loaded, m->link + LINK_LOADED);
  return m;
}

int message_blank(struct message *m)
{
  m->mark = malloc(m->env.rcpts + 1);
  if (!m->mark) return -1;
  memset(m->mark, MARK_OPEN, m->env.rcpts);
  return 0;
}

static void count_marks(struct message *m)
{
  uint32_t i;

  for (i = 0; i < m->env.rcpts; i++) {
    m->left += mark_todo(m->mark[i]);
    m->owed += mark_owed(m->mark[i]);
  }
}

static void age(struct message *m)
{
  uint32_t watched = backlog_now() - backlog_since(m->k), ran, tries;
  int64_t now = time(0), away = now - m->st.last - (int64_t)watched;

  if (!(backlog_flags(m->k) & KNOWN_COUNTED) && m->st.last && away > 0)
    m->gap = away > RETRY_GAP ? RETRY_GAP : (uint32_t)away;
  m->counted = !!(backlog_flags(m->k) & KNOWN_TRIED);
  if (m->counted) m->base = RETRY_REMOTE;
  tries = m->st.tries - m->counted;
  ran = m->st.ran + m->gap + watched;
  m->old = retry_old(now - id_time(m->id), ran, route_settings.lifetime);
  m->last = retry_last(route_settings.retry.first, tries, now - id_time(m->id), ran, route_settings.lifetime);
  m->late = route_settings.delaynotice && retry_old(now - id_time(m->id), ran, route_settings.delaynotice);
  m->class = class_of(m->left, tries > 0);
}

int message_prepare(struct message *m)
{
  uint32_t i, from = backlog_cursor(m->k);

  count_marks(m);
  age(m);
  if (from) message_pass(m, io_clock() + PART_MS);
  if (part_take(&m->part, &m->env, m->mark, from) == -1) return -1;
  m->target = calloc(m->part.n + 1, sizeof *m->target);
  m->nohost = strdup(route_settings.site.envnoathost.s);        /* a HUP may change it while groups use it */
  if (!m->target || !m->nohost) return -1;
  for (i = 0; i < m->part.n; i++) {
    uint32_t index = part_index(&m->part, i);
    if (part_has(&m->part, m->mark, index))
      target_make(m->target + m->targets++, envelope_rcpt(&m->env, i), index, m->nohost);
  }
  target_sort(m->target, m->targets);
  return 0;
}

int message_admit(struct message *m)
{
  size_t weight = sizeof *m + m->env.len + m->env.rcpts * (sizeof *m->mark + sizeof *m->fail.latest)
                  + m->part.n * (sizeof *m->env.rcpt + sizeof *m->part.index + sizeof *m->target)
                  + m->fail.n * sizeof *m->fail.f;

  if (!memory_take(m->k, m->env.uid, weight)) return 0;
  m->weight = weight;
  return 1;
}

void message_free(struct message *m)
{
  int kind;

  for (kind = 0; kind < LINKS; kind++) line_quit(m->link + kind);
  message_durable(m);
  memory_give(m->env.uid, m->weight);
  failures_free(&m->fail);
  envelope_free(&m->env);
  free(m->mark);
  part_free(&m->part);
  free(m->target);
  free(m->nohost);
  free(m);
}

void message_phase(struct message *m, enum phase p)
{
  m->phase = p;
  m->since = io_clock();
}

void message_leave(struct message *m, enum leaving why)
{
  if (why > m->leaving) m->leaving = why;
}

void message_mark(struct message *m, uint32_t i, char mark)
{
  m->left -= mark_todo(m->mark[i]);
  m->owed -= mark_owed(m->mark[i]);
  m->mark[i] = mark;
  m->left += mark_todo(mark);
  m->owed += mark_owed(mark);
  if (m->from >= m->to) m->from = m->to = i;
  if (i < m->from) m->from = i;
  if (i >= m->to) m->to = i + 1;
}

void message_put_off(struct message *m, uint32_t base)
{
  if (base > m->base) m->base = base;
  message_leave(m, LEAVE_PUT_OFF);
}

void message_pass(struct message *m, long long until)
{
  if (!m->pass_until || until < m->pass_until) m->pass_until = until;
}

void message_next_try(struct message *m)
{
  uint32_t wait = (uint32_t)io_left(m->pass_until) / 1000 + 1;

  if (m->base) {
    m->st.tries += !m->counted;
    m->counted = 1;
    wait = retry_wait(&route_settings.retry, m->id, m->st.tries, m->base);
  }
  if (m->part.next) wait = 1;   /* others are to have their first try, should there be a crash */
  m->due = backlog_now() + wait;
  m->st.next = time(0) + wait;
  m->head |= m->base != 0;
}

void message_hurry(struct message *m)
{
  m->hurry = 1;
}

void message_bounce_number(struct message *m, uint32_t number)
{
  m->st.bounces = number;
  m->head = 1;
}

uint32_t message_behind(void)
{
  return behind;
}

void message_ended(struct message *m)
{
  m->behind++;
  behind++;
}

void message_durable(struct message *m)
{
  behind -= m->behind;
  m->behind = 0;
}

void message_stamp(struct message *m)
{
  uint32_t now = backlog_now();

  m->st.ran += m->gap + (now - backlog_since(m->k));
  m->gap = 0;
  m->st.last = time(0);
  backlog_set_since(m->k, now);
  backlog_flag(m->k, 0, KNOWN_COUNTED | KNOWN_TRACES);
}

void message_written(struct message *m)
{
  m->from = m->to = 0;
  m->head = 0;
}

uint32_t message_open(struct message *m)
{
  uint32_t at = m->opened;

  m->opened += target_run(m->target + at, m->targets - at);
  return at;
}

void message_close(struct message *m)
{
  m->opened = m->targets;
  m->busy = 0;
}

void message_busy(struct message *m, uint32_t target, uint64_t key)
{
  m->target[target].key = key;
  m->target[target].busy = 1;
  m->busy++;
}

void message_again(struct message *m)
{
  m->targets = target_again(m->target, m->targets);
  m->opened = m->busy = 0;
  m->came_back = 1;
}

struct group *message_group(struct message *m, struct destination *d, uint32_t at, uint32_t end)
{
  struct group *g = malloc(sizeof *g);

  if (!g) return 0;
  *g = (struct group){ .m = m, .d = d, .at = at, .end = end, .class = m->class };
  m->group[m->groups++] = g;
  return g;
}

void message_ungroup(struct group *g)
{
  struct message *m = g->m;
  uint32_t i = 0;

  while (m->group[i] != g) i++;
  m->group[i] = m->group[--m->groups];
  free(g);
}

void message_flight(struct message *m, int more)
{
  m->flights += more ? 1 : UINT32_MAX;
}
