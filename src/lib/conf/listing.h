/*
 * listing.h - which settings there are, and this host's name, looked up once by a program that reads many at its start
 *
 * It is for programs that start for each connection: most settings are not there, and the name is many ones' default. A
 * folder that cannot be listed costs nothing but time.
 */

#ifndef LIB_CONF_LISTING_H
#define LIB_CONF_LISTING_H

#include <stddef.h>

/* From the one to the other: what is read in between (control.h) is as it was at the start. */
extern void listing_start(void);
extern void listing_end(void);

/* 1 when it is known that there is no such file. */
extern int listing_lacks(char const *name);

/* The file me, once it has been read: 1 and a copy with its NUL, for the caller to free; 0 for any other name, or when
   it has to be read. */
extern int listing_kept(char const *name, char **text, size_t *len);
extern void listing_keep(char const *name, char const *text, size_t len);

#endif
