/*
 * dotqmail.h - which of a home's .qmail files an extension means
 *
 * Shared by mail-local, which opens the file, and mail-lookup, which only asks at RCPT whether there is one:
 * what the one takes the other must not refuse. Hides the order of the names (dot-qmail(5)).
 */

#ifndef LOCAL_DOTQMAIL_H
#define LOCAL_DOTQMAIL_H

#include "door/limits.h"
#include "door/lookup.h"

#define DOTQMAIL_NAME_MAX (6 + LOOKUP_DASH_MAX + ADDRESS_MAX + 14)      /* ".qmail", ..., "-owner-default" */

/* Is this file there? 1 yes, 0 no, -1 cannot tell, with errno. */
typedef int dotqmail_try(char const *name, void *data);

/* Offers the names in their order until one is there. 1, with its name and in *rest what "default" in it stands
   for (in ext; null when it does not end so); 0 none is there; -1 with errno. */
extern int dotqmail_search(char name[DOTQMAIL_NAME_MAX + 1], char const **rest, char const *dash, char const *ext,
                           dotqmail_try *, void *data);

/* The name for dash, ext and an ending. 0, or -1 when it is too long. */
extern int dotqmail_name(char name[DOTQMAIL_NAME_MAX + 1], char const *dash, char const *ext, size_t ext_len,
                         char const *ending);

/* Is there such a file? 1, 0, -1 with errno: nobody can tell, or it is a link to what is missing (ENOENT; its disk may
   come back, and what the user wanted is not nothing). */
extern int dotqmail_there(char const *path);

/* The same, of what open or stat has found absent: 0 it is, -1 with errno. */
extern int dotqmail_dangles(char const *path);

/* 1 when an error of open or stat means that there is no such file. */
extern int dotqmail_absent(int error);

#endif
