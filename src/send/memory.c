/* memory.c - see memory.h */

#include "send/lot.h"
#include "send/memory.h"
#include "lib/conf/conf.h"

#define USERS 64                /* those whose uids have the same remainder share */
#define OWNERS (USERS + 1)      /* the last: the suite's own users */
#define UNIT 1024               /* what a lot's entries count in */

struct owner {
  size_t large;                 /* bytes of loaded large messages */
  struct lot lot;
};

static struct owner owners[OWNERS];
static size_t all, large;
static unsigned int turn;       /* whose it is to get the next room */
static known granted;           /* by memory_next */

static struct owner *owner_of(uid_t uid)
{
  return owners + (conf_role_of(uid) == -1 ? uid % USERS : USERS);
}

int memory_room(void)
{
  return all < MEMORY_MAX;
}

static int share_fits(struct owner const *o, size_t weight)
{
  return o == owners + USERS || !o->large || o->large + weight <= MEMORY_SHARE;
}

static int all_fits(size_t weight)
{
  return !large || large + weight <= MEMORY_LARGE;
}

static int somebody_waits(void)
{
  unsigned int i = 0;

  while (i < OWNERS && !owners[i].lot.n) i++;
  return i < OWNERS;
}

void memory_wait(known k, uid_t uid, size_t weight)
{
  backlog_set_size(k, (uint32_t)(weight / UNIT + 1));
  lot_park(&owner_of(uid)->lot, k, PLACE_LOT);
}

int memory_take(known k, uid_t uid, size_t weight)
{
  struct owner *o = owner_of(uid);

  if (memory_large(weight)) {
    if (k != granted && (somebody_waits() || !share_fits(o, weight) || !all_fits(weight))) {
      memory_wait(k, uid, weight);
      return 0;
    }
    o->large += weight;
    large += weight;
  }
  granted = 0;
  all += weight;
  return 1;
}

void memory_give(uid_t uid, size_t weight)
{
  all -= weight;
  if (!memory_large(weight)) return;
  owner_of(uid)->large -= weight;
  large -= weight;
}

/* The owner whose turn it is. One that is too large for now is not passed by: else it would wait for ever. */
static struct owner *next_owner(void)
{
  unsigned int i;

  for (i = 0; i < OWNERS; i++) {
    struct owner *o = owners + (turn + i) % OWNERS;
    size_t weight = o->lot.n ? (size_t)backlog_size(o->lot.head) * UNIT : 0;
    if (o->lot.n && share_fits(o, weight)) return all_fits(weight) ? o : 0;
  }
  return 0;
}

int memory_waits(void)
{
  return !!next_owner();
}

known memory_next(void)
{
  struct owner *o = next_owner();

  if (!o) return 0;
  turn = (unsigned int)(o - owners) + 1;
  granted = lot_take(&o->lot);
  return granted;
}
