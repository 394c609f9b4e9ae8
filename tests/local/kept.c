/* kept.c - answers that are given again: which, to which question, for how long; that changes count: mail-lookup.sh */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "local/kept.h"
#include "local/source.h"
#include "unit.h"

#define SETTLE_TRIES 100        /* of 100 ms: who just made /etc/passwd has changed a table */

static struct lookup_source const lasts = { .lasts = 1 };
static uint32_t tables;

static struct lookup_question question(enum lookup_kind kind, char const *address)
{
  struct lookup_question q = { .number = 7, .kind = kind };

  memcpy(q.address, address, strlen(address) + 1);
  return q;
}

static int known(enum lookup_kind kind, char const *address, enum lookup_status status)
{
  struct lookup_question q = question(kind, address);
  struct lookup_answer a = { .number = 0 };

  return kept_find(&q, &a, &tables) && a.number == 7 && a.status == status;
}

static void add(enum lookup_kind kind, char const *address, enum lookup_status status, struct lookup_source const *from)
{
  struct lookup_question q = question(kind, address);
  struct lookup_answer a = { .number = 3, .status = status, .from = *from };

  kept_add(&q, tables, &a);
}

static int settles(void)
{
  int i;

  for (i = 0; i < SETTLE_TRIES; i++) {
    known(LOOKUP_VERIFY, "first", LOOKUP_YES);
    add(LOOKUP_VERIFY, "first", LOOKUP_YES, &lasts);
    if (known(LOOKUP_VERIFY, "first", LOOKUP_YES)) return 1;
    usleep(100000);
  }
  return 0;
}

static int ends(long long *after)
{
  long long start = io_clock();

  while (known(LOOKUP_VERIFY, "ends", LOOKUP_NO) && io_clock() < start + 60000) usleep(100000);
  *after = io_clock() - start;
  return !known(LOOKUP_VERIFY, "ends", LOOKUP_NO);
}

static void homes(void)
{
  char dir[] = "/tmp/kept-test.XXXXXX";
  struct lookup_source home = lasts;

  if (!mkdtemp(dir)) return;
  memcpy(home.home, dir, sizeof dir);
  home.seen = source_look(dir);
  add(LOOKUP_VERIFY, "home", LOOKUP_YES, &home);
  check("a home that is as it was", known(LOOKUP_VERIFY, "home", LOOKUP_YES));
  check("no home", rmdir(dir) == 0 && !known(LOOKUP_VERIFY, "home", LOOKUP_YES));
}

int main(void)
{
  struct lookup_source once = { .lasts = 0 };
  uint32_t before;
  long long after;
  char address[ADDRESS_MAX + 1];
  int i, found = 0, wrong = 0, forgotten = 0;

  check("given again", settles());
  check("to the same question alone", !known(LOOKUP_DELIVER, "first", LOOKUP_YES) && !known(LOOKUP_VERIFY, "firsT", LOOKUP_YES)
    && !known(LOOKUP_VERIFY, "", LOOKUP_YES));
  add(LOOKUP_VERIFY, "first", LOOKUP_NO, &lasts);
  check("the newest one", known(LOOKUP_VERIFY, "first", LOOKUP_NO));
  add(LOOKUP_VERIFY, "elsewhere", LOOKUP_ELSEWHERE, &lasts);
  add(LOOKUP_VERIFY, "later", LOOKUP_LATER, &lasts);
  add(LOOKUP_VERIFY, "unknown", LOOKUP_UNKNOWN, &lasts);
  add(LOOKUP_VERIFY, "once", LOOKUP_YES, &once);
  check("of another host", known(LOOKUP_VERIFY, "elsewhere", LOOKUP_ELSEWHERE));
  check("what is not certain, never", !known(LOOKUP_VERIFY, "later", LOOKUP_LATER)
    && !known(LOOKUP_VERIFY, "unknown", LOOKUP_UNKNOWN));
  check("what does not last, never", !known(LOOKUP_VERIFY, "once", LOOKUP_YES));
  before = tables--;
  add(LOOKUP_VERIFY, "old", LOOKUP_YES, &lasts);
  check("nor what came from older tables", !known(LOOKUP_VERIFY, "old", LOOKUP_YES) && tables == before);
  memset(address, 'a', ADDRESS_MAX);
  address[ADDRESS_MAX] = 0;
  add(LOOKUP_VERIFY, address, LOOKUP_YES, &lasts);
  check("nor for an endless address", !known(LOOKUP_VERIFY, address, LOOKUP_YES));
  homes();
  for (i = 0; i < 1000; i++) {
    snprintf(address, sizeof address, "user%d", i);
    add(LOOKUP_VERIFY, address, i % 2 ? LOOKUP_YES : LOOKUP_NO, &lasts);
  }
  for (i = 0; i < 1000; i++) {
    snprintf(address, sizeof address, "user%d", i);
    wrong += known(LOOKUP_VERIFY, address, i % 2 ? LOOKUP_NO : LOOKUP_YES);
    found += known(LOOKUP_VERIFY, address, i % 2 ? LOOKUP_YES : LOOKUP_NO);
  }
  check("never the answer of another", !wrong);
  check("some of many", found > 100 && found <= 256);
  kept_forget();
  for (i = 0; i < 1000; i++) {
    snprintf(address, sizeof address, "user%d", i);
    forgotten += !known(LOOKUP_VERIFY, address, i % 2 ? LOOKUP_YES : LOOKUP_NO);
  }
  check("what was forgotten is not known", forgotten == 1000);
  add(LOOKUP_VERIFY, "ends", LOOKUP_NO, &lasts);
  check("some seconds, not more", ends(&after) && after > 4000);
  return unit_end();
}
