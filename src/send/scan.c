/* scan.c - see scan.h */

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "door/state.h"
#include "send/journal.h"
#include "send/reasons.h"
#include "send/scan.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define SCAN_MS 1800000         /* between looks that nothing asked for */
#define AGAIN_MS 60000          /* after one that could not see all */
#define ENTRIES_A_TURN 256
#define DIRECTORIES_A_TURN 8
#define TURN_MS 2               /* new mail waits no longer for a turn to be over */

/* In each HH todo/ comes before the traces, so that what is queued is known when its traces are looked at. The HH of
   this moment is the first, then they go back in time: what came last, while nobody listened, need not wait for all. */
static char const *const kinds[] = { "todo", "state", "bounce" };
#define KINDS 3

static unsigned int at = ID_HASHES * KINDS;   /* which directory of all, in that order */
static unsigned int newest;
static DIR *dir;
static int again;
static int missed, whole;       /* this scan missed something; one has missed nothing: until then what is new here may
                                   have traces nobody has looked at */
static long long next;          /* io_clock: when to look without being asked */

static void begin(void)
{
  at = 0;
  newest = id_hash_at((int64_t)time(0) * 1000000);
}

void scan_want(void)
{
  if (scan_busy()) again = 1;
  else begin();
}

int scan_busy(void)
{
  return at < ID_HASHES * KINDS;
}

/* A message could not be noted: the next look is soon. */
static void miss(void)
{
  missed = 1;
  if (io_clock() + AGAIN_MS < next) next = io_clock() + AGAIN_MS;
}

int scan_whole(void)
{
  return whole;
}

/* What an operator wanted before mail-send was started. st: what its state file has, or null. */
static void heed(known k, struct wish_note const *w, struct state const *st, int64_t *when)
{
  switch (w->word) {
    case DESK_HOLD: backlog_flag(k, 0, KNOWN_HOLD); break;
    case DESK_DELETE: backlog_flag(k, 0, KNOWN_DROP); break;
    case DESK_EXPIRE:
      backlog_flag(k, 0, KNOWN_EXPIRE);
      reasons_put(k, w->reason);
      break;
    default:            /* RELEASE, RETRY: it was due at once, unless it has had its try since */
      if (st && (st->next == STATE_HELD || st->last <= w->when)) *when = 1;
  }
}

static known note(char const *id, int traces, int64_t *when)
{
  enum state_answer a = STATE_NONE;
  struct wish_note const *w = journal_of(id);
  struct state st;
  known k;

  if (backlog_find(id)) return 0;
  k = backlog_add(id, backlog_now());
  if (!k) {
    log_line("alert: out of memory for ", id);
    miss();
    return 0;
  }
  if (traces) a = state_peek(id, &st);
  if (a != STATE_NONE) backlog_flag(k, 0, KNOWN_TRACES);
  *when = a == STATE_READ ? st.next : 0;
  if (w) heed(k, w, a == STATE_READ ? &st : 0, when);
  return k;
}

known scan_named(char const *id, int64_t *when)
{
  return note(id, !whole, when);
}

static void trace(char const *kind, char const *id)
{
  char path[ID_PATH_MAX];
  known k = backlog_find(id);

  if (k) {
    backlog_flag(k, 0, KNOWN_TRACES);
    return;
  }
  id_path(path, "todo", id);
  if (access(path, F_OK) == 0 || errno != ENOENT) return;
  id_path(path, kind, id);
  if (unlink(path) == -1 && errno != ENOENT)
    log_sys("warning: cannot remove queue/", path, owner_hint(path));
}

/* Reads on in the directory, or opens it. 0 when it is through. *k: a message that was not known, if it has met one. */
static int entry(char const *kind, unsigned int hh, known *k, int64_t *when)
{
  char path[ID_PATH_MAX];
  struct dirent *e;

  if (!dir) {
    id_dir(path, kind, hh);
    dir = opendir(path);
    if (!dir) {
      log_sys("alert: cannot read queue/", path, owner_hint(path));
      miss();
      return 0;
    }
  }
  errno = 0;
  e = readdir(dir);
  if (!e) {
    if (errno) {
      id_dir(path, kind, hh);
      log_sys("alert: cannot read queue/", path);
      miss();
    }
    closedir(dir);
    dir = 0;
    return 0;
  }
  if (!id_ok(e->d_name)) return 1;
  if (id_hash(e->d_name) != hh) {
    id_dir(path, kind, hh);
    log_line("warning: in the wrong directory: queue/", path, "/", e->d_name);
  }
  else if (kind == kinds[0]) *k = note(e->d_name, 1, when);
  else trace(kind, e->d_name);
  return 1;
}

static void through(void)
{
  whole |= !missed;
  missed = 0;
  if (again) begin();
  again = 0;
}

static unsigned int directory(void)
{
  return (newest + ID_HASHES - at / KINDS) % ID_HASHES;
}

known scan_next(int64_t *when)
{
  static unsigned int entries, directories;     /* of this turn */
  static long long until;
  known k = 0;

  if (io_clock() >= next) {
    scan_want();
    next = io_clock() + SCAN_MS;
  }
  if (!entries) until = io_clock() + TURN_MS;
  while (!k && scan_busy() && entries < ENTRIES_A_TURN && directories < DIRECTORIES_A_TURN && io_clock() < until) {
    entries++;
    if (!entry(kinds[at % KINDS], directory(), &k, when)) {
      at++;
      directories++;
      if (!scan_busy()) through();
    }
  }
  if (!k) entries = directories = 0;
  return k;
}
