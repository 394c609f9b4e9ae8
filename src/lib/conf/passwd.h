/*
 * passwd.h - the name of a user in /etc/passwd
 *
 * Not by the name service, which a static program cannot ask: who is known to it alone has no name here.
 */

#ifndef LIB_CONF_PASSWD_H
#define LIB_CONF_PASSWD_H

#include <sys/types.h>

/* In memory of its own; null when there is none, or the file cannot be read. */
extern char const *passwd_name(uid_t);

#endif
