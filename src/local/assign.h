/* assign.h - the administrator's table of users: users/cdb, made by mail-newu; the format is in mail-users(5) */

#ifndef LOCAL_ASSIGN_H
#define LOCAL_ASSIGN_H

#include "door/lookup.h"

/* Who has this local part: exactly, else by the longest wildcard. 1 and user, uid, gid, home, dash, ext of the
   answer are set; 0 nobody, or there is no table; -1 the table is damaged or cannot be read, with errno. */
extern int assign_find(char const *local, struct lookup_answer *);

/* The table may have changed: the next look-up opens it anew. */
extern void assign_forget(void);

#endif
