/* caller.c - see caller.h */

#include "lib/conf/conf.h"
#include "queue/caller.h"

enum callers_class callers_class(uid_t uid)
{
  if (uid == conf_users[CONF_BOUNCE].uid) return CALLERS_BOUNCES;
  if (uid == conf_users[CONF_IN].uid) return CALLERS_NETWORK;
  return uid ? CALLERS_USERS : CALLERS_ROOT;
}

unsigned int callers_idle(uid_t uid, unsigned int idle)
{
  return callers_class(uid) >= CALLERS_ROOT && idle > CALLERS_USER_IDLE ? CALLERS_USER_IDLE : idle;
}
