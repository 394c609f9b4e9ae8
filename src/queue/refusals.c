/* refusals.c - see refusals.h */

#include <stdatomic.h>
#include <sys/mman.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"
#include "queue/refusals.h"

#define PLACES 32
#define SECOND 1000             /* ms */

struct place {
  _Atomic long long since;      /* by io_clock; 0: free */
  uid_t uid;
  unsigned int lines;           /* written in this second */
  _Atomic unsigned int untold;  /* workers add to it while it is told */
};

struct table {
  struct place place[PLACES];
  struct place rest;            /* of all uids that found no place */
};

static struct table *table;

int refusals_start(void)
{
  table = mmap(0, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return table == MAP_FAILED ? -1 : 0;
}

static struct place *find(uid_t uid)
{
  struct place *free_place = 0;
  unsigned int i;

  for (i = 0; i < PLACES; i++) {
    struct place *p = table->place + i;
    if (p->since && p->uid == uid) return p;
    if (!p->since) free_place = p;
  }
  if (free_place) *free_place = (struct place){ .uid = uid };
  return free_place ? free_place : &table->rest;
}

int refusals_line(uid_t uid, unsigned int a_second)
{
  struct place *p = find(uid);
  int told = 0;

  if (p != &table->rest && p->lines < a_second) {
    p->lines++;
    told = 1;
  }
  else p->untold++;
  if (!p->since) p->since = io_clock();
  return told;
}

static void tell(struct place const *p, unsigned int untold)
{
  log_start();
  log_text(p->uid == REFUSALS_DISK ? "alert: cannot: " : "refused: ");
  log_number(untold);
  log_text(" times more");
  if (p == &table->rest) log_text(", other callers");
  else if (p->uid == REFUSALS_DISK) log_text(", as above");
  else {
    log_count(" uid=", p->uid);
  }
  log_end();
}

/* The second of a place is over. What was counted is one line of the next. */
static void next_second(struct place *p, long long now)
{
  unsigned int untold = atomic_exchange(&p->untold, 0);

  if (untold) tell(p, untold);
  p->lines = untold != 0;
  p->since = untold ? now : 0;
  if (p->untold) p->since = now;        /* by one that has found the place in use */
}

long long refusals_tell(void)
{
  long long now = io_clock(), next = WAKE_NEVER;
  unsigned int i;

  for (i = 0; i <= PLACES; i++) {
    struct place *p = i < PLACES ? table->place + i : &table->rest;
    if (!p->since) continue;
    if (now - p->since >= SECOND) next_second(p, now);
    if (p->since && p->since + SECOND < next) next = p->since + SECOND;
  }
  return next;
}
