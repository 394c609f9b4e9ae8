/*
 * passwd.h - the names of users and groups in /etc/passwd and /etc/group
 *
 * Not by the name service, which a static program cannot ask: who is known to it alone has no name here.
 */

#ifndef LIB_CONF_PASSWD_H
#define LIB_CONF_PASSWD_H

#include <sys/types.h>

/* Good until the next call; null when there is none, or the file cannot be read. */
extern char const *passwd_name(uid_t);
extern char const *passwd_group(gid_t);

#endif
