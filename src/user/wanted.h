/* wanted.h - what operators want of queued messages and of domains (door/wishes.h), for people */

#ifndef USER_WANTED_H
#define USER_WANTED_H

#include <stddef.h>

/* Reads the journal, in the queue's directory; what is wrong with it is told on fd 2. */
extern void wanted_read(void);
/* Does an operator hold this message? */
extern int wanted_held(char const *id);
/* A line of its own, below a recipient that is to do: what an operator wants of its message; of its domain. 1, or 0:
   there is nothing to print. */
extern int wanted_print(char const *id);
extern int wanted_print_domain(char const *domain, size_t len);

#endif
