/* watch.c - see watch.h */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tool.h"
#include "watch.h"

static int queue = -1;
static unsigned long ahead;     /* files that nobody has waited for yet */

void watch_add(char const *dir)
{
  if (queue == -1) queue = inotify_init1(IN_CLOEXEC);
  if (queue == -1 || inotify_add_watch(queue, dir, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) == -1)
    die("cannot watch %s: %s", dir, strerror(errno));
}

static void take_events(void)
{
  static char buf[65536] __attribute__((aligned(8)));
  ssize_t len = read(queue, buf, sizeof buf), at = 0;

  if (len == -1) die("inotify: %s", strerror(errno));
  while (at < len) {
    struct inotify_event const *e = (struct inotify_event const *)(buf + at);
    if (e->mask & IN_Q_OVERFLOW) die("more files than inotify can tell of");
    if (e->len) ahead++;
    at += (ssize_t)(sizeof *e + e->len);
  }
}

void watch_wait(unsigned long files, int ms)
{
  struct pollfd p = { .fd = queue, .events = POLLIN };

  while (ahead < files) {
    int r = poll(&p, 1, ms);
    if (r == -1 && errno == EINTR) continue;
    if (r <= 0) die("%lu files did not come within %d ms of the last", files - ahead, ms);
    take_events();
  }
  ahead -= files;
}
