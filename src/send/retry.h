/*
 * retry.h - when a message is tried again, and when it is given up
 *
 * After its n-th try a message waits base * (2n - 1) seconds, so tries come base * n * n seconds after the first: with
 * control/retryfirst 400 these are 400, 1600, 3600, 6400, 10000 s and so on, with at most control/retrymost between
 * two. It goes by tries alone: no clock that somebody sets makes a message wait longer or end sooner.
 */

#ifndef SEND_RETRY_H
#define SEND_RETRY_H

#include <stdint.h>

/* the base, in quarters of control/retryfirst */
#define RETRY_REMOTE 4          /* while a remote recipient waits */
#define RETRY_LOCAL 1           /* only local ones wait */
#define RETRY_LONGEST(most) ((most) + (most) / 8)       /* with what spreads them */
#define RETRY_TRIES 5           /* not given up before so many, if the lifetime has room for them */
#define RETRY_PART 8            /* nor before mail-send watched it for this part of its lifetime */
#define RETRY_GAP 3600          /* at most so much of the time that mail-send did not run counts as watched */

/* what the settings say, in seconds: 4 to 86400; 4 to 604800 */
struct retry {
  uint32_t first, most;
};

/* Seconds to wait after so many tries (from 1), spread by up to an eighth, by the ID. base: one of the two above. */
extern uint32_t retry_wait(struct retry const *, char const *id, uint32_t tries, uint32_t base);

/* Seconds over which n messages that wait for the same come back: so that looking at them, which is all that is done
   when it is still not there, takes little of the time. */
extern uint32_t retry_spread(uint32_t n);

/* When the next of many that somebody wants looked at now has its turn: the same. now: seconds of io_clock. */
extern uint32_t retry_turn(uint32_t now);

/* Is it beyond its lifetime? age: seconds by the wall clock; ran: seconds that it was watched. */
extern int retry_old(int64_t age, uint32_t ran, uint32_t lifetime);
/* Is the try after so many its last? first: seconds. */
extern int retry_last(uint32_t first, uint32_t tries, int64_t age, uint32_t ran, uint32_t lifetime);

#endif
