/* callers.c - see callers.h */

#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "queue/callers.h"

enum class { BOUNCES, NETWORK, USERS, CLASSES };

struct connection callers[CALLERS_MAX];
unsigned int callers_used;

static enum class class_of(uid_t uid)
{
  if (uid == conf_users[CONF_BOUNCE].uid) return BOUNCES;
  return uid == conf_users[CONF_IN].uid ? NETWORK : USERS;
}

int callers_allowed(uid_t uid, unsigned int most, unsigned int per_user)
{
  unsigned int count[CLASSES] = { 0 }, same = 0, i;
  enum class class = class_of(uid);

  for (i = 0; i < callers_used; i++) {
    if (callers[i].child == -1) continue;
    count[class_of(callers[i].who.uid)]++;
    same += callers[i].who.uid == uid;
  }
  if (count[BOUNCES] + count[NETWORK] + count[USERS] >= most) return 0;
  if (class == BOUNCES) return 1;
  if (count[NETWORK] + count[USERS] >= most - most / 8) return 0;
  if (class == NETWORK) return count[NETWORK] < most - most / 4;
  /* maila forwards for many: its deliveries are counted by mail-send already */
  return count[USERS] < most / 2 && (uid == conf_users[CONF_ALIAS].uid || same < per_user);
}

int callers_add(int fd, struct caller const *who)
{
  unsigned int i = 0;

  while (i < callers_used && callers[i].child != -1) i++;
  if (i == CALLERS_MAX) return 0;
  if (i == callers_used) callers_used++;
  callers[i] = (struct connection){ .who = *who, .fd = fd, .since = io_clock() };
  return 1;
}

void callers_remove(struct connection *c)
{
  if (!c->child) close(c->fd);
  c->child = -1;
  while (callers_used && callers[callers_used - 1].child == -1) callers_used--;
}

int callers_reap(pid_t pid)
{
  unsigned int i;

  for (i = 0; i < callers_used; i++)
    if (callers[i].child == pid) {
      callers_remove(callers + i);
      return 1;
    }
  return 0;
}
