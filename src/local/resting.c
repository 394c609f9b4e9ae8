/* resting.c - see resting.h */

#include <string.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/wake.h"
#include "local/resting.h"

static LARGE struct {
  struct child child;
  long long until;
} resting[RESTING_MAX];   /* who came first is the first */
static unsigned int n;

static void forget(unsigned int i)
{
  memmove(resting + i, resting + i + 1, (--n - i) * sizeof *resting);
}

static void end(unsigned int i)
{
  child_close(&resting[i].child);
  forget(i);
}

int resting_take(struct child *c, uid_t uid, gid_t gid, char const *home)
{
  unsigned int i = n;

  while (i--) {                 /* whose pages are the warmest */
    struct child const *r = &resting[i].child;
    if (r->uid != uid || r->gid != gid || strcmp(r->home, home)) continue;
    *c = *r;
    forget(i);
    return 1;
  }
  return 0;
}

void resting_put(struct child const *c)
{
  if (n == RESTING_MAX) end(0);
  resting[n].child = *c;
  resting[n++].until = io_clock() + RESTING_MS;
}

void resting_gone(pid_t pid)
{
  unsigned int i;

  for (i = 0; i < n; i++)
    if (resting[i].child.pid == pid) {
      end(i);
      return;
    }
}

long long resting_turn(void)
{
  long long now = io_clock();

  if (!n) return WAKE_NEVER;
  while (n && resting[0].until <= now) end(0);
  if (!n) io_give_back(resting, sizeof resting);
  return n ? resting[0].until : WAKE_NEVER;
}
