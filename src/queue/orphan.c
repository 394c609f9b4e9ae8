/* orphan.c - see orphan.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "queue/orphan.h"

/* 1 there, 0 not, -1 cannot tell */
static int exists(int dir, char const *name)
{
  if (!faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW)) return 1;
  return errno == ENOENT ? 0 : -1;
}

#define GONE (-2)
#define HELD (-3)

/* Opens and locks a message. The descriptor; -1 with errno; GONE: there is none; HELD: somebody else has the
   lock, or had it and removed the file: then the name may be a new writer's by now. */
static int lock(int dir, char const *name, int mode)
{
  int fd = openat(dir, name, mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r = -1;
  struct stat st;

  if (fd == -1) return errno == ENOENT ? GONE : -1;
  if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
    if (errno == EWOULDBLOCK) r = HELD;
  }
  else if (!fstat(fd, &st)) {
    if (st.st_nlink) return fd;
    r = HELD;
  }
  io_close_keep(fd);
  return r;
}

int orphan_hold(struct orphans *o, struct hash const *h, char const *id)
{
  int there = exists(h->todo, id), fd;

  if (there || o->n == ORPHAN_BATCH) return there == -1 ? -1 : 0;
  fd = lock(h->mess, id, o->mode);
  if (fd < 0) return fd == -1 ? -1 : 0;
  there = exists(h->todo, id);          /* a writer may have been done between the first look and the lock */
  if (there) {
    io_close_keep(fd);
    return there == -1 ? -1 : 0;
  }
  o->held[o->n].fd = fd;
  snprintf(o->held[o->n++].id, ID_MAX + 1, "%s", id);
  return 1;
}

int orphan_remove(struct orphans *o, struct hash const *h)
{
  unsigned int i;
  int removed = 0, e = 0;

  if (!o->n) return 0;
  if (fsync(h->todo) == -1) e = errno;
  for (i = 0; i < o->n; i++) {
    if (!e) {
      if (!unlinkat(h->mess, o->held[i].id, 0)) removed++;
      else if (errno != ENOENT) e = errno;
    }
    close(o->held[i].fd);
  }
  o->n = 0;
  errno = e;
  return e ? -1 : removed;
}

int orphan_tmp(char const *id)
{
  char mess[ID_PATH_MAX], tmp[ID_PATH_MAX];
  int fd, r;

  id_path(mess, "mess", id);
  snprintf(tmp, sizeof tmp, "tmp/%s", id);
  fd = lock(AT_FDCWD, mess, O_RDONLY);
  if (fd == -1) return -1;
  if (fd == HELD) return 0;
  r = unlink(tmp);
  io_close_keep(fd);
  return !r ? 1 : errno == ENOENT ? 0 : -1;
}
