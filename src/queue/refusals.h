/*
 * refusals.h - how many lines of the log a caller of mail-queued can cause
 *
 * A refused connection costs its caller nothing, so it may not cost the log much: one line a second and uid is
 * written, the others are counted, and the count is told when the second is over. A connection that is served costs a
 * process; its lines about refused messages are bounded as well. The table is shared with the workers: where two of
 * them write at once there may be a line too many. When more uids than it has places are refused in one second, the
 * rest is counted together.
 */

#ifndef QUEUE_REFUSALS_H
#define QUEUE_REFUSALS_H

#include <sys/types.h>

#define REFUSALS_CONNECTIONS 1  /* lines a second and uid about refused connections */
#define REFUSALS_MESSAGES 20    /* about messages: refused, or given up by their caller */

#define REFUSALS_DISK ((uid_t)-1)       /* in the place of a uid: alerts, one for each message while the disk fails */

/* Once, before the first worker. 0, or -1 with errno. */
extern int refusals_start(void);

/* May a line about this uid be written now? 1; 0: it is counted. */
extern int refusals_line(uid_t, unsigned int a_second);

/* Writes the counts that are due. When the next can be (io_clock), or WAKE_NEVER: nothing is open. For the parent. */
extern long long refusals_tell(void);

#endif
