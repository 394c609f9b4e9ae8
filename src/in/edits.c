/* edits.c - see edits.h */

#include <sys/inotify.h>
#include <unistd.h>

#include "in/edits.h"
#include "lib/addr/site.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"

static struct site site;        /* its stamps alone */

int edits_start(void)
{
  char path[CONF_PATH_MAX];
  int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

  if (fd == -1) return -1;
  if (inotify_add_watch(fd, conf_path(path, "control"), IN_CLOSE_WRITE | IN_MOVE | IN_DELETE) == -1) {
    io_close_keep(fd);
    return -1;
  }
  site_look(&site);
  return fd;
}

int edits_seen(int fd)
{
  char buf[4096];               /* of what happened nothing counts: the files do */

  while (read(fd, buf, sizeof buf) > 0);
  return site_look(&site);
}
