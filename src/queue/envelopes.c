/* envelopes.c - see envelopes.h */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/msg/id.h"
#include "queue/envelopes.h"

#define KEPT 8
#define KEPT_BYTES 33554432     /* of all of them: two of the largest */

struct kept {
  char id[ID_MAX + 1];          /* "": the place is free */
  struct stat st;
  struct envelope envelope;
  uint64_t used;                /* when, in calls */
};

static struct kept kept[KEPT];
static uint64_t calls;

static void drop(struct kept *k)
{
  if (!*k->id) return;
  envelope_free(&k->envelope);
  *k->id = 0;
}

static struct kept *find(char const *id)
{
  unsigned int i;

  for (i = 0; i < KEPT; i++)
    if (!strcmp(kept[i].id, id)) return kept + i;
  return 0;
}

static size_t size_of(struct kept const *k)
{
  return k->envelope.len + k->envelope.rcpts * sizeof *k->envelope.rcpt;
}

/* Makes a free place, and room for the one that has just been read. */
static struct kept *make_room(size_t size)
{
  for (;;) {
    struct kept *oldest = 0, *empty = 0;
    size_t sum = size;
    unsigned int i;
    for (i = 0; i < KEPT; i++) {
      struct kept *k = kept + i;
      if (!*k->id) empty = k;
      else {
        sum += size_of(k);
        if (!oldest || k->used < oldest->used) oldest = k;
      }
    }
    if (empty && (sum <= KEPT_BYTES || !oldest)) return empty;
    drop(oldest);
  }
}

static int same(struct stat const *a, struct stat const *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
    && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static enum envelopes_state read_new(char const *path, char const *id, struct kept *k)
{
  int fd = openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r = -1;

  if (fd == -1) return errno == ENOENT ? ENVELOPES_GONE : errno == ELOOP ? ENVELOPES_DAMAGED : ENVELOPES_TROUBLE;
  if (!fstat(fd, &k->st)) r = k->st.st_uid == geteuid() ? envelope_read(&k->envelope, fd, id) : 0;
  io_close_keep(fd);
  return r == 1 ? ENVELOPES_READ : r ? ENVELOPES_TROUBLE : ENVELOPES_DAMAGED;
}

enum envelopes_state envelopes_get(char const *id, struct envelope const **e)
{
  char path[ID_PATH_MAX];
  struct kept fresh, *k = find(id);
  enum envelopes_state state;
  struct stat st;

  id_path(path, "todo", id);
  if (k && (lstat(path, &st) == -1 || !same(&st, &k->st))) {
    drop(k);
    k = 0;
  }
  if (!k) {
    state = read_new(path, id, &fresh);
    if (state != ENVELOPES_READ) return state;
    k = make_room(size_of(&fresh));
    snprintf(fresh.id, sizeof fresh.id, "%s", id);
    *k = fresh;
  }
  k->used = ++calls;
  *e = &k->envelope;
  return ENVELOPES_READ;
}
