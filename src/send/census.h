/*
 * census.h - how many messages stand where, and since when the oldest of them are here
 *
 * Counted as they move, so that telling it costs the same whatever the queue's size: a message is one in the hour and
 * one in the minute of its arrival, by its state. The oldest arrival is true to the minute while the messages of a
 * state came in within ten days, to the hour while they did within three years.
 */

#ifndef SEND_CENSUS_H
#define SEND_CENSUS_H

#include <stdint.h>

#include "door/metrics.h"
#include "send/place.h"

struct census {
  uint32_t n;           /* messages */
  uint32_t oldest;      /* minutes since 1970 that the oldest came in; none: 0 */
};

/* The state of a message there, or -1: it has none. held: it waits, in a lot, for an operator. */
extern int census_state(enum place, int held);
/* Every change of the state of a message of this arrival (minutes since 1970). */
extern void census_move(uint32_t minute, int from, int to);
extern void census_take(struct census all[METRICS_STATES]);
/* The same, when it is time for the line of the log: at most every 15 seconds when something has changed, and each
   hour. 1, or 0: not now. */
extern int census_due(struct census all[METRICS_STATES]);

#endif
