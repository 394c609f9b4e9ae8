/* rights.h - what a login may send as: control/loginsenders */

#ifndef AUTH_RIGHTS_H
#define AUTH_RIGHTS_H

#include "door/auth.h"

/* Reads the setting, and control/me, for logins without a domain. 0, or -1 with errno; then all stays as it was. */
extern int rights_read(void);

/* A login's patterns (auth_may_send), one a line. 1; or 0 when they are more than there is room for: those that fit. */
extern int rights_of(char const *login, char senders[AUTH_SENDERS_MAX + 1]);

#endif
