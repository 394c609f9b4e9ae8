/*
 * backlog.h - all messages that mail-send knows: when each is due, or where it waits
 *
 * Hides how an ID is kept small: 40 bytes, 4 in the heap and 4 in the hash for each message, so that a
 * backlog stays below 100 bytes a message however it grows. Each is in one place (place.h).
 */

#ifndef SEND_BACKLOG_H
#define SEND_BACKLOG_H

#include <stdint.h>

#include "send/place.h"
#include "lib/msg/id.h"

typedef uint32_t known;         /* a message that is known; 0: none */

#define KNOWN_TRACES 1          /* it has, or may have, files in state/ or bounce/ */
#define KNOWN_TOLD 2            /* the log has its line "new" */
#define KNOWN_COUNTED 4         /* running time is counted from backlog_since on, not from the state file */
#define KNOWN_DONE 8            /* nothing is left to do but to have it removed */
#define KNOWN_HOLD 16           /* what an operator wishes (round.h) */
#define KNOWN_EXPIRE 32
#define KNOWN_DROP 64
#define KNOWN_TRIED 128         /* a part of the round that backlog_cursor is in was counted as a try */
#define KNOWN_RETRY 256         /* an operator wants it tried: the dead hosts of its recipients, too */
#define KNOWN_PARTLY 512        /* a recipient of it waits, or may wait, for a domain that is held */
#define KNOWN_ASIDE 1024        /* it is in a lot that is held (lot.h) */
#define KNOWN_WISH (KNOWN_HOLD | KNOWN_EXPIRE | KNOWN_DROP)

#define NEVER UINT32_MAX        /* a due that does not come */

extern known backlog_find(char const *id);
/* Adds one, in HAND. 0 when there is no memory. */
extern known backlog_add(char const *id, uint32_t now);
extern void backlog_forget(known);
extern uint32_t backlog_count(void);

extern void backlog_id(known, char id[ID_MAX + 1]);
extern enum place backlog_place(known);
extern unsigned int backlog_flags(known);
extern void backlog_flag(known, unsigned int off, unsigned int on);
extern uint32_t backlog_since(known);           /* seconds of io_clock */
extern void backlog_set_since(known, uint32_t);
/* While it is in a lot: whatever who put it there wants to remember of its size. */
extern uint32_t backlog_size(known);
extern void backlog_set_size(known, uint32_t);
/* The next in its lot. */
extern known backlog_link(known);
extern void backlog_set_link(known, known);

/* Where the next part of its round begins (part.h); 0: a round begins. */
extern uint32_t backlog_cursor(known);
extern void backlog_set_cursor(known, uint32_t);

/* To a place without a list: LOADED, CLEAN, STUCK, HELD. Lots (lot.h) have their own. */
extern void backlog_put(known, enum place);
/* TIMED. due and now: seconds of io_clock. backlog_due takes one out whose time has come, or returns 0. */
extern void backlog_at(known, uint32_t due);
extern known backlog_due(uint32_t now);
extern uint32_t backlog_next(void);
/* What is TIMED is due then, if it was not sooner; also what is STUCK or HELD. Others stay where they are. */
extern void backlog_hurry(known, uint32_t due);
/* What is TIMED is HELD. Others stay where they are: what is in a lot, until it is taken out. */
extern void backlog_hold(known);
/* All that is TIMED is due now. */
extern void backlog_all(void);
extern void backlog_each(enum place, void (*)(known));
/* Seconds of io_clock. */
extern uint32_t backlog_now(void);

#endif
