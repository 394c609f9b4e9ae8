/* names.c - see names.h */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/msg/names.h"

static int compare(void const *a, void const *b)
{
  return strcmp(a, b);
}

int names_add(struct names *names, char const *id)
{
  if (!(names->n & (names->n + 1))) {   /* room doubles at 0, 1, 3, 7, ... */
    void *more = reallocarray(names->id, 2 * names->n + 1, sizeof *names->id);
    if (!more) return -1;
    names->id = more;
  }
  memcpy(names->id[names->n++], id, strlen(id) + 1);
  return 0;
}

static int take(struct names *names, unsigned int hh, char const *name)
{
  if (id_ok(name) && id_hash(name) == hh) return names_add(names, name);
  names->strange++;
  return 0;
}

static int read_one(struct names *names, char const *path, unsigned int hh)
{
  DIR *d = opendir(path);
  struct dirent *e;
  int r = 0, saved;

  if (!d) return -1;
  while (!r && (errno = 0, e = readdir(d)))
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) r = take(names, hh, e->d_name);
  if (errno) r = -1;
  saved = errno;
  closedir(d);
  errno = saved;
  return r;
}

int names_read(struct names *names, char const *dir)
{
  unsigned int hh;

  *names = (struct names){ 0 };
  for (hh = 0; hh < ID_HASHES; hh++) {
    id_dir(names->path, dir, hh);
    if (read_one(names, names->path, hh) == -1) return -1;
  }
  if (names->n) qsort(names->id, names->n, sizeof *names->id, compare);
  return 0;
}

int names_has(struct names const *names, char const *id)
{
  return names->n && bsearch(id, names->id, names->n, sizeof *names->id, compare) != 0;
}

/* Does it begin or end so? */
static int has_part(char const *id, char const *part, size_t len)
{
  size_t all = strlen(id);

  return len <= all && (!memcmp(id, part, len) || !memcmp(id + all - len, part, len));
}

size_t names_part(struct names const *names, char const *part, char const **id)
{
  size_t i, n = 0, len = strlen(part);

  for (i = 0; i < names->n && n < 2; i++) {
    if (!has_part(names->id[i], part, len)) continue;
    n++;
    *id = names->id[i];
  }
  return n;
}
