/* backlog.c - what is known, what is due, and where it may go */

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"
#include "send/backlog.h"
#include "send/retry.h"
#include "lib/io/log.h"

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
    known k = backlog_add(make(n), 5);
    backlog_id(k, id);
    good = good && k && !strcmp(id, make(n)) && backlog_since(k) == 5 && backlog_place(k) == PLACE_HAND;
  }
  for (n = 1; n <= MANY; n++) {
    known k = backlog_find(make(n));
    if (!k) found = 0;
    else backlog_id(k, id), found = found && !strcmp(id, make(n));
  }
  check("every ID comes back as it was", good);
  check("and is found", found && backlog_count() == MANY);
  check("others are not", !backlog_find(make(MANY + 1)) && !backlog_find("00000000000000000000000000"));
}

static void hurry(known k)
{
  backlog_hurry(k, 0);
}

static void times(void)
{
  uint32_t n, last = 0, x = 1, out = 0;
  int order = 1;
  known k;

  for (n = 1; n <= MANY; n++) backlog_at(backlog_find(make(n)), (x = x * 1103515245 + 12345) >> 8 & 0xffff);
  check("nothing before its time", backlog_next() > 0 ? !backlog_due(backlog_next() - 1) : 1);
  while ((k = backlog_due(NEVER - 1))) {
    out++;
    if (backlog_next() != NEVER) order = order && backlog_next() >= last;
    last = backlog_next();
  }
  check("all come out", out == MANY && backlog_next() == NEVER);
  check("in order", order);
  backlog_at(backlog_find(make(1)), NEVER);
  check("what is never due does not come", !backlog_due(NEVER));
  for (n = 2; n <= MANY; n++) {
    k = backlog_find(make(n));
    backlog_put(k, n % 2 ? PLACE_LOADED : PLACE_HELD);
    if (n % 2) backlog_put(k, PLACE_STUCK);
  }
  backlog_all();
  backlog_each(PLACE_STUCK, hurry);
  for (out = 0; backlog_due(0); out++);
  check("all are due, but for what an operator holds", out == MANY / 2);
  backlog_each(PLACE_HELD, hurry);
  for (out = 0; backlog_due(0); out++);
  check("unless that is wanted", out == MANY / 2);
  for (n = 1; n <= 1000; n++) backlog_at(backlog_find(make(n)), n);
  for (n = 1000; n > 900; n--) hurry(backlog_find(make(n)));
  for (out = 0; backlog_due(0); out++);
  check("one is due before its time", out == 100 && backlog_next() == 1);
  for (out = 0; backlog_due(NEVER - 1); out++);
  check("the others at theirs", out == 900);
}

static void forget(known k)
{
  backlog_put(k, PLACE_LOADED);
  backlog_forget(k);
}

static void forgetting(void)
{
  uint32_t n;
  int gone = 1, left = 1;
  known k;

  for (n = 1; n <= MANY; n += 2) forget(backlog_find(make(n)));
  for (n = 1; n <= MANY; n++) {
    if (n % 2) gone = gone && !backlog_find(make(n));
    else left = left && backlog_find(make(n));
  }
  check("what is forgotten is gone, the others stay", gone && left && backlog_count() == MANY / 2);
  k = backlog_add(make(1), 0);
  check("its entry is used again, clean", k && !backlog_flags(k) && k <= MANY);
  forget(k);
}

/* The table of backlog.h, a row for each place: where it may go. */
static char const *const moves[PLACES] = {
  /* to        HNTLLDCSHG */
  /* HAND   */ ".xxxxxx.x.",
  /* NEW    */ "x.........",
  /* TIMED  */ "x.......x.",
  /* LOT    */ "x.........",
  /* LOADED */ "..xx.x.xxx",
  /* DONE   */ "x.........",
  /* CLEAN  */ "..x.x....x",
  /* STUCK  */ "..x.......",
  /* HELD   */ "..x.......",
  /* GONE   */ "..........",
};

static void table(void)
{
  int from, to, status = 0, same = 1;
  known k = backlog_add(make(MANY + 7), 0);
  pid_t child;

  for (from = 0; from < PLACES; from++)
    for (to = 0; to < PLACES; to++)
      same = same && place_may((enum place)from, (enum place)to) == (moves[from][to] == 'x');
  check("moves are those of the table", same);
  backlog_put(k, PLACE_LOADED);
  backlog_put(k, PLACE_STUCK);
  child = fork();
  if (!child) {
    backlog_put(k, PLACE_LOADED);
    _exit(0);
  }
  check("any other ends the program", waitpid(child, &status, 0) == child && WIFEXITED(status)
        && WEXITSTATUS(status) == 111 && backlog_place(k) == PLACE_STUCK);
}

static void retries(void)
{
  struct retry const usual = { 400, 14400 }, quick = { 4, 60 };
  char const *id = make(1);
  uint32_t n, w;
  int grows = 1;

  check("the first wait", retry_wait(&usual, id, 1, RETRY_REMOTE) >= 400 && retry_wait(&usual, id, 1, RETRY_REMOTE) <= 450);
  for (n = 1; n < 5000; n++) {
    w = retry_wait(&usual, id, n, n % 2 ? RETRY_REMOTE : RETRY_LOCAL);
    grows = grows && w >= 100 && w <= RETRY_LONGEST(14400);
  }
  check("no wait is longer than the longest", grows && retry_wait(&usual, id, NEVER, RETRY_REMOTE) <= RETRY_LONGEST(14400));
  check("other times", retry_wait(&quick, id, 1, RETRY_LOCAL) == 1 && retry_wait(&quick, id, 99, RETRY_REMOTE) >= 60
        && retry_wait(&quick, id, 99, RETRY_REMOTE) <= 67 && retry_last(4, 4, 100, 100, 100) && !retry_last(4, 3, 100, 100, 100));
  check("few need not be spread, a million are", !retry_spread(999) && retry_spread(1000000) == 1000);
  check("week old, five tries, watched", retry_last(400, 4, 604800, 604800 / 8, 604800));
  check("too few tries", !retry_last(400, 3, 604800, 604800, 604800));
  check("not watched long enough", !retry_last(400, 40, 9999999, 604800 / 8 - 1, 604800));
  check("too young", !retry_last(400, 40, 604799, 604799, 604800));
  check("a clock set back does not keep it for ever", retry_last(400, 40, -5000, 604800, 604800));
  check("lifetime 0: the first try is the last", retry_last(400, 0, 0, 0, 0));
  check("a short lifetime has room for fewer", retry_last(400, 1, 1000, 1000, 1000) && !retry_last(400, 0, 1000, 1000, 1000));
}

int main(void)
{
  log_name("backlog");
  names();
  times();
  forgetting();
  table();
  retries();
  return unit_end();
}
