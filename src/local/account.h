/* account.h - the accounts that the name service knows */

#ifndef LOCAL_ACCOUNT_H
#define LOCAL_ACCOUNT_H

#include <sys/types.h>

#include "door/lookup.h"

struct account {
  uid_t uid;
  gid_t gid;
  char name[LOOKUP_USER_MAX + 1];
  char home[LOOKUP_HOME_MAX + 1];
};

/* An account by its name: 1 found, 0 there is none, -1 cannot tell (logged). by_file becomes 1 when that came from the
   password file alone, with no other service asked: one that is first by /etc/nsswitch.conf, where all that stands in
   the file counts, or the only one, where nothing else does. Else it becomes 0. */
extern int account_find(char const *name, struct account *, int *by_file);

#endif
