/* callers.c - the shares of mail-queued's connections, for every number of them */

#include "lib/conf/conf.h"
#include "queue/callers.h"
#include "unit.h"

static void clear(void)
{
  while (callers_used) callers_remove(callers + callers_used - 1);
}

/* As many as this uid gets, and no more; each is at once a child's, so that it needs no descriptor. */
static unsigned int fill(uid_t uid, unsigned int most, unsigned int per_user)
{
  struct caller who = { uid, 1 };
  unsigned int n = 0;

  while (callers_allowed(uid, most, per_user) && callers_add(-1, &who)) callers[callers_used - 1].child = (pid_t)++n + 1;
  return n;
}

int main(void)
{
  uid_t in = conf_users[CONF_IN].uid, bounce = conf_users[CONF_BOUNCE].uid, alias = conf_users[CONF_ALIAS].uid;
  unsigned int most, good = 1;

  for (most = CALLERS_MIN; most <= CALLERS_MAX; most += most < 100 ? 1 : 977) {
    unsigned int n, i;
    clear();
    n = fill(in, most, most);
    good &= n == most - most / 4;
    n += fill(1000, most, most);
    good &= n == most - most / 8 && n < most;
    good &= n + fill(bounce, most, most) == most;
    good &= !callers_allowed(bounce, most, most);
    clear();
    for (i = n = 0; i < most; i++) n += fill(1000 + i, most, 2);
    good &= n == most / 2 && !callers_allowed(0, most, most);
    good &= fill(in, most, 1) == most - most / 8 - n;
  }
  check("shares", good);
  clear();
  check("one user", fill(1000, 100, 3) == 3 && fill(1001, 100, 3) == 3);
  check("maila is counted with the users, but not as one", fill(alias, 100, 3) == 44);
  clear();
  fill(bounce, 100, 1);
  check("mailb may fill all", callers_used == 100 && !callers_allowed(in, 100, 1));
  check("an unknown child", !callers_reap(4711));
  check("a child's end", callers_reap(2) && callers_allowed(bounce, 100, 1) && callers_used == 100);
  check("its place is used again", fill(bounce, 100, 1) == 1 && callers_used == 100);
  clear();
  return unit_end();
}
