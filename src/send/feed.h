/* feed.h - which messages are loaded next: new ones, those that a scan has found, those that are due, those whose
   destination has room again, large ones that have waited for memory. In a turn each kind has a little time, but for
   new ones, which wait for nothing else. */

#ifndef SEND_FEED_H
#define SEND_FEED_H

#include <stdint.h>

#include "send/backlog.h"

extern int feed_all;            /* mail-send -1a: all are due */

/* An ID from the trigger; known ones are passed over. */
extern void feed_named(char const *id);
/* Those that the scan finds in this turn. */
extern void feed_scan(void);
/* One that was found. next: see scan.h. A time that is further away than any retry can be was written under
   another clock. */
extern void feed_found(known, int64_t next);

/* What is to be given up or removed goes out of the lots of destinations and channels, which may not have room for
   long. */
extern void feed_pick(void);

/* May any be loaded? Does any wait to be? */
extern int feed_may(void);
extern int feed_waits(void);
/* Loads some. */
extern void feed_load(void);

#endif
