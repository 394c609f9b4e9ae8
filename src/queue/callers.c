/* callers.c - see callers.h */

#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "queue/callers.h"

#define ROOT_LEAST 4
#define IDLE_MS 1000            /* a caller that says nothing for so long is idle */

LARGE struct connection callers[CALLERS_PLACES];
unsigned int callers_used;
static struct seat *seats;

int callers_start(void)
{
  seats = seats_start(CALLERS_PLACES);
  return seats ? 0 : -1;
}

struct seat *callers_seat(struct connection const *c)
{
  return seats + (c - callers);
}

static int counts(struct connection const *c)
{
  return c->state != CALLER_FREE && !atomic_load(&callers_seat(c)->go);
}

int callers_allowed(uid_t uid, unsigned int most, unsigned int per_user)
{
  unsigned int count[CALLERS_CLASSES] = { 0 }, same = 0, others, i;
  enum callers_class class = callers_class(uid);

  for (i = 0; i < callers_used; i++) {
    if (!counts(callers + i)) continue;
    count[callers_class(callers[i].who.uid)]++;
    same += callers[i].who.uid == uid;
  }
  if (class == CALLERS_ROOT) return count[CALLERS_ROOT] < (most / 8 > ROOT_LEAST ? most / 8 : ROOT_LEAST);
  others = count[CALLERS_NETWORK] + count[CALLERS_USERS];
  if (count[CALLERS_BOUNCES] + others >= most) return 0;
  if (class == CALLERS_BOUNCES) return 1;
  if (others >= most - most / 8) return 0;
  if (class == CALLERS_NETWORK) return count[CALLERS_NETWORK] < most - most / 4;
  /* maila forwards for many: its deliveries are counted by mail-send already */
  return count[CALLERS_USERS] < most / 2 && (uid == conf_users[CONF_ALIAS].uid || same < per_user);
}

int callers_full_of(uid_t uid, unsigned int per_user)
{
  unsigned int same = 0, i;

  if (uid == conf_users[CONF_ALIAS].uid) return 0;
  for (i = 0; i < callers_used; i++) same += counts(callers + i) && callers[i].who.uid == uid;
  return same >= per_user;
}

/* Since when a user's connection is idle; 0: it is not. */
static long long idle_since(struct connection const *c, long long now)
{
  long long since;

  if (!counts(c) || callers_class(c->who.uid) != CALLERS_USERS) return 0;
  since = c->state == CALLER_SERVED ? atomic_load(&callers_seat(c)->waits) : c->since;
  return since && now - since >= IDLE_MS ? since : 0;
}

int callers_make_room(void)
{
  struct connection *victim = 0;
  long long now = io_clock(), oldest = 0;
  unsigned int i, j, most = 0;

  for (i = 0; i < callers_used; i++) {
    long long since = idle_since(callers + i, now);
    unsigned int n = 0;
    if (!since) continue;
    for (j = 0; j < callers_used; j++)
      n += callers[j].who.uid == callers[i].who.uid && idle_since(callers + j, now);
    if (n < most || (n == most && since >= oldest)) continue;
    victim = callers + i;
    most = n;
    oldest = since;
  }
  if (!victim) return 0;
  if (victim->state == CALLER_SERVED) atomic_store(&callers_seat(victim)->go, 1);
  else callers_remove(victim);
  return 1;
}

int callers_add(int fd, struct caller const *who)
{
  unsigned int i = 0;

  while (i < callers_used && callers[i].state != CALLER_FREE) i++;
  if (i == CALLERS_PLACES) return 0;
  if (i == callers_used) callers_used++;
  seats[i] = (struct seat){ .uid = who->uid, .class = (int)callers_class(who->uid) };
  callers[i] = (struct connection){ .who = *who, .state = CALLER_IDLE, .fd = fd, .since = io_clock() };
  return 1;
}

void callers_serve(struct connection *c)
{
  c->state = CALLER_SERVED;
}

void callers_remove(struct connection *c)
{
  if (c->state == CALLER_SERVED) shutdown(c->fd, SHUT_RDWR);
  close(c->fd);
  c->state = CALLER_FREE;
  atomic_store(&callers_seat(c)->memory, 0);
  while (callers_used && callers[callers_used - 1].state == CALLER_FREE) callers_used--;
}
