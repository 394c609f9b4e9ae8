/* owner.c - see owner.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/conf/conf.h"
#include "lib/conf/owner.h"

/* All below queue/ has the group of mails; state/ and bounce/ are its user's as well (src/rooms). */
static struct conf_user const *owner_of(char const *path)
{
  return conf_users + (!strncmp(path, "state", 5) || !strncmp(path, "bounce", 6) ? CONF_SEND : CONF_QUEUE);
}

/* The hint for a part of the path; 0 when its owner is right or cannot be seen. */
static int look(char *hint, size_t size, char const *path, int len)
{
  struct conf_user const *want = owner_of(path);
  gid_t gid = conf_users[CONF_SEND].gid;
  char part[256];
  struct stat st;

  if ((size_t)snprintf(part, sizeof part, "%.*s", len, path) >= sizeof part || lstat(part, &st) == -1) return 0;
  if (st.st_uid == want->uid && st.st_gid == gid) return 0;
  snprintf(hint, size, " (queue/%s belongs to %lu:%lu, not to %lu:%lu as %s's should: stop the services and run "
           "'make install' again)", part, (unsigned long)st.st_uid, (unsigned long)st.st_gid, (unsigned long)want->uid,
           (unsigned long)gid, want->role);
  return 1;
}

char const *owner_hint(char const *path)
{
  static char hint[512];
  char const *end = path;
  int e = errno;

  *hint = 0;
  if (e != EACCES && e != EPERM) return hint;
  do end += *end == '/', end += strcspn(end, "/");
  while (!look(hint, sizeof hint, path, (int)(end - path)) && *end);
  errno = e;
  return hint;
}
