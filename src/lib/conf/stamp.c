/* stamp.c - see stamp.h */

#include <sys/stat.h>

#include "lib/conf/conf.h"
#include "lib/conf/stamp.h"

/* Absent is a state like others; what other errors mean comes out on reading. */
static struct stamp look(char const *name)
{
  char path[CONF_PATH_MAX];
  struct stat st;

  if (stat(conf_file(path, "control", name), &st) == -1) return (struct stamp){ .ino = 0 };
  return (struct stamp){ st.st_ino, st.st_size, st.st_ctim };
}

int stamp_look(char const *const *names, size_t n, struct stamp *old)
{
  int changed = 0;
  size_t i;

  for (i = 0; i < n; i++) {
    struct stamp s = look(names[i]);
    changed |= s.ino != old[i].ino || s.size != old[i].size || s.changed.tv_sec != old[i].changed.tv_sec
               || s.changed.tv_nsec != old[i].changed.tv_nsec;
    old[i] = s;
  }
  return changed;
}
