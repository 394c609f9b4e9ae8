/*
 * budget.h - what one session may cost: commands, errors, bytes; each slows a client down before it ends the session
 *
 *      of            counted                          slower from        over
 *      errors        commands that are none or wrong  the 11th           at the 20th
 *      commands      since the last message taken     the last tenth     200, and two for each recipient it may have
 *      bytes         of all messages, taken or not    three quarters     sessionbytes, and never less than a message
 *
 * Two more are elsewhere: refused recipients (gate.h) and time (wire.h). Bytes never cost a message that could still be
 * taken: they are looked at before a sender is taken, and in what is refused already. This only counts: session.c
 * waits, and ends the session.
 */

#ifndef IN_BUDGET_H
#define IN_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "in/rules.h"

struct budget {
  unsigned int commands_max;
  int64_t bytes_max;            /* of the session */
  int64_t message_max;          /* of one message */
  unsigned int errors;
  unsigned int commands;
  int64_t bytes;
};

extern void budget_start(struct budget *, struct rules const *, unsigned int commands_max);

/* Counts one: milliseconds to hold its answer back. */
extern int budget_error(struct budget *);
extern int budget_command(struct budget *);

/* Milliseconds to wait before more of a message is read. */
extern int budget_slow(struct budget const *);

/* 1 when there may be no more. */
extern int budget_errors_spent(struct budget const *);
extern int budget_commands_spent(struct budget const *);
extern int budget_bytes_spent(struct budget const *);

/* How many of the next len bytes of a message, of which taken have come, may be looked at in one go. 0: it is refused
   already, longer than any could be, and the bytes are used up. Where that is does not depend on len. */
extern size_t budget_some(struct budget const *, int64_t taken, int refused, size_t len);

#endif
