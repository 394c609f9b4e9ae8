/* listing.c - see listing.h */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "lib/conf/conf.h"
#include "lib/conf/listing.h"

#define NAMES_MAX 65536         /* bytes; with more it is no use */

static stralloc names;          /* each with its NUL */
static stralloc me;             /* its text with a NUL; empty: not yet read */
static int listed;

/* 1, or 0 when some are missing */
static int read_all(DIR *d)
{
  struct dirent const *e;

  for (errno = 0; (e = readdir(d)); errno = 0)
    if (names.len > NAMES_MAX || !stralloc_catb(&names, e->d_name, strlen(e->d_name) + 1)) return 0;
  return !errno;
}

void listing_start(void)
{
  char path[CONF_PATH_MAX];
  DIR *d = opendir(conf_path(path, "control"));

  if (!d) return;
  listed = read_all(d);
  closedir(d);
}

void listing_end(void)
{
  stralloc_free(&names);
  stralloc_free(&me);
  listed = 0;
}

int listing_lacks(char const *name)
{
  size_t i;

  for (i = 0; listed && i < names.len; i += strlen(names.s + i) + 1)
    if (!strcmp(names.s + i, name)) return 0;
  return listed;
}

int listing_kept(char const *name, char **text, size_t *len)
{
  if (!me.len || strcmp(name, "me")) return 0;
  *text = malloc(me.len);
  if (!*text) return 0;
  memcpy(*text, me.s, me.len);
  *len = me.len - 1;
  return 1;
}

void listing_keep(char const *name, char const *text, size_t len)
{
  if (listed && !strcmp(name, "me") && !stralloc_copyb(&me, text, len + 1)) me.len = 0;
}
