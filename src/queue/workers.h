/*
 * workers.h - the processes of mail-queued that serve connections: one at a time each, and all of one uid
 *
 *      state           next
 *      spare           serves the first connection of whoever comes; there is one, made ahead
 *      at work         rests, once its caller is gone
 *      resting         serves the next connection of the same uid; ends after WORKERS_REST, or when WORKERS_RESTING are
 *
 * What is dear is to start a process, so one stays where nothing is gained by it for who has broken into it: it never
 * sees a connection of another uid. A worker gets connections and settings by a socket pair and answers with a byte
 * when it is done with one; it ends when the parent closes its side.
 */

#ifndef QUEUE_WORKERS_H
#define QUEUE_WORKERS_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

#include "queue/callers.h"

#define WORKERS_REST 5000       /* ms */
#define WORKERS_RESTING 16      /* how many may rest at a time */
#define WORKERS_PLACES (CALLERS_PLACES + WORKERS_RESTING + 1)

/* Once. close_and_lock is called in each worker before its first connection: it closes what is the parent's and locks
   the process in. */
extern void workers_start(void (*close_and_lock)(void), int queue_dir, int trigger);

/* Hands an idle connection to a worker; where may_make, to a new one if need be. 1, or 0: not now. */
extern int workers_serve(struct connection *, struct caller_limits const *, int may_make);

/* Makes the spare one, unless it is there. 0, or -1 when that is not possible now. */
extern int workers_spare(void);

/* Fills p, for at most WORKERS_PLACES, with what they say; how many. */
extern size_t workers_polled(struct pollfd *p);
/* Takes what they said: the same p and n, after the wait. Connections that are over are forgotten. */
extern void workers_heard(struct pollfd const *p, size_t n);

/* Ends those that have rested for long. When the next one has, by io_clock; or WAKE_NEVER. */
extern long long workers_rest(void);

/* A child of the parent has ended. */
extern void workers_ended(pid_t);

#endif
