/*
 * sweep.h - mail-clean's round through tmp/, mess/ and todo/: what dead writers left, and what must not be
 *
 *      place           step does                                               next
 *      idle            nothing                                                 tmp, by sweep_begin
 *      tmp             all of tmp/: orphans are removed (orphan.h)             mess 00
 *      mess HH         messages without an envelope are removed                todo HH
 *      todo HH         envelopes without a message (S5) are logged, and kept   mess HH+1; idle after ff
 *
 * A file whose name is no ID, or that is in the wrong directory, is left alone and logged once.
 */

#ifndef QUEUE_SWEEP_H
#define QUEUE_SWEEP_H

/* Starts a round, unless one is under way. spared: messages that are no orphans though they have no envelope. */
extern void sweep_begin(int (*spared)(char const *id));

/* Does one directory. 1: there is more to do; 0: idle. In the queue's directory. */
extern int sweep_step(void);

/* Could something not be looked at or removed in the last round? */
extern int sweep_failed(void);

#endif
