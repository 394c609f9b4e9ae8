/* scan.c - see scan.h */

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "door/state.h"
#include "send/scan.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define SCAN_MS 1800000         /* between looks that nothing asked for */
#define AGAIN_MS 60000          /* after one that could not see all */
#define ENTRIES_A_TURN 256
#define DIRECTORIES_A_TURN 8

/* In each HH todo/ comes before the traces, so that what is queued is known when its traces are looked at. */
static char const *const kinds[] = { "todo", "state", "bounce" };
#define KINDS 3

static unsigned int at = ID_HASHES * KINDS;   /* which directory of all */
static DIR *dir;
static int again;
static int missed, whole;       /* this scan missed something; one has missed nothing */
static long long next;          /* io_clock: when to look without being asked */

void scan_want(void)
{
  if (scan_busy()) again = 1;
  else at = 0;
}

int scan_busy(void)
{
  return at < ID_HASHES * KINDS;
}

int scan_whole(void)
{
  return whole;
}

void scan_missed(void)
{
  missed = 1;
  if (io_clock() + AGAIN_MS < next) next = io_clock() + AGAIN_MS;
}

void scan_note(char const *id, int traces, void (*found)(known, int64_t next))
{
  enum state_answer a = STATE_NONE;
  struct state st;
  known k;

  if (backlog_find(id)) return;
  k = backlog_add(id, backlog_now());
  if (!k) {
    log_line("alert: out of memory for ", id);
    scan_missed();
    return;
  }
  if (traces) a = state_peek(id, &st);
  if (a != STATE_NONE) backlog_flag(k, 0, KNOWN_TRACES);
  found(k, a == STATE_READ ? st.next : 0);
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
  if (unlink(path) == -1 && errno != ENOENT) log_sys("warning: cannot remove queue/", path);
}

/* Reads on in the directory, or opens it. 0 when it is through. */
static int entry(char const *kind, unsigned int hh, void (*found)(known, int64_t))
{
  char path[ID_PATH_MAX];
  struct dirent *e;

  if (!dir) {
    id_dir(path, kind, hh);
    dir = opendir(path);
    if (!dir) {
      log_sys("alert: cannot read queue/", path);
      scan_missed();
      return 0;
    }
  }
  errno = 0;
  e = readdir(dir);
  if (!e) {
    if (errno) {
      log_sys("alert: cannot read a directory of queue/", kind);
      scan_missed();
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
  else if (kind == kinds[0]) scan_note(e->d_name, 1, found);
  else trace(kind, e->d_name);
  return 1;
}

void scan_turn(void (*found)(known, int64_t next))
{
  unsigned int entries = 0, directories = 0;
  int busy;

  if (io_clock() >= next) {
    scan_want();
    next = io_clock() + SCAN_MS;
  }
  busy = scan_busy();
  while (scan_busy() && entries++ < ENTRIES_A_TURN && directories < DIRECTORIES_A_TURN)
    if (!entry(kinds[at % KINDS], at / KINDS, found)) {
      at++;
      directories++;
    }
  if (busy && !scan_busy()) {
    whole |= !missed;
    missed = 0;
  }
  if (!scan_busy() && again) {
    again = 0;
    at = 0;
  }
}
