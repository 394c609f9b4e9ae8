/* conf.c - see conf.h */

#include "lib/conf/conf.h"

int conf_role_of(uid_t uid)
{
  int i;

  for (i = 0; i < CONF_ROLES; i++)
    if (conf_users[i].uid == uid) return i;
  return -1;
}
