/*
 * dispatchers.h - a porter's dispatchers: processes of the same program, locked in, which serve its connections
 *
 *      state           next
 *      starting        reads its settings and says that it is ready
 *      at work         gets connections; there is one
 *      retired         gets none any more, and ends when those that it has are over
 *
 * A new one takes the place of the one at work when settings have changed, after DISPATCHERS_CONNECTIONS, and when a
 * session died of a signal: whoever breaks in must not find the layout again that he has seen. Where that is no matter
 * of safety the old one works until the new one is ready.
 */

#ifndef IN_DISPATCHERS_H
#define IN_DISPATCHERS_H

#include <poll.h>
#include <stddef.h>

#include "in/order.h"

#define DISPATCHERS_MAX 8
#define DISPATCHERS_CONNECTIONS 10000   /* that one gets */

/* Once: their program, of bin/, and behind -w its argument, or null. The strings stay the caller's. */
extern void dispatchers_start(char const *program, char const *mode);

/* Settings have changed: one that reads them is to take over. */
extern void dispatchers_renew(void);
/* No more connections. Those that have some go on until they are over, or as long as this process is there. */
extern void dispatchers_retire(void);

/* 1 when a connection can be given away now. */
extern int dispatchers_ready(void);
/* Gives it away; it stays the caller's. Its number, or -1: not now, with errno EAGAIN when dispatchers_ready will say
   when. */
extern int dispatchers_give(struct order const *, int connection);
/* Has the session end that is silent longest, of another dispatcher each time. */
extern void dispatchers_make_room(void);

/* Starts what is missing. When it has to be called again (io_clock), or WAKE_NEVER. */
extern long long dispatchers_turn(void);
/* Fills p, for at most DISPATCHERS_MAX, with what they say; how many. */
extern size_t dispatchers_polled(struct pollfd *p);
/* Takes what they said: the same p, after the wait. */
extern void dispatchers_heard(struct pollfd const *p, size_t n);

/* 1 when there is one that has not gone. */
extern int dispatchers_left(void);

#endif
