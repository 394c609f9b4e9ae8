/* reasons.c - texts of messages that are to expire: one for all that have the same, and only so many */

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "send/reasons.h"
#include "lib/io/log.h"

#define MANY (REASONS_MAX * 2)

static known k[MANY];

static char const *text(unsigned int n)
{
  static char s[40];

  snprintf(s, sizeof s, "reason %u", n);
  return s;
}

static void expire(unsigned int n, char const *s)
{
  reasons_put(k[n], s);
  backlog_flag(k[n], 0, KNOWN_EXPIRE);
}

static void one_by_one(void)
{
  unsigned int n;
  int good = 1, room = 1;

  for (n = 0; n < REASONS_MAX; n++) {
    room = room && reasons_room(text(n));
    expire(n, text(n));
  }
  for (n = 0; n < REASONS_MAX; n++) good = good && !strcmp(reasons_of(k[n]), text(n));
  check("each has its own", good && room);
  check("no more, but what there is, and none", !reasons_room("another") && reasons_room(text(7)) && reasons_room(""));
  for (n = REASONS_MAX; n < MANY; n++) expire(n, text(7));
  expire(7, "");
  check("many with one of them", !strcmp(reasons_of(k[MANY - 1]), text(7)) && !*reasons_of(k[7]));
}

static void room_again(void)
{
  backlog_put(k[6], PLACE_LOADED);
  backlog_forget(k[6]);
  check("one is gone", reasons_room("another"));
  expire(7, "another");
  check("none again", !reasons_room("one more"));
  backlog_flag(k[8], KNOWN_EXPIRE, 0);
  check("one is not to expire any more", reasons_room("one more"));
  expire(REASONS_MAX, "one more");
  check("none again", !reasons_room("last"));
  expire(3, text(4));
  check("one has another's", reasons_room("last"));
  check("each has its own all the time", !strcmp(reasons_of(k[3]), text(4)) && !strcmp(reasons_of(k[4]), text(4))
        && !strcmp(reasons_of(k[7]), "another") && !strcmp(reasons_of(k[9]), text(9))
        && !strcmp(reasons_of(k[REASONS_MAX]), "one more") && !strcmp(reasons_of(k[MANY - 1]), text(7)));
}

int main(void)
{
  char id[ID_MAX + 1];
  unsigned int n;

  log_name("reasons");
  for (n = 0; n < MANY; n++) {
    snprintf(id, sizeof id, "%026x", n + 1);
    k[n] = backlog_add(id, 0);
  }
  check("nobody has one", !*reasons_of(k[0]) && !*reasons_of(k[MANY - 1]));
  one_by_one();
  room_again();
  return unit_end();
}
