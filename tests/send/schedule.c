/* schedule.c - what is known, what is due, and how little memory that takes */

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "send/retry.h"
#include "send/schedule.h"

#define MANY 100000

static char const *make(uint32_t n)
{
  static char id[ID_MAX + 1];

  snprintf(id, sizeof id, "%014x%06x%06x%s", 0x12345600U + n, n % 7, n, n % 3 ? "" : n % 2 ? "-1" : "-9999-123");
  return id;
}

static void names(void)
{
  char id[ID_MAX + 1];
  uint32_t n;
  int good = 1, found = 1;

  for (n = 1; n <= MANY; n++) {
    known k = schedule_add(make(n), 5);
    known_id(k, id);
    good = good && k && !strcmp(id, make(n)) && known_since(k) == 5 && known_place(k) == PLACE_HELD;
  }
  for (n = 1; n <= MANY; n++) {
    known k = schedule_find(make(n));
    if (!k) found = 0;
    else known_id(k, id), found = found && !strcmp(id, make(n));
  }
  check("every ID comes back as it was", good);
  check("and is found", found && schedule_count() == MANY);
  check("others are not", !schedule_find(make(MANY + 1)) && !schedule_find("00000000000000000000000000"));
}

static void times(void)
{
  uint32_t n, last = 0, x = 1, out = 0;
  int order = 1;
  known k;

  for (n = 1; n <= MANY; n++) schedule_at(schedule_find(make(n)), (x = x * 1103515245 + 12345) >> 8 & 0xffff);
  check("nothing before its time", schedule_next() > 0 ? !schedule_due(schedule_next() - 1) : 1);
  while ((k = schedule_due(NEVER - 1))) {
    out++;
    if (schedule_next() != NEVER) order = order && schedule_next() >= last;
    last = schedule_next();
  }
  check("all come out", out == MANY && schedule_next() == NEVER);
  check("in order", order);
  schedule_at(schedule_find(make(1)), NEVER);
  check("what is never due does not come", !schedule_due(NEVER));
  schedule_all();
  for (out = 0; schedule_due(0); out++);
  check("all are due, held ones too", out == MANY);
}

static void lots(void)
{
  struct lot l = { 0, 0, 0 };
  known a = schedule_find(make(1)), b = schedule_find(make(2)), c = schedule_find(make(3));

  lot_put(&l, a, PLACE_LOT);
  lot_put(&l, b, PLACE_LOT);
  lot_put(&l, c, PLACE_LOT);
  check("counted", l.n == 3);
  check("first in, first out", lot_take(&l) == a && lot_take(&l) == b && lot_take(&l) == c && !lot_take(&l));
  lot_put(&l, b, PLACE_NEW);
  check("and again", lot_take(&l) == b && !l.head && !l.tail && !l.n);
}

static void forgetting(void)
{
  uint32_t n;
  int gone = 1, left = 1;
  known k;

  for (n = 1; n <= MANY; n += 2) schedule_forget(schedule_find(make(n)));
  for (n = 1; n <= MANY; n++) {
    if (n % 2) gone = gone && !schedule_find(make(n));
    else left = left && schedule_find(make(n));
  }
  check("what is forgotten is gone, the others stay", gone && left && schedule_count() == MANY / 2);
  k = schedule_add(make(1), 0);
  check("its entry is used again, clean", k && !known_flags(k) && k <= MANY);
  schedule_forget(k);
}

static void retries(void)
{
  char const *id = make(1);
  uint32_t n, w;
  int grows = 1;

  check("the first wait", retry_wait(id, 1, RETRY_REMOTE) >= 400 && retry_wait(id, 1, RETRY_REMOTE) <= 450);
  for (n = 1; n < 5000; n++) {
    w = retry_wait(id, n, n % 2 ? RETRY_REMOTE : RETRY_LOCAL);
    grows = grows && w >= 100 && w <= RETRY_LONGEST;
  }
  check("no wait is longer than the longest", grows && retry_wait(id, NEVER, RETRY_REMOTE) <= RETRY_LONGEST);
  check("week old, five tries, watched", retry_last(4, 604800, 604800 / 8, 604800));
  check("too few tries", !retry_last(3, 604800, 604800, 604800));
  check("not watched long enough", !retry_last(40, 9999999, 604800 / 8 - 1, 604800));
  check("too young", !retry_last(40, 604799, 604799, 604800));
  check("a clock set back does not keep it for ever", retry_last(40, -5000, 604800, 604800));
  check("lifetime 0: the first try is the last", retry_last(0, 0, 0, 0));
  check("a short lifetime has room for fewer", retry_last(1, 1000, 1000, 1000) && !retry_last(0, 1000, 1000, 1000));
}

int main(void)
{
  names();
  times();
  lots();
  forgetting();
  retries();
  return unit_end();
}
