/*
 * budget.h - what one session may cost: commands, errors, bytes; each slows a client down before it ends the session
 *
 *      of            counted                          slower from        over
 *      errors        commands that are none or wrong  the 11th           at the 20th
 *      commands      since the last message taken     the last tenth     200, and two for each recipient it may have
 *      bytes         of all messages, taken or not    three quarters     sessionbytes, and never less than a message
 *
 * Two more are elsewhere: refused recipients (gate.h) and time (wire.h). Bytes never cost a message that could still be
 * taken: they are looked at before a sender is taken, and in what is refused already.
 */

#ifndef IN_BUDGET_H
#define IN_BUDGET_H

#include "in/session.h"

/* Counts a command. 0: there may be no more, and the session is over. */
extern int budget_command(struct session *);

/* 1 when the bytes are used up: the session is over, said before another message, or a chunk of one that is refused. */
extern int budget_spent(struct session *);

/* Called before more of a message is read: waits, where its client has sent a lot. */
extern void budget_slow(struct session *);

/* How many of the next len bytes of a message may be looked at in one go. 0: it is refused already, longer than any
   could be, and the bytes are used up: the session is over, in the middle of it. Where that is does not depend on
   len. */
extern size_t budget_some(struct session *, struct message const *, size_t len);

#endif
