/* reasons.h - why an operator has given a message up, for the bounce */

#ifndef SEND_REASONS_H
#define SEND_REASONS_H

#include "send/backlog.h"

/* Of one that is to expire. Without memory there is none. */
extern void reasons_put(known, char const *reason);
/* "" when none was given. What was said of another message that had the number before counts for nothing, since each
   that is to expire has its own put. */
extern char const *reasons_of(known);

#endif
