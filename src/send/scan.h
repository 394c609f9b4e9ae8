/* scan.h - looking through todo/, state/ and bounce/, a bit a turn, so that deliveries go on meanwhile */

#ifndef SEND_SCAN_H
#define SEND_SCAN_H

#include "send/backlog.h"

/* From the beginning, as soon as one under way is through. */
extern void scan_want(void);
extern int scan_busy(void);
/* Has one since the start seen everything? Until then what is new here may have traces nobody has looked at. */
extern int scan_whole(void);
/* A message could not be noted: look again in a minute. */
extern void scan_missed(void);
/* A queued message of this ID: adds it, unless it is known, and calls found. traces: it may have a state file. */
extern void scan_note(char const *id, int traces, void (*found)(known, int64_t next));
/* A few steps, now and then from the beginning by itself. Calls found for each message that was not known; KNOWN_TRACES
   is set. next: the wall clock's time from its state file, 0 when it has none. Traces of messages that are not queued
   are removed. */
extern void scan_turn(void (*found)(known, int64_t next));

#endif
