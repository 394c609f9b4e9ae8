/* scan.h - looking through todo/, state/ and bounce/, a bit a turn, so that deliveries go on meanwhile */

#ifndef SEND_SCAN_H
#define SEND_SCAN_H

#include "send/backlog.h"

/* From the beginning, as soon as one under way is through. */
extern void scan_want(void);
extern int scan_busy(void);
/* Has one seen all that is queued? */
extern int scan_whole(void);
/* A message that was not known: added, with KNOWN_TRACES where it has any. *when: the wall clock's time of its next try
   from its state file, 0 when it has none; with the flags of what the journal says that an operator wants
   of it. 0: it is known already, or there is no memory. */
extern known scan_named(char const *id, int64_t *when);
/* The same for one that a scan meets; now and then one begins by itself. 0: this turn is over. Traces of messages that
   are not queued are removed. */
extern known scan_next(int64_t *when);

#endif
