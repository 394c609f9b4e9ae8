/* uid.c - see uid.h */

#include <stdio.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "local/uid.h"

int uid_read_least(struct uid_least *least)
{
  struct uid_least new;
  int r = control_number("minuid", &new.uid) == -1 ? -1 : control_number("mingid", &new.gid);

  if (r == -1) return -1;
  if (!r && new.gid > new.uid) new.gid = new.uid;
  *least = new;
  return 0;
}

static int is_our_group(gid_t gid)
{
  int i;

  for (i = 0; i < CONF_ROLES; i++)
    if (conf_users[i].gid == gid) return 1;
  return 0;
}

int uid_may_get_mail(uid_t uid, gid_t gid, struct uid_least const *least)
{
  int role = conf_role_of(uid);

  if (!uid || !gid) return 0;
  if (role == CONF_ALIAS) return gid == conf_users[CONF_ALIAS].gid;
  return role == -1 && uid >= least->uid && gid >= least->gid && !is_our_group(gid);
}

/* FNV-1a. Homes are the administrator's: nobody makes two of them meet. */
uint64_t uid_key(uid_t uid, char const *home)
{
  uint64_t h = 14695981039346656037ULL;
  char who[32];
  char const *p;

  snprintf(who, sizeof who, "%lu:", (unsigned long)uid);
  for (p = who; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211ULL;
  for (p = home; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211ULL;
  return h ? h : 1;
}
