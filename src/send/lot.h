/* lot.h - messages that wait in order of coming, linked through their entries: for their first look, for room at a
   destination, in a channel or in memory, or to be removed */

#ifndef SEND_LOT_H
#define SEND_LOT_H

#include "send/backlog.h"

struct lot {
  known head, tail;
  uint32_t n;
  int held;                     /* by an operator, with all that is in it */
};

/* To its end: NEW, LOT, DONE. */
extern void lot_park(struct lot *, known, enum place);
/* Its first, or 0: it is in HAND. */
extern known lot_take(struct lot *);
/* What is in it, and what comes, counts as held (census.h), or does no more. */
extern void lot_hold(struct lot *, int held);

#endif
