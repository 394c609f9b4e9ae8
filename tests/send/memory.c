/* memory.c - shares of memory, a reserve for small messages, turns of those that wait */

#include <stdio.h>

#include "unit.h"
#include "send/memory.h"
#include "lib/conf/conf.h"

#define MB 1048576

static known add(void)
{
  static unsigned int n;
  char id[ID_MAX + 1];
  known k;

  snprintf(id, sizeof id, "%026x", ++n);
  k = backlog_add(id, 0);
  backlog_put(k, PLACE_LOADED);
  return k;
}

static void shares(void)
{
  uid_t in = conf_users[CONF_IN].uid;
  known a = add(), b = add(), c = add(), d = add(), e = add();

  check("one of a user's, whatever its size", memory_take(a, 1000, 17 * MB));
  check("a second one waits", !memory_take(b, 1000, MB) && backlog_place(b) == PLACE_LOT && !memory_waits());
  check("another user's waits behind it for its turn", !memory_take(c, 1001, MB) && memory_waits());
  check("and gets it", memory_next() == c && memory_take(c, 1001, MB) && !memory_waits() && !memory_next());
  check("the network has no share", !memory_take(d, in, 8 * MB) && memory_next() == d && memory_take(d, in, 8 * MB));
  check("but large ones have a bound", !memory_take(e, in, 8 * MB) && !memory_waits());
  check("and small ones do not wait for it", memory_take(add(), 1000, 1000) && memory_take(add(), in, MEMORY_SMALL));
  memory_give(1000, 17 * MB);
  check("what waits goes on", memory_next() && memory_next() && !memory_next());
}

static void large_ones_wait_in_turn(void)
{
  uid_t in = conf_users[CONF_IN].uid;
  known a = add(), b = add(), c = add();
  uid_t uid;

  check("room", memory_take(a, in, 20 * MB));
  check("a very large one waits", !memory_take(b, 2000, 19 * MB) && !memory_waits());
  for (uid = 2001; uid < 2010; uid++) memory_take(add(), uid, MB);
  check("a little room is nobody's before it", !memory_next());
  memory_give(in, 20 * MB);
  check("then it is first", memory_next() == b && memory_take(b, 2000, 19 * MB));
  check("and others after it", (c = memory_next()) && memory_take(c, 2001, MB) && memory_next());
}

int main(void)
{
  shares();
  memory_give(1001, MB);
  memory_give(conf_users[CONF_IN].uid, 8 * MB);
  large_ones_wait_in_turn();
  check("room in all", memory_room() && memory_take(add(), 3000, 1000));
  while (memory_room()) memory_take(add(), 3000, MEMORY_SMALL);
  memory_give(3000, MEMORY_SMALL);
  check("a bound for all", memory_room());
  return unit_end();
}
