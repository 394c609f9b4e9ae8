/* args.h - addresses given as arguments */

#ifndef USER_ARGS_H
#define USER_ARGS_H

#include "user/rcpts.h"

/* Adds what an argument names. An argument with blanks or any of " ( ) , ; < > \ is an address list as in a header
   field; else it is one address as it is, completed, with one @ at most. Null, or why it cannot be read. */
extern char const *args_take(struct rcpts *, char const *arg);

/* The one address of -f, read in the same way but that the last @ counts (filters
   hand on what $SENDER has); "" for an empty word and for <>. Its domain is completed by complete, as
   in a struct list. Null, or why not. */
extern char const *args_sender(stralloc *address, char const *arg, int (*complete)(stralloc *, void *));

#endif
