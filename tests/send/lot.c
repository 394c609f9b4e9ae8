/* lot.c - first in, first out; and what waits in lots for an operator counts as held, whatever happens */

#include <stdio.h>

#include "unit.h"
#include "send/census.h"
#include "send/lot.h"
#include "lib/io/log.h"

#define MANY 10

static known add(unsigned int n)
{
  char id[ID_MAX + 1];

  snprintf(id, sizeof id, "%014x%06x%06x", 0x12345600U + n, 1, n);
  return backlog_add(id, 5);
}

static int counts(uint32_t new, uint32_t due, uint32_t held)
{
  struct census all[METRICS_STATES];

  census_take(all);
  return all[METRICS_NEW].n == new && all[METRICS_DUE].n == due && all[METRICS_HELD].n == held;
}

static void order(void)
{
  struct lot l = { .held = 0 };
  known a = add(1), b = add(2), c = add(3);

  lot_park(&l, a, PLACE_NEW);
  lot_park(&l, b, PLACE_NEW);
  lot_park(&l, c, PLACE_NEW);
  check("counted", l.n == 3 && counts(3, 0, 0));
  check("first in, first out", lot_take(&l) == a && lot_take(&l) == b && lot_take(&l) == c && !lot_take(&l));
  lot_park(&l, b, PLACE_DONE);
  check("and again", lot_take(&l) == b && !l.head && !l.tail && !l.n && counts(0, 0, 0));
}

static void held(void)
{
  struct lot l = { .held = 0 };
  known k[MANY];
  unsigned int n;

  for (n = 0; n < MANY; n++) k[n] = add(100 + n);
  for (n = 0; n < MANY - 1; n++) lot_park(&l, k[n], PLACE_LOT);
  check("they are due", counts(0, MANY - 1, 0));
  backlog_flag(k[0], 0, KNOWN_HOLD);
  backlog_flag(k[1], 0, KNOWN_EXPIRE);
  check("one of them is held", counts(0, MANY - 2, 1));
  lot_hold(&l, 1);
  check("all of them are", counts(0, 0, MANY - 1));
  lot_hold(&l, 1);
  lot_park(&l, k[MANY - 1], PLACE_LOT);
  check("who comes is, too", counts(0, 0, MANY));
  check("who leaves is not", lot_take(&l) == k[0] && lot_take(&l) == k[1] && counts(0, 0, MANY - 2));
  lot_park(&l, k[0], PLACE_LOT);
  lot_hold(&l, 0);
  check("but one they are held no more", counts(0, MANY - 2, 1));
  backlog_flag(k[0], KNOWN_HOLD, 0);
  check("and that one neither", counts(0, MANY - 1, 0));
  while (lot_take(&l));
  lot_park(&l, k[5], PLACE_LOT);
  check("it leaves no trace", counts(0, 1, 0) && lot_take(&l) == k[5]);
  backlog_flag(k[6], 0, KNOWN_HOLD);
  lot_park(&l, k[6], PLACE_NEW);
  check("also of what is new", counts(0, 0, 1));
}

int main(void)
{
  log_name("lot");
  order();
  held();
  return unit_end();
}
