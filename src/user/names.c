/* names.c - see names.h */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/owner.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/names.h"

static int compare(void const *a, void const *b)
{
  return strcmp(a, b);
}

static int add(struct names *names, unsigned int hh, char const *name)
{
  if (!id_ok(name) || id_hash(name) != hh) {
    names->strange++;
    return 0;
  }
  if (!(names->n & (names->n + 1))) {   /* room doubles at 0, 1, 3, 7, ... */
    void *more = reallocarray(names->id, 2 * names->n + 1, sizeof *names->id);
    if (!more) return -1;
    names->id = more;
  }
  memcpy(names->id[names->n++], name, strlen(name) + 1);
  return 0;
}

static int read_one(struct names *names, char const *path, unsigned int hh)
{
  DIR *d = opendir(path);
  struct dirent *e;
  int r = 0, saved;

  if (!d) return -1;
  while (!r && (errno = 0, e = readdir(d)))
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) r = add(names, hh, e->d_name);
  if (errno) r = -1;
  saved = errno;
  closedir(d);
  errno = saved;
  return r;
}

void names_read(struct names *names, char const *dir)
{
  char path[ID_PATH_MAX];
  unsigned int hh;

  *names = (struct names){ 0 };
  for (hh = 0; hh < ID_HASHES; hh++) {
    id_dir(path, dir, hh);
    if (read_one(names, path, hh) == -1) log_die(111, "fatal: cannot read queue/", path, owner_hint(path), (char *)0);
  }
  if (names->n) qsort(names->id, names->n, sizeof *names->id, compare);
}

int names_has(struct names const *names, char const *id)
{
  return names->n && bsearch(id, names->id, names->n, sizeof *names->id, compare) != 0;
}

void names_enter(void)
{
  if (geteuid() && geteuid() != conf_users[CONF_SEND].uid)
    log_diex(100, "fatal: only root may see the queue", (char *)0);
  if (chdir(conf_home) == -1 || chdir("queue") == -1)
    log_die(111, "fatal: cannot go to ", conf_home, "/queue", (char *)0);
}

void names_lock(unsigned int access)
{
  struct priv_path const queue = { ".", access };
  struct conf_user const *mails = conf_users + CONF_SEND;

  if (priv_become(mails->uid, mails->gid) == -1) log_die(111, "fatal: cannot become ", mails->role);
  if (priv_lock(PRIV_OPEN, &queue, 1) == -1) log_die(111, "fatal: cannot lock itself in");
}
