/*
 * listing.h - which settings there are, and this host's name, looked up once between control_list and control_unlist
 */

#ifndef LIB_CONF_LISTING_H
#define LIB_CONF_LISTING_H

#include <stddef.h>

/* 1 when it is known that there is no such file. */
extern int listing_lacks(char const *name);

/* The file me, which is the default of so many, once it has been read: 1 and a copy with its NUL, for the caller to free;
   0 for any other name, or when it has to be read. */
extern int listing_kept(char const *name, char **text, size_t *len);
extern void listing_keep(char const *name, char const *text, size_t len);

#endif
