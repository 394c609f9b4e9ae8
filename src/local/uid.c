/* uid.c - see uid.h */

#include "lib/conf/conf.h"
#include "local/uid.h"

int uid_may_get_mail(uid_t uid, unsigned int minuid)
{
  int role = conf_role_of(uid);

  if (!uid) return 0;
  return role == -1 ? uid >= minuid : role == CONF_ALIAS;
}
