/* journal.c - see journal.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/conf/owner.h"
#include "send/backlog.h"
#include "send/journal.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define NEW_PATH WISHES_PATH ".new"
#define SPARE 131072            /* bytes that do not count and are not worth a new file, when all is to be on disk */
#define SPARE_MOST 4194304      /* the same when nobody has asked for that yet */
#define REST_MS 1000            /* after a new one could not be written */

static struct wishes first;     /* what was there at the start */
static int scanned;             /* all that is queued is known: an ID that is not is gone */
static int fd = -1;             /* -1: there is none yet */
static off_t size, kept;        /* of it: now, and when it was written anew */
static int dirty;               /* appended to since the last sync, as far as is known here */
static int unsure;              /* what of it is durable is not known: another takes its place before it is used */
static int saved;               /* it is not sound, and is kept */

struct wish_note const *journal_of(char const *id)
{
  return first.ids ? wishes_of(&first, id) : 0;
}

struct wishes const *journal_all(void)
{
  return &first;
}

/* By another name it stays for people to look at. 0, or -1 with errno. */
static int keep(int (*how)(char const *, char const *), char const *grade, char const *wrong)
{
  long long t = (long long)time(0);
  char path[64];

  do snprintf(path, sizeof path, WISHES_PATH ".kept-%lld", t++);
  while (access(path, F_OK) == 0);
  if (how(WISHES_PATH, path) == -1) return -1;
  log_line(grade, "queue/" WISHES_PATH, wrong, "; it is kept as queue/", path);
  return 0;
}

/* Before another takes its place. 0, or -1 with errno. */
static int keep_unsound(struct wishes_found const *f)
{
  if (saved || (!f->damaged && !f->torn)) return 0;
  if (f->damaged ? keep(link, "alert: ", " is damaged: orders of operators may be lost")
      : keep(link, "warning: ", ": its last record is not whole, as a crash leaves it, and is cut off")) return -1;
  saved = 1;
  return 0;
}

static int append(int to, char const *s, size_t len)
{
  if (io_write(to, s, len) == -1) return -1;
  size += (off_t)len;
  return 0;
}

static int append_wish(int to, struct wish const *w)
{
  char buf[WISH_MAX];
  size_t len = wish_pack(w, buf);

  if (!len) errno = EINVAL;
  return len ? append(to, buf, len) : -1;
}

static void take_note(struct wish *w, struct wish_note const *n)
{
  *w = (struct wish){ .when = n->when, .order = { .word = n->word, .uid = n->uid } };
  memcpy(w->order.name, n->name, strlen(n->name) + 1);
  memcpy(w->order.reason, n->reason, strlen(n->reason) + 1);
}

static int write_domains(int to, struct wishes const *all)
{
  static struct wish w;
  uint32_t i;

  for (i = 0; i < all->domains; i++) {
    take_note(&w, all->note + all->domain[i].note);
    memcpy(w.order.domain, all->domain[i].name, strlen(all->domain[i].name) + 1);
    if (append_wish(to, &w) == -1) return -1;
  }
  return 0;
}

static int by_note(void const *a, void const *b)
{
  struct wishes_id const *x = a, *y = b;

  return (x->note > y->note) - (x->note < y->note);
}

/* Spoils the index. */
static int write_ids(int to, struct wishes *all)
{
  static struct wish w;
  uint32_t i, last = UINT32_MAX;

  w.order.n = 0;
  if (all->ids) qsort(all->id, all->ids, sizeof *all->id, by_note);
  for (i = 0; i < all->ids; i++) {
    struct wishes_id const *e = all->id + i;
    char id[ID_MAX + 1];
    idkey_unpack(id, e->key);
    if (scanned && !backlog_find(id)) continue;
    if (w.order.n && (e->note != last || w.order.n == DESK_IDS) && append_wish(to, &w) == -1) return -1;
    if (e->note != last || w.order.n == DESK_IDS) take_note(&w, all->note + e->note);
    last = e->note;
    memcpy(w.order.id[w.order.n++], id, sizeof id);
  }
  return w.order.n ? append_wish(to, &w) : 0;
}

static int sync_folder(void)
{
  int dir = open("state", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = dir == -1 ? -1 : fsync(dir);

  io_close_keep(dir);
  return r;
}

static int write_new(int to, struct wishes *all)
{
  size = 0;
  if (append(to, WISHES_HEAD, WISHES_HEAD_LEN) == -1 || write_domains(to, all) == -1 || write_ids(to, all) == -1
      || fsync(to) == -1) return -1;
  return rename(NEW_PATH, WISHES_PATH);
}

/* 0, or -1 with errno: the old file is as it was, or what there is now is not known to be durable. */
static int write_anew(void)
{
  struct wishes all = { .bad = 0 };
  enum wishes_answer a = wishes_load(&all);
  off_t old_size = size;
  int to = -1, e;

  if (a == WISHES_NONE || (a == WISHES_READ && keep_unsound(&all.found) == 0))
    to = open(NEW_PATH, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (to == -1 || write_new(to, &all) == -1) {
    e = errno;
    io_close_keep(to);
    unlink(NEW_PATH);
    wishes_free(&all);
    size = old_size;
    errno = e;
    return -1;
  }
  wishes_free(&all);
  io_close_keep(fd);
  fd = to;
  kept = size;
  dirty = saved = 0;
  unsure = sync_folder() == -1;
  return unsure ? -1 : 0;
}

/* The same; a disk that is full is not asked again for each of many orders. */
static int take_new(void)
{
  static long long rest;
  static int why;

  if (rest && io_left(rest)) {
    errno = why;
    return -1;
  }
  rest = 0;
  if (write_anew() == 0) return 0;
  why = errno;
  rest = io_clock() + REST_MS;
  return -1;
}

static void mend(void)
{
  size = first.found.end;
  dirty = 1;                    /* whoever wrote it may have ended before it was synced */
  if (!first.found.damaged && !first.found.torn) return;
  unsure = 1;
  if (take_new() == -1) log_sys("alert: cannot write queue/" WISHES_PATH " anew, orders of operators are refused");
}

static void begin_anew(void)
{
  if (keep(rename, "alert: ", " is of a version not known here: orders of operators are not followed") == -1)
    log_die(111, "fatal: cannot keep queue/" WISHES_PATH);
}

void journal_start(void)
{
  enum wishes_answer a = wishes_load(&first);

  if (a == WISHES_ERROR) log_die(111, "fatal: cannot read queue/" WISHES_PATH, owner_hint(WISHES_PATH));
  if (a == WISHES_STRANGE) begin_anew();
  if (a != WISHES_READ) return;
  fd = open(WISHES_PATH, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd == -1) log_die(111, "fatal: cannot write queue/" WISHES_PATH, owner_hint(WISHES_PATH));
  mend();
}

void journal_tidy(void)
{
  uint32_t gone = 0, i;
  char id[ID_MAX + 1];

  scanned = 1;
  for (i = 0; i < first.ids; i++) {
    idkey_unpack(id, first.id[i].key);
    gone += !backlog_find(id);
  }
  wishes_free(&first);
  if ((gone || unsure) && take_new() == -1) log_sys("warning: cannot write queue/" WISHES_PATH " anew");
}

int journal_add(struct desk_order const *o)
{
  static struct wish w;
  int e;

  w.when = time(0);
  w.order = *o;
  if ((fd == -1 || unsure || size > 2 * kept + SPARE_MOST) && take_new() == -1) return -1;
  dirty = 1;
  if (append_wish(fd, &w) == 0) return 0;
  e = errno;
  if (ftruncate(fd, size) == -1) unsure = 1;
  errno = e;
  return -1;
}

int journal_commit(void)
{
  if (unsure) return take_new();
  if (dirty && fdatasync(fd) == -1) {
    unsure = 1;
    return -1;
  }
  dirty = 0;
  if (size > 2 * kept + SPARE && take_new() == -1) {
    log_sys("warning: cannot write queue/" WISHES_PATH " anew");
    return unsure ? -1 : 0;
  }
  return 0;
}
