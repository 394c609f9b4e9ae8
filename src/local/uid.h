/* uid.h - who may get mail at all: mail-lookup offers nobody else, and mail-lspawn becomes nobody else */

#ifndef UID_H
#define UID_H

#include <sys/types.h>

/* Not root, nobody under the setting minuid, and none of the suite's own users but the alias user; and not with
   root's group or one of the suite's, which open its files. */
extern int uid_may_get_mail(uid_t, gid_t, unsigned int minuid);

#endif
