/* reasons.h - why an operator has given a message up, for the bounce: one text for all that have the same */

#ifndef SEND_REASONS_H
#define SEND_REASONS_H

#include "send/backlog.h"

#define REASONS_MAX 1000        /* different ones at a time, of new orders */

/* May a message have it: is it not yet another one of so many? */
extern int reasons_room(char const *);
/* Of one that is to expire: it has it as long as it is. Without memory it has none. */
extern void reasons_put(known, char const *);
/* "" when none was given. */
extern char const *reasons_of(known);

#endif
