/* settle.c - see settle.h */

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "door/clean.h"
#include "send/settle.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define SETTLE_MS 1000
#define URGENT_MS 50
#define AGAIN_MS 5000           /* after an error: the disk may be full */
#define BATCH_MAX 256           /* messages: then it does not wait for the time */
#define BEHIND_MAX 100          /* deliveries that may end before the first of them is on disk */

_Static_assert(BEHIND_MAX > CLEAN_BATCH, "mail-clean is never waited for with less than makes it work at once");

static struct message *list;
static unsigned int count;
static uint32_t behind;         /* deliveries that have ended, and no disk knows it */
static long long due;
static int complained;
static int trouble;             /* the last batch had errors: it waits, whatever is urgent */

void settle_count(struct message *m)
{
  m->behind++;
  behind++;
}

int settle_full(void)
{
  return behind >= BEHIND_MAX;
}

static void forget(struct message *m)
{
  behind -= m->behind;
  m->behind = 0;
}

void settle_add(struct message *m, int urgent)
{
  long long when = io_clock() + (urgent || settle_full() ? URGENT_MS : SETTLE_MS);

  if (!list || (!trouble && when < due)) due = when;
  if (m->dirty) return;
  m->dirty = 1;
  m->dirty_next = list;
  list = m;
  if (++count >= BATCH_MAX && !trouble) due = 0;
}

void settle_drop(struct message *m)
{
  struct message **p = &list;

  forget(m);
  if (!m->dirty) return;
  while (*p != m) p = &(*p)->dirty_next;
  *p = m->dirty_next;
  m->dirty = 0;
  count--;
}

int settle_wait(void)
{
  long long wait = due - io_clock();

  return !list ? -1 : wait < 0 ? 0 : (int)wait;
}

/* the directories touched by a batch */
struct touched {
  char const *name;
  unsigned char hh[ID_HASHES];        /* 1: to be synced; 2: could not be */
};

static unsigned char *touched_at(struct touched *t, char const *id)
{
  return t->hh + id_hash(id);
}

static int sync_directory(char const *path)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r, e;

  if (fd == -1) return -1;
  r = fsync(fd);
  e = errno;
  close(fd);
  errno = e;
  return r;
}

static void sync_touched(struct touched *t)
{
  char path[ID_PATH_MAX];
  unsigned int i;

  for (i = 0; i < ID_HASHES; i++) {
    if (!t->hh[i]) continue;
    id_dir(path, t->name, i);
    if (sync_directory(path) == 0) continue;
    t->hh[i] = 2;
    log_sys("alert: cannot sync queue/", path, (char const *)0);
  }
}

/* One line a batch: a full disk would fill the log too. */
static void complain(char const *kind, char const *id)
{
  if (!complained) log_sys("alert: cannot write queue/", kind, "/.../", id, (char const *)0);
  complained = 1;
}

static void texts(struct message *m, struct touched *dirs)
{
  if (m->fail.pending.len) backlog_flag(m->k, KNOWN_TRACES);
  if (m->fail.pending.len && failures_write(&m->fail, m->id) == -1)
    complain("bounce", m->id);
  if (m->fail.durable && !m->fail.named) *touched_at(dirs, m->id) = 1;
}

/* Are its texts durable, and so may its marks go into the file? */
static int texts_done(struct message *m, struct touched *dirs)
{
  if (m->fail.pending.len) return 0;
  if (!m->fail.durable || m->fail.named) return 1;
  m->fail.named = *touched_at(dirs, m->id) == 1;
  return m->fail.named;
}

static int changed(struct message const *m)
{
  return m->from < m->to || m->head_changed || !m->st.whole || !m->st.named;
}

static void marks(struct message *m, struct touched *dirs)
{
  uint32_t now = message_now();

  m->st.ran += m->gap + (now - backlog_since(m->k));
  m->gap = 0;
  backlog_set_since(m->k, now);
  backlog_flag(m->k, KNOWN_COUNTED | KNOWN_TRACES);
  m->st.last = time(0);
  if (state_write(m->id, &m->st, m->mark, m->env.rcpts, m->from, m->to) == -1)
    complain("state", m->id);
  else {
    m->from = m->to = 0;
    m->head_changed = 0;
    if (!m->st.named) *touched_at(dirs, m->id) = 1;
  }
}

static int marks_done(struct message *m, struct touched *dirs)
{
  if (!m->st.whole) return 0;
  if (!m->st.named) m->st.named = *touched_at(dirs, m->id) == 1;
  return m->st.named;
}

/* Nothing but the time of its next try would be lost: it need not stay in memory while the disk is full. */
static int can_do_without(struct message const *m)
{
  return m->from >= m->to && !m->fail.pending.len && !m->owed && !m->keeping;
}

unsigned int settle_run(void)
{
  struct touched bounce = { "bounce", { 0 } }, state = { "state", { 0 } };
  struct message *m, *next, *batch = list;

  complained = 0;
  for (m = batch; m; m = m->dirty_next) texts(m, &bounce);
  sync_touched(&bounce);
  for (m = batch; m; m = m->dirty_next)
    if (texts_done(m, &bounce) && changed(m)) marks(m, &state);
  sync_touched(&state);
  list = 0;
  count = 0;
  trouble = 0;
  for (m = batch; m; m = next) {
    next = m->dirty_next;
    m->dirty = 0;
    if ((texts_done(m, &bounce) && marks_done(m, &state)) || can_do_without(m)) {
      forget(m);
      message_settled(m);
    }
    else {
      settle_add(m, 0);
      trouble = 1;
    }
  }
  if (trouble) due = io_clock() + AGAIN_MS;
  return count;
}
