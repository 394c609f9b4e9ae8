/*
 * settle.h - making marks and failure texts durable, in one batch at most a second later
 *
 * Order within a batch: texts, the directories of new bounce files, then marks, the directories of new state files.
 * A message whose text or directory could not be synced keeps its marks back and is tried again.
 */

#ifndef SEND_SETTLE_H
#define SEND_SETTLE_H

#include "send/message.h"

/* Have so many deliveries ended, and no disk knows it, that no more should be ordered? */
extern int settle_full(void);

/* Puts it in line. urgent: something waits for it. */
extern void settle_add(struct message *, int urgent);
/* When the batch is due (io_clock); 0: nothing is in line. */
extern long long settle_due(void);
/* Runs the batch. Returns how many are not durable; of the others settle_next tells. */
extern unsigned int settle_run(void);
/* One that is durable since the last batch, out of line; or null. */
extern struct message *settle_next(void);

#endif
