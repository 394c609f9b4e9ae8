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

static enum load trouble(char const *id)
{
  char state[ID_PATH_MAX], bounce[ID_PATH_MAX];

  id_path(state, "state", id);
  id_path(bounce, "bounce", id);
  log_sys("warning: cannot read the state of ", id, *owner_hint(state) ? owner_hint(state) : owner_hint(bounce));
  return LOAD_TROUBLE;
}

/* What is done already. */
static enum load read_traces(struct message *m)
{
  enum state_answer a = STATE_NONE;
  int r;

  if (message_blank(m) == -1) return trouble(m->id);
  if (backlog_flags(m->k) & KNOWN_TRACES) a = state_read(m->id, &m->st, m->mark, m->env.rcpts);
  if (a == STATE_ERROR) return trouble(m->id);
  if (a == STATE_TORN) log_line("warning: torn state file, nothing in it counts: ", m->id);
  r = failures_open(&m->fail, m->id, m->env.rcpts, a != STATE_NONE);
  if (a == STATE_STRANGE || r == -2) {
    log_line("alert: state or bounce file of an unknown version, left alone: ", m->id);
    return LOAD_STUCK;
  }
  return r == -1 ? trouble(m->id) : LOAD_LOADED;
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
