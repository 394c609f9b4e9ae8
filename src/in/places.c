/* places.c - see places.h */

#include "in/places.h"
#include "lib/io/io.h"
#include "lib/io/large.h"

#define BAN 60000               /* ms */

LARGE struct place places[PLACES_MAX];
unsigned int places_taken;
static LARGE unsigned int free_ones[PLACES_MAX]; /* a stack: those that were used last come first */

void places_start(void)
{
  unsigned int i;

  for (i = 0; i < PLACES_MAX; i++) free_ones[i] = PLACES_MAX - 1 - i;
}

unsigned int places_take(struct net_address const *peer)
{
  unsigned int i = free_ones[PLACES_MAX - 1 - places_taken++];

  places[i] = (struct place){ .taken = 1, .dispatcher = PLACES_NOBODY, .peer = *peer };
  return i;
}

void places_leave(unsigned int i)
{
  struct place *p = places + i;

  admission_leave(&p->admission);
  p->taken = 0;
  p->dispatcher = PLACES_NOBODY;
  p->pid = 0;
  free_ones[PLACES_MAX - places_taken--] = i;
}

static void leave(unsigned int i, int broken)
{
  if (broken) admission_ban(&places[i].peer, io_clock() + BAN);
  places_leave(i);
}

void places_over(unsigned int i, int dispatcher, int broken)
{
  if (i < PLACES_MAX && places[i].taken && places[i].dispatcher == dispatcher) leave(i, broken);
}

void places_forget(int dispatcher)
{
  unsigned int i;

  for (i = 0; i < PLACES_MAX; i++)
    if (places[i].taken && places[i].dispatcher == dispatcher) places_leave(i);
}

int places_ended(pid_t pid, int broken)
{
  unsigned int i;

  for (i = 0; i < PLACES_MAX && places[i].pid != pid; i++);
  if (i == PLACES_MAX) return 0;
  leave(i, broken);
  return 1;
}

int places_own(void)
{
  unsigned int i;

  for (i = 0; i < PLACES_MAX; i++)
    if (places[i].pid) return 1;
  return 0;
}
