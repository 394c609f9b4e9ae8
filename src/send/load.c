/* load.c - messages come into memory and leave it; see message.h */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/conf/owner.h"
#include "send/clean.h"
#include "door/job.h"
#include "send/memory.h"
#include "send/message.h"
#include "send/maillog.h"
#include "send/retry.h"
#include "send/settle.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define LOADED_MAX 4000
#define WAIT_TROUBLE 60         /* seconds, after an error of the system */
#define WAIT_MEMORY 10

int message_once, message_stopping;

static struct message *first;
static uint32_t count;

uint32_t message_now(void)
{
  return (uint32_t)(io_clock() / 1000);
}

size_t message_cost(struct message const *m, uint32_t index, size_t text_len)
{
  return job_cost(strlen(envelope_rcpt(&m->env, index)), text_len, envelope_params(&m->env, index).len);
}

uint32_t message_count(void)
{
  return count;
}

struct message *message_first(void)
{
  return first;
}

int message_room(void)
{
  return count < LOADED_MAX && memory_room();
}

void message_later(known k, uint32_t seconds)
{
  backlog_at(k, message_once ? NEVER : message_now() + seconds);
}

void message_free(struct message *m)
{
  settle_drop(m);
  if (m->prev) m->prev->next = m->next;
  else first = m->next;
  if (m->next) m->next->prev = m->prev;
  count--;
  memory_give(m->env.uid, m->weight);
  failures_free(&m->fail);
  envelope_free(&m->env);
  free(m->mark);
  free(m->target);
  free(m->nohost);
  free(m);
}

static void link_in(struct message *m)
{
  m->next = first;
  if (first) first->prev = m;
  first = m;
  count++;
}

static size_t weight(struct message const *m)
{
  return sizeof *m + m->env.len + (size_t)m->env.rcpts * (sizeof *m->env.rcpt + sizeof *m->mark + sizeof *m->target);
}

/* Reads the envelope. 1; 0 when it was dealt with: gone, not understood, or to be tried again. */
static int read_envelope(struct message *m)
{
  char path[ID_PATH_MAX];
  int fd, r = -1, e;

  id_path(path, "todo", m->id);
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd == -1 && errno == ENOENT) {
    backlog_forget(m->k);      /* its traces are swept by the next scan */
    return 0;
  }
  if (fd != -1) {
    r = envelope_read(&m->env, fd, m->id);
    e = errno;
    close(fd);
    errno = e;
  }
  if (r == 1) return 1;
  if (r == -1) {
    log_sys("warning: cannot read queue/", path, owner_hint(path), (char const *)0);
    message_later(m->k, WAIT_TROUBLE);
    return 0;
  }
  log_line("alert: damaged envelope, left alone: queue/", path, (char const *)0);
  backlog_put(m->k, PLACE_STUCK);
  return 0;
}

static void count_marks(struct message *m)
{
  uint32_t i;

  m->left = m->owed = 0;
  for (i = 0; i < m->env.rcpts; i++) {
    m->left += mark_todo(m->mark[i]);
    m->owed += mark_owed(m->mark[i]);
  }
}

static void tell_unreadable(char const *id)
{
  char state[ID_PATH_MAX], bounce[ID_PATH_MAX];

  id_path(state, "state", id);
  id_path(bounce, "bounce", id);
  log_sys("warning: cannot read the state of ", id, *owner_hint(state) ? owner_hint(state) : owner_hint(bounce),
          (char const *)0);
}

/* Reads what is done already. 1, or 0 when it was dealt with. */
static int read_traces(struct message *m)
{
  enum state_answer a = STATE_NONE;
  int r = 0;

  m->mark = malloc(m->env.rcpts + 1);
  if (m->mark && backlog_flags(m->k) & KNOWN_TRACES) a = state_read(m->id, &m->st, m->mark, m->env.rcpts);
  else if (m->mark) memset(m->mark, MARK_OPEN, m->env.rcpts);
  if (a == STATE_TORN) log_line("warning: torn state file, nothing in it counts: ", m->id, (char const *)0);
  if (m->mark && a != STATE_ERROR) r = failures_open(&m->fail, m->id, m->env.rcpts, a != STATE_NONE);
  if (a == STATE_STRANGE || r == -2) {
    log_line("alert: state or bounce file of an unknown version, left alone: ", m->id, (char const *)0);
    backlog_put(m->k, PLACE_STUCK);
    return 0;
  }
  if (m->mark && a != STATE_ERROR && r == 0) {
    count_marks(m);
    return 1;
  }
  tell_unreadable(m->id);
  message_later(m->k, WAIT_TROUBLE);
  return 0;
}

static void age(struct message *m)
{
  uint32_t watched = message_now() - backlog_since(m->k), ran;
  int64_t now = time(0), away = now - m->st.last - (int64_t)watched;

  if (!(backlog_flags(m->k) & KNOWN_COUNTED) && m->st.last && away > 0)
    m->gap = away > RETRY_GAP ? RETRY_GAP : (uint32_t)away;
  ran = m->st.ran + m->gap + watched;
  m->old = retry_old(now - id_time(m->id), ran, route_settings.lifetime);
  m->last = retry_last(m->st.tries, now - id_time(m->id), ran, route_settings.lifetime);
  m->late = route_settings.delaynotice && retry_old(now - id_time(m->id), ran, route_settings.delaynotice);
  m->class = class_of(m->left, m->st.tries > 0);
}

static int compare_targets(void const *a, void const *b)
{
  struct target const *x = a, *y = b;
  int d = target_compare(x, y);

  return d ? d : (x->index > y->index) - (x->index < y->index);
}

void message_sort(struct message *m)
{
  qsort(m->target, m->targets, sizeof *m->target, compare_targets);
}

void message_busy(struct message *m, uint32_t target, uint64_t key)
{
  m->target[target].key = key;
  m->target[target].busy = 1;
  m->busy++;
}

static int make_targets(struct message *m)
{
  uint32_t i;

  m->target = calloc(m->left + 1, sizeof *m->target);
  m->nohost = strdup(route_settings.site.envnoathost.s);     /* a HUP may change it while groups use it */
  if (!m->target || !m->nohost) return -1;
  for (i = 0; i < m->env.rcpts; i++)
    if (mark_todo(m->mark[i])) target_make(m->target + m->targets++, envelope_rcpt(&m->env, i), i, m->nohost);
  message_sort(m);
  return 0;
}

/* Where it waits as a number for this target; null: nowhere. */
static struct lot *lot_of(struct message const *m, struct target const *t)
{
  struct destination *d = target_find(t);

  if (destination_saturated(d, m->class)) return d->lot + m->class;
  return channel_saturated((enum channel)t->channel, m->class) ? channels[t->channel].lot + m->class : 0;
}

int message_park(struct message *m, int any)
{
  struct target const *t = m->target, *end = t + m->targets;
  struct lot *lot = 0;

  if (!m->targets || (!any && t->channel != end[-1].channel)) return 0;
  if (any || !target_compare(t, end - 1))
    for (; t < end && !lot; t++) lot = t > m->target && !target_compare(t - 1, t) ? 0 : lot_of(m, t);
  else if (channel_saturated((enum channel)t->channel, m->class)) lot = channels[t->channel].lot + m->class;
  if (!lot) return 0;
  backlog_park(lot, m->k, PLACE_LOT);
  return 1;
}

static struct message *start(known k)
{
  struct message *m = calloc(1, sizeof *m);

  if (!m) {
    message_later(k, WAIT_MEMORY);
    return 0;
  }
  m->k = k;
  backlog_id(k, m->id);
  backlog_put(k, PLACE_LOADED);
  if (!read_envelope(m)) {
    free(m);
    return 0;
  }
  m->weight = weight(m);
  if (!memory_take(k, m->env.uid, m->weight)) {
    envelope_free(&m->env);
    free(m);
    return 0;
  }
  link_in(m);
  if (read_traces(m)) return m;
  message_free(m);
  return 0;
}

void message_load(known k)
{
  struct message *m;

  if (backlog_flags(k) & KNOWN_DONE) {
    clean_ask(k);
    return;
  }
  m = start(k);
  if (!m) return;
  age(m);
  if (!m->st.whole && !(backlog_flags(k) & KNOWN_TOLD)) maillog_new(m);
  backlog_flag(k, KNOWN_TOLD);
  if (make_targets(m) == -1) {
    log_sys("warning: cannot load ", m->id, (char const *)0);
    message_free(m);
    message_later(k, WAIT_MEMORY);
  }
  else if (!memory_large(m->weight) && message_park(m, 0)) message_free(m);     /* large ones have waited for memory */
  else message_begin(m);
}

void message_keep(known k, struct message *m)
{
  backlog_flag(k, KNOWN_DONE);
  if (!m) {
    message_later(k, WAIT_TROUBLE);
    return;
  }
  backlog_put(k, PLACE_LOADED);
  m->keeping = 1;
  m->due = message_now() + WAIT_TROUBLE;
  m->phase = PHASE_SETTLING;
  settle_add(m, 1);
}
