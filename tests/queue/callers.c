/* callers.c - the shares of mail-queued's connections, for every number of them */

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "queue/callers.h"
#include "unit.h"

static void clear(void)
{
  while (callers_used) callers_remove(callers + callers_used - 1);
}

/* As many as this uid gets, and no more; each is at once a worker's, so that it needs no descriptor. */
static unsigned int fill(uid_t uid, unsigned int most, unsigned int per_user)
{
  struct caller who = { uid, 1 };
  unsigned int n = 0;

  while (callers_allowed(uid, most, per_user) && callers_add(-1, &who)) {
    callers_serve(callers + callers_used - 1);
    n++;
  }
  return n;
}

/* A connection of a user that is idle since then. */
static struct connection *idle(uid_t uid, long long since)
{
  struct caller who = { uid, 1 };

  if (!callers_add(-1, &who)) return 0;
  callers[callers_used - 1].since = since;
  return callers + callers_used - 1;
}

static void room(void)
{
  long long now = io_clock();
  struct connection *one, *two, *served;

  clear();
  check("nobody is idle", !callers_make_room());
  idle(conf_users[CONF_IN].uid, now - 100000);
  idle(0, now - 100000);
  idle(1002, now);
  check("neither others, nor who has just come", !callers_make_room() && callers_used == 3);
  one = idle(1000, now - 5000);
  two = idle(1001, now - 3000);
  served = idle(1001, now - 4000);
  callers_serve(served);
  check("who is served by a worker at work is not idle",
        callers_make_room() && one->state == CALLER_FREE && two->state == CALLER_IDLE);
  atomic_store(&callers_seat(served)->waits, now - 2000);
  idle(1003, now - 9000);
  check("of who has most", callers_make_room() && two->state == CALLER_FREE);
  idle(1001, now - 1500);
  check("the one that is idle longest: a worker is asked to go", callers_make_room() && callers_seat(served)->go
        && served->state == CALLER_SERVED);
  clear();
}

static void memory(void)
{
  uid_t in = conf_users[CONF_IN].uid;
  uint32_t large = SEAT_MEMORY_CLASS / 4;
  struct seat *a[5], *n[5];
  unsigned int i;

  clear();
  for (i = 0; i < 5; i++) a[i] = callers_seat(idle(1000 + i / 3, 1));
  for (i = 0; i < 5; i++) n[i] = callers_seat(idle(in, 1));
  check("one user has half", seat_memory(a[0], large) && seat_memory(a[1], large) && !seat_memory(a[2], large));
  check("a little is always there", seat_memory(a[2], SEAT_MEMORY_FREE));
  check("another the other half",
        seat_memory(a[3], large) && seat_memory(a[4], large - 1) && !seat_memory(a[4], large + 1));
  for (i = 0; i < 4; i++) check("the network has its own", seat_memory(n[i], large));
  check("with a bound", !seat_memory(n[4], SEAT_MEMORY_FREE + 1));
  callers_remove(callers + 9);
  callers_remove(callers + 8);
  check("what ended holds nothing", seat_memory(callers_seat(idle(in, 1)), large));
  clear();
}

int main(void)
{
  uid_t in = conf_users[CONF_IN].uid, bounce = conf_users[CONF_BOUNCE].uid, alias = conf_users[CONF_ALIAS].uid;
  unsigned int most, good = 1;

  check("a start", callers_start() == 0);
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
    good &= n == most / 2 && !callers_allowed(999, most, most);
    good &= fill(0, most, 1) == (most / 8 > 4 ? most / 8 : 4) && !callers_allowed(0, most, most);
    good &= fill(in, most, 1) == most - most / 8 - n;
  }
  check("shares", good);
  clear();
  check("one user", fill(1000, 100, 3) == 3 && fill(1001, 100, 3) == 3);
  check("maila is counted with the users, but not as one", fill(alias, 100, 3) == 44);
  clear();
  fill(bounce, 100, 1);
  check("mailb may fill all", callers_used == 100 && !callers_allowed(in, 100, 1));
  check("root's are its own", fill(0, 100, 1) == 12 && !callers_allowed(in, 100, 1));
  while (callers_used > 100) callers_remove(callers + callers_used - 1);
  callers_remove(callers);
  check("an end", callers_allowed(bounce, 100, 1) && callers_used == 100);
  check("its place is used again", fill(bounce, 100, 1) == 1 && callers_used == 100);
  check("users and root are idle for 30 s at most", callers_idle(1000, 1200) == 30 && callers_idle(0, 1200) == 30
        && callers_idle(alias, 1200) == 30 && callers_idle(1000, 5) == 5);
  check("the network and bounces as long as the setting says", callers_idle(in, 1200) == 1200
        && callers_idle(bounce, 1200) == 1200);
  room();
  memory();
  return unit_end();
}
