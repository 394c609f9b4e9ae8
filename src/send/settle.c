/* settle.c - see settle.h */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "door/clean.h"
#include "send/settle.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define SETTLE_MS 1000
#define URGENT_MS 50
#define AGAIN_MS 5000           /* after an error: the disk may be full */
#define BATCH_MAX 256           /* messages: then it does not wait for the time */
#define BEHIND_MAX 100          /* deliveries that may end before the first of them is on disk */

_Static_assert(BEHIND_MAX > CLEAN_BATCH, "mail-clean is never waited for with less than makes it work at once");

static struct line batch, durable;
static long long due;
static int complained;
static int trouble;             /* the last batch had errors: it waits, whatever is urgent */

int settle_full(void)
{
  return message_behind() >= BEHIND_MAX;
}

void settle_add(struct message *m, int urgent)
{
  long long when = io_clock() + (urgent || settle_full() ? URGENT_MS : SETTLE_MS);

  if (!batch.n || (!trouble && when < due)) due = when;
  line_join(&batch, m->link + LINK_SETTLE);
  if (batch.n >= BATCH_MAX && !trouble) due = io_clock();
}

long long settle_due(void)
{
  return batch.n ? due : 0;
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
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

  if (fd == -1) return -1;
  r = fsync(fd);
  io_close_keep(fd);
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
    log_sys("alert: cannot sync queue/", path, owner_hint(path));
  }
}

/* One line a batch: a full disk would fill the log too. */
static void complain(char const *kind, char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, kind, id);
  if (!complained) log_sys("alert: cannot write queue/", path, owner_hint(path));
  complained = 1;
}

static void texts(struct message *m, struct touched *dirs)
{
  if (m->fail.pending.len) backlog_flag(m->k, 0, KNOWN_TRACES);
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
  return m->from < m->to || m->head || !m->st.whole || !m->st.named;
}

static void marks(struct message *m, struct touched *dirs)
{
  message_stamp(m);
  if (state_write(m->id, &m->st, m->mark, m->env.rcpts, m->from, m->to) == -1)
    complain("state", m->id);
  else {
    message_written(m);
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
  return m->from >= m->to && !m->fail.pending.len && !m->owed
         && !(backlog_flags(m->k) & KNOWN_DONE);
}

unsigned int settle_run(void)
{
  struct touched bounce = { "bounce", { 0 } }, state = { "state", { 0 } };
  struct message *m, *next;

  complained = 0;
  for (m = line_first(&batch); m; m = line_next(m->link + LINK_SETTLE)) texts(m, &bounce);
  sync_touched(&bounce);
  for (m = line_first(&batch); m; m = line_next(m->link + LINK_SETTLE))
    if (texts_done(m, &bounce) && changed(m)) marks(m, &state);
  sync_touched(&state);
  for (m = line_first(&batch); m; m = next) {
    next = line_next(m->link + LINK_SETTLE);
    if (!(texts_done(m, &bounce) && marks_done(m, &state)) && !can_do_without(m)) continue;
    message_durable(m);
    line_quit(m->link + LINK_SETTLE);
    line_join(&durable, m->link + LINK_SETTLE);
  }
  trouble = batch.n > 0;
  if (trouble) due = io_clock() + AGAIN_MS;
  return batch.n;
}

struct message *settle_next(void)
{
  struct message *m = line_first(&durable);

  if (m) line_quit(m->link + LINK_SETTLE);
  return m;
}
