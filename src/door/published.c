/* published.c - see published.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/published.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"

static int open_plain(char const *path)
{
  return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static char const *cannot(char const *what, char const *path)
{
  static char why[640];

  snprintf(why, sizeof why, "%s%s%s", what, path, owner_hint(path));
  return why;
}

/* Does mail-send run? Null, or why not. */
static char const *is_running(void)
{
  int fd = open_plain(HOSTS_LOCK), held;

  if (fd == -1 && errno != ENOENT) return cannot("fatal: cannot open queue/", HOSTS_LOCK);
  held = fd != -1 && flock(fd, LOCK_SH | LOCK_NB) == -1;
  if (held && errno != EWOULDBLOCK) return "fatal: cannot try the lock of queue/" HOSTS_LOCK;
  if (fd != -1) close(fd);
  errno = 0;
  return held ? 0 : "mail-send is not running";
}

/* The file's bytes, which stay; null, or why not. */
static char const *slurp(struct unpack *u)
{
  int fd = open_plain(HOSTS_PATH);
  struct stat st;
  ssize_t len;
  char *s;

  if (fd == -1 && errno == ENOENT) {
    errno = 0;
    return "mail-send has not told anything yet";
  }
  if (fd == -1 || fstat(fd, &st) == -1) return cannot("fatal: cannot read queue/", HOSTS_PATH);
  if (!S_ISREG(st.st_mode) || st.st_size > (off_t)HOSTS_FILE_MAX) {
    errno = 0;
    return "fatal: queue/" HOSTS_PATH " is not what mail-send writes";
  }
  s = malloc((size_t)st.st_size + 1);
  len = s ? io_read(fd, s, (size_t)st.st_size) : -1;
  if (len == -1) return "fatal: cannot read queue/" HOSTS_PATH;
  close(fd);
  *u = (struct unpack){ .s = s, .len = (size_t)len };
  return 0;
}

static char const *understand(struct unpack *u, struct published *p)
{
  uint32_t i = 0;

  errno = 0;
  if (hosts_unpack(u, &p->head)) {
    p->host = calloc((size_t)p->head.n + 1, sizeof *p->host);
    if (!p->host) return "fatal: cannot show the destinations";
    while (i < p->head.n && hosts_unpack_host(u, p->host + i)) i++;
    if (i == p->head.n && unpack_done(u)) return 0;
  }
  return "fatal: queue/" HOSTS_PATH " is damaged";
}

char const *published_read(struct published *p, int runs)
{
  struct unpack u;
  char const *why = runs ? 0 : is_running();

  if (!why) why = slurp(&u);
  return why ? why : understand(&u, p);
}
