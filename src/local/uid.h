/* uid.h - who may get mail at all: mail-lookup offers nobody else, and mail-lspawn becomes nobody else */

#ifndef LOCAL_UID_H
#define LOCAL_UID_H

#include <stdint.h>
#include <sys/types.h>

struct uid_least {
  unsigned int uid;     /* the setting minuid */
  unsigned int gid;     /* mingid */
};

/* Reads both settings; a mingid that is not set is no larger than minuid. 0, or -1 with errno: nothing has changed. */
extern int uid_read_least(struct uid_least *);

/* Not root, nobody under the least uid, and none of the suite's own users but the alias user; and not with a group
   under the least gid (root's, disk's, shadow's) or one of the suite's, which open its files. */
extern int uid_may_get_mail(uid_t, gid_t, struct uid_least const *);

/* A number for the user of a uid and home, opaque and never 0 (door/report.h). */
extern uint64_t uid_key(uid_t, char const *home);

#endif
