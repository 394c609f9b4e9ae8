/* ask.h - a new password from the administrator */

#ifndef AUTH_ASK_H
#define AUTH_ASK_H

#include "auth/prep.h"

/* At a terminal asks twice, without echo; else takes the first line of descriptor 0. 1; 0: it is none (too long, empty,
   not UTF-8, a control character), or the two are not the same; -1 with errno: it cannot be read. why: in words. */
extern int ask_password(char const *login, char password[PASSWORD_MAX + 1], char const **why);

#endif
