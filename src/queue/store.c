/* store.c - see store.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/submit.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/msg/crc32.h"
#include "queue/orphan.h"
#include "queue/store.h"

#define TEXT_KEPT 65536 /* bytes of an envelope whose memory is kept for the next */
#define TRIES 100       /* to find a new ID: more means that something is wrong */

void store_start(struct store *s)
{
  s->fd = -1;
  s->dir.open = 0;
  *s->id = 0;
  s->at = "mess";
}

static void tmp_path(char path[ID_PATH_MAX], char const *id)
{
  snprintf(path, ID_PATH_MAX, "tmp/%s", id);
}

static void disk_fault(struct store *s, char const *doing, struct fault *f)
{
  char path[ID_PATH_MAX];
  int e = errno;

  if (!id_ok(s->id)) snprintf(path, sizeof path, "%s", s->at);
  else if (!strcmp(s->at, "tmp")) tmp_path(path, s->id);
  else id_path(path, s->at, s->id);
  errno = e;
  fault_disk(f, doing, path);
}

/* mess/HH and todo/HH. 0, or -1 with errno. */
static int open_dirs(struct store *s)
{
  int r = hash_open(&s->dir, id_hash(s->id));

  s->at = r == -1 ? s->dir.failed : "mess";
  return r;
}

static int sync_dirs(struct store *s)
{
  s->at = "mess";
  if (fsync(s->dir.mess) == -1) return -1;
  s->at = "todo";
  return fsync(s->dir.todo);
}

static void forget(struct store *s)
{
  if (s->fd != -1) close(s->fd);
  s->fd = -1;
}

void store_drop(struct store *s)
{
  char tmp[ID_PATH_MAX];

  if (s->fd == -1) return;
  tmp_path(tmp, s->id);
  unlink(tmp);                          /* what stays is swept later */
  if (!hash_open(&s->dir, id_hash(s->id))) unlinkat(s->dir.mess, s->id, 0);
  forget(s);                            /* the lock goes last: see orphan.h */
}

/* Makes and locks the file of s->id. 1; 0 the name is taken, or the sweeper was faster; -1 with errno. */
static int create(struct store *s)
{
  struct stat st;
  int fd, e;

  if (open_dirs(s) == -1) return -1;
  fd = openat(s->dir.mess, s->id, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd == -1) {
    if (errno == EEXIST) return 0;
    e = errno;
    hash_close(&s->dir);
    errno = e;
    return -1;
  }
  s->fd = fd;
  s->bytes = 0;
  s->crc = 0;
  s->used = 0;
  while (flock(fd, LOCK_EX) == -1)
    if (errno != EINTR) return -1;
  if (fstat(fd, &st) == -1) return -1;
  if (st.st_nlink) return 1;
  forget(s);
  return 0;
}

/* Is the ID that mail-bounce names queued? 1 yes; 0 no, and nothing of it is left; -1 with the fault set.
   "Yes" must be as durable as for a new message: no writer may be under way who could still take it back,
   and the directories are synced once more, since the one who queued it may have died before that. */
static int queued_already(struct store *s, struct fault *f)
{
  static struct orphans o = { .mode = O_WRONLY };
  int fd;

  if (open_dirs(s) == -1) goto fault;
  if (orphan_hold(&o, &s->dir, s->id) == 1) {
    if (orphan_remove(&o, &s->dir) == -1) goto fault;
    return 0;
  }
  fd = openat(s->dir.mess, s->id, O_WRONLY | O_CLOEXEC);
  if (fd == -1 && errno == ENOENT && faccessat(s->dir.todo, s->id, F_OK, 0) == -1 && errno == ENOENT) return 0;
  if (fd == -1) goto fault;
  if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
    close(fd);
    fault_set(f, SUBMIT_BUSY, "4.3.2 this bounce is being queued just now");
    return -1;
  }
  close(fd);
  if (sync_dirs(s) == -1) goto fault;
  if (!faccessat(s->dir.todo, s->id, F_OK, 0)) return 1;
  fault_set(f, SUBMIT_BUSY, "4.3.2 this bounce is changing just now");
  return -1;
fault:
  disk_fault(s, "look for a bounce", f);
  hash_close(&s->dir);
  return -1;
}

int store_begin(struct store *s, char const *explicit, struct fault *f)
{
  int tries, r = 0;

  if (*explicit) {
    snprintf(s->id, sizeof s->id, "%s", explicit);
    r = queued_already(s, f);
    if (r) return r == 1 ? 0 : -1;
  }
  for (tries = 0; tries < TRIES && !r; tries++) {
    if (!*explicit && id_new(s->id) == -1) r = -1;
    else r = create(s);
  }
  if (r == 1) return 1;
  if (!r) errno = EEXIST;
  disk_fault(s, "make a message file", f);
  store_drop(s);
  return -1;
}

static int flush(struct store *s)
{
  size_t n = s->used;

  s->at = "mess";
  s->used = 0;
  return io_write(s->fd, s->buf, n);
}

void store_data(struct store *s, char const *p, size_t len, struct fault *f)
{
  s->crc = crc32_add(s->crc, p, len);
  s->bytes += len;
  while (io_fill(s->buf, sizeof s->buf, &s->used, &p, &len))
    if (flush(s) == -1) {
      disk_fault(s, "write a message", f);
      return;
    }
}

/* The envelope in tmp/, and both files synced. 0, or -1 with errno. */
static int write_envelope(struct store *s, uid_t uid, char const *records, size_t records_len)
{
  static stralloc text = STRALLOC_ZERO;         /* from message to message: no page is mapped for each */
  char tmp[ID_PATH_MAX];
  int fd, r, e;

  if (envelope_make(&text, s->id, s->bytes, s->crc, uid, records, records_len) == -1) return -1;
  s->at = "tmp";
  tmp_path(tmp, s->id);
  fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);  /* an old one is an orphan of ours */
  r = fd == -1 ? -1 : io_write(fd, text.s, text.len);
  e = errno;
  if (text.a > TEXT_KEPT) stralloc_free(&text);
  errno = e;
  if (!r) sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);     /* begins what its own sync then finds done */
  if (!r && (r = fsync(s->fd)) == -1) s->at = "mess";
  if (!r) r = fsync(fd);
  e = errno;
  if (fd != -1 && close(fd) == -1 && !r) return -1;
  if (!r) s->at = "todo";               /* where it goes next */
  errno = e;
  return r;
}

void store_place(struct store *s, uid_t uid, char const *records, size_t len, struct fault *f)
{
  char tmp[ID_PATH_MAX];

  tmp_path(tmp, s->id);
  if (flush(s) == -1 || write_envelope(s, uid, records, len) == -1
      || renameat(AT_FDCWD, tmp, s->dir.todo, s->id) == -1) {
    disk_fault(s, "write a message and its envelope", f);
    store_drop(s);
    hash_close(&s->dir);
  }
}

void store_settle(struct store *s, struct fault *f)
{
  char path[ID_PATH_MAX];

  if (!sync_dirs(s)) {
    forget(s);
    return;
  }
  /*
   * Whether the rename is on the disk is not known, and will not be: the caller is told "later" and comes
   * again. So the envelope goes first, that mail-send may not take it (if it has, the message comes twice;
   * nothing is lost). The message stays: after a crash the envelope may be back, and must find it.
   * If the envelope stays away the sweeper removes the message, after a sync of its own.
   */
  disk_fault(s, "sync the folder of a message", f);
  id_path(path, "todo", s->id);
  if (unlinkat(s->dir.todo, s->id, 0) == -1 && errno != ENOENT)
    log_sys("alert: cannot take back queue/", path, owner_hint(path));
  hash_close(&s->dir);
  forget(s);
}
