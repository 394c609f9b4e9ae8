/*
 * schedule.h - all messages that mail-send knows: when each is due, or where it waits
 *
 * Hides how an ID is kept small: 36 bytes, 4 in the heap and 4 in the hash for each message, so that a
 * backlog stays below 100 bytes a message however it grows. Places and what moves a message between them:
 *
 *      NEW     never looked at         -> LOADED
 *      TIMED   in the heap, by due     -> LOADED
 *      LOT     parked: a destination or channel has enough already -> LOADED, TIMED
 *      LOADED  envelope in memory      -> TIMED, LOT, CLEAN, HELD
 *      CLEAN   mail-clean was asked    -> forgotten, TIMED (mail-clean could not)
 *      HELD    not understood          -> TIMED (HUP, ALRM)
 */

#ifndef SEND_SCHEDULE_H
#define SEND_SCHEDULE_H

#include <stdint.h>

#include "lib/msg/id.h"

typedef uint32_t known;         /* a message that is known; 0: none */

enum place { PLACE_NEW, PLACE_TIMED, PLACE_LOT, PLACE_LOADED, PLACE_CLEAN, PLACE_HELD };

#define KNOWN_TRACES 1          /* it has, or may have, files in state/ or bounce/ */
#define KNOWN_TOLD 2            /* the log has its line "new" */
#define KNOWN_COUNTED 4         /* running time is counted from known_since on, not from the state file */
#define KNOWN_DONE 8            /* nothing is left to do but to have it removed */

#define NEVER UINT32_MAX        /* a due that does not come */

/* messages in order of coming, linked through their entries */
struct lot {
  known head, tail;
  uint32_t n;
};

extern known schedule_find(char const *id);
/* Adds one, HELD; the caller says what next. 0 when there is no memory. */
extern known schedule_add(char const *id, uint32_t now);
extern void schedule_forget(known);
extern uint32_t schedule_count(void);

extern void known_id(known, char id[ID_MAX + 1]);
extern enum place known_place(known);
extern void known_put(known, enum place);       /* LOADED, CLEAN, HELD: places without a list */
extern unsigned int known_flags(known);
extern void known_flag(known, unsigned int on);
extern uint32_t known_since(known);             /* seconds of io_clock */
extern void known_set_since(known, uint32_t);
/* While it is in a lot: whatever who put it there wants to remember of its size. */
extern uint32_t known_size(known);
extern void known_set_size(known, uint32_t);

/* due and now: seconds of io_clock. schedule_due takes one out whose time has come, or returns 0. */
extern void schedule_at(known, uint32_t due);
extern known schedule_due(uint32_t now);
extern uint32_t schedule_next(void);
/* What is HELD is due now; everything is. */
extern void schedule_held(void);
extern void schedule_all(void);

extern void lot_put(struct lot *, known, enum place);
extern known lot_take(struct lot *);

#endif
