/* uid.c - see uid.h */

#include "lib/conf/conf.h"
#include "local/uid.h"

static int is_our_group(gid_t gid)
{
  int i;

  for (i = 0; i < CONF_ROLES; i++)
    if (conf_users[i].gid == gid) return 1;
  return 0;
}

int uid_may_get_mail(uid_t uid, gid_t gid, unsigned int minuid)
{
  int role = conf_role_of(uid);

  if (!uid || !gid) return 0;
  if (role == CONF_ALIAS) return gid == conf_users[CONF_ALIAS].gid;
  return role == -1 && uid >= minuid && !is_our_group(gid);
}
