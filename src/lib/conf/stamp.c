/* stamp.c - see stamp.h */

#include "lib/conf/conf.h"
#include "lib/conf/stamp.h"

#define SETTLE_SECONDS 1        /* far more than a tick */

struct stamp stamp_from(struct stat const *st)
{
  return (struct stamp){ st->st_dev, st->st_ino, st->st_size, st->st_ctim };
}

/* Absent is a state like others; what other errors mean comes out on reading. */
struct stamp stamp_of(char const *path)
{
  struct stat st;

  return stat(path, &st) == -1 ? (struct stamp){ .ino = 0 } : stamp_from(&st);
}

int stamp_same(struct stamp const *a, struct stamp const *b)
{
  return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec
         && a->changed.tv_nsec == b->changed.tv_nsec;
}

int stamp_other(struct stamp const *then, char const *path)
{
  struct stamp now = stamp_of(path);

  return now.ino && (now.ino != then->ino || now.dev != then->dev);
}

int stamp_settled(struct stamp const *s)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec > s->changed.tv_sec + SETTLE_SECONDS;
}

int stamp_look(char const *const *names, size_t n, struct stamp *old)
{
  char path[CONF_PATH_MAX];
  int changed = 0;
  size_t i;

  for (i = 0; i < n; i++) {
    struct stamp s = stamp_of(conf_file(path, "control", names[i]));
    changed |= !stamp_same(&s, old + i);
    old[i] = s;
  }
  return changed;
}
