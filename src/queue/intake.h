/*
 * intake.h - mail-queued's side of the door submit: all messages of one connection
 *
 *      state           next                                            and a fault there
 *      between         'M', or the caller closes                       -
 *      message         chunks, until one of length 0 or SUBMIT_ABORT   the rest is read and dropped
 *      envelope        its length and records                          is answered after them
 *      answer          between; the caller leaves after a lost one     -
 *
 * Where the bytes themselves make no sense, or come too late, the answer is given at once and the connection
 * is closed: nobody can tell any more where the next message starts.
 */

#ifndef QUEUE_INTAKE_H
#define QUEUE_INTAKE_H

#include "queue/caller.h"

struct seat;

/* Once, before the first connection. In the queue's directory; both are open descriptors. */
extern void intake_start(int queue_dir, int trigger);

/* Serves a connection to its end; it stays the caller's to close. */
extern void intake_serve(int fd, struct caller const *, struct caller_limits const *, struct seat *);

#endif
