/*
 * resting.h - mail-locals that are through with their task, and may get another one of the same user
 *
 * Of the same uid, gid and home, for RESTING_MS; there are RESTING_MAX at most. One ends when its socket is closed.
 */

#ifndef LOCAL_RESTING_H
#define LOCAL_RESTING_H

#include "local/child.h"

#define RESTING_MAX 16
#define RESTING_MS 2000

/* Gives away one of that user: 1, or 0. */
extern int resting_take(struct child *, uid_t, gid_t, char const *home);

/* Takes one over. */
extern void resting_put(struct child const *);

/* A process has ended, perhaps one of these. */
extern void resting_gone(pid_t);

/* Has those end that have rested for long. When the next one will have (io_clock), or WAKE_NEVER. */
extern long long resting_turn(void);

#endif
