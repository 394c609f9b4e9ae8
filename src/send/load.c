/* load.c - see load.h */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/conf/owner.h"
#include "send/load.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

static enum load read_envelope(struct message *m)
{
  char path[ID_PATH_MAX];
  int fd, r = -1;

  id_path(path, "todo", m->id);
  fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd == -1 && errno == ENOENT) return LOAD_GONE;
  if (fd != -1) {
    r = envelope_read(&m->env, fd, m->id);
    io_close_keep(fd);
  }
  if (r == 1) return LOAD_LOADED;
  if (r == -1) {
    log_sys("warning: cannot read queue/", path, owner_hint(path));
    return LOAD_TROUBLE;
  }
  log_line("alert: damaged envelope, left alone: queue/", path);
  return LOAD_STUCK;
}

static enum load trouble(char const *kind, char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, kind, id);
  log_sys("warning: cannot read queue/", path, owner_hint(path));
  return LOAD_TROUBLE;
}

/* What is in it counts for nothing, or is not understood. */
static void bad(char const *kind, char const *id, char const *words)
{
  char path[ID_PATH_MAX];

  id_path(path, kind, id);
  log_line(words, "queue/", path);
}

/* What is done already. */
static enum load read_traces(struct message *m)
{
  enum state_answer a = STATE_NONE;
  int r;

  if (message_blank(m) == -1) return trouble("state", m->id);
  if (backlog_flags(m->k) & KNOWN_TRACES) a = state_read(m->id, &m->st, m->mark, m->env.rcpts);
  if (a == STATE_ERROR) return trouble("state", m->id);
  if (a == STATE_TORN) bad("state", m->id, "warning: torn state file, nothing in it counts: ");
  r = failures_open(&m->fail, m->id, m->env.rcpts, a != STATE_NONE);
  if (a == STATE_STRANGE || r == -2) {
    bad(r == -2 ? "bounce" : "state", m->id, "alert: file of an unknown version, left alone: ");
    return LOAD_STUCK;
  }
  return r == -1 ? trouble("bounce", m->id) : LOAD_LOADED;
}

static enum load prepare(struct message *m)
{
  if (message_prepare(m) == 0) return message_admit(m) ? LOAD_LOADED : LOAD_PARKED;
  log_sys("warning: cannot load ", m->id);
  return LOAD_NO_MEMORY;
}

enum load load_message(known k, struct message **loaded)
{
  struct message *m = message_new(k);
  enum load r;

  backlog_put(k, PLACE_LOADED);
  if (!m) return LOAD_NO_MEMORY;
  r = read_envelope(m);
  if (r == LOAD_LOADED) r = read_traces(m);
  if (r == LOAD_LOADED) r = prepare(m);
  if (r == LOAD_LOADED) *loaded = m;
  else message_free(m);
  return r;
}
