/* envdir.c - see envdir.h */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "start/envdir.h"

#define VALUE_MAX 65536         /* bytes of a file */

/* What len bytes of a file say, in their place. */
static char const *value(char *s, size_t len)
{
  char const *end = memchr(s, '\n', len);
  size_t i;

  if (end) len = (size_t)(end - s);
  while (len && (s[len - 1] == ' ' || s[len - 1] == '\t')) len--;
  for (i = 0; i < len; i++)
    if (!s[i]) s[i] = '\n';
  s[len] = 0;
  return s;
}

static void take(char const *folder, char const *name)
{
  static LARGE char text[VALUE_MAX + 1];
  char path[CONF_PATH_MAX];
  ssize_t len;

  snprintf(path, sizeof path, "%s/%s", folder, name);
  len = io_read_file(path, text, VALUE_MAX);
  if (len == -1) log_die(111, "unable to read ", path);
  if ((len ? setenv(name, value(text, (size_t)len), 1) : unsetenv(name)) == -1)
    log_die(111, "unable to set the variable of ", path);
}

void envdir_read(char const *folder)
{
  DIR *d = opendir(folder);
  struct dirent const *e;

  if (!d && errno == ENOENT) return;
  if (!d) log_die(111, "unable to open ", folder);
  for (errno = 0; (e = readdir(d)); errno = 0)
    if (*e->d_name != '.') take(folder, e->d_name);
  if (errno) log_die(111, "unable to read ", folder);
  closedir(d);
}
