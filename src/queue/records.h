/*
 * records.h - the envelope of one caller: read into what it may have, and looked at before anything is stored
 *
 * Memory grows with what has come, never with what is promised, and beyond a little that everybody has it is counted
 * (seats.h). An envelope comes in one go: its time is short, whatever the message may take.
 */

#ifndef QUEUE_RECORDS_H
#define QUEUE_RECORDS_H

#include "door/param.h"
#include "queue/caller.h"
#include "queue/fault.h"
#include "queue/wire.h"

#define RECORDS_SECONDS 120     /* for a whole envelope */
#define RECORDS_IDLE 30         /* seconds of silence in it */
#define RECORDS_SPARE 256       /* bytes behind them that whoever has read them may use */
#define RECORDS_PARAMS 16       /* parameters of the sender, or of one recipient */
#define RECORDS_PARAM_BYTES (PARAM_RUN_MAX - RECORDS_SPARE)     /* of them together, with letters and NULs */

struct records {
  char *s;              /* until the next envelope is read, or records_free */
  uint32_t len;
  uint32_t rcpts;
  char *large;          /* what is allocated for s, or null */
};

/* Reads len bytes and what they say. 1 read, with a fault when it is no good envelope of this caller; 0 the
   connection is over, with a fault or not. Free them in both cases. */
extern int records_read(struct records *, uint32_t len, struct wire *, struct caller const *,
                        struct caller_limits const *, struct fault *);
extern void records_free(struct records *);

#endif
