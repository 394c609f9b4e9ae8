/*
 * metrics.h - the numbers of the mail system: their file, which mail-metrics writes, and what mail-check finds in it
 *
 * Text that monitoring systems read (mail-metrics(8)), for everybody: HELP and TYPE lines, and a line for each number,
 * its name, labels in braces, a blank, the value. It is replaced by renaming. Who fears whom: mail-check fears
 * mail-metrics; a number that is not of its form is as one that is not there.
 */

#ifndef DOOR_METRICS_H
#define DOOR_METRICS_H

#include <stddef.h>

#define METRICS_PATH "run/metrics/bulkhead.prom"        /* below the home */
#define METRICS_FILE_MAX 262144
#define METRICS_NAME_MAX 128

/* Where the messages of the queue stand, as mail-send tells it in its log (mail-log(5)). */
enum metrics_state {
  METRICS_NEW,          /* never looked at */
  METRICS_DUE,          /* for room at its destination, or in memory */
  METRICS_WAITING,      /* for its next try */
  METRICS_UNDERWAY,     /* in memory: deliveries go on, or their turn comes */
  METRICS_HELD,         /* by an operator, or the domain that it is for */
  METRICS_DAMAGED,
  METRICS_DONE,         /* to be removed */
  METRICS_STATES
};

extern char const *const metrics_state[METRICS_STATES];         /* their names */

#define METRICS_QUEUE "bulkhead_queue_messages"                 /* each with {state="..."} */
#define METRICS_OLDEST "bulkhead_queue_oldest_seconds"

/* The number of a line of the file: name and labels as they stand there, at most METRICS_NAME_MAX bytes. 1, or 0: there
   is none, or it is not a whole number below 2^63. */
extern int metrics_find(char const *file, size_t len, char const *name, long long *value);
/* The same of a state: "name{state="..."}". */
extern int metrics_find_state(char const *file, size_t len, char const *name, enum metrics_state, long long *value);

#endif
